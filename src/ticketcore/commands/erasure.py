"""
Forgetting a customer: the person is gone, the desk's own work stays.

What they wrote keeps its place, blank; what names them is taken away or names nobody. Ids stay, in events too: they
lead to a contact of whom nothing is known any more. What agents wrote stays as they wrote it.
"""

from collections.abc import Collection, Sequence
from typing import Any, ClassVar

import attrs

from ticketcore._draft import Draft
from ticketcore.commands.command import OverwritingDeskCommand
from ticketcore.commands.recognising import ADDRESS, PHONE
from ticketcore.commands.records import alter, load_all, release
from ticketcore.conditions import Condition, EntryF, F, RecordF, any_of
from ticketcore.events import ContactErased
from ticketcore.model import checks
from ticketcore.model.actors import Actor, ActorKind
from ticketcore.model.copying import copy_with
from ticketcore.model.ids import ContactId, TicketId
from ticketcore.model.keys import address_key
from ticketcore.model.kinds import CHAT_MESSAGES, CONTACT_NOTES, CONTACTS, ENTRIES, RATINGS, TICKETS
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.people import Contact
from ticketcore.model.permissions import Permission
from ticketcore.model.thread import CustomerMessage
from ticketcore.model.tickets import Ticket
from ticketcore.notifications import NOTIFICATIONS
from ticketcore.query import Query
from ticketcore.storage.protocols import Key


@attrs.frozen
class EraseContact(OverwritingDeskCommand[Contact]):
    """
    Forgets a customer for good.

    Gone are name, addresses, numbers, everything else known of them, the notes about them, the contents of their
    messages, in chats too, the comments of their ratings, their addresses in copies, and subject, description and
    referrer of tickets that nobody else asked for. Whoever writes from one of their addresses later is somebody new.

    Args:
        contact: Whom.

    Raises:
        NotFound: There is no such contact, or it was erased before.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    contact: ContactId = checks.identifier()

    def overwritten(self) -> Key:
        """The contact."""
        return Key(CONTACTS, self.contact)

    def decide(self, draft: Draft) -> Contact:
        """The contact of whom nothing is known any more."""
        contact = draft.contact(self.contact)
        addresses = frozenset(map(address_key, contact.emails))
        written = _blank_messages(draft, contact)
        _blank_tickets(draft, contact, addresses, written)
        _blank_chats(draft, contact)
        _blank_ratings(draft, contact)
        _drop_notes(draft, contact)
        _drop_notifications(draft, contact, addresses)
        release(draft, ADDRESS, contact.emails, contact.id)
        release(draft, PHONE, contact.phones, contact.id)
        return draft.put(CONTACTS, _blank(contact))


def _blank(contact: Contact) -> Contact:
    return copy_with(
        contact,
        name=None,
        emails=(),
        phones=(),
        location=None,
        language=None,
        groups=frozenset(),
        company=None,
        custom=FrozenMap(),
        erased=True,
    )


def _blank_messages(draft: Draft, contact: Contact) -> tuple[CustomerMessage, ...]:
    """Blanks what the contact wrote, and gives it as it was."""
    theirs = (EntryF.author_id == contact.id) & (EntryF.author_kind == ActorKind.CONTACT)
    messages = tuple(it for it in load_all(draft, Query(ENTRIES, theirs)) if isinstance(it, CustomerMessage))
    for message in messages:
        blank = copy_with(
            message,
            author_name=contact.visitor,
            text="",
            attachments=(),
            html=None,
            original=None,
            subject=None,
            message_id=None,
            sender=None,
            to=(),
            cc=(),
            bcc=(),
            language=None,
            erased=True,
        )
        draft.put(ENTRIES, blank)
    return messages


def _blank_tickets(
    draft: Draft, contact: Contact, addresses: Collection[str], written: Sequence[CustomerMessage]
) -> None:
    """Blanks what tickets say in the contact's words, and takes the contact's addresses from their copies."""
    texts = {message.text for message in written}
    tickets = _tickets(draft, contact, {message.ticket for message in written})
    for ticket in tickets:
        fields: dict[str, Any] = {
            "cc": _without(ticket.cc, addresses),
            "proposed_cc": _without(ticket.proposed_cc, addresses),
        }
        if ticket.requesters == (contact.id,):
            fields |= {"subject": "", "description": "", "referrer": None}
        elif ticket.description in texts:
            fields |= {"description": ""}
        after = draft.change(ticket, **fields)
        draft.occur(after, ContactErased, contact=contact.id)
        draft.change(after, public_changed_at=draft.now)
    _forget_recipients(draft, [ticket.id for ticket in tickets], addresses)


def _tickets(draft: Draft, contact: Contact, written_to: Collection[TicketId]) -> list[Ticket]:
    """The customers' tickets that the contact takes, or took, part in."""
    theirs: list[Condition[Any]] = [F.requesters.has(contact.id), F.followers.has(contact.id), F.id.is_in(written_to)]
    if contact.emails:
        theirs.append(F.cc.has_any(contact.emails))
    return [it for it in load_all(draft, Query(TICKETS, any_of(*theirs))) if isinstance(it, Ticket)]


def _forget_recipients(draft: Draft, tickets: Sequence[TicketId], addresses: Collection[str]) -> None:
    """Takes addresses from those to whom others sent their messages."""
    if not addresses or not tickets:
        return
    for entry in load_all(draft, Query(ENTRIES, EntryF.ticket.is_in(tickets) & (EntryF.kind == CustomerMessage.label))):
        if isinstance(entry, CustomerMessage):
            remaining = {name: _without(getattr(entry, name), addresses) for name in ("to", "cc", "bcc")}
            alter(draft, ENTRIES, entry, **remaining)


def _without(some: tuple[str, ...], addresses: Collection[str]) -> tuple[str, ...]:
    return tuple(it for it in some if address_key(it) not in addresses)


def _blank_chats(draft: Draft, contact: Contact) -> None:
    """Blanks what the contact wrote in chats."""
    for message in load_all(draft, Query(CHAT_MESSAGES, RecordF.id("author.id") == contact.id)):
        if message.author == Actor.contact(contact.id):
            alter(draft, CHAT_MESSAGES, message, author_name=contact.visitor, text="", erased=True)


def _blank_ratings(draft: Draft, contact: Contact) -> None:
    for rating in load_all(draft, Query(RATINGS, RecordF.id("contact") == contact.id)):
        alter(draft, RATINGS, rating, comment="")


def _drop_notes(draft: Draft, contact: Contact) -> None:
    for note in load_all(draft, Query(CONTACT_NOTES, RecordF.id("contact") == contact.id)):
        draft.remove(CONTACT_NOTES, note.id)


def _drop_notifications(draft: Draft, contact: Contact, addresses: Collection[str]) -> None:
    """Drops what was to be sent to them."""
    recipients = RecordF.text("recipient").is_in([contact.id, *addresses])
    for notification in load_all(draft, Query(NOTIFICATIONS, recipients)):
        draft.remove(NOTIFICATIONS, notification.id)
