"""
What customers see: classes that have no room for anything else.

There is no field here for a note, an internal message, an agent's address, the time of a private change, a version, a
position in the thread or an id that counts. What is not here cannot leak.
"""

from datetime import datetime
from typing import Protocol, TypeVar

import attrs

from ticketcore.model.attachments import PublicAttachment
from ticketcore.model.ids import ChatId, ChatMessageId, ContactId, EntryId, RatingId, TicketId
from ticketcore.model.values import FrozenValue

P_co = TypeVar("P_co", covariant=True)


class Publishable(Protocol[P_co]):
    """A record of which customers may see a part."""

    def public(self) -> P_co:
        """The part that customers may see."""
        ...


@attrs.frozen(kw_only=True)
class PublicTicket(FrozenValue):
    """
    A ticket as its customers see it.

    Args:
        id: What it is asked for by in the program.
        reference: What people quote.
        status: The key of its status; customers never see deleted tickets or spam.
        changed_at: The time of the last change that customers can see.
    """

    id: TicketId
    reference: str
    subject: str
    description: str
    status: str
    created_at: datetime
    changed_at: datetime


@attrs.frozen(kw_only=True)
class PublicMessage(FrozenValue):
    """
    A public message as customers see it.

    Args:
        author: The name shown; an agent's is the public name.
        from_desk: Whether the desk wrote it, rather than a customer.
        text: Plain text; never taken from HTML that was not reduced to text.
    """

    id: EntryId
    ticket: TicketId
    author: str
    from_desk: bool
    at: datetime
    text: str
    attachments: tuple[PublicAttachment, ...] = ()


@attrs.frozen(kw_only=True)
class PublicContact(FrozenValue):
    """A customer's own data, as the customer sees them."""

    id: ContactId
    name: str | None
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    location: str | None
    language: str | None


@attrs.frozen(kw_only=True)
class PublicRating(FrozenValue):
    """
    A customer's own rating.

    Args:
        positive: Whether it is a good one; None of a comment that is neither good nor bad.
    """

    id: RatingId
    ticket: TicketId
    positive: bool | None
    comment: str
    at: datetime


@attrs.frozen(kw_only=True)
class PublicChat(FrozenValue):
    """
    A chat as its customers see it.

    Args:
        picked_up: Whether somebody of the desk is there.
        ended: Whether it is over.
    """

    id: ChatId
    ticket: TicketId
    started_at: datetime
    picked_up: bool
    ended: bool


@attrs.frozen(kw_only=True)
class PublicChatMessage(FrozenValue):
    """
    A message of a chat as customers see it.

    Args:
        author: The name shown; an agent's is the public name.
        from_desk: Whether the desk wrote it, rather than a customer.
    """

    id: ChatMessageId
    chat: ChatId
    author: str
    from_desk: bool
    at: datetime
    text: str
