"""Who is responsible: departments and agents."""

from collections.abc import Sequence
from typing import ClassVar

import attrs

from ticketcore._draft import Draft
from ticketcore.commands.backlog import assign_or_wait, leave_backlog
from ticketcore.commands.choosing import hand_to
from ticketcore.commands.command import AddingTicketCommand, OverwritingTicketCommand
from ticketcore.commands.eligibility import may_have
from ticketcore.errors import Conflict, OutOfPlace
from ticketcore.model import checks
from ticketcore.model.checks import IS_ID, KEY_LIMIT
from ticketcore.model.copying import copy_with
from ticketcore.model.ids import AgentId, DepartmentId
from ticketcore.model.permissions import Permission
from ticketcore.model.tickets import AnyTicket


@attrs.frozen
class Transfer(OverwritingTicketCommand[AnyTicket]):
    """
    Hands a ticket over to another department, or to none (requirement NT-7: everything on it goes with it).

    If nobody was available for it, it does not wait any more: `AssignNext` has it wait in its new department.

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
        assignee = self.assignee
        if assignee is not None:
            check_assignee(draft, copy_with(ticket, department=department), assignee, self.asked)
        elif self.keep_assignee and ticket.assignee:
            moved = copy_with(ticket, department=department)
            assignee = ticket.assignee if may_have(draft, moved, ticket.assignee).allowed else None
        if department != ticket.department:  # it waits for the agents of another one no more
            ticket = draft.change(ticket, department=department, in_backlog_since=None)
        return hand_to(draft, ticket, assignee)


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
        return hand_to(draft, ticket, self.agent)


class Unassign(OverwritingTicketCommand[AnyTicket]):
    """
    Makes nobody responsible for a ticket; it stays in its department.

    If nobody was available for it, it does not wait for somebody to be any more: nobody is to have it for now.
    """

    __slots__ = ()

    permission: ClassVar[Permission] = Permission.ASSIGN
    overwrites: ClassVar[frozenset[str]] = frozenset({"assignee"})

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The ticket without assignee."""
        return hand_to(draft, leave_backlog(draft, ticket), None)


class Claim(OverwritingTicketCommand[AnyTicket]):
    """
    An agent takes a ticket that nobody has.

    Raises:
        Conflict: Somebody has it; the error says who.
    """

    __slots__ = ()

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
        return hand_to(draft, ticket, agent)


@attrs.frozen
class AssignNext(AddingTicketCommand[AnyTicket]):
    """
    Assigns a ticket to an agent whom an assigner chooses among those who are eligible (requirement FL-3).

    If nobody is, it waits, and gets the next agent who becomes available, before all that are newer and as urgent.

    Args:
        by: The name of the assigner, such as `"least_busy"`; by default that of the department, or the desk's own.
        excluding: Agents who are not to have it.
        reassign: Whether a ticket that has an assignee gets another one: for rules; agents say whom they replace.

    Raises:
        InvalidInput: The desk has no assigner of that name.
    """

    permission: ClassVar[Permission] = Permission.ASSIGN

    by: str | None = checks.line(at_most=KEY_LIMIT, default=None)
    excluding: Sequence[AgentId] = checks.several(IS_ID, default=(), kw_only=True)
    reassign: bool = checks.flag(default=False, kw_only=True)

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The ticket with its assignee; in the backlog, and with an event that says so, if nobody is available."""
        if ticket.assignee is not None and not self.reassign:
            return ticket
        if ticket.assignee is not None and draft.principal.agent is not None:
            raise OutOfPlace(
                self.asked, "the ticket has an assignee, whom an agent replaces knowingly", ("Assign", "Unassign")
            )
        return assign_or_wait(draft, ticket, self.by, tuple(self.excluding))


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
