"""Opening tickets, and changing what they say."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, ClassVar, Final

import attrs

from ticketcore._draft import Draft
from ticketcore.commands.canned_texts import canned_text
from ticketcore.commands.command import (
    AddingDeskCommand,
    AddingTicketCommand,
    CustomerCommand,
    OverwritingTicketCommand,
)
from ticketcore.commands.messages import add_answer, add_customer_message, add_internal_message
from ticketcore.commands.opening import new_customer_ticket, new_ticket, open_ticket
from ticketcore.errors import Fault, InvalidInput, OutOfPlace, shown
from ticketcore.model import checks
from ticketcore.model.attachments import Upload
from ticketcore.model.checks import IS_ID, IS_TAG, Check
from ticketcore.model.copying import copy_with
from ticketcore.model.fields import FieldOwner, FieldValue, faults_of_values
from ticketcore.model.ids import AgentId, CannedResponseId, ContactId, DepartmentId
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.permissions import Permission
from ticketcore.model.thread import CustomerMessage, UntrustedHtml
from ticketcore.model.tickets import AnyTicket, Channel, InternalTicket, Priority, Ticket

REFERRER_LIMIT: Final = 2_000
"""How long the address of a page may be."""

_NOTHING_MORE: Final[Mapping[str, Any]] = FrozenMap()


@attrs.frozen
class SubmitTicket(CustomerCommand[Ticket]):
    """
    A customer asks the desk for something (requirements TK-2, TK-12).

    Args:
        subject: In a line.
        text: What it is about.
        attachments: Files that come with it.
        channel: Where the host took it in; never `INSIDE` (requirement IT-7).
        department: Where the customer sent it, if the host lets customers choose.
        language: The language it is written in, such as `"el"`.
        html: The HTML it came as, if any; kept beside the text, never shown as it is.
        referrer: The address of the page that the customer wrote from.
        invited: Whether the desk had invited the customer to write, say to a chat.
    """

    permission: ClassVar[Permission] = Permission.OPEN

    subject: str = checks.line()
    text: str = checks.text(default="")
    attachments: Sequence[Upload] = checks.uploads()
    channel: Channel = checks.checked(
        Check(
            "a Channel through which customers come", lambda it: isinstance(it, Channel) and it is not Channel.INSIDE
        ),
        default=Channel.FORM,
    )
    department: DepartmentId | None = checks.identifier(default=None)
    language: str | None = checks.line(at_most=35, default=None)
    html: str | None = checks.text(default=None)
    referrer: str | None = checks.line(at_most=REFERRER_LIMIT, default=None)
    invited: bool = checks.flag(default=False)

    def decide(self, draft: Draft) -> Ticket:
        """A new ticket of the customer whose seat it is."""
        ticket, _ = open_for_customer(
            draft,
            draft.customer,
            self.subject,
            self.text,
            source=self.channel,
            department=self.department,
            opening={"language": self.language, "referrer": self.referrer, "invited": self.invited},
            attachments=self.attachments,
            language=self.language,
            html=UntrustedHtml(self.html) if self.html else None,
        )
        return ticket


@attrs.frozen
class OpenTicket(AddingDeskCommand[Ticket]):
    """
    An agent contacts a customer, or takes down what a customer asked for (requirement TK-12).

    Args:
        requesters: The customers, at least one; the first is the main one.
        subject: In a line.
        text: What the agent writes to them, or what they said.
        from_customer: Whether the text is the customer's (a call, a letter) rather than a message to the customer.
        channel: The channel of the contact.
        department: Where it goes.
        assignee: Who is to work on it.
        followers: Other customers who take part.
        priority: How urgent.
        type: Such as `"billing"`.
        tags: What it is marked with.
        attachments: Files that come with it.
    """

    permission: ClassVar[Permission] = Permission.OPEN

    requesters: Sequence[ContactId] = checks.several(IS_ID)
    subject: str = checks.line()
    text: str = checks.text(default="")
    from_customer: bool = checks.flag(default=False)
    channel: Channel = checks.one_of(Channel, default=Channel.EMAIL)
    department: DepartmentId | None = checks.identifier(default=None)
    assignee: AgentId | None = checks.identifier(default=None)
    followers: Sequence[ContactId] = checks.several(IS_ID, default=())
    priority: Priority = checks.one_of(Priority, default=Priority.NORMAL)
    type: str | None = checks.line(at_most=100, default=None)
    tags: AbstractSet[str] = checks.distinct(IS_TAG, default=frozenset())
    attachments: Sequence[Upload] = checks.uploads()

    def decide(self, draft: Draft) -> Ticket:
        """A new ticket, which begins with a message of the agent's or of the customer's."""
        if not self.requesters:
            raise InvalidInput(self.asked, [Fault("requesters", "at least one contact", shown(self.requesters))])
        for contact in (*self.requesters, *self.followers):
            draft.contact(contact)
        ticket = open_ticket(
            draft,
            new_customer_ticket(
                draft,
                self.requesters,
                self.subject,
                self.text,
                source=self.channel,
                followers=tuple(self.followers),
                priority=self.priority,
                type=self.type,
                tags=frozenset(self.tags),
            ),
            self.department,
            self.assignee,
            self.asked,
        )
        if self.from_customer:
            add_customer_message(
                draft, ticket, self.requesters[0], self.text, source=self.channel, attachments=self.attachments
            )
        elif self.text or self.attachments:
            add_answer(draft, ticket, self.text, self.attachments)
        return ticket


@attrs.frozen
class OpenInternalTicket(AddingDeskCommand[InternalTicket]):
    """
    An agent asks colleagues, or themselves, for something (requirements IT-1…5). No customer ever sees it.

    Args:
        subject: In a line.
        text: What it is about.
        department: Whose agents it is for.
        assignee: Whom it is for; oneself makes it a reminder, once postponed.
        about: The customer it is about, who is neither told nor shown.
        priority: How urgent.
        type: Such as `"task"`.
        tags: What it is marked with.
        attachments: Files that come with it.
        canned: A canned response that its text begins with, filled for the ticket (requirement IT-5).

    Raises:
        NotFound: There is no such department, agent, contact or canned response.
        OutOfPlace: It is not asked from an agent's seat, or the assignee would not see it.
    """

    permission: ClassVar[Permission] = Permission.OPEN

    subject: str = checks.line()
    text: str = checks.text(default="")
    department: DepartmentId | None = checks.identifier(default=None)
    assignee: AgentId | None = checks.identifier(default=None)
    about: ContactId | None = checks.identifier(default=None)
    priority: Priority = checks.one_of(Priority, default=Priority.NORMAL)
    type: str | None = checks.line(at_most=100, default=None)
    tags: AbstractSet[str] = checks.distinct(IS_TAG, default=frozenset())
    attachments: Sequence[Upload] = checks.uploads()
    canned: CannedResponseId | None = checks.identifier(default=None)

    def decide(self, draft: Draft) -> InternalTicket:
        """A new internal ticket of the agent whose seat it is."""
        agent = draft.principal.agent
        if agent is None:
            raise OutOfPlace(self.asked, "an internal ticket is raised by an agent", ("ask it from an agent's seat",))
        if self.about is not None:
            draft.contact(self.about)
        ticket = InternalTicket(
            raised_by=agent,
            about=self.about,
            priority=self.priority,
            type=self.type,
            tags=frozenset(self.tags),
            **new_ticket(draft, self.subject, self.text),
        )
        if self.canned is not None:
            prepared = canned_text(draft, self.canned, ticket)
            ticket = copy_with(ticket, description=f"{prepared}\n\n{self.text}".strip())
        ticket = open_ticket(draft, ticket, self.department, self.assignee, self.asked)
        if ticket.description or self.attachments:
            add_internal_message(draft, ticket, ticket.description, self.attachments)
        return ticket


@attrs.frozen
class SetPriority(AddingTicketCommand[AnyTicket]):
    """Makes a ticket more or less urgent."""

    permission: ClassVar[Permission] = Permission.CHANGE

    priority: Priority = checks.one_of(Priority)

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The ticket with that priority."""
        return draft.change(ticket, priority=self.priority)


@attrs.frozen
class SetType(AddingTicketCommand[AnyTicket]):
    """Says what kind of request a ticket is; None for no kind."""

    permission: ClassVar[Permission] = Permission.CHANGE

    type: str | None = checks.line(at_most=100, default=None)

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The ticket of that type."""
        return draft.change(ticket, type=self.type)


@attrs.frozen
class AddTags(AddingTicketCommand[AnyTicket]):
    """Marks a ticket with tags."""

    permission: ClassVar[Permission] = Permission.CHANGE

    tags: AbstractSet[str] = checks.distinct(IS_TAG)

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The ticket with these tags, too."""
        return draft.change(ticket, tags=ticket.tags | self.tags)


@attrs.frozen
class RemoveTags(AddingTicketCommand[AnyTicket]):
    """Takes tags from a ticket."""

    permission: ClassVar[Permission] = Permission.CHANGE

    tags: AbstractSet[str] = checks.distinct(IS_TAG)

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The ticket without these tags."""
        return draft.change(ticket, tags=ticket.tags - self.tags)


@attrs.frozen
class SetSubject(OverwritingTicketCommand[AnyTicket]):
    """Edits the subject."""

    permission: ClassVar[Permission] = Permission.CHANGE
    overwrites: ClassVar[frozenset[str]] = frozenset({"subject"})

    subject: str = checks.line()

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The ticket with that subject."""
        return draft.change(ticket, subject=self.subject)


@attrs.frozen
class SetDescription(OverwritingTicketCommand[AnyTicket]):
    """Edits the description (requirement FL-9)."""

    permission: ClassVar[Permission] = Permission.CHANGE
    overwrites: ClassVar[frozenset[str]] = frozenset({"description"})

    description: str = checks.text()

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The ticket with that description."""
        return draft.change(ticket, description=self.description)


@attrs.frozen
class SetCustomFields(OverwritingTicketCommand[AnyTicket]):
    """
    Sets values of custom fields; others stay.

    Args:
        values: By the key of the field; None takes the value away.
    """

    permission: ClassVar[Permission] = Permission.CHANGE
    overwrites: ClassVar[frozenset[str]] = frozenset({"custom"})

    values: Mapping[str, FieldValue | None] = checks.mapping()

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The ticket with these values."""
        definitions = draft.configuration.fields_of(FieldOwner.TICKET)
        if faults := faults_of_values(self.values, definitions):
            raise InvalidInput(self.asked, faults)
        return draft.change(ticket, custom=ticket.custom.with_items(self.values))


def open_for_customer(
    draft: Draft,
    contact: ContactId,
    subject: str,
    body: str,
    /,
    *,
    source: Channel,
    department: DepartmentId | None = None,
    opening: Mapping[str, Any] = _NOTHING_MORE,
    **message: Any,
) -> tuple[Ticket, CustomerMessage]:
    """A new ticket of a customer, with more fields in `opening`, and the message that it begins with, with the rest."""
    ticket = new_customer_ticket(draft, (contact,), subject, body, source=source, **opening)
    ticket = open_ticket(draft, ticket, department, None, "SubmitTicket")
    return ticket, add_customer_message(draft, ticket, contact, body, source=source, **message)
