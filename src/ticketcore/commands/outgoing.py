"""
What leaves the desk for others than the customers of a ticket: mails, forwarded messages, requests to other systems.

Like everything that is sent, it stands in the outbox until it is delivered, and is made when it is: of public values
alone. The thread tells that it was sent.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import attrs

from ticketcore._draft import Draft
from ticketcore.commands.command import AddingTicketCommand
from ticketcore.commands.filling import check_template, fill
from ticketcore.commands.participants import customers_ticket
from ticketcore.commands.recognising import ADDRESS
from ticketcore.conditions import EntryF
from ticketcore.errors import Fault, NotFound, OutOfPlace, shown
from ticketcore.events import MailSent, MessageForwarded, RequestSent, digest
from ticketcore.letters import filled
from ticketcore.model import checks
from ticketcore.model.actors import ActorKind
from ticketcore.model.checks import IS_ADDRESS, IS_TAG, Check
from ticketcore.model.ids import EntryId
from ticketcore.model.keys import address_key
from ticketcore.model.kinds import CONTACT_ADDRESSES, ENTRIES
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.permissions import Permission
from ticketcore.model.thread import Answer, CustomerMessage
from ticketcore.model.tickets import AnyTicket, Ticket
from ticketcore.notifications import ask_system, mail_outsider
from ticketcore.query import Order, Query
from ticketcore.templates import is_template

MOST_RECIPIENTS = 20
"""How many addresses one mail goes to at most."""

MOST_VALUES = 50
"""How many values a request has at most."""

VALUE_LIMIT = 10_000
"""How many characters a value of a request has at most, filled."""


@attrs.frozen
class _Values(Check):
    """A check of templates by name, whose faults point at the places in them."""

    def faults(self, path: str, value: object) -> list[Fault]:
        if not isinstance(value, FrozenMap) or len(value) > MOST_VALUES:
            return [Fault(path, self.expected, shown(value))]
        names = [fault for name in value for fault in IS_TAG.faults(path, name)]
        return names + [it for name, text in value.items() for it in _VALUE.faults(f"{path}.{name}", text)]


_VALUE = is_template(at_most=VALUE_LIMIT)
ARE_VALUES = _Values(f"at most {MOST_VALUES} templates by name", lambda value: isinstance(value, FrozenMap))


def _frozen(value: object) -> object:
    return FrozenMap(value) if isinstance(value, Mapping) else value


@attrs.frozen
class SendMail(AddingTicketCommand[AnyTicket]):
    """
    Sends a mail to somebody who takes no part in a ticket, such as a supplier or the manager on duty.

    What they answer is a ticket of their own: only who takes part in a ticket adds to it.

    Args:
        to: The addresses; each gets a mail of its own.
        subject: Its subject, a template.
        text: What it says, a template such as `"Ticket {ticket.reference} needs you."`

    Raises:
        InvalidInput: A template names what there is not.
        OutOfPlace: An address is the desk's own, or a customer's who must not know of an internal ticket; or filled,
            the text is empty or too long.
    """

    permission: ClassVar[Permission] = Permission.ANSWER

    to: Sequence[str] = checks.several(IS_ADDRESS, at_most=MOST_RECIPIENTS)
    subject: str = checks.checked(is_template(at_least=1, at_most=checks.SUBJECT_LIMIT))
    text: str = checks.checked(is_template(at_least=1))

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The ticket, whose thread tells it."""
        templates = {"subject": self.subject, "text": self.text}
        for name, template in templates.items():
            check_template(draft, template, name, self.asked)
            fill(draft, template, ticket)
        to = _outside(draft, ticket, self.to, self.asked)
        for address in to:
            mail_outsider(draft, address, ticket, templates)
        if to:
            draft.occur(ticket, MailSent, to=tuple(map(digest, to)))
        return ticket


@attrs.frozen
class Forward(AddingTicketCommand[AnyTicket]):
    """
    Forwards a message of a ticket to somebody who takes no part in it.

    Args:
        to: The addresses; each gets a mail of its own.
        text: What stands above the message, a template.
        entry: The customer's message, or answer; None for the last message of a customer.

    Raises:
        InvalidInput: The template names what there is not.
        NotFound: There is no such message on the ticket.
        OutOfPlace: The ticket is internal, the message was erased, or an address is the desk's own.
    """

    permission: ClassVar[Permission] = Permission.ANSWER

    to: Sequence[str] = checks.several(IS_ADDRESS, at_most=MOST_RECIPIENTS)
    text: str = checks.checked(is_template(), default="")
    entry: EntryId | None = checks.identifier(default=None)

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The ticket, whose thread tells it."""
        theirs = customers_ticket(ticket, self.asked)
        check_template(draft, self.text, "text", self.asked)
        message = self._message(draft, theirs)
        to = _outside(draft, ticket, self.to, self.asked)
        for address in to:
            mail_outsider(draft, address, ticket, {"subject": "Fwd: {ticket.subject}", "text": self.text}, message)
        if to:
            draft.occur(ticket, MessageForwarded, entry=message.id, to=tuple(map(digest, to)))
        return ticket

    def _message(self, draft: Draft, ticket: Ticket) -> CustomerMessage | Answer:
        entry = _last_message(draft, ticket) if self.entry is None else draft.peek(ENTRIES, self.entry)
        if entry is None or entry.ticket not in {ticket.id, *ticket.merged_from}:
            raise NotFound("entry", self.entry or "the last message of a customer")
        if not isinstance(entry, (CustomerMessage, Answer)):
            raise OutOfPlace(self.asked, f"the entry is no message from or to customers: {entry.label}")
        if isinstance(entry, CustomerMessage) and entry.erased:
            raise OutOfPlace(self.asked, "the message was erased with its author")
        return entry


@attrs.frozen
class SendRequest(AddingTicketCommand[AnyTicket]):
    """
    Sends another system a request: to a shop, a chat room, whatever the host's program connects (an HTTP request, say).

    What the request is, and where it goes, only the host knows: its notifier is handed a `RequestNotice`.

    Args:
        system: The name of the system, one of those that the setup lists.
        values: What it is told, by names of your choice: templates such as `"{ticket.reference}"`.

    Raises:
        InvalidInput: A template names what there is not.
        OutOfPlace: There is no such system; the error lists those there are. Or filled, a value is too long.
    """

    permission: ClassVar[Permission] = Permission.ANSWER

    system: str = checks.line(at_most=checks.KEY_LIMIT)
    values: Mapping[str, str] = checks.checked(ARE_VALUES, default=FrozenMap(), converter=_frozen)

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The ticket, whose thread tells it."""
        if self.system not in draft.setup.systems:
            raise OutOfPlace(self.asked, f"there is no system {self.system!r}", sorted(draft.setup.systems))
        for name, template in self.values.items():
            check_template(draft, template, f"values.{name}", self.asked)
            _check_length(draft, name, template, ticket, self.asked)
        ask_system(draft, self.system, ticket, self.values)
        draft.occur(ticket, RequestSent, system=self.system)
        return ticket


def _outside(draft: Draft, ticket: AnyTicket, addresses: Sequence[str], asked: str) -> tuple[str, ...]:
    """
    The addresses, each once.

    Raises:
        OutOfPlace: Mail to one of them would come back to the desk, or tell a customer of an internal ticket.
    """
    once = ADDRESS.each_once(addresses)
    if ticket.internal:
        draft.want(*ADDRESS.keys(once))
    for address in once:
        if draft.configuration.roster.department_of_address(address) is not None:
            raise OutOfPlace(asked, f"mail to {address} comes to this desk", ("addresses outside",))
        if ticket.internal and draft.peek(CONTACT_ADDRESSES, address_key(address)) is not None:
            raise OutOfPlace(asked, f"{address} is a customer's, and the ticket is internal", ("addresses of others",))
    return once


def _check_length(draft: Draft, name: str, template: str, ticket: AnyTicket, asked: str) -> None:
    length = len(filled(draft, template, ticket, draft.principal.agent or ticket.assignee))
    if length > VALUE_LIMIT:
        raise OutOfPlace(asked, f"filled, {name!r} has {length} characters", (f"at most {VALUE_LIMIT}",))


def _last_message(draft: Draft, ticket: Ticket) -> CustomerMessage | Answer | None:
    by_customer = (EntryF.ticket == ticket.id) & (EntryF.author_kind == ActorKind.CONTACT)
    last = draft.find(Query(ENTRIES, by_customer, (Order("position", descending=True),), limit=1)).items
    return last[0] if last and isinstance(last[0], (CustomerMessage, Answer)) else None
