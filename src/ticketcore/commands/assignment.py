"""Who is responsible: departments and agents."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import ClassVar

import attrs

from ticketcore._draft import Draft
from ticketcore.access import Verdict
from ticketcore.assignment import ROTATIONS, Candidate, CandidateVerdict, Choice, Rotation, rotation_id
from ticketcore.commands.command import AddingTicketCommand, OverwritingTicketCommand
from ticketcore.conditions import F
from ticketcore.errors import Conflict, OutOfPlace
from ticketcore.events import NobodyAvailable
from ticketcore.model import checks
from ticketcore.model.actors import Actor
from ticketcore.model.copying import copy_with
from ticketcore.model.departments import DepartmentAccess
from ticketcore.model.ids import AgentId, DepartmentId
from ticketcore.model.kinds import TICKETS
from ticketcore.model.lifecycle import IN_WORK
from ticketcore.model.permissions import Permission
from ticketcore.model.tickets import AnyTicket
from ticketcore.notices import Occasion
from ticketcore.notifications import tell_agent
from ticketcore.query import Query


@attrs.frozen
class Transfer(OverwritingTicketCommand[AnyTicket]):
    """
    Hands a ticket over to another department, or to none (requirement NT-7: everything on it goes with it).

    Args:
        department: Where it goes; None for no department.
        assignee: Who gets it there; by default nobody, unless the present assignee sees the department's tickets too
            and `keep_assignee`.
        keep_assignee: Whether the present assignee keeps it, where that is possible.
    """

    permission: ClassVar[Permission] = Permission.ASSIGN
    overwrites: ClassVar[frozenset[str]] = frozenset({"department", "assignee"})

    department: DepartmentId | None = checks.identifier(default=None)
    assignee: AgentId | None = checks.identifier(default=None)
    keep_assignee: bool = checks.flag(default=False)

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The ticket in that department."""
        department = checked_department(draft, self.department)
        moved = copy_with(ticket, department=department)
        assignee = self.assignee
        if assignee is not None:
            check_assignee(draft, moved, assignee, self.asked)
        elif self.keep_assignee and ticket.assignee and may_have(draft, moved, ticket.assignee).allowed:
            assignee = ticket.assignee
        return _hand_to(draft, draft.change(ticket, department=department), assignee)


@attrs.frozen
class Assign(OverwritingTicketCommand[AnyTicket]):
    """
    Makes an agent responsible for a ticket (requirement FL-7).

    Args:
        agent: Who is to work on it.
    """

    permission: ClassVar[Permission] = Permission.ASSIGN
    overwrites: ClassVar[frozenset[str]] = frozenset({"assignee", "department"})

    agent: AgentId = checks.identifier()

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The ticket with that assignee."""
        check_assignee(draft, ticket, self.agent, self.asked)
        return _hand_to(draft, ticket, self.agent)


@attrs.frozen
class Unassign(OverwritingTicketCommand[AnyTicket]):
    """Makes nobody responsible for a ticket; it waits in its department."""

    permission: ClassVar[Permission] = Permission.ASSIGN
    overwrites: ClassVar[frozenset[str]] = frozenset({"assignee"})

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The ticket without assignee."""
        return _hand_to(draft, ticket, None)


@attrs.frozen
class Claim(OverwritingTicketCommand[AnyTicket]):
    """
    An agent takes a ticket that nobody has.

    Raises:
        Conflict: Somebody has it; the error says who.
    """

    permission: ClassVar[Permission] = Permission.ANSWER
    overwrites: ClassVar[frozenset[str]] = frozenset({"assignee", "department"})

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The ticket, assigned to the agent who asks."""
        agent = draft.principal.agent
        if agent is None:
            raise OutOfPlace(self.asked, "only agents claim tickets", ("ask it from an agent's seat", "Assign"))
        if ticket.assignee is not None and ticket.assignee != agent:
            holder = draft.configuration.roster.agent(ticket.assignee)
            raise Conflict(self.asked, f"{holder.name} has it already", ticket.version)
        check_assignee(draft, ticket, agent, self.asked)
        return _hand_to(draft, ticket, agent)


@attrs.frozen
class AssignNext(AddingTicketCommand[AnyTicket]):
    """
    Assigns a ticket to the agent whose turn it is in its department; by default round robin (requirement FL-3).

    Args:
        reassign: Whether a ticket that has an assignee gets another one: for rules; agents say whom they replace.
    """

    permission: ClassVar[Permission] = Permission.ASSIGN

    reassign: bool = checks.flag(default=False)

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The ticket with its assignee; without one, and with an event that says so, if nobody is eligible."""
        if ticket.assignee is not None and not self.reassign:
            return ticket
        if ticket.assignee is not None and draft.principal.agent is not None:
            raise OutOfPlace(
                self.asked, "the ticket has an assignee, whom an agent replaces knowingly", ("Assign", "Unassign")
            )
        choice = _choose(draft, ticket)
        if choice.agent is None:
            draft.occur(ticket, NobodyAvailable, department=ticket.department)
            return draft.get(TICKETS, ticket.id)
        draft.put(ROTATIONS, choice.rotation)
        return _hand_to(draft, ticket, choice.agent)


class Loads(Mapping[AgentId, int]):
    """
    How many tickets in work each candidate has. It is counted when an assigner first asks, and not at all if none does.

    Args:
        draft: The unit of work.
        candidates: Whose tickets are counted.
    """

    def __init__(self, draft: Draft, candidates: Sequence[Candidate]) -> None:
        self._draft = draft
        self._agents = [it.agent for it in candidates]

    def __getitem__(self, agent: AgentId) -> int:
        if agent not in self._agents:
            raise KeyError(agent)
        return self._counted.get(agent, 0)

    def __iter__(self) -> Iterator[AgentId]:
        return iter(self._agents)

    def __len__(self) -> int:
        return len(self._agents)

    @cached_property
    def _counted(self) -> Mapping[Hashable, int]:
        in_work = F.assignee.is_in(self._agents) & F.category.is_in(IN_WORK)
        return self._draft.tally(Query(TICKETS, in_work), "assignee")


def explain_next(draft: Draft, ticket: AnyTicket) -> Sequence[CandidateVerdict]:
    """Who would get a ticket now, and why each of the others would not."""
    candidates = _candidates(draft, ticket)
    seeing = [it for it in candidates if may_have(draft, ticket, it.agent).allowed]
    blind = [it.agent for it in candidates if it not in seeing]
    verdicts = draft.setup.assigner.explain(seeing, _rotation(draft, ticket), Loads(draft, seeing))
    return [*verdicts, *(CandidateVerdict(it, chosen=False, reason="may not see the ticket") for it in blind)]


def may_have(draft: Draft, ticket: AnyTicket, agent: AgentId) -> Verdict:
    """
    Whether an agent can be given a ticket at all: who is not active, or would not see it, cannot.

    Raises:
        NotFound: There is no such agent.
    """
    roster = draft.configuration.roster
    record = roster.agent(agent)
    if not record.active:
        return Verdict(allowed=False, reason=f"agent {record.name!r} is not active")
    visible = draft.setup.access.visible_tickets(roster.principal(Actor.agent(agent)))
    if draft.holds(visible, TICKETS, ticket):
        return Verdict(allowed=True, reason="active, and sees the ticket")
    department = roster.departments.get(ticket.department) if ticket.department else None
    if department is not None and department.access is DepartmentAccess.RESTRICTED:
        reason = f"agent {record.name!r} is no member of the restricted department {department.name!r}"
        return Verdict(allowed=False, reason=reason)
    return Verdict(allowed=False, reason=f"agent {record.name!r} may not see the ticket")


def _choose(draft: Draft, ticket: AnyTicket) -> Choice:
    """What the assigner chooses among those who see the ticket."""
    rotation = _rotation(draft, ticket)  # first, because it is seldom loaded yet
    candidates = _candidates(draft, ticket)
    while True:
        choice = draft.setup.assigner.choose(candidates, rotation, Loads(draft, candidates))
        if choice.agent is None or may_have(draft, ticket, choice.agent).allowed:
            return choice
        candidates = [it for it in candidates if it.agent != choice.agent]


def _candidates(draft: Draft, ticket: AnyTicket) -> Sequence[Candidate]:
    """The active members of the ticket's department; of a ticket without department, all active agents."""
    roster = draft.configuration.roster
    if ticket.department is None:
        return [Candidate(it.id, capacity=it.capacity) for it in roster.agents.values() if it.active]
    return [
        Candidate(agent.id, membership.weight, agent.capacity)
        for membership in roster.members(ticket.department).values()
        if (agent := roster.agents.get(membership.agent)) is not None and agent.active
    ]


def checked_department(draft: Draft, department: DepartmentId | None) -> DepartmentId | None:
    """
    The department that a command names.

    Raises:
        NotFound: There is none.
    """
    return None if department is None else draft.configuration.roster.department(department).id


def check_assignee(draft: Draft, ticket: AnyTicket, agent: AgentId, asked: str) -> None:
    """
    Makes sure that an agent can be given a ticket.

    Raises:
        NotFound: There is no such agent.
        OutOfPlace: The agent is not active, or would not see the ticket.
    """
    verdict = may_have(draft, ticket, agent)
    if not verdict.allowed:
        agents = draft.configuration.roster.agents.values()
        able = sorted(it.name for it in agents if may_have(draft, ticket, it.id).allowed)
        raise OutOfPlace(asked, verdict.reason, able)


def _rotation(draft: Draft, ticket: AnyTicket) -> Rotation:
    id = rotation_id(ticket.department)
    return draft.peek(ROTATIONS, id) or Rotation(id=id)


def _hand_to(draft: Draft, ticket: AnyTicket, agent: AgentId | None) -> AnyTicket:
    before = draft.get(TICKETS, ticket.id).assignee
    after = draft.change(ticket, assignee=agent)
    if agent is not None and agent != before:
        tell_agent(draft, agent, Occasion.ASSIGNED, after)
    return after
