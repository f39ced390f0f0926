"""
Calls and chats: talks with customers as they happen, each on a ticket (requirement DP-12).

Of a chat customers see its messages; who was rung, and who might have answered, they never see.
"""

from datetime import datetime, timedelta

import attrs

from ticketcore.model.actors import Actor, ActorKind
from ticketcore.model.ids import AgentId, CallId, ChatId, ChatMessageId, ContactId, DepartmentId, TicketId
from ticketcore.model.passages import FoundBy, Passage
from ticketcore.model.public import PublicChat, PublicChatMessage
from ticketcore.model.values import FrozenValue


@attrs.frozen(kw_only=True)
class Talk(FrozenValue):
    """
    What calls and chats have in common.

    Args:
        contact: With whom.
        department: The department of the ticket when it began.
        incoming: Whether the customer began it.
        started_at: When it began.
        answered_by: The agent who picked it up, or began it.
        picked_up_at: When it was picked up.
        ended_at: When it ended.
    """

    version: int = 1
    ticket: TicketId
    contact: ContactId
    department: DepartmentId | None = None
    incoming: bool = True
    started_at: datetime
    answered_by: AgentId | None = None
    picked_up_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether a customer waits for somebody to pick it up."""
        return self.incoming and self.picked_up_at is None and self.ended_at is None

    @property
    def is_missed(self) -> bool:
        """Whether it ended without having been picked up."""
        return self.ended_at is not None and self.picked_up_at is None

    @property
    def waited(self) -> timedelta | None:
        """How long it took until it was picked up."""
        return None if self.picked_up_at is None else self.picked_up_at - self.started_at

    @property
    def lasted(self) -> timedelta | None:
        """How long was talked; None until it has ended."""
        if self.picked_up_at is None or self.ended_at is None:
            return None
        return self.ended_at - self.picked_up_at


@attrs.frozen(kw_only=True)
class Call(Talk):
    """
    A call.

    Args:
        rung: The agents who were rung, in order.
    """

    id: CallId
    rung: tuple[AgentId, ...] = ()


@attrs.frozen(kw_only=True)
class Chat(Talk):
    """
    A chat.

    Args:
        messages: How many messages it has.
    """

    id: ChatId
    messages: int = 0

    def public(self) -> PublicChat:
        """The chat as its customers may see it."""
        return PublicChat(
            id=self.id,
            ticket=self.ticket,
            started_at=self.started_at,
            picked_up=self.picked_up_at is not None,
            ended=self.ended_at is not None,
        )


@attrs.frozen(kw_only=True)
class ChatMessage(FrozenValue):
    """
    A message of a chat. Nobody can edit or remove it; it is blanked when the contact who wrote it is erased.

    Args:
        position: Its place in the chat, counted from 1.
        author_name: The name shown; of agents the public name.
        erased: Whether its contents were removed with its author.
    """

    id: ChatMessageId
    version: int = 1
    ticket: TicketId
    chat: ChatId
    position: int
    author: Actor
    author_name: str
    text: str
    at: datetime
    erased: bool = False

    def passage(self) -> Passage:
        """What it says."""
        return Passage(FoundBy.THREAD, self.ticket, (self.text, self.author_name))

    def public(self) -> PublicChatMessage:
        """The message as customers may see it."""
        return PublicChatMessage(
            id=self.id,
            chat=self.chat,
            author=self.author_name,
            from_desk=self.author.kind is not ActorKind.CONTACT,
            at=self.at,
            text=self.text,
        )
