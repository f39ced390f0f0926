"""Purging: a deleted ticket goes for good, with all that is stored of it. A tombstone remains."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from ticketcore._draft import Draft
from ticketcore.commands.command import AddingTicketCommand
from ticketcore.conditions import EntryF, F, RecordF
from ticketcore.errors import OutOfPlace
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
    Removes a deleted ticket for good, with all that is stored of it.

    That is its thread, calls, chats, notes, ratings, the time spent on it, notifications, reference, and what mail knew
    of it. Other tickets name it no more; of those merged into it, each is purged on its own. The bytes of its
    attachments go with the next sweep of blobs, unless another ticket has them too.

    Raises:
        OutOfPlace: The ticket is not deleted.
    """

    __slots__ = ()

    permission: ClassVar[Permission] = Permission.PURGE

    def decide(self, draft: Draft, ticket: AnyTicket) -> Tombstone:
        """What remains."""
        if ticket.status.category is not Category.DELETED:
            raise OutOfPlace(self.asked, f"the ticket is {ticket.status}", ("Delete first",))
        _forget_links(draft, ticket)
        _forget_parts(draft, ticket)
        _forget_merges(draft, ticket)
        for kind, field in _OWN.items():
            for record in draft.find(Query(kind, field == ticket.id)).items:
                draft.remove(kind, record.id)
        draft.remove(REFERENCES, ticket.reference)
        draft.remove(TICKETS, ticket.id)
        return draft.put(
            TOMBSTONES,
            Tombstone(id=ticket.id, reference=ticket.reference, purged_at=draft.now, by=draft.principal.actor),
        )


def _forget_links(draft: Draft, ticket: AnyTicket) -> None:
    draft.want(*(Key(TICKETS, it) for it in ticket.links))
    for id in sorted(ticket.links):
        other = draft.peek(TICKETS, id)
        if other is not None:
            draft.change(other, links=other.links - {ticket.id})


def _forget_parts(draft: Draft, ticket: AnyTicket) -> None:
    """Leaves the ticket's parts independent, and tells the ticket whose part it was."""
    for part in draft.find(Query(TICKETS, F.parent == ticket.id)).items:
        draft.change(part, parent=None)
    parent = draft.peek(TICKETS, ticket.parent) if ticket.parent else None
    if parent is not None:
        draft.occur(parent, SubTicketRemoved, child=ticket.id)


def _forget_merges(draft: Draft, ticket: AnyTicket) -> None:
    """Has those that the ticket took over go on to its own survivor, if it has one."""
    draft.want(*(Key(TICKETS, it) for it in ticket.merged_from))
    for id in ticket.merged_from:
        merged = draft.peek(TICKETS, id)
        if merged is not None and merged.merged_into == ticket.id:
            draft.change(merged, merged_into=ticket.merged_into)
    for survivor in _survivors(draft, ticket):
        draft.change(survivor, merged_from=tuple(it for it in survivor.merged_from if it != ticket.id))


def _survivors(draft: Draft, ticket: AnyTicket) -> list[AnyTicket]:
    """All that took a ticket over, one after the other."""
    found: dict[TicketId, AnyTicket] = {}
    upwards: AnyTicket | None = ticket
    while upwards is not None and upwards.merged_into is not None and upwards.merged_into not in found:
        upwards = draft.peek(TICKETS, upwards.merged_into)
        if upwards is not None:
            found[upwards.id] = upwards
    return [*found.values()]
