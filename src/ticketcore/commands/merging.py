"""
Tickets that belong together: merging and splitting them, linking them, and making one a part of another.

Every command here concerns two tickets, and both must be there for who asks: visible, and open to being changed. The
threads of both tell of it. A merge copies nothing: the survivor's thread is read together with the threads of those
that it took over.
"""

from collections import deque
from typing import Any, ClassVar

import attrs

from ticketcore import events
from ticketcore._draft import Draft
from ticketcore.commands.command import AddingTicketCommand, Command, OverwritingTicketCommand
from ticketcore.commands.opening import new_customer_ticket, open_ticket
from ticketcore.commands.participants import add_copies, add_parties, customers_ticket
from ticketcore.commands.status import move_to, reopen
from ticketcore.commands.talks import move_talks
from ticketcore.commands.time_tracking import move_time
from ticketcore.conditions import RecordF
from ticketcore.errors import NotFound, OutOfPlace
from ticketcore.events import CustomerMessageAdded, SubTicketAdded, SubTicketRemoved
from ticketcore.model import checks
from ticketcore.model.attachments import Attachment
from ticketcore.model.ids import AttachmentId, ContactId, EntryId, TicketId
from ticketcore.model.kinds import ENTRIES, TICKET_NOTES, TICKETS
from ticketcore.model.lifecycle import AWAITS_AGENT, SET_ASIDE, Category, LifeCycle, Status
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.permissions import Permission
from ticketcore.model.thread import CustomerMessage
from ticketcore.model.tickets import AnyTicket, Ticket
from ticketcore.query import Query

MOST_LINKS = 1_000
"""How many links a ticket has at most. Each change of them names them all, so what many belong to has sub-tickets."""

MOST_LEVELS = 20
"""How many tickets may stand above one, each a part of the next."""


@attrs.frozen
class MergeInto(AddingTicketCommand[AnyTicket]):
    """
    Has another ticket take this one over (requirement TK-18).

    This ticket is closed then, by moves that its life cycle has: a new one is resolved on the way, *silently*. What
    customers write to it reaches the survivor from now on. Its requesters, followers, copies, calls, chats, the notes
    beside it and the time spent on it go over, so that its customers see the survivor with all its public past. If this
    ticket waited for an agent, the survivor does, too: it is open again.

    Args:
        target: The survivor: of the same kind, not closed, and not merged itself.

    Raises:
        NotFound: There is no such ticket, or it may not be seen.
        OutOfPlace: One of the two cannot take part in this merge; the error says why.
    """

    permission: ClassVar[Permission] = Permission.CHANGE

    target: TicketId = checks.identifier()

    def told(self) -> FrozenMap[str, bool]:
        """That nobody is to hear of the moves that close the merged ticket."""
        return FrozenMap({"silently": True})

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The survivor."""
        target = _other(draft, ticket, self.target, self)
        if ticket.internal is not target.internal:
            raise OutOfPlace(self.asked, "internal tickets and customers' tickets never merge", ("LinkTo",))
        for it in (ticket, target):
            _check_standing(draft, it, self.asked)
        if target.status.category is Category.CLOSED:
            raise OutOfPlace(self.asked, f"ticket {target.reference} is closed", ("merge that one into this one",))
        _close(draft, draft.change(ticket, merged_into=target.id), self.asked)
        survivor = _take_over(draft, target, ticket)
        return reopen(draft, survivor) if ticket.status.category in AWAITS_AGENT else survivor


@attrs.frozen
class SplitOff(AddingTicketCommand[Ticket]):
    """
    Begins a new ticket with a copy of one of this ticket's messages, say because it asks for two things (TK-18).

    The new ticket is the message's author's, stands in the same department without assignee, and both are linked.

    Args:
        entry: The customer's message, of this ticket or of one that it took over.
        subject: What the new ticket is about, in a line.

    Raises:
        NotFound: No such entry stands in the ticket's thread.
        OutOfPlace: It is no customer's message, or was erased with its author.
    """

    permission: ClassVar[Permission] = Permission.CHANGE

    entry: EntryId = checks.identifier()
    subject: str = checks.line()

    def decide(self, draft: Draft, ticket: AnyTicket) -> Ticket:
        """The new ticket."""
        before = customers_ticket(ticket, self.asked)
        draft.permit(Permission.OPEN, None, self.asked)
        message = self._message(draft, before)
        new = self._open(draft, before, message)
        _copy_message(draft, message, new)
        draft.occur(before, events.SplitOff, entry=message.id, new=new.id)
        _link(draft, before, new, self.asked)
        return draft.get(TICKETS, new.id)  # type: ignore[return-value]  # a customer's ticket stays one

    def _message(self, draft: Draft, ticket: Ticket) -> CustomerMessage:
        entry = draft.peek(ENTRIES, self.entry)
        if entry is None or entry.ticket not in {ticket.id, *ticket.merged_from}:
            raise NotFound("entry", self.entry)
        if not isinstance(entry, CustomerMessage):
            raise OutOfPlace(self.asked, f"the entry is no message of a customer's: {entry.label}")
        if entry.erased:
            raise OutOfPlace(self.asked, "the message was erased with its author")
        return entry

    def _open(self, draft: Draft, before: Ticket, message: CustomerMessage) -> Ticket:
        new = new_customer_ticket(
            draft,
            (ContactId(message.author.id or ""),),
            self.subject,
            message.text,
            source=message.source,
            priority=before.priority,
            type=before.type,
            language=message.language or before.language,
        )
        return open_ticket(draft, new, before.department, None, self.asked)


@attrs.frozen
class LinkTo(AddingTicketCommand[AnyTicket]):
    """
    Notes that two tickets have to do with each other; each names the other then. Customers do not see it.

    Args:
        other: The other ticket, which may be of the other kind.

    Raises:
        NotFound: There is no such ticket, or it may not be seen.
        OutOfPlace: It is the same ticket, or one of the two has very many links.
    """

    permission: ClassVar[Permission] = Permission.CHANGE

    other: TicketId = checks.identifier()

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The linked ticket."""
        return _link(draft, ticket, _other(draft, ticket, self.other, self), self.asked)


@attrs.frozen
class Unlink(AddingTicketCommand[AnyTicket]):
    """
    Takes away the link between two tickets, on both.

    Args:
        other: The other ticket.
    """

    permission: ClassVar[Permission] = Permission.CHANGE

    other: TicketId = checks.identifier()

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The ticket without that link."""
        other = _other(draft, ticket, self.other, self)
        draft.change(other, links=other.links - {ticket.id})
        return draft.change(ticket, links=ticket.links - {other.id})


@attrs.frozen
class MakeSubTicketOf(AddingTicketCommand[AnyTicket]):
    """
    Makes a ticket a part of another one, such as a task of what a customer asked (requirements TK-18, FL-13).

    Args:
        parent: The ticket that it becomes a part of, which may be of the other kind.

    Raises:
        NotFound: There is no such ticket, or it may not be seen.
        OutOfPlace: It is a part of another ticket already, the parent is below it, or one of the two is gone or merged.
    """

    permission: ClassVar[Permission] = Permission.CHANGE

    parent: TicketId = checks.identifier()

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The sub-ticket."""
        parent = _other(draft, ticket, self.parent, self)
        if ticket.parent == parent.id:
            return ticket
        if ticket.parent is not None:
            raise OutOfPlace(self.asked, "it is a sub-ticket of another one already", ("MakeIndependent first",))
        for it in (ticket, parent):
            _check_standing(draft, it, self.asked)
        _check_not_below(draft, parent, ticket, self.asked)
        draft.occur(parent, SubTicketAdded, child=ticket.id)
        return draft.change(ticket, parent=parent.id)


class MakeIndependent(OverwritingTicketCommand[AnyTicket]):
    """Makes a sub-ticket stand on its own again."""

    __slots__ = ()

    permission: ClassVar[Permission] = Permission.CHANGE
    overwrites: ClassVar[frozenset[str]] = frozenset({"parent"})

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The ticket, a part of none."""
        if ticket.parent is None:
            return ticket
        parent = _other(draft, ticket, ticket.parent, self)
        draft.occur(parent, SubTicketRemoved, child=ticket.id)
        return draft.change(ticket, parent=None)


def way_to(life_cycle: LifeCycle, status: Status, category: Category) -> tuple[Status, ...] | None:
    """
    The shortest way to a status of a category, past nothing deleted or marked as spam.

    Args:
        life_cycle: The statuses and their moves.
        status: Where the way begins.
        category: What it leads to.

    Returns:
        The statuses on the way, the last one of the category; none of them if it begins there; None if there is no way.
    """
    ways: deque[tuple[Status, ...]] = deque([(status,)])
    seen = {status}
    while ways:
        way = ways.popleft()
        if way[-1].category is category:
            return way[1:]
        for it in life_cycle.moves_from(way[-1], None):
            if it not in seen and it.category not in SET_ASIDE:
                seen.add(it)
                ways.append((*way, it))
    return None


def _other(draft: Draft, ticket: AnyTicket, id: TicketId, command: Command[Any]) -> AnyTicket:
    """
    The other ticket that a command concerns.

    Raises:
        NotFound: There is none, or it may not be seen.
        AccessDenied: It may not be changed.
        OutOfPlace: It is the ticket itself.
    """
    if id == ticket.id:
        raise OutOfPlace(command.asked, "it takes two tickets, and this is the same one")
    other = draft.ticket(id)
    draft.permit(command.permission, other, command.asked)
    return other


def _check_standing(draft: Draft, ticket: AnyTicket, asked: str) -> None:
    """
    Makes sure that a ticket is neither set aside nor merged.

    Raises:
        OutOfPlace: It is; the error names the survivor, if it may be seen.
    """
    if ticket.status.category in SET_ASIDE:
        back = [str(status) for status in draft.setup.life_cycle.moves_from(ticket.status, ticket.status_before)]
        raise OutOfPlace(asked, f"ticket {ticket.reference} is {ticket.status}", [f"move it to {it}" for it in back])
    if ticket.merged_into is not None:
        survivor = draft.peek(TICKETS, ticket.merged_into)
        seen = survivor is not None and draft.sees(survivor)
        instead = [f"take ticket {survivor.reference} instead"] if survivor is not None and seen else []
        raise OutOfPlace(asked, f"ticket {ticket.reference} was merged into another one already", instead)


def _check_not_below(draft: Draft, ticket: AnyTicket, above: AnyTicket, asked: str) -> None:
    """
    Makes sure that a ticket is no part of another one, directly or through others.

    Raises:
        OutOfPlace: It is, or stands below too many.
    """
    upwards: AnyTicket | None = ticket
    for _ in range(MOST_LEVELS):
        if upwards is None or upwards.parent is None:
            return
        if upwards.parent == above.id:
            raise OutOfPlace(asked, f"ticket {ticket.reference} is itself a part of this one", ("MakeIndependent",))
        upwards = draft.peek(TICKETS, upwards.parent)
    raise OutOfPlace(asked, f"ticket {ticket.reference} stands below {MOST_LEVELS} others")


def _close(draft: Draft, ticket: AnyTicket, asked: str) -> None:
    way = way_to(draft.setup.life_cycle, ticket.status, Category.CLOSED)
    if way is None:
        raise OutOfPlace(asked, f"the life cycle leads from {ticket.status} to no closed status")
    for status in way:
        move_to(draft, ticket, status, asked)


def _take_over(draft: Draft, survivor: AnyTicket, merged: AnyTicket) -> AnyTicket:
    """The survivor with all that goes over to it."""
    for note in draft.find(Query(TICKET_NOTES, RecordF.id("ticket") == merged.id)).items:
        draft.put(TICKET_NOTES, attrs.evolve(note, ticket=survivor.id))
    move_time(draft, merged, survivor)
    move_talks(draft, merged, survivor)
    earlier = (*survivor.merged_from, *merged.merged_from, merged.id)
    after = draft.change(survivor, merged_from=earlier)
    if isinstance(after, Ticket) and isinstance(merged, Ticket):
        after = draft.change(after, public_changed_at=draft.now)
        after = add_parties(draft, after, merged.requesters, merged.followers)
        after = add_copies(draft, after, merged.cc, merged.proposed_cc)
    return after


def _link(draft: Draft, ticket: AnyTicket, other: AnyTicket, asked: str) -> AnyTicket:
    """
    The ticket, linked to another one.

    Raises:
        OutOfPlace: One of the two has as many links as it may have.
    """
    if other.id in ticket.links:
        return ticket
    for it in (ticket, other):
        if len(it.links) >= MOST_LINKS:
            raise OutOfPlace(asked, f"ticket {it.reference} has {MOST_LINKS} links", ("MakeSubTicketOf",))
    draft.change(other, links=other.links | {ticket.id})
    return draft.change(ticket, links=ticket.links | {other.id})


def _copy_message(draft: Draft, message: CustomerMessage, ticket: Ticket) -> None:
    """Begins a ticket with a copy of a message, without its Message-ID: mail that answers it belongs to the first."""
    copy = draft.write(
        ticket,
        CustomerMessage,
        author=message.author,
        author_name=message.author_name,
        text=message.text,
        html=message.html,
        attachments=tuple(_copied(draft, it) for it in message.attachments),
        original=None if message.original is None else _copied(draft, message.original),
        source=message.source,
        subject=message.subject,
        sender=message.sender,
        to=message.to,
        cc=message.cc,
        bcc=message.bcc,
        language=message.language,
    )
    draft.occur(ticket, CustomerMessageAdded, entry=copy.id, first=True)
    draft.change(ticket, customer_messages=1, last_customer_message_at=draft.now, last_message=copy.id)


def _copied(draft: Draft, attachment: Attachment) -> Attachment:
    """The same bytes under an id of its own."""
    return attrs.evolve(attachment, id=AttachmentId(draft.new_id()))
