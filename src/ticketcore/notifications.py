"""
The outbox: what people are to be told, committed together with what they are told of, and delivered afterwards.

A notification names records by id; what is sent is made of them when it is delivered, so that customers only ever get public
values, and what was deleted meanwhile is not sent. Delivery is at least once: each carries an idempotency key.
"""

from datetime import datetime
from enum import Enum
from typing import Protocol, TypeAlias

import attrs

from ticketcore._draft import Draft
from ticketcore.model.ids import AgentId, ContactId, EntryId, TicketId
from ticketcore.model.kinds import AGENTS, CONTACTS, ENTRIES, TICKETS, Index, Kind
from ticketcore.model.people import Agent, Contact
from ticketcore.model.public import PublicContact, PublicMessage, PublicTicket
from ticketcore.model.thread import Answer, CustomerMessage, Entry
from ticketcore.model.tickets import AnyTicket, Ticket


class Audience(Enum):
    """Who is told."""

    CONTACT = "contact"
    ADDRESS = "address"
    AGENT = "agent"


class Occasion(Enum):
    """What they are told of."""

    MESSAGE = "message"
    RECEIPT = "receipt"
    ASSIGNED = "assigned"


class DeliveryState(Enum):
    """Whether delivery is still tried."""

    WAITING = "waiting"
    GIVEN_UP = "given_up"


@attrs.frozen(kw_only=True)
class Notification:
    """
    Something that somebody is to be told.

    Args:
        id: Also the idempotency key of the delivery.
        audience: Who, by kind.
        recipient: Who: the id of the contact or agent, or the address.
        occasion: Of what.
        ticket: On which ticket.
        entry: By which entry of its thread, if by one.
        place: Orders the notifications of a ticket.
        due_at: When it is to be tried; after a failed try, later.
        attempts: How often it was tried.
        error: What the last failed try said.
    """

    id: str
    version: int = 1
    audience: Audience
    recipient: str
    occasion: Occasion
    ticket: TicketId
    entry: EntryId | None = None
    created_at: datetime
    place: int
    due_at: datetime
    attempts: int = 0
    state: DeliveryState = DeliveryState.WAITING
    error: str | None = None


NOTIFICATIONS: Kind[Notification] = Kind(
    "notification", (Index(("state",), "due_at"), Index(("ticket",), "place"))
)


@attrs.frozen(kw_only=True)
class CustomerNotice:
    """
    What a customer is sent. It holds public values only.

    Args:
        key: The same for every try: who sends it twice can tell.
        to: The contact; None where a mere address gets a copy.
        address: The e-mail address; None for a contact without one, who is told over their own channel.
        occasion: Of what they are told.
        message: The message, where there is one.
    """

    key: str
    to: PublicContact | None
    address: str | None
    occasion: Occasion
    ticket: PublicTicket
    message: PublicMessage | None = None


@attrs.frozen(kw_only=True)
class AgentNotice:
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


Notice: TypeAlias = CustomerNotice | AgentNotice


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


def tell_parties(
    draft: Draft, ticket: Ticket, message: CustomerMessage | Answer, occasion: Occasion = Occasion.MESSAGE
) -> None:
    """Has everybody told of a public message who takes part in the ticket, its author apart (requirements FL-10, FL-11)."""
    ticket = draft.get(TICKETS, ticket.id)  # type: ignore[assignment]  # a customer's ticket stays one
    for contact in ticket.parties:
        if contact != message.author.id:
            _add(draft, Audience.CONTACT, contact, occasion, ticket, message)
    for address in ticket.cc:
        _add(draft, Audience.ADDRESS, address, occasion, ticket, message)


def tell_agent(draft: Draft, agent: AgentId, occasion: Occasion, ticket: AnyTicket) -> None:
    """Has an agent told of something on a ticket, unless it was the agent who did it."""
    if draft.principal.agent != agent:
        _add(draft, Audience.AGENT, agent, occasion, ticket, None)


def notice_of(draft: Draft, notification: Notification) -> Notice | None:
    """What is to be sent for a notification, or None if there is nothing to send any more."""
    ticket = draft.peek(TICKETS, notification.ticket)
    entry = draft.peek(ENTRIES, notification.entry) if notification.entry else None
    if ticket is None:
        return None
    if notification.audience is Audience.AGENT:
        agent = draft.peek(AGENTS, notification.recipient)
        if agent is None or not agent.active:
            return None
        return AgentNotice(
            key=notification.id, to=agent, occasion=notification.occasion, ticket=ticket, entry=entry
        )
    if not isinstance(ticket, Ticket) or (entry is not None and not isinstance(entry, (CustomerMessage, Answer))):
        return None
    contact = draft.peek(CONTACTS, notification.recipient) if notification.audience is Audience.CONTACT else None
    if notification.audience is Audience.CONTACT and (contact is None or contact.erased):
        return None
    return CustomerNotice(
        key=notification.id,
        to=contact.public() if contact else None,
        address=_address(notification, contact),
        occasion=notification.occasion,
        ticket=ticket.public(),
        message=entry.public() if entry else None,
    )


def _address(notification: Notification, contact: Contact | None) -> str | None:
    if contact is None:
        return notification.recipient
    return contact.emails[0] if contact.emails else None


def _add(
    draft: Draft,
    audience: Audience,
    recipient: str | ContactId | AgentId,
    occasion: Occasion,
    ticket: AnyTicket,
    entry: Entry | None,
) -> None:
    draft.put(
        NOTIFICATIONS,
        Notification(
            id=draft.new_id(),
            audience=audience,
            recipient=recipient,
            occasion=occasion,
            ticket=ticket.id,
            entry=entry.id if entry else None,
            created_at=draft.now,
            place=draft.touched.get(ticket.id, ticket.entries),
            due_at=draft.now,
        ),
    )
