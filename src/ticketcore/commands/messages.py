"""What is written on a ticket: by customers, to customers, among agents."""

from collections.abc import Sequence
from typing import Any, ClassVar

import attrs

from ticketcore._draft import Draft
from ticketcore.commands.command import AddingTicketCommand, CustomerTicketCommand
from ticketcore.commands.opening import new_customer_ticket, open_ticket
from ticketcore.commands.status import move, reopen
from ticketcore.errors import OutOfPlace
from ticketcore.events import AnswerAdded, CustomerMessageAdded, FollowedUp, InternalMessageAdded, UpdateAdded
from ticketcore.model import checks
from ticketcore.model.actors import Actor
from ticketcore.model.attachments import Upload
from ticketcore.model.checks import Check
from ticketcore.model.ids import ContactId, EntryId, TicketId
from ticketcore.model.keys import address_key
from ticketcore.model.kinds import CONTACTS, ENTRIES, TICKETS
from ticketcore.model.lifecycle import SET_ASIDE, Category
from ticketcore.model.permissions import Permission
from ticketcore.model.thread import Answer, CustomerMessage, InternalMessage, UntrustedHtml
from ticketcore.model.tickets import AnyTicket, Channel, InternalTicket, Ticket
from ticketcore.notifications import tell_parties

MOST_FOLLOW_UPS = 100
"""How many links a closed ticket has before those that go on with it are linked to it no more."""

SYSTEM_NAME = "Help desk"
"""The name under which the desk itself writes."""


@attrs.frozen
class SendMessage(CustomerTicketCommand[CustomerMessage]):
    """
    A customer writes on one of their tickets.

    An answered, postponed or resolved ticket is open again then. On a closed one, a follow-up ticket begins
    (requirement TK-14); on one that was merged, the message goes to the ticket that took it over.

    Args:
        text: What they write.
        attachments: Files that come with it.
        channel: Where the host took it in; never `INSIDE`.
        html: The HTML it came as, if any.
    """

    permission: ClassVar[Permission] = Permission.ANSWER

    text: str = checks.text(at_least=1)
    attachments: Sequence[Upload] = checks.uploads()
    channel: Channel = checks.checked(
        Check(
            "a Channel through which customers come", lambda it: isinstance(it, Channel) and it is not Channel.INSIDE
        ),
        default=Channel.FORM,
    )
    html: str | None = checks.text(default=None)

    def decide(self, draft: Draft, ticket: Ticket) -> CustomerMessage:
        """The message, on this ticket or on the one that goes on with it."""
        html = UntrustedHtml(self.html) if self.html else None
        return receive_message(
            draft, ticket, draft.customer, self.text, source=self.channel, attachments=self.attachments, html=html
        )


@attrs.frozen
class SendAnswer(AddingTicketCommand[Answer]):
    """
    Answers the customers of a ticket; all requesters, followers and copied addresses get it (requirement FL-11).

    The ticket is answered then. Not possible on closed, deleted and internal tickets, nor on spam.

    Args:
        text: The answer.
        attachments: Files that go with it.
    """

    permission: ClassVar[Permission] = Permission.ANSWER
    writes_to_customers: ClassVar[bool] = True

    text: str = checks.text(at_least=1)
    attachments: Sequence[Upload] = checks.uploads()

    def decide(self, draft: Draft, ticket: AnyTicket) -> Answer:
        """The answer."""
        return add_answer(draft, for_customers(ticket, self.asked), self.text, self.attachments)


@attrs.frozen
class SendUpdate(AddingTicketCommand[Answer]):
    """
    Tells the customers of a ticket how things stand, even without progress (requirement TK-15).

    It answers nothing: the ticket stays where it stands, and goes on waiting. Not possible on closed, deleted and
    internal tickets, nor on spam.

    Args:
        text: What they are told.
    """

    permission: ClassVar[Permission] = Permission.ANSWER
    writes_to_customers: ClassVar[bool] = True

    text: str = checks.text(at_least=1)

    def decide(self, draft: Draft, ticket: AnyTicket) -> Answer:
        """The message."""
        return add_update(draft, for_customers(ticket, self.asked), self.text)


@attrs.frozen
class SendInternalMessage(AddingTicketCommand[InternalMessage]):
    """
    Writes to colleagues on a ticket (requirement FL-12). Customers never get it.

    Args:
        text: What they write.
        conversation: A message of the conversation to go on with; None begins a new one.
        attachments: Files that go with it.
    """

    permission: ClassVar[Permission] = Permission.NOTE

    text: str = checks.text(at_least=1)
    conversation: EntryId | None = checks.identifier(default=None)
    attachments: Sequence[Upload] = checks.uploads()

    def decide(self, draft: Draft, ticket: AnyTicket) -> InternalMessage:
        """The message."""
        begun = None
        if self.conversation is not None:
            before = draft.peek(ENTRIES, self.conversation)
            if not isinstance(before, InternalMessage) or before.ticket != ticket.id:
                raise OutOfPlace(self.asked, f"no internal conversation {self.conversation!r} on this ticket")
            begun = before.conversation
        return add_internal_message(draft, ticket, self.text, self.attachments, begun)


def receive_message(
    draft: Draft, ticket: Ticket, contact: ContactId, text: str, *, source: Channel, **fields: Any
) -> CustomerMessage:
    """
    A customer's message where it belongs: on the ticket, on the one that took it over, or on a new follow-up ticket.

    Args:
        draft: The unit of work.
        ticket: The ticket that it was sent to.
        contact: The customer.
        text: What they write.
        source: The channel it came through.
        fields: More fields of the message.
    """
    target = survivor(draft, ticket)
    if target.id != ticket.id and not takes_part(draft, target, contact):
        target = ticket  # they were taken off the ticket that took theirs over: what it became is not theirs to see
    if not _takes_messages(draft, target):
        target = _follow_up(draft, target, contact, source)
    return add_customer_message(draft, target, contact, text, source=source, **fields)


def takes_part(draft: Draft, ticket: Ticket, contact: ContactId) -> bool:
    """Whether a customer asked, follows, or gets copies."""
    if contact in ticket.parties:
        return True
    copied = {address_key(it) for it in ticket.cc}
    return any(address_key(it) in copied for it in draft.get(CONTACTS, contact).emails)


def survivor(draft: Draft, ticket: Ticket) -> Ticket:
    """The ticket that took this one over, directly or through others; the ticket itself if none did."""
    seen: set[TicketId] = set()
    while ticket.merged_into is not None and ticket.id not in seen:
        seen.add(ticket.id)
        into = draft.peek(TICKETS, ticket.merged_into)
        if not isinstance(into, Ticket):  # purged: the message stays where it was sent
            return ticket
        ticket = into
    return ticket


def add_customer_message(
    draft: Draft,
    ticket: Ticket,
    contact: ContactId,
    text: str,
    *,
    source: Channel,
    attachments: Sequence[Upload] = (),
    **fields: Any,
) -> CustomerMessage:
    """Adds a customer's message to a ticket, opens it again, and tells the others who take part."""
    ticket = _present(draft, ticket)
    message = draft.write(
        ticket,
        CustomerMessage,
        author=Actor.contact(contact),
        author_name=draft.get(CONTACTS, contact).shown_name,
        text=text,
        source=source,
        attachments=tuple(draft.keep(upload) for upload in attachments),
        **fields,
    )
    draft.occur(ticket, CustomerMessageAdded, entry=message.id, first=ticket.customer_messages == 0)
    ticket = draft.change(
        ticket,
        customer_messages=ticket.customer_messages + 1,
        last_customer_message_at=draft.now,
        last_message=message.id,
        public_changed_at=draft.now,
    )
    reopen(draft, ticket)
    tell_parties(draft, ticket, message)
    return message


def add_answer(draft: Draft, ticket: Ticket, text: str, attachments: Sequence[Upload] = ()) -> Answer:
    """Adds an answer to a ticket, makes it answered, and tells everybody who takes part."""
    ticket = _present(draft, ticket)
    if not _can_be_answered(draft, ticket):
        raise OutOfPlace("SendAnswer", f"the ticket is {ticket.status}", _instead(draft, ticket))
    answer = _write_to_customers(draft, ticket, text, attachments)
    draft.occur(ticket, AnswerAdded, entry=answer.id)
    ticket = draft.change(
        ticket,
        answers=ticket.answers + 1,
        first_answer_at=ticket.first_answer_at or draft.now,
        last_answer_at=draft.now,
        last_message=answer.id,
        public_changed_at=draft.now,
    )
    if ticket.status.category is not Category.ANSWERED:
        move(draft, ticket, Category.ANSWERED, "SendAnswer")
    tell_parties(draft, ticket, answer)
    return answer


def add_update(draft: Draft, ticket: Ticket, text: str) -> Answer:
    """Adds a word on how things stand, which answers nothing, and tells everybody who takes part."""
    if ticket.status.category in SET_ASIDE or ticket.status.category is Category.CLOSED:
        raise OutOfPlace("SendUpdate", f"the ticket is {ticket.status}", _instead(draft, ticket))
    update = _write_to_customers(draft, ticket, text, ())
    draft.occur(ticket, UpdateAdded, entry=update.id)
    draft.change(ticket, last_message=update.id, public_changed_at=draft.now)
    tell_parties(draft, ticket, update)
    return update


def add_internal_message(
    draft: Draft,
    ticket: AnyTicket,
    text: str,
    attachments: Sequence[Upload] = (),
    conversation: EntryId | None = None,
) -> InternalMessage:
    """
    Adds a message among agents.

    On an internal ticket it counts as an answer, unless it is from the agent who raised the ticket, whose message opens
    it again (requirement IT-8).
    """
    id = EntryId(draft.new_id())
    message = draft.write(
        ticket,
        InternalMessage,
        id=id,
        author=draft.principal.actor,
        author_name=_private_name(draft),
        text=text,
        attachments=tuple(draft.keep(upload) for upload in attachments),
        conversation=conversation or id,
    )
    draft.occur(ticket, InternalMessageAdded, entry=id)
    if isinstance(ticket, InternalTicket):
        _answer_internally(draft, draft.change(ticket, last_message=id))
    return message


def for_customers(ticket: AnyTicket, asked: str) -> Ticket:
    """
    A ticket on which customers can be written to.

    Raises:
        OutOfPlace: It is internal.
    """
    if isinstance(ticket, InternalTicket):
        raise OutOfPlace(asked, "an internal ticket has no customer to answer", ("SendInternalMessage",))
    return ticket


def moves_to_answered(draft: Draft, ticket: AnyTicket) -> bool:
    """Whether answering makes the ticket answered; what was set aside is brought back first, by who may do that."""
    if ticket.status.category in SET_ASIDE:
        return False
    answered = draft.setup.life_cycle.main(Category.ANSWERED)
    return answered in draft.setup.life_cycle.moves_from(ticket.status, None)


def public_name(draft: Draft) -> str:
    """The name under which customers see what is written here."""
    agent = draft.principal.agent
    return draft.configuration.roster.agent(agent).public_name if agent else SYSTEM_NAME


def _write_to_customers(draft: Draft, ticket: Ticket, text: str, attachments: Sequence[Upload]) -> Answer:
    return draft.write(
        ticket,
        Answer,
        author=draft.principal.actor,
        author_name=public_name(draft),
        text=text,
        source=ticket.source,
        attachments=tuple(draft.keep(upload) for upload in attachments),
    )


def _answer_internally(draft: Draft, ticket: InternalTicket) -> None:
    if draft.principal.agent == ticket.raised_by:
        reopen(draft, ticket)
        return
    ticket = draft.change(
        ticket,
        answers=ticket.answers + 1,
        first_answer_at=ticket.first_answer_at or draft.now,
        last_answer_at=draft.now,
    )
    if moves_to_answered(draft, ticket):
        move(draft, ticket, Category.ANSWERED, "SendInternalMessage")


def _follow_up(draft: Draft, closed: Ticket, contact: ContactId, source: Channel) -> Ticket:
    """
    A new ticket that goes on with a closed one: linked to it, in the same department.

    Once that has very many links, its thread alone tells: each change of links names them all, and customers can write
    to a closed ticket as often as they like.
    """
    draft_of_it = new_customer_ticket(
        draft, (contact,), closed.subject, "", source=source, priority=closed.priority, type=closed.type
    )
    ticket = open_ticket(draft, draft_of_it, closed.department, None, "SendMessage")
    draft.occur(closed, FollowedUp, new=ticket.id)
    if len(closed.links) >= MOST_FOLLOW_UPS:
        return ticket
    draft.change(closed, links=closed.links | {ticket.id})
    return draft.change(ticket, links=frozenset({closed.id}))


def _takes_messages(draft: Draft, ticket: Ticket) -> bool:
    """Whether a customer's message goes on with the ticket; if not, a follow-up begins."""
    category = ticket.status.category
    if category is Category.RESOLVED:
        return draft.setup.reopen_resolved
    return category is not Category.CLOSED and category not in SET_ASIDE


def _can_be_answered(draft: Draft, ticket: Ticket) -> bool:
    return ticket.status.category is Category.ANSWERED or moves_to_answered(draft, ticket)


def _instead(draft: Draft, ticket: Ticket) -> list[str]:
    return [f"move it to {status}" for status in draft.setup.life_cycle.moves_from(ticket.status, ticket.status_before)]


def _present(draft: Draft, ticket: Ticket) -> Ticket:
    """The ticket as it is in this draft."""
    return draft.get(TICKETS, ticket.id)  # type: ignore[return-value]  # a customer's ticket stays one


def _private_name(draft: Draft) -> str:
    agent = draft.principal.agent
    return draft.configuration.roster.agent(agent).name if agent else SYSTEM_NAME
