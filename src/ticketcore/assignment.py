"""
Who gets the next ticket: assigners, and the rotation they keep.

An assigner is pure: candidates, rotation and loads in; a choice and the next rotation out. Who is a candidate is the
caller's business (`ticketcore.commands.assignment`), and so is storing the rotation together with the assignment, so
that the one never happens without the other.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

import attrs

from ticketcore.model.ids import AgentId, DepartmentId
from ticketcore.model.kinds import Kind
from ticketcore.model.mapping import FrozenMap


@attrs.frozen(kw_only=True)
class Rotation:
    """
    Whose turn it is in a department. One record each, read under lock.

    Args:
        id: The department's id, or `"desk"` for tickets without a department.
        ring: Agents in the order of their last turns, read from `head` on round to it: the first one's is longest ago.
        head: Where the ring begins.
        spent: How many turns of the present round agents with several turns a round have had.
    """

    id: str
    version: int = 0
    ring: tuple[AgentId, ...] = ()
    head: int = 0
    spent: FrozenMap[AgentId, int] = FrozenMap()

    @property
    def order(self) -> tuple[AgentId, ...]:
        """The agents, whose last turn is longest ago first."""
        return self.ring[self.head :] + self.ring[: self.head]


ROTATIONS: Kind[Rotation] = Kind("rotation", locked=True)


def rotation_id(department: DepartmentId | None) -> str:
    """The id of the rotation of a department."""
    return department or "desk"


@attrs.frozen
class Candidate:
    """
    An agent who could get the ticket.

    Args:
        agent: Who.
        weight: How many turns a round, at least 1.
        capacity: The most tickets in work that the agent may have; None for no limit.
    """

    agent: AgentId
    weight: int = 1
    capacity: int | None = None


@attrs.frozen
class Choice:
    """
    What an assigner decided.

    Args:
        agent: Who gets the ticket; None if nobody can.
        rotation: What to store, if and only if the ticket is assigned.
    """

    agent: AgentId | None
    rotation: Rotation


@attrs.frozen
class CandidateVerdict:
    """
    Why an agent was chosen or not.

    Args:
        agent: Who.
        chosen: Whether.
        reason: In a sentence.
    """

    agent: AgentId
    chosen: bool
    reason: str


class Assigner(Protocol):
    """What chooses the agent for a ticket."""

    def choose(self, candidates: Sequence[Candidate], rotation: Rotation, loads: Mapping[AgentId, int]) -> Choice:
        """
        The agent who gets the next ticket.

        Args:
            candidates: Who could get it, each once.
            rotation: Who had the last turns.
            loads: How many tickets in work each has; counted when it is first asked.
        """
        ...

    def explain(
        self, candidates: Sequence[Candidate], rotation: Rotation, loads: Mapping[AgentId, int]
    ) -> Sequence[CandidateVerdict]:
        """Why each candidate would or would not be chosen now, whoever would be chosen first."""
        ...


@attrs.frozen
class RoundRobinAssigner:
    """
    Gives each ticket to the candidate whose last turn is longest ago (requirement FL-3).

    With a stable set of candidates no two differ by more than one ticket; nobody waits for more than one round; who was
    away gets one turn on return, not those that were missed. A candidate of weight *w* gets exactly *w* turns a round.
    A candidate at capacity is passed over, and keeps the place. The order of the candidates does not matter.
    """

    def choose(self, candidates: Sequence[Candidate], rotation: Rotation, loads: Mapping[AgentId, int]) -> Choice:
        """The candidate below capacity whose last turn is longest ago, and who has turns left in this round."""
        able = {one.agent: one for one in candidates if _has_room(one, loads)}
        if not able:
            return Choice(None, rotation)
        rotation = _with_newcomers(rotation, able)
        turn, spent = _next_turn(rotation, able)
        return Choice(rotation.ring[turn], _after_turn(rotation, turn, able, spent))

    def explain(
        self, candidates: Sequence[Candidate], rotation: Rotation, loads: Mapping[AgentId, int]
    ) -> Sequence[CandidateVerdict]:
        """Every candidate with the reason, the chosen one first."""
        chosen = self.choose(candidates, rotation, loads).agent
        last = {agent: place for place, agent in enumerate(rotation.order)}
        verdicts = [_verdict(one, chosen, rotation, loads) for one in candidates]
        return sorted(verdicts, key=lambda it: (not it.chosen, last.get(it.agent, -1), it.agent))


def _has_room(candidate: Candidate, loads: Mapping[AgentId, int]) -> bool:
    return candidate.capacity is None or loads.get(candidate.agent, 0) < candidate.capacity


def _with_newcomers(rotation: Rotation, able: Mapping[AgentId, Candidate]) -> Rotation:
    """The rotation with those who never had a turn at its beginning."""
    newcomers = able.keys() - set(rotation.ring)
    if not newcomers:
        return rotation
    return attrs.evolve(rotation, ring=(*sorted(newcomers), *rotation.order), head=0)


def _next_turn(rotation: Rotation, able: Mapping[AgentId, Candidate]) -> tuple[int, FrozenMap[AgentId, int]]:
    """Where in the ring the next turn is, and what is spent of the round that it belongs to."""
    size = len(rotation.ring)
    for spent in (rotation.spent, FrozenMap[AgentId, int]()):
        for step in range(size):
            place = (rotation.head + step) % size
            agent = rotation.ring[place]
            if agent in able and spent.get(agent, 0) < able[agent].weight:
                return place, spent
    raise AssertionError("a fresh round has a turn for every able candidate, and each is in the ring")


def _after_turn(
    rotation: Rotation, place: int, able: Mapping[AgentId, Candidate], spent: FrozenMap[AgentId, int]
) -> Rotation:
    """The rotation after the turn at `place`. The usual case, the turn at the head, leaves the ring as it is."""
    agent = rotation.ring[place]
    if any(one.weight > 1 for one in able.values()):
        spent = spent.with_items({agent: spent.get(agent, 0) + 1})
    else:
        spent = FrozenMap()
    if place == rotation.head:
        return attrs.evolve(rotation, head=(place + 1) % len(rotation.ring), spent=spent)
    behind = tuple(one for one in rotation.order if one != agent)
    return attrs.evolve(rotation, ring=(*behind, agent), head=0, spent=spent)


def _verdict(
    candidate: Candidate, chosen: AgentId | None, rotation: Rotation, loads: Mapping[AgentId, int]
) -> CandidateVerdict:
    if candidate.agent == chosen:
        never = candidate.agent not in rotation.ring
        return CandidateVerdict(
            candidate.agent, chosen=True, reason="never had a turn" if never else "last turn is longest ago"
        )
    if not _has_room(candidate, loads):
        load = loads.get(candidate.agent, 0)
        return CandidateVerdict(
            candidate.agent, chosen=False, reason=f"has {load} tickets in work, at most {candidate.capacity}"
        )
    if rotation.spent.get(candidate.agent, 0) >= candidate.weight:
        return CandidateVerdict(
            candidate.agent, chosen=False, reason=f"has had all {candidate.weight} turns of this round"
        )
    return CandidateVerdict(candidate.agent, chosen=False, reason="had a turn more recently")
