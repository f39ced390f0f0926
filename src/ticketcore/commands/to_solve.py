"""To solve: an agent takes the next ticket, or skips one (requirement DP-8)."""

from collections.abc import Collection, Iterator
from datetime import timedelta
from typing import Any, ClassVar, Final

import attrs

from ticketcore._draft import Draft
from ticketcore.commands.choosing import hand_to
from ticketcore.commands.command import AddingDeskCommand, AddingTicketCommand
from ticketcore.commands.eligibility import may_have
from ticketcore.commands.notes import AddInlineNote
from ticketcore.commands.waiting import departments_to_solve, waiting_for
from ticketcore.conditions import Condition, RecordF
from ticketcore.errors import OutOfPlace
from ticketcore.events import Skipped
from ticketcore.model import checks
from ticketcore.model.checks import is_duration
from ticketcore.model.ids import AgentId, DepartmentId
from ticketcore.model.kinds import TICKETS
from ticketcore.model.permissions import Permission
from ticketcore.model.tickets import AnyTicket
from ticketcore.query import Query
from ticketcore.storage.protocols import Key
from ticketcore.to_solve import SKIPS, TO_SOLVE_TURNS, Skip, skip_id

_TURN: Final = Key(TO_SOLVE_TURNS, "desk")
_AT_ONCE: Final = 1
"""How many tickets are looked at in one go: the first one can almost always be had, and every further one costs."""


@attrs.frozen
class TakeNext(AddingDeskCommand[AnyTicket | None]):
    """
    Gives an agent the next ticket to work on, in the order of importance, and makes it the agent's.

    It is one that waits for an agent, in a department of the agent's where this is enabled: the agent's own, or
    nobody's. On a desk without departments it is any. Two agents who ask at once get two different tickets. The order
    is that of `Setup.to_solve`: what is late comes first.

    Args:
        department: From which department; by default from all of the agent's.

    Raises:
        NotFound: There is no such department.
        OutOfPlace: It is not an agent who asks; or it is not enabled in that department, or the agent is no member.
    """

    permission: ClassVar[Permission] = Permission.ANSWER

    department: DepartmentId | None = checks.identifier(default=None)

    def decide(self, draft: Draft) -> AnyTicket | None:
        """The ticket, assigned to the agent who asks; None if nothing waits."""
        agent = draft.principal.agent
        if agent is None:
            raise OutOfPlace(self.asked, "only agents take tickets", ("ask it from an agent's seat", "AssignNext"))
        where = departments_to_solve(draft, agent)
        if self.department is not None:
            where = _alone(draft, self.department, where, self.asked)
        draft.want(_TURN)
        for ticket in _in_order(draft, waiting_for(draft, draft.principal, agent, where)):
            allowed = draft.setup.access.may(draft.principal, self.permission, ticket).allowed
            if allowed and may_have(draft, ticket, agent).allowed:
                return hand_to(draft, ticket, agent)
        return None


@attrs.frozen
class SkipTicket(AddingTicketCommand[Skip]):
    """
    Has `TakeNext` not give a ticket to the agent for a while. If it was the agent's, it is nobody's then.

    Args:
        reason: Why, for colleagues to read: it becomes a note in the thread.
        duration: For how long.

    Raises:
        OutOfPlace: It is not an agent who asks, or the ticket is somebody else's.
    """

    permission: ClassVar[Permission] = Permission.NOTE

    reason: str = checks.text(at_least=1)
    duration: timedelta = checks.checked(
        is_duration(at_least=timedelta(minutes=1), at_most=timedelta(days=31)), default=timedelta(hours=1)
    )

    def decide(self, draft: Draft, ticket: AnyTicket) -> Skip:
        """What keeps the ticket from the agent."""
        agent = draft.principal.agent
        if agent is None:
            raise OutOfPlace(self.asked, "only agents skip tickets", ("ask it from an agent's seat",))
        if ticket.assignee not in {None, agent}:
            raise OutOfPlace(self.asked, "the ticket is another agent's", ("TakeNext",))
        _forget_old_ones(draft, agent)
        note = AddInlineNote(self.reason).decide(draft, ticket)
        until = draft.now + self.duration
        draft.occur(ticket, Skipped, entry=note.id, until=until)
        hand_to(draft, ticket, None)
        id = skip_id(ticket.id, agent)
        draft.peek(SKIPS, id)
        return draft.put(SKIPS, Skip(id=id, ticket=ticket.id, agent=agent, until=until))


def _alone(
    draft: Draft, department: DepartmentId, where: Collection[DepartmentId] | None, asked: str
) -> Collection[DepartmentId]:
    name = draft.configuration.roster.department(department).name
    if where is None or department not in where:
        reason = f"it is not enabled in the department {name!r}, or the agent is no member"
        raise OutOfPlace(asked, reason, ("ChangeDepartment(…, to_solve=True)", "AddMembers"))
    return frozenset({department})


def _in_order(draft: Draft, where: Condition[Any]) -> Iterator[AnyTicket]:
    query: Query[AnyTicket] = Query(TICKETS, where, draft.setup.to_solve, limit=_AT_ONCE)
    while True:
        page = draft.find(query)
        yield from page.items
        if page.next is None:
            return
        query = attrs.evolve(query, after=page.next)


def _forget_old_ones(draft: Draft, agent: AgentId) -> None:
    """Removes what keeps nothing from the agent any more, so that it never piles up."""
    past = (RecordF.id("agent") == agent) & (RecordF.instant("until") <= draft.now)
    for skip in draft.find(Query(SKIPS, past)).items:
        draft.remove(SKIPS, skip.id)
