"""
The thread of a ticket: messages, inline notes and events, each at its position.

Only `CustomerMessage` and `Answer` have `public()`. An entry is never edited or removed; what a contact wrote is
blanked when the contact is erased, and keeps its place.
"""

from datetime import datetime
from typing import ClassVar, TypeAlias

import attrs

from ticketcore.model.actors import Actor
from ticketcore.model.attachments import Attachment
from ticketcore.model.ids import EntryId, TicketId
from ticketcore.model.passages import FoundBy, Passage
from ticketcore.model.public import PublicMessage
from ticketcore.model.tickets import Channel
from ticketcore.model.values import FrozenValue


@attrs.frozen(repr=False)
class UntrustedHtml:
    """
    HTML as it came from outside. Nothing has cleaned it: never put it on a page.

    Args:
        markup: The HTML.
    """

    markup: str

    def __repr__(self) -> str:
        return f"<untrusted HTML of {len(self.markup)} characters>"


@attrs.frozen(kw_only=True)
class Entry(FrozenValue):
    """
    What every entry of a thread has.

    Args:
        position: Its place in the thread, counted from 1.
        at: When.
    """

    is_public: ClassVar[bool] = False
    is_note: ClassVar[bool] = False
    label: ClassVar[str]

    id: EntryId
    version: int = 1
    ticket: TicketId
    position: int
    at: datetime


@attrs.frozen(kw_only=True)
class Written(Entry):
    """
    An entry that somebody wrote.

    Args:
        author: Who wrote it.
        author_name: The name shown when it was written; of agents the public name in answers.
        attachments: What came with it.
    """

    author: Actor
    author_name: str
    text: str
    attachments: tuple[Attachment, ...] = ()

    def passage(self) -> Passage:
        """What it says: to customers only if it is public."""
        said = (self.text, self.author_name, *(attachment.name for attachment in self.attachments))
        if self.is_public:
            return Passage(FoundBy.THREAD, self.ticket, said)
        return Passage(FoundBy.THREAD, self.ticket, private=said)


@attrs.frozen(kw_only=True)
class CustomerMessage(Written):
    """
    What a customer wrote.

    Args:
        source: The channel it came through.
        html: The HTML it came as, if any; `text` stands beside it.
        original: The message as it came, such as the whole e-mail.
        subject: The subject of the e-mail.
        message_id: The e-mail's Message-ID.
        to: The addresses it was sent to.
        cc: The addresses it was copied to.
        bcc: Addresses that it reached without naming them.
        erased: Whether its contents were removed with its author.
    """

    is_public: ClassVar[bool] = True
    label: ClassVar[str] = "message"

    source: Channel
    html: UntrustedHtml | None = None
    original: Attachment | None = None
    subject: str | None = None
    message_id: str | None = None
    sender: str | None = None
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    language: str | None = None
    erased: bool = False

    def passage(self) -> Passage:
        """What it says; to whom it went, and under which subject, agents alone see."""
        envelope = (self.subject, self.sender, *self.to, *self.cc, *self.bcc)
        return attrs.evolve(super().passage(), private=tuple(text for text in envelope if text))

    def public(self) -> PublicMessage:
        """The message as customers may see it."""
        return _public(self, from_desk=False)


@attrs.frozen(kw_only=True)
class Answer(Written):
    """
    What an agent, or the desk itself, answered the customers.

    Args:
        source: The channel it leaves through.
    """

    is_public: ClassVar[bool] = True
    label: ClassVar[str] = "answer"

    source: Channel

    def public(self) -> PublicMessage:
        """The answer as customers may see it."""
        return _public(self, from_desk=True)


@attrs.frozen(kw_only=True)
class InternalMessage(Written):
    """
    What agents say to each other on a ticket.

    Args:
        conversation: The first message of the conversation it belongs to; its own id where it begins one.
    """

    label: ClassVar[str] = "internal message"

    conversation: EntryId


@attrs.frozen(kw_only=True)
class InlineNote(Written):
    """A private note in the thread. Nobody can ever edit or remove it (requirement NT-3)."""

    is_note: ClassVar[bool] = True
    label: ClassVar[str] = "note"


Message: TypeAlias = CustomerMessage | Answer | InternalMessage


def _public(message: CustomerMessage | Answer, *, from_desk: bool) -> PublicMessage:
    return PublicMessage(
        id=message.id,
        ticket=message.ticket,
        author=message.author_name,
        from_desk=from_desk,
        at=message.at,
        text=message.text,
        attachments=tuple(attachment.public() for attachment in message.attachments),
    )
