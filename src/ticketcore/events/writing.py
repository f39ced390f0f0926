"""Events of what is written: entries of the thread, and the notes beside it."""

import attrs

from ticketcore.events.event import Event
from ticketcore.model.ids import EntryId, NoteId


@attrs.frozen(kw_only=True)
class EntryAdded(Event):
    """Something was written into the thread."""

    entry: EntryId


class MessageAdded(EntryAdded):
    """A message was added: by a customer, as an answer, or among agents."""

    __slots__ = ()


@attrs.frozen(kw_only=True)
class CustomerMessageAdded(MessageAdded):
    """A customer wrote."""

    first: bool


class AnswerAdded(MessageAdded):
    """An agent, or the desk, answered the customers."""

    __slots__ = ()


class UpdateAdded(MessageAdded):
    """The customers were told how things stand; nothing was answered."""

    __slots__ = ()


class InternalMessageAdded(MessageAdded):
    """An agent wrote to colleagues."""

    __slots__ = ()


class InlineNoteAdded(EntryAdded):
    """An inline note was added."""

    __slots__ = ()


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
