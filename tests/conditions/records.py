"""Records and facts for the tests of conditions: bare ones, of which a test says only what it is about."""

from datetime import UTC, datetime
from typing import Any

from ticketcore.conditions import EventFacts, TicketFacts
from ticketcore.conditions.facts import Getter
from ticketcore.model.actors import Actor
from ticketcore.model.departments import Department
from ticketcore.model.kinds import AGENTS, COMPANIES, CONTACTS, DEPARTMENTS
from ticketcore.model.lifecycle import OPEN
from ticketcore.model.people import Agent, Company, Contact
from ticketcore.model.thread import Answer, CustomerMessage
from ticketcore.model.tickets import Channel, InternalTicket, Ticket

NOW = datetime(2026, 11, 22, 14, 40, tzinfo=UTC)


def ticket(**fields: Any) -> Ticket:
    """A customer's ticket."""
    bare = {"source": Channel.EMAIL, "requesters": ("mia",), "public_changed_at": NOW}
    return Ticket(**(_ticket_fields() | bare | fields))


def internal_ticket(**fields: Any) -> InternalTicket:
    """An internal ticket."""
    return InternalTicket(**(_ticket_fields() | {"raised_by": "ana"} | fields))


def _ticket_fields() -> dict[str, Any]:
    return {
        "id": "t1",
        "reference": "7QK3M-9XTRC",
        "subject": "Invoice 7",
        "description": "You charged me twice.",
        "status": OPEN,
        "status_changed_at": NOW,
        "created_at": NOW,
        "changed_at": NOW,
    }


def contact(**fields: Any) -> Contact:
    """A contact."""
    return Contact(**({"id": "mia", "visitor": "visitor 1", "created_at": NOW} | fields))


def company(**fields: Any) -> Company:
    """A company."""
    return Company(**({"id": "acme", "name": "Acme", "created_at": NOW} | fields))


def agent(**fields: Any) -> Agent:
    """An agent."""
    return Agent(**({"id": "ana", "name": "Ana Novak", "public_name": "Ana", "created_at": NOW} | fields))


def department(**fields: Any) -> Department:
    """A department."""
    return Department(**({"id": "billing", "name": "Billing", "created_at": NOW} | fields))


def customer_message(**fields: Any) -> CustomerMessage:
    """A customer's message."""
    return CustomerMessage(**(_entry_fields() | {"author": Actor.contact("mia"), "source": Channel.EMAIL} | fields))


def answer(**fields: Any) -> Answer:
    """An agent's answer."""
    return Answer(**(_entry_fields() | {"author": Actor.agent("ana"), "source": Channel.EMAIL} | fields))


def _entry_fields() -> dict[str, Any]:
    return {"id": "e1", "ticket": "t1", "position": 1, "at": NOW, "author_name": "Mia", "text": "You charged me twice."}


def getter(*records: Any) -> Getter:
    """The way to these records, and to no others."""
    kinds = {Contact: CONTACTS, Company: COMPANIES, Agent: AGENTS, Department: DEPARTMENTS}
    by_key = {(kinds[type(record)].name, record.id): record for record in records}
    return lambda kind, id_: by_key.get((kind.name, id_))


def facts(record: Any = None, *known: Any, **more: Any) -> TicketFacts:
    """Facts about a ticket, with the records that it names."""
    return TicketFacts(ticket() if record is None else record, **({"now": NOW, "get": getter(*known)} | more))


def event_facts(record: Any = None, *known: Any, **more: Any) -> EventFacts:
    """Facts about a ticket to which something has just happened."""
    return EventFacts(ticket() if record is None else record, **({"now": NOW, "get": getter(*known)} | more))
