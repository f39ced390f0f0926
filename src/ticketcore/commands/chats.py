"""Chats: customers begin them, on a ticket or opening one, agents pick them up, both write, and either ends them."""

from typing import ClassVar

import attrs

from ticketcore._draft import Draft
from ticketcore.commands.command import AddingTicketCommand, CustomerCommand, CustomerTicketCommand
from ticketcore.commands.messages import public_name
from ticketcore.commands.on_behalf import agent_meant
from ticketcore.commands.opening import new_customer_ticket, open_ticket
from ticketcore.commands.talks import CHAT, begin, check_nothing_goes_on, customers_part, end, pick_up, talk_on
from ticketcore.errors import OutOfPlace
from ticketcore.model import checks
from ticketcore.model.copying import copy_with
from ticketcore.model.ids import AgentId, ChatId, ChatMessageId, DepartmentId
from ticketcore.model.kinds import CHAT_MESSAGES, CHATS, CONTACTS
from ticketcore.model.permissions import Permission
from ticketcore.model.presence import Medium
from ticketcore.model.talks import Chat, ChatMessage
from ticketcore.model.tickets import AnyTicket, Channel, Ticket

MESSAGE_LIMIT = 10_000
"""How long a message of a chat may be."""


@attrs.frozen
class StartChat(CustomerCommand[Chat]):
    """
    A customer begins a chat, which opens a ticket.

    Args:
        text: What they write first.
        subject: What it is about, in a line.
        department: Which department they chat with, if the host lets customers choose.
        invited: Whether the desk had invited the customer.

    Raises:
        NotFound: There is no such department.
        OutOfPlace: It is not available for chats.
    """

    permission: ClassVar[Permission] = Permission.OPEN

    text: str = checks.text(at_least=1, at_most=MESSAGE_LIMIT)
    subject: str = checks.line(default="Chat")
    department: DepartmentId | None = checks.identifier(default=None, kw_only=True)
    invited: bool = checks.flag(default=False, kw_only=True)

    def decide(self, draft: Draft) -> Chat:
        """The chat, on a new ticket."""
        new = new_customer_ticket(
            draft, (draft.customer,), self.subject, self.text, source=Channel.CHAT, invited=self.invited
        )
        ticket = open_ticket(draft, new, self.department, None, self.asked)
        return _begin(draft, ticket, self.text, self.asked)


@attrs.frozen
class StartChatOnTicket(CustomerTicketCommand[Chat]):
    """
    A customer begins a chat about one of their tickets.

    Args:
        text: What they write first.

    Raises:
        OutOfPlace: The ticket is closed, a chat goes on already, or its department is not available for chats.
    """

    permission: ClassVar[Permission] = Permission.ANSWER

    text: str = checks.text(at_least=1, at_most=MESSAGE_LIMIT)

    def decide(self, draft: Draft, ticket: Ticket) -> Chat:
        """The chat."""
        check_nothing_goes_on(draft, CHAT, ticket, self.asked)
        return _begin(draft, ticket, self.text, self.asked)


@attrs.frozen
class SendChatMessage(CustomerTicketCommand[ChatMessage]):
    """
    A customer writes in a chat.

    Args:
        chat: Which chat.
        text: What they write.

    Raises:
        NotFound: The ticket has no such chat.
        OutOfPlace: It is over.
    """

    permission: ClassVar[Permission] = Permission.ANSWER

    chat: ChatId = checks.identifier()
    text: str = checks.text(at_least=1, at_most=MESSAGE_LIMIT)

    def decide(self, draft: Draft, ticket: Ticket) -> ChatMessage:
        """The message."""
        return _write(draft, talk_on(draft, CHAT, ticket, self.chat), _customers_name(draft), self.text, self.asked)


@attrs.frozen
class LeaveChat(CustomerTicketCommand[Chat]):
    """
    A customer ends a chat.

    Args:
        chat: Which chat.

    Raises:
        NotFound: The ticket has no such chat.
    """

    permission: ClassVar[Permission] = Permission.ANSWER

    chat: ChatId = checks.identifier()

    def decide(self, draft: Draft, ticket: Ticket) -> Chat:
        """The chat, which is over."""
        return end(draft, CHAT, ticket, talk_on(draft, CHAT, ticket, self.chat), asked=self.asked)


@attrs.frozen
class PickUpChat(AddingTicketCommand[Chat]):
    """
    An agent picks up a chat. A ticket that nobody has is the agent's then.

    Args:
        chat: Which chat.
        agent: Who; by default who asks. For others it takes the permission to configure the desk.

    Raises:
        NotFound: The ticket has no such chat.
        AccessDenied: It is for somebody else, without that permission.
        Conflict: Another agent has picked it up.
        OutOfPlace: It is over; or nobody is named, and it is no agent who asks.
    """

    permission: ClassVar[Permission] = Permission.ANSWER

    chat: ChatId = checks.identifier()
    agent: AgentId | None = checks.identifier(default=None)

    def decide(self, draft: Draft, ticket: AnyTicket) -> Chat:
        """The chat, picked up."""
        chat = talk_on(draft, CHAT, ticket, self.chat)
        return pick_up(draft, CHAT, ticket, chat, agent_meant(draft, self.agent, self.asked), asked=self.asked)


@attrs.frozen
class AnswerInChat(AddingTicketCommand[ChatMessage]):
    """
    Writes to the customer in a chat. An agent who answers in one that nobody has picked up picks it up.

    Args:
        chat: Which chat.
        text: What the customer is to read.

    Raises:
        NotFound: The ticket has no such chat.
        OutOfPlace: It is over.
    """

    permission: ClassVar[Permission] = Permission.ANSWER

    chat: ChatId = checks.identifier()
    text: str = checks.text(at_least=1, at_most=MESSAGE_LIMIT)

    def decide(self, draft: Draft, ticket: AnyTicket) -> ChatMessage:
        """The message."""
        chat = talk_on(draft, CHAT, ticket, self.chat)
        agent = draft.principal.agent
        if agent is not None and chat.picked_up_at is None:
            chat = pick_up(draft, CHAT, ticket, chat, agent, asked=self.asked)
        return _write(draft, chat, public_name(draft), self.text, self.asked)


@attrs.frozen
class EndChat(AddingTicketCommand[Chat]):
    """
    Ends a chat. If it was picked up, its ticket is answered then; if it was missed, the ticket goes on waiting.

    Args:
        chat: Which chat.

    Raises:
        NotFound: The ticket has no such chat.
    """

    permission: ClassVar[Permission] = Permission.ANSWER

    chat: ChatId = checks.identifier()

    def decide(self, draft: Draft, ticket: AnyTicket) -> Chat:
        """The chat, which is over."""
        theirs = customers_part(ticket, self.asked)
        return end(draft, CHAT, theirs, talk_on(draft, CHAT, theirs, self.chat), asked=self.asked)


def _begin(draft: Draft, ticket: Ticket, text: str, asked: str) -> Chat:
    roster = draft.configuration.roster
    department = roster.departments.get(ticket.department) if ticket.department else None
    if department is not None and Medium.CHAT not in department.media:
        raise OutOfPlace(asked, "nobody is available for chats there", ("SubmitTicket", "SendMessage"))
    chat = Chat(
        id=ChatId(draft.new_id()),
        ticket=ticket.id,
        contact=draft.customer,
        department=ticket.department,
        started_at=draft.now,
    )
    begin(draft, CHAT, ticket, chat)
    _write(draft, chat, _customers_name(draft), text, asked)
    return draft.get(CHATS, chat.id)


def _write(draft: Draft, chat: Chat, name: str, text: str, asked: str) -> ChatMessage:
    if chat.ended_at is not None:
        raise OutOfPlace(asked, "the chat is over", ("SendMessage", "SendAnswer"))
    draft.put(CHATS, copy_with(chat, messages=chat.messages + 1))
    message = ChatMessage(
        id=ChatMessageId(draft.new_id()),
        ticket=chat.ticket,
        chat=chat.id,
        position=chat.messages + 1,
        author=draft.principal.actor,
        author_name=name,
        text=text,
        at=draft.now,
    )
    return draft.put(CHAT_MESSAGES, message)


def _customers_name(draft: Draft) -> str:
    return draft.get(CONTACTS, draft.customer).shown_name
