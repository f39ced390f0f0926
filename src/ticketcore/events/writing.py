"""Events of what is written: entries of the thread, and the notes beside it."""

import attrs

from ticketcore.events.event import Event
from ticketcore.model.ids import EntryId, NoteId


@attrs.frozen(kw_only=True)
class EntryAdded(Event):
    """Something was written into the thread."""

    entry: EntryId


@attrs.frozen(kw_only=True)
class MessageAdded(EntryAdded):
    """A message was added: by a customer, as an answer, or among agents."""


@attrs.frozen(kw_only=True)
class CustomerMessageAdded(MessageAdded):
    """A customer wrote."""

    first: bool


@attrs.frozen(kw_only=True)
class AnswerAdded(MessageAdded):
    """An agent, or the desk, answered the customers."""


@attrs.frozen(kw_only=True)
class UpdateAdded(MessageAdded):
    """The customers were told how things stand; nothing was answered."""


@attrs.frozen(kw_only=True)
class InternalMessageAdded(MessageAdded):
    """An agent wrote to colleagues."""


@attrs.frozen(kw_only=True)
class InlineNoteAdded(EntryAdded):
    """An inline note was added."""


@attrs.frozen(kw_only=True)
class TicketNoteAdded(Event):
    """A note was put beside the ticket."""

    note: NoteId
    digest: str


@attrs.frozen(kw_only=True)
class TicketNoteEdited(Event):
    """A note beside the ticket was edited."""

    note: NoteId
    digest: str


@attrs.frozen(kw_only=True)
class TicketNoteDeleted(Event):
    """A note beside the ticket was deleted."""

    note: NoteId
