"""
Notices: what a notifier is handed to send, a class for each kind of recipient.

Notices are made when they are sent, of what is so then (see `ticketcore.notifications`). What goes to customers, and to
anybody else outside the desk, holds public values only.
"""

from datetime import datetime
from enum import Enum
from typing import Protocol, TypeAlias

import attrs

from ticketcore.model.ids import TicketId
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.people import Agent
from ticketcore.model.public import PublicContact, PublicMessage, PublicTicket
from ticketcore.model.thread import Entry
from ticketcore.model.tickets import AnyTicket
from ticketcore.model.values import FrozenValue


class Occasion(Enum):
    """What they are told of."""

    MESSAGE = "message"
    RECEIPT = "receipt"
    RESOLVED = "resolved"
    ASSIGNED = "assigned"
    RULE_PAUSED = "rule_paused"
    MAIL = "mail"
    FORWARD = "forward"
    REQUEST = "request"


@attrs.frozen(kw_only=True)
class CustomerNotice(FrozenValue):
    """
    What a customer is sent. It holds public values only.

    Args:
        key: The same for every try: who sends it twice can tell.
        to: The contact; None where a mere address gets a copy.
        address: The e-mail address; None for a contact without one, who is told over their own channel.
        occasion: Of what they are told.
        message: The message, where there is one.
        text: What to send them: the message as the ticket's department words it, or what there is to say without one.
        sender_name: The name of that department.
        sender_address: The department's own address, if it has one.
        answers: The Message-ID of the recipient's last mail on the ticket, if it came by mail.
        automatic: Whether no person wrote it, so that other machines must not answer (RFC 3834).
    """

    key: str
    to: PublicContact | None
    address: str | None
    occasion: Occasion
    ticket: PublicTicket
    message: PublicMessage | None = None
    text: str
    sender_name: str | None = None
    sender_address: str | None = None
    answers: str | None = None
    automatic: bool = False


@attrs.frozen(kw_only=True)
class AgentNotice(FrozenValue):
    """
    What an agent is sent.

    Args:
        key: The same for every try.
        to: The agent.
        occasion: Of what.
        ticket: The ticket.
        entry: The entry, where there is one.
    """

    key: str
    to: Agent
    occasion: Occasion
    ticket: AnyTicket
    entry: Entry | None = None


@attrs.frozen(kw_only=True)
class MailNotice(FrozenValue):
    """
    A mail to somebody outside who takes no part in the ticket, as an agent or a rule wrote it.

    Args:
        key: The same for every try.
        address: Where it goes.
        occasion: Whether it is a mail of its own, or forwards a message.
        ticket: The ticket that it comes from, for the Message-ID.
        at: When it was written.
        subject: Its subject, in a line.
        text: What it says.
        message: The message that it forwards, whose attachments go with it.
        sender_name: The name of the ticket's department.
        sender_address: The department's own address, if it has one.
        automatic: Whether no person sent it, so that other machines must not answer (RFC 3834).
    """

    key: str
    address: str
    occasion: Occasion
    ticket: TicketId
    at: datetime
    subject: str
    text: str
    message: PublicMessage | None = None
    sender_name: str | None = None
    sender_address: str | None = None
    automatic: bool = False


@attrs.frozen(kw_only=True)
class RequestNotice(FrozenValue):
    """
    A request to another system. What it is, and how it is reached, only the host's program knows.

    Args:
        key: The same for every try.
        system: The name under which the setup lists the system.
        ticket: The ticket that it comes from.
        values: What it is told, by names that whoever wrote the rule chose.
    """

    key: str
    system: str
    ticket: TicketId
    values: FrozenMap[str, str]


Notice: TypeAlias = CustomerNotice | AgentNotice | MailNotice | RequestNotice


class Notifier(Protocol):
    """What sends notices: an adapter of the host's."""

    def send(self, notice: Notice) -> None:
        """Sends one notice. Whatever this raises is recorded, and the notice tried again later."""
        ...


class AsyncNotifier(Protocol):
    """The same for asynchronous programs."""

    async def send(self, notice: Notice) -> None:
        """Sends one notice. Whatever this raises is recorded, and the notice tried again later."""
        ...
