"""
The outbox: what people are to be told, committed together with what they are told of, and delivered afterwards.

A notification names records by id, and holds templates at most; what is sent is made of them when it is delivered, so
that customers only ever get public values, and nobody gets what was deleted meanwhile or may not be seen any more.
Delivery is at least once, and in order for each ticket and recipient; the notification's id is the idempotency key. How
it goes about stands in `ticketcore.commands.outbox`.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Final

import attrs

from ticketcore._draft import Draft
from ticketcore.conditions import EntryF, RecordF
from ticketcore.letters import filled, forwarded, letter
from ticketcore.model.actors import Actor, ActorKind
from ticketcore.model.checks import SUBJECT_LIMIT
from ticketcore.model.ids import AgentId, ContactId, EntryId, TicketId
from ticketcore.model.keys import address_key
from ticketcore.model.kinds import CONTACT_ADDRESSES, CONTACTS, ENTRIES, TICKETS, Index, Kind
from ticketcore.model.lifecycle import SET_ASIDE
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.people import Contact
from ticketcore.model.thread import Answer, CustomerMessage, Entry
from ticketcore.model.tickets import AnyTicket, Ticket
from ticketcore.model.values import FrozenValue
from ticketcore.notices import AgentNotice, CustomerNotice, MailNotice, Notice, Occasion, RequestNotice
from ticketcore.query import Cursor, Order, Page, Query
from ticketcore.storage.protocols import Key

PAUSES: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
)
"""How long delivery waits after each failed try. After one more it is given up."""

MOST_ATTEMPTS: Final = len(PAUSES) + 1
"""How often delivery is tried."""

LEASE: Final = timedelta(minutes=10)
"""How long whoever takes on notifications has for them, if nothing else is said."""


class Audience(Enum):
    """Who is told."""

    CONTACT = "contact"
    ADDRESS = "address"
    AGENT = "agent"
    OUTSIDER = "outsider"
    SYSTEM = "system"


class DeliveryState(Enum):
    """Whether delivery is still tried. What was delivered is not stored any more."""

    WAITING = "waiting"
    GIVEN_UP = "given_up"


@attrs.frozen(kw_only=True)
class Notification(FrozenValue):
    """
    Something that somebody is to be told.

    Args:
        id: Also the idempotency key of the delivery.
        audience: Who, by kind.
        recipient: Who: the id of the contact or agent, the address, or the name of the system.
        occasion: Of what.
        ticket: On which ticket.
        entry: By which entry of its thread, if by one.
        by: The agent who sent it, of what goes to others than those who take part; None for a rule.
        templates: What it is made of, where that depends on whoever caused it: templates by name.
        place: Orders the notifications of a ticket.
        due_at: When it is to be tried: later after a failed try; while somebody tries it, when that lease runs out.
            None once it was given up, so that what is due is found first, however much was.
        attempts: How often somebody took it on; tells the tries apart.
        error: What the last failed try said.
    """

    id: str
    version: int = 1
    audience: Audience
    recipient: str
    occasion: Occasion
    ticket: TicketId
    entry: EntryId | None = None
    by: AgentId | None = None
    templates: FrozenMap[str, str] = FrozenMap()
    created_at: datetime
    place: int
    due_at: datetime | None
    attempts: int = 0
    error: str | None = None

    @property
    def state(self) -> DeliveryState:
        """Whether it is still tried."""
        return DeliveryState.GIVEN_UP if self.due_at is None else DeliveryState.WAITING


NOTIFICATIONS: Kind[Notification] = Kind("notification", (Index((), "due_at"), Index(("ticket",), "place")))

IS_WAITING: Final = RecordF.instant("due_at").is_set()
"""The condition that a notification is still tried."""


@attrs.frozen
class DeliveryReport(FrozenValue):
    """
    What came of a delivery.

    Args:
        sent: How many notices were sent.
        failed: How many could not be sent; they are tried again, or given up.
        nothing_to_send: How many were not sent, because what they told of is gone, or not for its recipient any more.
    """

    sent: int = 0
    failed: int = 0
    nothing_to_send: int = 0


def tell_parties(
    draft: Draft, ticket: Ticket, message: CustomerMessage | Answer | None, occasion: Occasion = Occasion.MESSAGE
) -> None:
    """
    Has all who take part told of something, the author of the message apart (requirements FL-10, FL-11, TK-15).

    Args:
        draft: The unit of work.
        ticket: The ticket.
        message: The public message, where it is one.
        occasion: Of what they are told.
    """
    author = message.author if message else draft.principal.actor
    ticket = draft.get(TICKETS, ticket.id)  # type: ignore[assignment]  # a customer's ticket stays one
    for contact in ticket.parties:
        if contact != author.id:
            _add(draft, ticket, occasion, message, audience=Audience.CONTACT, recipient=contact)
    for address in _copied(draft, ticket, author):
        _add(draft, ticket, occasion, message, audience=Audience.ADDRESS, recipient=address)


def tell_contact(
    draft: Draft, contact: ContactId, occasion: Occasion, ticket: Ticket, template: str | None = None
) -> None:
    """
    Has one customer told of something on a ticket.

    Args:
        draft: The unit of work.
        contact: The customer.
        occasion: Of what.
        ticket: The ticket.
        template: What they are told; None for the words of the ticket's department.
    """
    templates: FrozenMap[str, str] = FrozenMap() if template is None else FrozenMap({"text": template})
    _add(draft, ticket, occasion, None, audience=Audience.CONTACT, recipient=contact, templates=templates)


def tell_agent(draft: Draft, agent: AgentId, occasion: Occasion, ticket: AnyTicket, entry: Entry | None = None) -> None:
    """Has an agent told of something on a ticket, say of an entry, unless it was the agent who did it."""
    if draft.principal.agent != agent:
        _add(draft, ticket, occasion, entry, audience=Audience.AGENT, recipient=agent)


def mail_outsider(
    draft: Draft,
    address: str,
    ticket: AnyTicket,
    templates: Mapping[str, str],
    message: CustomerMessage | Answer | None = None,
) -> None:
    """
    Has a mail sent to somebody who takes no part in a ticket.

    Args:
        draft: The unit of work.
        address: Where it goes.
        ticket: The ticket.
        templates: Its `subject` and `text`.
        message: The message that it forwards.
    """
    occasion = Occasion.MAIL if message is None else Occasion.FORWARD
    _add(
        draft,
        ticket,
        occasion,
        message,
        audience=Audience.OUTSIDER,
        recipient=address,
        by=draft.principal.agent,
        templates=FrozenMap(templates),
    )


def ask_system(draft: Draft, system: str, ticket: AnyTicket, templates: Mapping[str, str]) -> None:
    """Has another system asked something, in values made of templates."""
    _add(
        draft,
        ticket,
        Occasion.REQUEST,
        None,
        audience=Audience.SYSTEM,
        recipient=system,
        by=draft.principal.agent,
        templates=FrozenMap(templates),
    )


def notice_of(draft: Draft, notification: Notification) -> Notice | None:
    """What is to be sent for a notification, or None if there is nothing to send any more."""
    ticket = draft.peek(TICKETS, notification.ticket)
    entry = draft.peek(ENTRIES, notification.entry) if notification.entry else None
    if ticket is None:
        return None
    if notification.audience is Audience.AGENT:
        return _for_agent(draft, notification, ticket, entry)
    if notification.audience is Audience.OUTSIDER:
        return _for_outsider(draft, notification, ticket, entry)
    if notification.audience is Audience.SYSTEM:
        return _for_system(draft, notification, ticket)
    if isinstance(ticket, Ticket) and (entry is None or isinstance(entry, (CustomerMessage, Answer))):
        return _for_customer(draft, notification, ticket, entry)
    return None


def outbox(draft: Draft, state: DeliveryState, limit: int | None, after: Cursor | None) -> Page[Notification]:
    """A page of the notifications that wait, or were given up, those due first before others."""
    where = IS_WAITING if state is DeliveryState.WAITING else ~IS_WAITING
    return draft.find(Query(NOTIFICATIONS, where, (Order("due_at"),), limit, after))


def _for_agent(draft: Draft, notification: Notification, ticket: AnyTicket, entry: Entry | None) -> AgentNotice | None:
    """The notice, if the agent still works here, and sees the ticket."""
    roster = draft.configuration.roster
    agent = roster.agents.get(AgentId(notification.recipient))
    if agent is None or not agent.active:
        return None
    with draft.acting(roster.principal(Actor.agent(agent.id)), draft.cause):
        if not draft.sees(ticket):
            return None
    return AgentNotice(key=notification.id, to=agent, occasion=notification.occasion, ticket=ticket, entry=entry)


def _for_customer(
    draft: Draft, notification: Notification, ticket: Ticket, message: CustomerMessage | Answer | None
) -> CustomerNotice | None:
    """The notice, if the customer still takes part, in a ticket that customers see."""
    contact = draft.peek(CONTACTS, notification.recipient) if notification.audience is Audience.CONTACT else None
    if ticket.status.category in SET_ASIDE or not _takes_part(ticket, notification, contact):
        return None
    return CustomerNotice(
        key=notification.id,
        to=contact.public() if contact else None,
        address=_address(notification, contact),
        occasion=notification.occasion,
        ticket=ticket.public() if contact else attrs.evolve(ticket.public(), description=""),
        message=message.public() if message else None,
        text=_wording(draft, notification, ticket, message),
        answers=_last_mail(draft, ticket, contact) if contact else None,
        automatic=message is None or message.author.kind is ActorKind.SYSTEM,
        **_sender(draft, ticket),
    )


def _for_outsider(
    draft: Draft, notification: Notification, ticket: AnyTicket, entry: Entry | None
) -> MailNotice | None:
    """The mail, if its address is not a customer's of whom the ticket must be hidden, and what it forwards is there."""
    if ticket.internal and draft.peek(CONTACT_ADDRESSES, address_key(notification.recipient)) is not None:
        return None
    wording = {
        name: filled(draft, it, ticket, notification.by or ticket.assignee)
        for name, it in notification.templates.items()
    }
    text, message = wording["text"], None
    if notification.occasion is Occasion.FORWARD:
        if not isinstance(entry, (CustomerMessage, Answer)) or (isinstance(entry, CustomerMessage) and entry.erased):
            return None
        text, message = forwarded(text, entry, ticket), entry.public()
    return MailNotice(
        key=notification.id,
        address=notification.recipient,
        occasion=notification.occasion,
        ticket=ticket.id,
        at=notification.created_at,
        subject=" ".join(wording["subject"].split())[:SUBJECT_LIMIT],
        text=text,
        message=message,
        automatic=notification.by is None,
        **_sender(draft, ticket),
    )


def _for_system(draft: Draft, notification: Notification, ticket: AnyTicket) -> RequestNotice | None:
    """The request, if the system is still one that the setup lists."""
    if notification.recipient not in draft.setup.systems:
        return None
    values = {
        name: filled(draft, it, ticket, notification.by or ticket.assignee)
        for name, it in notification.templates.items()
    }
    return RequestNotice(key=notification.id, system=notification.recipient, ticket=ticket.id, values=FrozenMap(values))


def _sender(draft: Draft, ticket: AnyTicket) -> dict[str, str | None]:
    """Name and address of the ticket's department, if it is in one."""
    department = draft.configuration.roster.departments.get(ticket.department) if ticket.department else None
    return {
        "sender_name": department.name if department else None,
        "sender_address": next(iter(department.email_addresses), None) if department else None,
    }


def _wording(draft: Draft, notification: Notification, ticket: Ticket, message: CustomerMessage | Answer | None) -> str:
    """What a customer is told: in the words of whoever caused it, where there are such, or of the department."""
    own = notification.templates.get("text")
    about = _about(notification.occasion, message)
    return letter(draft, ticket, about, message) if own is None else filled(draft, own, ticket, None).strip()


def _about(occasion: Occasion, message: CustomerMessage | Answer | None) -> str:
    """Which letter tells of it."""
    if message is None:
        return occasion.value
    return "answer" if isinstance(message, Answer) else "message"


def _last_mail(draft: Draft, ticket: Ticket, contact: Contact) -> str | None:
    """The Message-ID of a customer's last message on a ticket."""
    own = (EntryF.ticket == ticket.id) & (EntryF.author_id == contact.id) & (EntryF.is_public == True)  # noqa: E712 - a condition
    last = draft.find(Query(ENTRIES, own, (Order("position", descending=True),), limit=1)).items
    return last[0].message_id if last and isinstance(last[0], CustomerMessage) else None


def _takes_part(ticket: Ticket, notification: Notification, contact: Contact | None) -> bool:
    if notification.audience is Audience.CONTACT:
        return contact is not None and not contact.erased and contact.id in ticket.parties
    return address_key(notification.recipient) in map(address_key, ticket.cc)


def _address(notification: Notification, contact: Contact | None) -> str | None:
    if contact is None:
        return notification.recipient
    return contact.emails[0] if contact.emails else None


def _copied(draft: Draft, ticket: Ticket, author: Actor) -> Iterator[str]:
    """The addresses that get copies, apart from those of contacts who are told anyway, or who wrote."""
    if not ticket.cc:
        return
    keys = [Key(CONTACT_ADDRESSES, address_key(it)) for it in ticket.cc]
    draft.want(*keys)
    left_out = {*ticket.parties, author.id}
    for address, key in zip(ticket.cc, keys, strict=True):
        known = draft.peek(CONTACT_ADDRESSES, key.id)
        if known is None or known.holder not in left_out:
            yield address


def _add(
    draft: Draft,
    ticket: AnyTicket,
    occasion: Occasion,
    entry: Entry | None,
    *,
    audience: Audience,
    recipient: str,
    **more: Any,
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
            **more,
        ),
    )
