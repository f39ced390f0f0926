"""Who is responsible: departments and agents."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import attrs

from ticketcore._draft import Draft
from ticketcore.access import may_be_assigned
from ticketcore.assignment import ROTATIONS, Candidate, CandidateVerdict, Rotation, rotation_id
from ticketcore.commands.command import AddingTicketCommand, OverwritingTicketCommand
from ticketcore.conditions import F
from ticketcore.errors import Conflict, OutOfPlace
from ticketcore.events import NobodyAvailable
from ticketcore.model import checks
from ticketcore.model.copying import copy_with
from ticketcore.model.ids import AgentId, DepartmentId
from ticketcore.model.kinds import TICKETS
from ticketcore.model.lifecycle import IN_WORK
from ticketcore.model.permissions import Permission
from ticketcore.model.tickets import AnyTicket
from ticketcore.notifications import Occasion, tell_agent
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
        elif self.keep_assignee and ticket.assignee and _can_have(draft, moved, ticket.assignee):
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
        reassign: Whether a ticket that has an assignee gets another one.
    """

    permission: ClassVar[Permission] = Permission.ASSIGN

    reassign: bool = checks.flag(default=False)

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The ticket with its assignee; without one, and with an event that says so, if nobody is eligible."""
        if ticket.assignee is not None and not self.reassign:
            return ticket
        rotation = _rotation(draft, ticket)
        candidates = candidates_for(draft, ticket)
        choice = draft.setup.assigner.choose(candidates, rotation, loads_of(draft, candidates))
        if choice.agent is None:
            draft.occur(ticket, NobodyAvailable, department=ticket.department)
            return draft.get(TICKETS, ticket.id)
        draft.put(ROTATIONS, choice.rotation)
        return _hand_to(draft, ticket, choice.agent)


def explain_next(draft: Draft, ticket: AnyTicket) -> Sequence[CandidateVerdict]:
    """Who would get a ticket now, and why each of the others would not."""
    candidates = candidates_for(draft, ticket)
    return draft.setup.assigner.explain(candidates, _rotation(draft, ticket), loads_of(draft, candidates))


def candidates_for(draft: Draft, ticket: AnyTicket) -> Sequence[Candidate]:
    """The active members of the ticket's department; of a ticket without department, all active agents."""
    roster = draft.configuration.roster
    if ticket.department is None:
        return [Candidate(it.id, capacity=it.capacity) for it in roster.agents.values() if it.active]
    return [
        Candidate(agent.id, membership.weight, agent.capacity)
        for membership in roster.members(ticket.department).values()
        if (agent := roster.agents.get(membership.agent)) is not None and agent.active
    ]


def loads_of(draft: Draft, candidates: Sequence[Candidate]) -> Mapping[AgentId, int]:
    """How many tickets in work each candidate has, if that matters for anyone."""
    limited = [it.agent for it in candidates if it.capacity is not None]
    if not limited:
        return {}
    query = Query(TICKETS, F.assignee.is_in(limited) & F.category.is_in(IN_WORK))
    return draft.tally(query, "assignee")  # type: ignore[return-value]  # the values of the field are ids of agents


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
    roster = draft.configuration.roster
    department = roster.department(ticket.department) if ticket.department else None
    verdict = may_be_assigned(roster.agent(agent), roster.membership(agent, ticket.department), department)
    if not verdict.allowed:
        members = roster.members(department.id) if department else roster.agents
        names = sorted(roster.agents[it].name for it in members if it in roster.agents and roster.agents[it].active)
        raise OutOfPlace(asked, verdict.reason, names)


def _can_have(draft: Draft, ticket: AnyTicket, agent: AgentId) -> bool:
    roster = draft.configuration.roster
    department = roster.department(ticket.department) if ticket.department else None
    return may_be_assigned(roster.agent(agent), roster.membership(agent, ticket.department), department).allowed


def _rotation(draft: Draft, ticket: AnyTicket) -> Rotation:
    id = rotation_id(ticket.department)
    return draft.peek(ROTATIONS, id) or Rotation(id=id)


def _hand_to(draft: Draft, ticket: AnyTicket, agent: AgentId | None) -> AnyTicket:
    before = draft.get(TICKETS, ticket.id).assignee
    after = draft.change(ticket, assignee=agent)
    if agent is not None and agent != before:
        tell_agent(draft, agent, Occasion.ASSIGNED, after)
    return after
