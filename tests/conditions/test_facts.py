import pytest

from ticketcore.conditions import (
    AgentFacts,
    CompanyFacts,
    ContactFacts,
    DepartmentFacts,
    EntryFacts,
    EventFacts,
    RecordFacts,
    TicketFacts,
    facts_of,
)
from ticketcore.conformance import records
from ticketcore.conformance.records import NOW
from ticketcore.model.ids import AgentId
from ticketcore.model.kinds import (
    AGENTS,
    COMPANIES,
    CONTACTS,
    DEPARTMENTS,
    ENTRIES,
    RATINGS,
    TICKETS,
)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (TICKETS, TicketFacts),
        (ENTRIES, EntryFacts),
        (CONTACTS, ContactFacts),
        (COMPANIES, CompanyFacts),
        (AGENTS, AgentFacts),
        (DEPARTMENTS, DepartmentFacts),
        (RATINGS, RecordFacts),
    ],
)
def test_every_kind_has_its_facts(kind, expected):
    """Storages get the right facts for any kind, also for one that the language does not know."""
    record = object()

    facts = facts_of(kind, record, NOW, viewer=AgentId("ana"))

    assert type(facts) is expected
    assert (facts.record, facts.now, facts.viewer) == (record, NOW, "ana")


def test_facts_without_a_getter_find_nothing():
    """Whoever gives no way to other records is told that there are none."""
    assert TicketFacts(records.ticket()).get(CONTACTS, "mia") is None


def test_event_facts_are_ticket_facts():
    """What is asked of tickets can be asked of a ticket to which something has just happened."""
    facts = EventFacts(records.ticket(), queue_length=3)

    assert isinstance(facts, TicketFacts)
    assert (facts.event, facts.message, facts.queue_length) == (None, None, 3)
