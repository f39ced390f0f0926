"""
Tickets: what customers ask for, and what agents ask of each other.

`Ticket` and `InternalTicket` are siblings, so that nothing made for the one can be handed the other by mistake: only
`Ticket` has a requester, and only `Ticket` has `public()`.
"""

from datetime import datetime
from enum import Enum, IntEnum
from typing import ClassVar, TypeAlias

import attrs

from ticketcore.model.fields import FieldValue
from ticketcore.model.ids import AgentId, CompanyId, ContactId, DepartmentId, EntryId, SlaPolicyId, TicketId
from ticketcore.model.lifecycle import SET_ASIDE, Status
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.passages import FoundBy, Passage
from ticketcore.model.public import PublicTicket
from ticketcore.model.targets import TargetState
from ticketcore.model.values import FrozenValue


class Priority(IntEnum):
    """How urgent a ticket is; the higher, the sooner."""

    LOW = 10
    NORMAL = 20
    HIGH = 30
    URGENT = 40


class Channel(Enum):
    """Where a ticket or message came from. `INSIDE` is the help desk itself: no customer can come through it."""

    # Each is there once, so its identity will do; an enumeration's own way calls Python code for every look-up.
    __hash__ = object.__hash__

    EMAIL = "email"
    FORM = "form"
    APPLICATION = "application"
    CHAT = "chat"
    CALL = "call"
    SMS = "sms"
    FACEBOOK = "facebook"
    TWITTER = "twitter"
    INSTAGRAM = "instagram"
    VIBER = "viber"
    WHATSAPP = "whatsapp"
    TELEGRAM = "telegram"
    FORUM = "forum"
    KNOWLEDGE_BASE = "knowledge_base"
    IMPORT = "import"
    INSIDE = "inside"


@attrs.frozen(kw_only=True)
class TicketBase(FrozenValue):
    """
    What tickets of both kinds have.

    Args:
        id: Never shown to anybody who must not find the ticket.
        version: Rises with every change.
        reference: What people quote: random, pronounceable letter by letter, with a check character.
        status: Where it stands.
        status_before: Where it stood before it was deleted or marked as spam.
        postponed_from: Where it stood before it was postponed.
        changed_at: The time of the last change of any kind.
        source: Where it came from.
        custom: The values of custom fields by the key of their definition.
        links: Tickets that have to do with this one.
        merged_into: The ticket that took this one over.
        merged_from: The tickets that this one took over, directly or through others.
        entries: How many entries its thread has had.
        last_message: The last message of a customer or to customers; of an internal ticket the last one of an agent.
        chat_waiting_since: Since when a customer waits in a chat for somebody to pick it up; None while nobody does.
        chat_picked_up_at: When a chat was last picked up.
        call_waiting_since: Since when a customer's call rings; None while none does.
        call_picked_up_at: When a call was last picked up.
        in_backlog_since: Since when it waits because nobody was available to be assigned it; None if it does not.
        waiting_since: Since when somebody waits for an agent; None while nobody does.
        sla: The policy that its targets come from.
        sla_level: The policy that was picked by hand; None where its conditions decide.
        targets: How it stands with what was agreed on, by the key of the target: `ticket.targets["first_answer"]`.
        due_at: When an agent must have acted at the latest: the earliest deadline that runs; None while nobody waits.
    """

    internal: ClassVar[bool]

    id: TicketId
    version: int = 1
    reference: str
    subject: str
    description: str
    status: Status
    status_before: Status | None = None
    status_changed_at: datetime
    created_at: datetime
    changed_at: datetime
    source: Channel
    department: DepartmentId | None = None
    assignee: AgentId | None = None
    priority: Priority = Priority.NORMAL
    type: str | None = None
    tags: frozenset[str] = frozenset()
    language: str | None = None
    custom: FrozenMap[str, FieldValue] = FrozenMap()
    parent: TicketId | None = None
    links: frozenset[TicketId] = frozenset()
    merged_into: TicketId | None = None
    merged_from: tuple[TicketId, ...] = ()
    postponed_from: Status | None = None
    postponed_until: datetime | None = None
    entries: int = 0
    answers: int = 0
    customer_messages: int = 0
    reopenings: int = 0
    first_answer_at: datetime | None = None
    last_answer_at: datetime | None = None
    last_customer_message_at: datetime | None = None
    last_message: EntryId | None = None
    chat_waiting_since: datetime | None = None
    chat_picked_up_at: datetime | None = None
    call_waiting_since: datetime | None = None
    call_picked_up_at: datetime | None = None
    in_backlog_since: datetime | None = None
    waiting_since: datetime | None = None
    sla: SlaPolicyId | None = None
    sla_level: SlaPolicyId | None = None
    targets: FrozenMap[str, TargetState] = FrozenMap()
    due_at: datetime | None = None

    def _told(self) -> tuple[str, ...]:
        """What it says under its subject."""
        return (self.reference, self.subject, self.description)

    def _noted(self) -> tuple[str, ...]:
        """What agents have noted of it for themselves."""
        custom = (value for value in self.custom.values() if isinstance(value, str))
        return (*sorted(self.tags), *([self.type] if self.type else ()), *custom)

    def __str__(self) -> str:
        marked = "[internal] " if self.internal else ""
        return f"{self.reference} {marked}{self.subject}"


@attrs.frozen(kw_only=True)
class Ticket(TicketBase):
    """
    A customer's ticket.

    Args:
        requesters: The customers who asked; the first one is the main one.
        followers: Other customers who see it and hear of its public messages.
        cc: Addresses that get copies by mail and see nothing else.
        proposed_cc: Addresses that a sender who is no party of the ticket wanted copied; an agent decides.
        company: The main requester's company when the ticket was opened.
        referrer: The address of the page from which the customer wrote.
        invited: Whether the desk had invited the customer to write, say to a chat.
        public_changed_at: The time of the last change that customers can see.
    """

    internal: ClassVar[bool] = False

    requesters: tuple[ContactId, ...]
    followers: tuple[ContactId, ...] = ()
    cc: tuple[str, ...] = ()
    proposed_cc: tuple[str, ...] = ()
    company: CompanyId | None = None
    referrer: str | None = None
    invited: bool = False
    public_changed_at: datetime

    @property
    def requester(self) -> ContactId:
        """The main requester."""
        return self.requesters[0]

    @property
    def parties(self) -> tuple[ContactId, ...]:
        """Every customer who may see the ticket."""
        return self.requesters + self.followers

    def passage(self) -> Passage:
        """What it says: to its customers, what they see of it."""
        return Passage(FoundBy.TICKET, self.id, self._told(), (*self._noted(), *self.cc))

    def public(self) -> PublicTicket:
        """The ticket as its customers may see it: of one that was set aside, how it stood before."""
        aside = self.status.category in SET_ASIDE
        return PublicTicket(
            id=self.id,
            reference=self.reference,
            subject=self.subject,
            description=self.description,
            status=(self.status_before or self.status).key if aside else self.status.key,
            created_at=self.created_at,
            changed_at=self.public_changed_at,
        )


@attrs.frozen(kw_only=True)
class InternalTicket(TicketBase):
    """
    A request among agents (requirements IT-1…8): no customer ever sees it, not even the one it is about.

    Args:
        raised_by: The agent who asked.
        about: The customer it is about, who is neither told nor shown.
    """

    internal: ClassVar[bool] = True

    source: Channel = Channel.INSIDE
    raised_by: AgentId
    about: ContactId | None = None

    def passage(self) -> Passage:
        """What it says, to agents alone."""
        return Passage(FoundBy.TICKET, self.id, private=(*self._told(), *self._noted()))


AnyTicket: TypeAlias = Ticket | InternalTicket
