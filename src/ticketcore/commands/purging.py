"""
Purging: a deleted ticket goes for good, with all that was said in it. A tombstone remains.

The threads of those that were merged into it are shown as part of its own: so they go with it.
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final, TypeAlias

from ticketcore._draft import Draft
from ticketcore.commands.command import AddingTicketCommand
from ticketcore.conditions import EntryF, F, RecordF
from ticketcore.errors import AccessDenied, OutOfPlace
from ticketcore.events import SubTicketRemoved
from ticketcore.model.dues import DUES
from ticketcore.model.ids import TicketId
from ticketcore.model.kinds import (
    CALLS,
    CHAT_MESSAGES,
    CHATS,
    ENTRIES,
    MAIL_IDS,
    RATINGS,
    RECEIVED_MAILS,
    REFERENCES,
    TICKET_NOTES,
    TICKETS,
    TIME_ENTRIES,
    TIMERS,
    Kind,
)
from ticketcore.model.lifecycle import Category
from ticketcore.model.permissions import Permission
from ticketcore.model.tickets import AnyTicket
from ticketcore.model.tombstones import TOMBSTONES, Tombstone
from ticketcore.notifications import NOTIFICATIONS
from ticketcore.query import Query
from ticketcore.storage.protocols import Key
from ticketcore.to_solve import SKIPS

_Tickets: TypeAlias = Mapping[TicketId, AnyTicket]
"""Tickets by their ids."""

_OWN: Final[Mapping[Kind[Any], Any]] = {
    ENTRIES: EntryF.ticket,
    TICKET_NOTES: RecordF.id("ticket"),
    RATINGS: RecordF.id("ticket"),
    CALLS: RecordF.id("ticket"),
    CHATS: RecordF.id("ticket"),
    CHAT_MESSAGES: RecordF.id("ticket"),
    TIMERS: RecordF.id("ticket"),
    TIME_ENTRIES: RecordF.id("ticket"),
    NOTIFICATIONS: RecordF.id("ticket"),
    SKIPS: RecordF.id("ticket"),
    DUES: RecordF.id("ticket"),
    MAIL_IDS: RecordF.id("holder"),
    RECEIVED_MAILS: RecordF.id("holder"),
}
"""The kinds of records that go with their ticket, and the field that names it."""


class Purge(AddingTicketCommand[Tombstone]):
    """
    Removes a deleted ticket for good, with all that is stored of it and of the tickets that were merged into it.

    That is their threads, calls, chats, notes, ratings, time, notifications, references, and what mail knew of them.
    Other tickets name them no more: links go, parts stand on their own, and a survivor keeps only what went over to it.
    Each leaves a tombstone. The bytes of their attachments go with the next sweep of blobs, unless another ticket has
    them too.

    Raises:
        OutOfPlace: The ticket is not deleted.
        AccessDenied: A ticket that was merged into it may not be purged.
    """

    __slots__ = ()

    permission: ClassVar[Permission] = Permission.PURGE

    def decide(self, draft: Draft, ticket: AnyTicket) -> Tombstone:
        """What remains of the ticket itself."""
        if ticket.status.category is not Category.DELETED:
            raise OutOfPlace(self.asked, f"the ticket is {ticket.status}", ("Delete first",))
        merged = _merged_into(draft, ticket)
        _permit_each(draft, merged, self)
        going = {it.id: it for it in (*merged, ticket)}
        _forget_links(draft, going)
        _forget_parts(draft, going)
        _forget_merges(draft, ticket, going)
        _remove_records(draft, going)
        for it in merged:
            _bury(draft, it)
        return _bury(draft, ticket)


def _merged_into(draft: Draft, ticket: AnyTicket) -> list[AnyTicket]:
    """All that the ticket took over, directly or through others."""
    draft.want(*(Key(TICKETS, it) for it in ticket.merged_from))
    found = (draft.peek(TICKETS, it) for it in ticket.merged_from)
    return [it for it in found if it is not None]


def _permit_each(draft: Draft, merged: Iterable[AnyTicket], command: Purge) -> None:
    """
    Makes sure that all which goes with a ticket may be purged, too.

    Raises:
        AccessDenied: One may not; the error names each that may be seen.
    """
    verdicts = [(it, draft.setup.access.may(draft.principal, command.permission, it)) for it in merged]
    refused = [(it, verdict.reason) for it, verdict in verdicts if not verdict.allowed]
    if refused:
        named = (f"ticket {it.reference if draft.sees(it) else 'out of sight'}: {reason}" for it, reason in refused)
        raise AccessDenied(command.asked, f"what was merged into the ticket goes with it; {'; '.join(named)}")


def _forget_links(draft: Draft, going: _Tickets) -> None:
    """Has the tickets that stay name none that goes."""
    linked = sorted({id for it in going.values() for id in it.links} - going.keys())
    draft.want(*(Key(TICKETS, it) for it in linked))
    for id in linked:
        other = draft.peek(TICKETS, id)
        if other is not None:
            draft.change(other, links=other.links - going.keys())


def _forget_parts(draft: Draft, going: _Tickets) -> None:
    """Leaves parts that stay independent, and tells the tickets that stay whose parts go."""
    for part in draft.find(Query(TICKETS, F.parent.is_in([*going]))).items:
        if part.id not in going:
            draft.change(part, parent=None)
    for it in going.values():
        parent = draft.peek(TICKETS, it.parent) if it.parent else None
        if parent is not None and parent.id not in going:
            draft.occur(parent, SubTicketRemoved, child=it.id)


def _forget_merges(draft: Draft, ticket: AnyTicket, going: _Tickets) -> None:
    """Has all that took the ticket over, one after the other, name none that goes."""
    for survivor in _survivors(draft, ticket):
        draft.change(survivor, merged_from=tuple(it for it in survivor.merged_from if it not in going))


def _survivors(draft: Draft, ticket: AnyTicket) -> list[AnyTicket]:
    """All that took a ticket over, one after the other."""
    found: dict[TicketId, AnyTicket] = {}
    upwards: AnyTicket | None = ticket
    while upwards is not None and upwards.merged_into is not None and upwards.merged_into not in found:
        upwards = draft.peek(TICKETS, upwards.merged_into)
        if upwards is not None:
            found[upwards.id] = upwards
    return [*found.values()]


def _remove_records(draft: Draft, going: _Tickets) -> None:
    """Removes all that is stored of the tickets beside themselves."""
    queries = [Query(kind, field.is_in([*going])) for kind, field in _OWN.items()]
    draft.want(*queries)
    for query in queries:
        for record in draft.find(query).items:
            draft.remove(query.kind, record.id)


def _bury(draft: Draft, ticket: AnyTicket) -> Tombstone:
    """Removes a ticket and its reference; what remains."""
    draft.remove(REFERENCES, ticket.reference)
    draft.remove(TICKETS, ticket.id)
    return draft.put(
        TOMBSTONES,
        Tombstone(id=ticket.id, reference=ticket.reference, purged_at=draft.now, by=draft.principal.actor),
    )
