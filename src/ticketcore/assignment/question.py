"""What an assigner is asked, and what it answers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Protocol, overload

import attrs

from ticketcore.assignment.rotation import Rotation
from ticketcore.model.ids import AgentId
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.tickets import AnyTicket, Priority
from ticketcore.model.values import FrozenValue


@attrs.frozen
class Candidate(FrozenValue):
    """
    An agent who could get the ticket.

    Args:
        agent: Who.
        weight: How many turns a round, at least 1.
        capacity: The most tickets in work that the agent may have; None for no limit. Who has as many is no candidate.
        priority: The higher, the sooner `AgentPriorityAssigner` gives the agent tickets.
        skills: Tags of tickets that only those can work on who have them.
    """

    agent: AgentId
    weight: int = 1
    capacity: int | None = None
    priority: int = 0
    skills: frozenset[str] = frozenset()


class Candidates(Sequence[Candidate]):
    """
    Candidates, each once. What assigners ask about all of them is found out once, for as long as they are the same.

    Args:
        several: The candidates, in any order.
    """

    def __init__(self, several: Iterable[Candidate]) -> None:
        self._several = tuple(several)
        self._ring: tuple[AgentId, ...] | None = None

    @overload
    def __getitem__(self, place: int) -> Candidate: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Candidate]: ...
    def __getitem__(self, place: int | slice) -> Candidate | Sequence[Candidate]:
        return self._several[place]

    def __len__(self) -> int:
        return len(self._several)

    def __iter__(self) -> Iterator[Candidate]:
        return iter(self._several)

    def __repr__(self) -> str:
        return f"Candidates({list(self._several)!r})"

    @cached_property
    def by_agent(self) -> Mapping[AgentId, Candidate]:
        """The candidates by agent."""
        return {it.agent: it for it in self._several}

    @cached_property
    def have_equal_weights(self) -> bool:
        """Whether each has one turn a round."""
        return all(it.weight == 1 for it in self._several)

    def newcomers_to(self, rotation: Rotation) -> list[AgentId]:
        """Those who never had a turn, by id."""
        return sorted(self.by_agent.keys() - set(rotation.ring))

    def go_round(self, rotation: Rotation) -> bool:
        """
        Whether these, and nobody else, are in the ring, and each has one turn a round.

        It takes no time for as long as turns are the usual ones, because they leave the ring as it is.
        """
        if rotation.ring is not self._ring:
            are_all = self.have_equal_weights and self.by_agent.keys() == set(rotation.ring)
            if not are_all or not self._several:
                return False
            self._ring = rotation.ring
        return not rotation.spent


def _as_candidates(several: Iterable[Candidate]) -> Candidates:
    return several if isinstance(several, Candidates) else Candidates(several)


@attrs.frozen(kw_only=True)
class Question(FrozenValue):
    """
    Who gets a ticket.

    What is said of agents here beside the candidates is gathered when an assigner first asks, and not at all if none
    does. An agent of whom there is nothing to say is missing.

    Args:
        ticket: The ticket.
        candidates: Who could get it, each once.
        rotation: Who had the last turns in the ticket's department.
        loads: How many tickets in work each candidate has.
        work: The same by the tickets' priority.
        served: When the customer opened the last ticket that each candidate had, of those who had one.
        served_company: The same of tickets of the customer's company.
        skills: Everything that is a skill of any agent of the desk: the tags of tickets that ask for one.
    """

    ticket: AnyTicket
    candidates: Candidates = attrs.field(converter=_as_candidates)
    rotation: Rotation
    loads: Mapping[AgentId, int] = FrozenMap()
    work: Mapping[AgentId, Mapping[Priority, int]] = FrozenMap()
    served: Mapping[AgentId, datetime] = FrozenMap()
    served_company: Mapping[AgentId, datetime] = FrozenMap()
    skills: frozenset[str] = frozenset()


@attrs.frozen
class Choice(FrozenValue):
    """
    What an assigner decided.

    Args:
        agent: Who gets the ticket; None if nobody can.
        rotation: What to store, if and only if the ticket is assigned.
    """

    agent: AgentId | None
    rotation: Rotation


@attrs.frozen
class CandidateVerdict(FrozenValue):
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

    def choose(self, question: Question, /) -> Choice:
        """The candidate who gets the ticket; the same for the same question, in whatever order candidates come."""
        ...

    def explain(self, question: Question, /) -> Sequence[CandidateVerdict]:
        """Why each candidate would or would not be chosen now, whoever would be chosen first."""
        ...
