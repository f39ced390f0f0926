"""Conditions in SQL answer as the plain walk does: the storage's own promise, on both databases."""

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.storage.sql.databases import DATABASES, SQLITE, a_storage
from ticketcore.conditions import EventF
from ticketcore.conditions.fields import SetField
from ticketcore.conditions.operators import Operator
from ticketcore.conditions.vocabulary import EVENT_VOCABULARY
from ticketcore.conformance import conditions as strategies
from ticketcore.conformance.records import NOW, getter, ticket
from ticketcore.errors import InvalidInput
from ticketcore.model.kinds import TICKETS
from ticketcore.query import Query
from ticketcore.serialization import Codec
from ticketcore.storage.protocols import Changes, Put

CODEC = Codec()
REFUSED = {Operator.IN_BUSINESS_HOURS}
"""What no database can tell."""


def put(storage, *records):
    """Stores new records."""
    with storage.session() as session:
        session.apply(Changes([Put(CODEC.kind_of(record), record, None) for record in records]))


def numbered(records):
    """Records with ids of their own."""
    return [attrs.evolve(record, id=f"r{number:02}") for number, record in enumerate(records)]


def unlike(records):
    """Records of which no two have one kind and id."""
    return list({(type(record), record.id): record for record in records}.values())


tickets = st.lists(strategies.tickets | strategies.internal_tickets, min_size=1, max_size=6).map(numbered)


@pytest.mark.parametrize("database", DATABASES)
@settings(max_examples=25)
@given(
    records=tickets,
    known=strategies._known.map(unlike),
    conditions=st.lists(strategies.conditions(without=REFUSED), min_size=1, max_size=8),
    viewer=st.none() | strategies.ids,
)
def test_conditions_on_tickets_answer_as_the_plain_walk(database, records, known, conditions, viewer):
    """Whatever is asked of tickets, and of what they name, SQL finds those of which it holds."""
    storage = a_storage(database)
    put(storage, *records, *known)
    get = getter(*known)
    with storage.session() as session:
        for condition in conditions:
            query = Query(TICKETS, condition, viewer=viewer)
            assert session.find(query, now=NOW) == query.run(records, now=NOW, get=get), condition
            assert session.count(query, now=NOW) == len(query.run(records, now=NOW, get=get).items), condition


@pytest.mark.parametrize("name", EVENT_VOCABULARY.fields)
def test_every_field_can_be_asked_of_tickets_that_are_stored(name):
    """Whatever the library knows to ask of an event can be asked in SQL: what has happened is missing there."""
    field = EVENT_VOCABULARY.fields[name]
    operator = Operator.IS_EMPTY if isinstance(field, SetField) else Operator.IS_SET
    storage, record, query = a_storage(SQLITE), ticket(), Query(TICKETS, field.compare(operator, None))
    put(storage, record)
    with storage.session() as session:
        assert session.find(query, now=NOW) == query.run([record], now=NOW, get=getter())


def test_business_hours_are_asked_of_events_only():
    """A stored query that asks for business hours is refused, because no database knows calendars."""
    query = Query(TICKETS, EventF.created_at.in_business_hours("office"))
    with a_storage(SQLITE).session() as session, pytest.raises(InvalidInput, match="in business hours"):
        session.find(query, now=NOW)
