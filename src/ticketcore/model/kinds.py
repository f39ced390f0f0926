"""
The kinds of records that storages keep, and what each must be found by quickly.

A kind is a value. Kinds of records that live elsewhere (rules, rotations, notifications, …) are defined beside them.
"""

from typing import Generic, TypeVar

import attrs

from ticketcore.model.canned import CannedResponse
from ticketcore.model.departments import Department, Membership
from ticketcore.model.fields import CustomField
from ticketcore.model.keys import NaturalKey
from ticketcore.model.notes import CompanyNote, ContactNote, TicketNote
from ticketcore.model.people import Agent, Company, Contact
from ticketcore.model.presence import Presence
from ticketcore.model.ratings import Rating
from ticketcore.model.talks import Call, Chat, ChatMessage
from ticketcore.model.thread import Entry
from ticketcore.model.tickets import AnyTicket
from ticketcore.model.time_entries import TimeEntry, Timer
from ticketcore.model.values import FrozenValue

T_co = TypeVar("T_co", covariant=True)


@attrs.frozen
class Index(FrozenValue):
    """
    What records are found by quickly: equal values of some fields, in the order of another.

    Args:
        equal: Names of attributes, with dots for an attribute of an attribute; one that holds several values indexes
            each of them.
        order: The attribute that orders what is equal; ties go by id.
        sparse: Whether it may leave out the records without a value in its one field: nobody asks for those.
    """

    equal: tuple[str, ...] = ()
    order: str = "id"
    sparse: bool = False


@attrs.frozen(eq=False, repr=False)
class Kind(Generic[T_co]):
    """
    A kind of records.

    Args:
        name: Its name in storage and JSON.
        indexes: What its records must be found by quickly.
        locked: Whether a session that reads a record of this kind keeps others from reading it until it ends.
        part: The part of the desk's configuration that its records belong to; None for what is no configuration.
        binding: Whether changes that rest on a record of this kind fail if it is another one by then. Those that rest
            on configuration never do.
    """

    name: str
    indexes: tuple[Index, ...] = ()
    locked: bool = False
    part: str | None = None
    binding: bool = True

    def __repr__(self) -> str:
        return f"<kind {self.name}>"


# Every index costs every new ticket, and one whose fields change with each event, such as `changed_at`, costs all work
# on tickets: there is one for each question that the desk itself asks, and for "the newest".
TICKETS: Kind[AnyTicket] = Kind(
    "ticket",
    (
        Index((), "due_at"),
        Index((), "created_at"),
        Index(("department",), "due_at"),
        Index(("assignee",), "due_at"),
        Index(("assignee", "status.category"), "due_at"),
        Index(("requesters",), "created_at"),
        Index(("followers",), "created_at", sparse=True),
        Index(("company",), "created_at", sparse=True),
        Index(("about",), "created_at", sparse=True),
        Index(("parent",), "created_at", sparse=True),
    ),
)
ENTRIES: Kind[Entry] = Kind("entry", (Index(("ticket",), "position"), Index(("author.id",), "at", sparse=True)))
TICKET_NOTES: Kind[TicketNote] = Kind("ticket_note", (Index(("ticket",), "created_at"),))
CONTACT_NOTES: Kind[ContactNote] = Kind("contact_note", (Index(("contact",), "created_at"),))
COMPANY_NOTES: Kind[CompanyNote] = Kind("company_note", (Index(("company",), "created_at"),))
RATINGS: Kind[Rating] = Kind("rating", (Index(("ticket",), "at"), Index(("contact",), "at")))
CALLS: Kind[Call] = Kind("call", (Index((), "started_at"), Index(("ticket",), "started_at")))
CHATS: Kind[Chat] = Kind("chat", (Index((), "started_at"), Index(("ticket",), "started_at")))
CHAT_MESSAGES: Kind[ChatMessage] = Kind(
    "chat_message", (Index(("chat",), "position"), Index(("ticket",), "at"), Index(("author.id",), "at"))
)
TIMERS: Kind[Timer] = Kind("timer", (Index(("ticket",), "began"), Index(("agent",), "began")))
TIME_ENTRIES: Kind[TimeEntry] = Kind(
    "time_entry", (Index((), "began"), Index(("ticket",), "began"), Index(("agent",), "began"))
)

AGENTS: Kind[Agent] = Kind("agent", part="roster")
CONTACTS: Kind[Contact] = Kind("contact", (Index(("company",)),))
COMPANIES: Kind[Company] = Kind("company")
DEPARTMENTS: Kind[Department] = Kind("department", part="roster")
MEMBERSHIPS: Kind[Membership] = Kind("membership", part="roster")
PRESENCES: Kind[Presence] = Kind("presence", binding=False)
CANNED_RESPONSES: Kind[CannedResponse] = Kind("canned_response")
CUSTOM_FIELDS: Kind[CustomField] = Kind("custom_field", part="fields")

REFERENCES: Kind[NaturalKey] = Kind("reference")
CONTACT_ADDRESSES: Kind[NaturalKey] = Kind("contact_address")
CONTACT_PHONES: Kind[NaturalKey] = Kind("contact_phone")
AGENT_ADDRESSES: Kind[NaturalKey] = Kind("agent_address")
DEPARTMENT_ADDRESSES: Kind[NaturalKey] = Kind("department_address")
DEPARTMENT_NAMES: Kind[NaturalKey] = Kind("department_name")
COMPANY_DOMAINS: Kind[NaturalKey] = Kind("company_domain")
MAIL_IDS: Kind[NaturalKey] = Kind("mail_id", (Index(("holder",)),))
RECEIVED_MAILS: Kind[NaturalKey] = Kind("received_mail", (Index(("holder",)),))

TIMER_TURNS: Kind[NaturalKey] = Kind("timer_turn", locked=True)
"""Nothing is stored here. Of whom one timer runs at most starts timers under the agent's lock, one after the other."""
