"""Where a ticket stands, and moving it."""

from datetime import datetime, timedelta
from typing import ClassVar, TypeVar

import attrs

from ticketcore._draft import Draft
from ticketcore.commands.command import AddingTicketCommand
from ticketcore.commands.eligibility import may_have
from ticketcore.errors import OutOfPlace
from ticketcore.model import checks
from ticketcore.model.checks import is_duration
from ticketcore.model.kinds import TICKETS
from ticketcore.model.lifecycle import AWAITS_AGENT, DONE, IN_WORK, REOPENED, SET_ASIDE, Category, Status
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.permissions import Permission
from ticketcore.model.tickets import AnyTicket, Ticket
from ticketcore.notices import Occasion
from ticketcore.notifications import tell_parties

W = TypeVar("W", bound=AnyTicket)


@attrs.frozen
class MoveTo(AddingTicketCommand[AnyTicket]):
    """
    Moves a ticket to any status of the life cycle, by its key: for statuses that the host has added.

    Args:
        status: The key, such as `"open"`.
    """

    permission: ClassVar[Permission] = Permission.CHANGE

    status: str = checks.line(at_most=checks.KEY_LIMIT)

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The ticket in that status."""
        target = draft.setup.life_cycle.status(self.status)
        if target is None:
            keys = [status.key for status in draft.setup.life_cycle.statuses]
            raise OutOfPlace(self.asked, f"there is no status {self.status!r}", keys)
        if target.category in SET_ASIDE:
            draft.permit(Permission.DELETE, ticket, self.asked)
        return move_to(draft, ticket, target, self.asked)


class Reopen(AddingTicketCommand[AnyTicket]):
    """Makes an answered, postponed or resolved ticket open again."""

    __slots__ = ()

    permission: ClassVar[Permission] = Permission.CHANGE

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The open ticket."""
        return move(draft, ticket, Category.OPEN, self.asked)


class MarkAnswered(AddingTicketCommand[AnyTicket]):
    """Makes a ticket answered without writing an answer, say after a call."""

    __slots__ = ()

    permission: ClassVar[Permission] = Permission.CHANGE

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The answered ticket."""
        return move(draft, ticket, Category.ANSWERED, self.asked)


@attrs.frozen
class Resolve(AddingTicketCommand[AnyTicket]):
    """
    Makes a ticket resolved, and tells its customers (requirement TK-15).

    Args:
        silently: Whether customers are not to hear of it; the events say so, too.
    """

    permission: ClassVar[Permission] = Permission.CHANGE

    silently: bool = checks.flag(default=False)

    def told(self) -> FrozenMap[str, bool]:
        """Whether it was done silently."""
        return FrozenMap({"silently": True}) if self.silently else FrozenMap()

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The resolved ticket."""
        before = ticket.status
        resolved = move(draft, ticket, Category.RESOLVED, self.asked)
        if isinstance(resolved, Ticket) and resolved.status != before and not self.silently:
            tell_parties(draft, resolved, None, Occasion.RESOLVED)
        return resolved


class Close(AddingTicketCommand[AnyTicket]):
    """Closes a resolved ticket for good; a later reply begins a follow-up ticket."""

    __slots__ = ()

    permission: ClassVar[Permission] = Permission.CHANGE

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The closed ticket."""
        return move(draft, ticket, Category.CLOSED, self.asked)


@attrs.frozen
class Postpone(AddingTicketCommand[AnyTicket]):
    """
    Puts a ticket off; when the time is over it is open again, or new if it was new (requirement TK-14).

    Args:
        until: When it comes back, unless a customer writes before; None for not before a customer writes.
    """

    permission: ClassVar[Permission] = Permission.CHANGE

    until: datetime | None = checks.instant(default=None)

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The postponed ticket."""
        if self.until is not None and self.until <= draft.now:
            raise OutOfPlace(self.asked, f"{self.until.isoformat()} is past", (f"later than {draft.now.isoformat()}",))
        if ticket.status.category is not Category.POSTPONED:
            ticket = move(draft, ticket, Category.POSTPONED, self.asked)
        return draft.change(ticket, postponed_until=self.until)


@attrs.frozen
class PostponeFor(AddingTicketCommand[AnyTicket]):
    """
    Puts a ticket off for some time from now on: for rules and macros, which name no date (requirement TK-14).

    Args:
        duration: From a minute to ten years.
    """

    permission: ClassVar[Permission] = Permission.CHANGE

    duration: timedelta = checks.checked(is_duration(at_least=timedelta(minutes=1), at_most=timedelta(days=3_650)))

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The postponed ticket."""
        return Postpone(draft.now + self.duration).decide(draft, ticket)


class MarkAsSpam(AddingTicketCommand[AnyTicket]):
    """Puts a ticket aside as spam; its customers do not see it any more."""

    __slots__ = ()

    permission: ClassVar[Permission] = Permission.DELETE

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The ticket marked as spam."""
        return move(draft, ticket, Category.SPAM, self.asked)


class MarkAsNotSpam(AddingTicketCommand[AnyTicket]):
    """Brings back what was no spam, to the status it had before."""

    __slots__ = ()

    permission: ClassVar[Permission] = Permission.DELETE

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The ticket in its status of before."""
        return _bring_back(draft, ticket, Category.SPAM, self.asked)


class Delete(AddingTicketCommand[AnyTicket]):
    """Puts a ticket aside as deleted; it can be restored until it is purged."""

    __slots__ = ()

    permission: ClassVar[Permission] = Permission.DELETE

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The deleted ticket."""
        return move(draft, ticket, Category.DELETED, self.asked)


class Restore(AddingTicketCommand[AnyTicket]):
    """Brings back a deleted ticket, to the status it had before."""

    __slots__ = ()

    permission: ClassVar[Permission] = Permission.DELETE

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The ticket in its status of before."""
        return _bring_back(draft, ticket, Category.DELETED, self.asked)


def move(draft: Draft, ticket: W, category: Category, asked: str) -> W:
    """Moves a ticket to the life cycle's main status of a category."""
    return move_to(draft, ticket, draft.setup.life_cycle.main(category), asked)


def move_to(draft: Draft, ticket: W, target: Status, asked: str) -> W:
    """
    Moves a ticket to a status.

    Raises:
        OutOfPlace: The life cycle has no such move; the error lists those it has.
        AccessDenied: The ticket was deleted or marked as spam, and who asks may not bring it back.
    """
    ticket = draft.get(TICKETS, ticket.id)  # type: ignore[assignment]  # a ticket never changes its kind
    now = ticket.status
    if target == now:
        return ticket
    possible = draft.setup.life_cycle.moves_from(now, ticket.status_before)
    if target not in possible:
        raise OutOfPlace(asked, f"the ticket is {now}", [status.key for status in possible])
    if now.category in SET_ASIDE:
        draft.permit(Permission.DELETE, ticket, asked)
    return draft.change(
        ticket,
        status=target,
        status_changed_at=draft.now,
        waiting_since=(ticket.waiting_since or draft.now) if target.category in AWAITS_AGENT else None,
        reopenings=ticket.reopenings + (now.category in DONE and target.category is Category.OPEN),
        **_remembered(ticket, target),
        **({} if target.category in IN_WORK else {"in_backlog_since": None}),
    )


def _remembered(ticket: AnyTicket, target: Status) -> dict[str, object]:
    """What a ticket remembers of where it stood, to go back there later."""
    if target.category in SET_ASIDE:
        return {"status_before": ticket.status}
    if ticket.status.category in SET_ASIDE:
        return {"status_before": None}
    if target.category is Category.POSTPONED:
        return {"postponed_from": ticket.status}
    return {"postponed_from": None, "postponed_until": None}


def reopen(draft: Draft, ticket: W) -> W:
    """
    What a customer's message does to the status: what was answered, postponed or resolved is open again.

    An assignee who left meanwhile, or may not see the ticket any more, would never answer: it waits for somebody else.
    """
    if ticket.status.category not in REOPENED:
        return ticket
    ticket = move(draft, ticket, Category.OPEN, "SendMessage")
    if ticket.assignee is None or may_have(draft, ticket, ticket.assignee).allowed:
        return ticket
    return draft.change(ticket, assignee=None)


def _bring_back(draft: Draft, ticket: W, category: Category, asked: str) -> W:
    if ticket.status.category is not category or ticket.status_before is None:
        possible = draft.setup.life_cycle.moves_from(ticket.status, ticket.status_before)
        raise OutOfPlace(asked, f"the ticket is {ticket.status}", [status.key for status in possible])
    return move_to(draft, ticket, ticket.status_before, asked)
