"""Records, and facts about them, for tests: bare ones, of which a test says only what it is about."""

from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from ticketcore.business_time import CALENDARS, WORKDAYS, Calendar, every
from ticketcore.conditions import EventFacts, TicketFacts
from ticketcore.conditions.facts import Getter
from ticketcore.model.actors import Actor
from ticketcore.model.departments import Department
from ticketcore.model.ids import AgentId, ContactId
from ticketcore.model.kinds import AGENTS, COMPANIES, CONTACTS, DEPARTMENTS, ENTRIES, Kind
from ticketcore.model.lifecycle import OPEN
from ticketcore.model.notes import TicketNote
from ticketcore.model.people import Agent, Company, Contact
from ticketcore.model.ratings import Rating
from ticketcore.model.talks import ChatMessage
from ticketcore.model.thread import Answer, CustomerMessage, InlineNote, InternalMessage
from ticketcore.model.tickets import AnyTicket, Channel, InternalTicket, Ticket
from ticketcore.model.time_entries import TimeEntry

T = TypeVar("T")

NOW = datetime(2026, 11, 22, 14, 40, tzinfo=UTC)


ANA = Actor.agent(AgentId("ana"))
MIA = Actor.contact(ContactId("mia"))

_TICKET: dict[str, Any] = {
    "id": "t1",
    "reference": "7QK3M-9XTRC",
    "subject": "Invoice 7",
    "description": "You charged me twice.",
    "status": OPEN,
    "status_changed_at": NOW,
    "created_at": NOW,
    "changed_at": NOW,
}
_ENTRY: dict[str, Any] = {
    "id": "e1",
    "ticket": "t1",
    "position": 1,
    "at": NOW,
    "author_name": "Mia",
    "text": "You charged me twice.",
    "source": Channel.EMAIL,
}

_NOTE: dict[str, Any] = {name: value for name, value in _ENTRY.items() if name != "source"} | {"author": ANA}


def made(kind: type[T], bare: dict[str, Any], fields: dict[str, Any]) -> T:
    """A record of that kind."""
    return kind(**(bare | fields))


def ticket(**fields: Any) -> Ticket:
    """A customer's ticket."""
    return made(Ticket, _TICKET | {"source": Channel.EMAIL, "requesters": ("mia",), "public_changed_at": NOW}, fields)


def internal_ticket(**fields: Any) -> InternalTicket:
    """An internal ticket."""
    return made(InternalTicket, _TICKET | {"raised_by": "ana"}, fields)


def contact(**fields: Any) -> Contact:
    """A contact."""
    return made(Contact, {"id": "mia", "visitor": "visitor 1", "created_at": NOW}, fields)


def company(**fields: Any) -> Company:
    """A company."""
    return made(Company, {"id": "acme", "name": "Acme", "created_at": NOW}, fields)


def agent(**fields: Any) -> Agent:
    """An agent."""
    return made(Agent, {"id": "ana", "name": "Ana Novak", "public_name": "Ana", "created_at": NOW}, fields)


def department(**fields: Any) -> Department:
    """A department."""
    return made(Department, {"id": "billing", "name": "Billing", "created_at": NOW}, fields)


def calendar(**fields: Any) -> Calendar:
    """A calendar."""
    hours = every(WORKDAYS, ("09:00", "17:00"))
    return made(Calendar, {"id": "office", "name": "Office", "zone": "Europe/Athens", "hours": hours}, fields)


def customer_message(**fields: Any) -> CustomerMessage:
    """A customer's message."""
    return made(CustomerMessage, _ENTRY | {"author": MIA}, fields)


def answer(**fields: Any) -> Answer:
    """An agent's answer."""
    return made(Answer, _ENTRY | {"author": ANA}, fields)


def note(**fields: Any) -> InlineNote:
    """A private note."""
    return made(InlineNote, _NOTE, fields)


def internal_message(**fields: Any) -> InternalMessage:
    """What an agent says to others on a ticket."""
    return made(InternalMessage, _NOTE | {"conversation": "e1"}, fields)


def chat_message(**fields: Any) -> ChatMessage:
    """A message of a chat."""
    return made(ChatMessage, _NOTE | {"id": "m1", "chat": "c1"}, fields)


def ticket_note(**fields: Any) -> TicketNote:
    """A note beside a ticket."""
    bare = {"id": "n1", "ticket": "t1", "text": "", "author": ANA, "created_at": NOW}
    return made(TicketNote, bare | {"changed_by": ANA, "changed_at": NOW}, fields)


def rating(**fields: Any) -> Rating:
    """A rating of a ticket."""
    return made(Rating, {"id": "t1/mia", "ticket": "t1", "contact": "mia", "positive": True, "at": NOW}, fields)


def time_entry(**fields: Any) -> TimeEntry:
    """Some time that an agent spent on a ticket."""
    bare = {"id": "s1", "ticket": "t1", "agent": "ana", "began": NOW, "duration": timedelta(hours=1), "logged_at": NOW}
    return made(TimeEntry, bare | {"billable": True, "by_hand": True, "changed_by": ANA}, fields)


def getter(*records: Any) -> Getter:
    """The way to these records, and to no others."""
    by_key = {(_KINDS[type(record)].name, record.id): record for record in records}

    def get(kind: Kind[T], id_: str, /) -> T | None:
        return by_key.get((kind.name, id_))

    return get


_KINDS: dict[type, Kind[Any]] = {
    Contact: CONTACTS,
    Company: COMPANIES,
    Agent: AGENTS,
    Department: DEPARTMENTS,
    Calendar: CALENDARS,
    CustomerMessage: ENTRIES,
}


def facts(record: AnyTicket | None = None, *known: Any, **more: Any) -> TicketFacts:
    """Facts about a ticket, with the records that it names."""
    return TicketFacts(record or ticket(), **{"now": NOW, "get": getter(*known), **more})


def event_facts(record: AnyTicket | None = None, *known: Any, **more: Any) -> EventFacts:
    """Facts about a ticket to which something has just happened."""
    return EventFacts(record or ticket(), **{"now": NOW, "get": getter(*known), **more})
