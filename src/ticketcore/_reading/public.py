"""Reading as customers do: their own tickets, and of those what is public."""

from ticketcore._draft import Draft
from ticketcore._reading.finding import NEWEST_FIRST, ticket, tickets, visible
from ticketcore._reading.threads import attachment_among, chat_messages, chats, thread
from ticketcore.conditions import F, always
from ticketcore.errors import NotFound
from ticketcore.model.attachments import Attachment
from ticketcore.model.copying import copy_with
from ticketcore.model.ids import AttachmentId, ChatId, TicketId
from ticketcore.model.kinds import TICKETS
from ticketcore.model.talks import Chat, ChatMessage
from ticketcore.model.thread import Answer, CustomerMessage
from ticketcore.model.tickets import AnyTicket, Ticket
from ticketcore.query import Cursor, Page, Query
from ticketcore.words import Words


def public_ticket(draft: Draft, id_or_reference: str) -> Ticket:
    """One of a customer's tickets."""
    return _of_customers(ticket(draft, id_or_reference), id_or_reference)


def public_tickets(draft: Draft, limit: int | None, after: Cursor | None) -> Page[Ticket]:
    """
    A page of a customer's tickets, newest first.

    Customers cannot give conditions: those could ask for private fields.
    """
    page = tickets(draft, always, NEWEST_FIRST, limit, after)
    return Page(tuple(it for it in page.items if isinstance(it, Ticket)), page.next)


def public_search(draft: Draft, words: str, limit: int | None, after: Cursor | None) -> Page[Ticket]:
    """A page of a customer's tickets of which words are said where the customer sees them, newest first."""
    theirs = visible(draft, F.internal.is_false)
    looked_for = Words.parse(words, public=True)
    page = draft.find(Query(TICKETS, theirs, NEWEST_FIRST, limit, after, words=looked_for))
    return Page(tuple(it for it in page.items if isinstance(it, Ticket)), page.next)


def public_thread(draft: Draft, id: TicketId) -> tuple[CustomerMessage | Answer, ...]:
    """The messages of a ticket that its customers see, as its own, be they of a ticket that was merged into it."""
    theirs = _of_customers(draft.ticket(id), id)
    public = (entry for entry in thread(draft, theirs.id) if isinstance(entry, (CustomerMessage, Answer)))
    return tuple(entry if entry.ticket == theirs.id else copy_with(entry, ticket=theirs.id) for entry in public)


def public_chats(draft: Draft, on: TicketId) -> tuple[Chat, ...]:
    """The chats of one of a customer's tickets."""
    return chats(draft, _of_customers(draft.ticket(on), on).id)


def public_chat_messages(draft: Draft, id: ChatId, on: TicketId) -> tuple[ChatMessage, ...]:
    """What was written in a chat of one of a customer's tickets."""
    return chat_messages(draft, id, _of_customers(draft.ticket(on), on).id)


def public_attachment(draft: Draft, id: AttachmentId, on: TicketId) -> Attachment:
    """An attachment of a message that a ticket's customers see; the mail that it came as is none."""
    return attachment_among((file for entry in public_thread(draft, on) for file in entry.attachments), id)


def _of_customers(found: AnyTicket, asked: str) -> Ticket:
    """The ticket, if it is a customer's: for customers no other exists, whatever the access policy says."""
    if not isinstance(found, Ticket):
        raise NotFound("ticket", asked)
    return found
