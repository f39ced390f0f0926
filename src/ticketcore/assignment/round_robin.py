"""Round robin: to each in turn."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Final

import attrs

from ticketcore.assignment.composing import Composable
from ticketcore.assignment.question import Candidate, Candidates, CandidateVerdict, Choice, Question
from ticketcore.assignment.rotation import Rotation
from ticketcore.model.copying import copy_with
from ticketcore.model.ids import AgentId
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.values import FrozenValue


@attrs.frozen
class RoundRobinAssigner(Composable, FrozenValue):
    """
    Gives each ticket to the candidate whose last turn is longest ago (requirement FL-3).

    With a stable set of candidates no two differ by more than one ticket; nobody waits for more than one round; who was
    away gets one turn on return, not those that were missed. A candidate of weight *w* gets exactly *w* turns a round.
    Who is no candidate for a while keeps the place. The order of the candidates does not matter.
    """

    def choose(self, question: Question, /) -> Choice:
        """The candidate whose last turn is longest ago, and who has turns left in this round."""
        candidates, rotation = question.candidates, question.rotation
        if candidates.go_round(rotation):
            return _usual_turn(rotation)
        if not candidates:
            return Choice(None, rotation)
        rotation = _with_newcomers(rotation, candidates)
        turn, spent = _next_turn(rotation, candidates.by_agent)
        return Choice(rotation.ring[turn], _after_turn(rotation, turn, candidates, spent))

    def explain(self, question: Question, /) -> Sequence[CandidateVerdict]:
        """Every candidate with the reason, the chosen one first."""
        chosen = self.choose(question).agent
        last = {agent: place for place, agent in enumerate(question.rotation.order)}
        verdicts = [_verdict(one, chosen, question.rotation) for one in question.candidates]
        return sorted(verdicts, key=lambda it: (not it.chosen, last.get(it.agent, -1), it.agent))


_FRESH: Final[FrozenMap[AgentId, int]] = FrozenMap()
"""A round of which nothing is spent yet."""


def _usual_turn(rotation: Rotation) -> Choice:
    """The turn at the head, where everybody in the ring is a candidate and all have one turn a round."""
    ring, head = rotation.ring, rotation.head
    following = head + 1 if head + 1 < len(ring) else 0
    return Choice(ring[head], Rotation(id=rotation.id, version=rotation.version, ring=ring, head=following))


def _with_newcomers(rotation: Rotation, candidates: Candidates) -> Rotation:
    """The rotation with those who never had a turn at its beginning."""
    newcomers = candidates.newcomers_to(rotation)
    return copy_with(rotation, ring=(*newcomers, *rotation.order), head=0) if newcomers else rotation


def _next_turn(rotation: Rotation, able: Mapping[AgentId, Candidate]) -> tuple[int, FrozenMap[AgentId, int]]:
    """Where in the ring the next turn is, and what is spent of the round that it belongs to."""
    ring, head = rotation.ring, rotation.head
    for spent in (rotation.spent, _FRESH):
        for place in chain(range(head, len(ring)), range(head)):
            candidate = able.get(ring[place])
            if candidate is not None and (not spent or spent.get(candidate.agent, 0) < candidate.weight):
                return place, spent
    raise AssertionError("a fresh round has a turn for every able candidate, and each is in the ring")


def _after_turn(rotation: Rotation, place: int, candidates: Candidates, spent: FrozenMap[AgentId, int]) -> Rotation:
    """The rotation after the turn at `place`. The usual case, the turn at the head, leaves the ring as it is."""
    agent = rotation.ring[place]
    spent = _FRESH if candidates.have_equal_weights else spent.with_items({agent: spent.get(agent, 0) + 1})
    ring, head = rotation.ring, 0
    if place == rotation.head:
        head = (place + 1) % len(ring)
    else:
        ring = (*(one for one in rotation.order if one != agent), agent)
    return Rotation(id=rotation.id, version=rotation.version, ring=ring, head=head, spent=spent)


def _verdict(candidate: Candidate, chosen: AgentId | None, rotation: Rotation) -> CandidateVerdict:
    if candidate.agent == chosen:
        never = candidate.agent not in rotation.ring
        reason = "never had a turn" if never else "last turn is longest ago"
    elif rotation.spent.get(candidate.agent, 0) >= candidate.weight:
        reason = f"has had all {candidate.weight} turns of this round"
    else:
        reason = "had a turn more recently"
    return CandidateVerdict(candidate.agent, chosen=candidate.agent == chosen, reason=reason)
