"""Reading what hangs on a ticket: its thread, and what stands beside it."""

from collections.abc import Iterable
from typing import Any

from ticketcore._draft import Draft
from ticketcore.conditions import Condition, EntryF, RecordF
from ticketcore.errors import NotFound
from ticketcore.model.attachments import Attachment
from ticketcore.model.ids import AttachmentId, ChatId, TicketId
from ticketcore.model.kinds import CALLS, CHAT_MESSAGES, CHATS, ENTRIES, RATINGS, TICKET_NOTES, TIME_ENTRIES, TIMERS
from ticketcore.model.notes import TicketNote
from ticketcore.model.ratings import Rating
from ticketcore.model.talks import Call, Chat, ChatMessage
from ticketcore.model.thread import CustomerMessage, Entry, Written
from ticketcore.model.time_entries import TimeEntry, Timer
from ticketcore.query import Order, Query

BY_BEGINNING = (Order("began"),)
BY_START = (Order("started_at"),)
BY_POSITION = (Order("position"),)


def thread(draft: Draft, id: TicketId) -> tuple[Entry, ...]:
    """The whole thread of a ticket and of those merged into it, in the order of time."""
    parts = [draft.find(Query(ENTRIES, EntryF.ticket == it, BY_POSITION)).items for it in thread_tickets(draft, id)]
    if len(parts) == 1:
        return parts[0]
    return tuple(sorted((entry for part in parts for entry in part), key=lambda entry: entry.at))


def thread_tickets(draft: Draft, id: TicketId) -> tuple[TicketId, ...]:
    """The tickets whose entries make up a ticket's thread."""
    found = draft.ticket(id)
    return (*found.merged_from, found.id)


def conversation(draft: Draft, id: TicketId) -> tuple[Written, ...]:
    """What people wrote in a ticket's thread."""
    return tuple(entry for entry in thread(draft, id) if isinstance(entry, Written))


def notes(draft: Draft, id: TicketId) -> tuple[TicketNote, ...]:
    """The notes beside a ticket."""
    return draft.find(Query(TICKET_NOTES, RecordF.id("ticket") == draft.ticket(id).id, (Order("created_at"),))).items


def attachment(draft: Draft, id: AttachmentId, on: TicketId) -> Attachment:
    """An attachment of an entry of a ticket that the principal sees, or the mail that a message came as."""
    files = (file for entry in thread(draft, on) for file in _files(entry))
    return attachment_among(files, id)


def attachment_among(files: Iterable[Attachment], id: AttachmentId) -> Attachment:
    """
    The attachment of an id.

    Raises:
        NotFound: There is none among these.
    """
    found = next((it for it in files if it.id == id), None)
    if found is None:
        raise NotFound("attachment", id)
    return found


def ratings(draft: Draft, on: TicketId) -> tuple[Rating, ...]:
    """What customers think of a ticket, and of its answers."""
    return draft.find(Query(RATINGS, _of_thread(draft, on), (Order("at"),))).items


def calls(draft: Draft, on: TicketId) -> tuple[Call, ...]:
    """The calls of a ticket."""
    return draft.find(Query(CALLS, _of_thread(draft, on), BY_START)).items


def chats(draft: Draft, on: TicketId) -> tuple[Chat, ...]:
    """The chats of a ticket."""
    return draft.find(Query(CHATS, _of_thread(draft, on), BY_START)).items


def chat_messages(draft: Draft, id: ChatId, on: TicketId) -> tuple[ChatMessage, ...]:
    """What was written in a chat of a ticket."""
    tickets, chat = thread_tickets(draft, on), draft.peek(CHATS, id)
    if chat is None or chat.ticket not in tickets:
        raise NotFound("chat", id)
    return draft.find(Query(CHAT_MESSAGES, RecordF.id("chat") == chat.id, BY_POSITION)).items


def timers(draft: Draft, on: TicketId) -> tuple[Timer, ...]:
    """The timers on a ticket, paused ones included."""
    return draft.find(Query(TIMERS, _of_thread(draft, on), BY_BEGINNING)).items


def time_entries(draft: Draft, on: TicketId) -> tuple[TimeEntry, ...]:
    """The time spent on a ticket, by when the work began."""
    return draft.find(Query(TIME_ENTRIES, _of_thread(draft, on), BY_BEGINNING)).items


def _of_thread(draft: Draft, on: TicketId) -> Condition[Any]:
    """What holds of the records of a ticket, and of those merged into it."""
    return RecordF.id("ticket").is_in(thread_tickets(draft, on))


def _files(entry: Entry) -> tuple[Attachment, ...]:
    if not isinstance(entry, Written):
        return ()
    original = entry.original if isinstance(entry, CustomerMessage) else None
    return entry.attachments if original is None else (*entry.attachments, original)
