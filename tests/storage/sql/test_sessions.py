"""Sessions ask as little as they need: what nobody else can change any more is not compared again."""

import attrs
import pytest
from sqlalchemy import event

from tests.storage.sql.databases import DATABASES, SQLITE, a_storage
from ticketcore.conformance.records import contact
from ticketcore.errors import StaleRecord
from ticketcore.model.keys import NaturalKey
from ticketcore.model.kinds import CONTACTS, TIMER_TURNS
from ticketcore.storage.protocols import Changes, Key, Put, Reading

MIA, BEN, TURN = Key(CONTACTS, "mia"), Key(CONTACTS, "ben"), Key(TIMER_TURNS, "ana")
NOTHING_CHANGED = [Reading(MIA, 1), Reading(BEN, None)]


def write(storage, record, expected=None):
    """Stores a contact."""
    with storage.session() as session:
        session.apply(Changes([Put(CONTACTS, record, expected)]))


def mia(**fields):
    """Mia, as she is stored."""
    return contact(id="mia", **fields)


def added():
    """A record that is new, so that there is something to write."""
    return Put(TIMER_TURNS, NaturalKey(id="x", holder="y"), None)


@pytest.mark.parametrize("database", DATABASES)
@pytest.mark.parametrize(
    ("meanwhile", "expected", "stale"),
    [(mia(name="Mia B", version=2), 1, "mia"), (contact(id="ben"), None, "ben")],
    ids=["changed", "added"],
)
def test_what_was_read_before_a_lock_is_compared(database, meanwhile, expected, stale):
    """What somebody changed or added between a reading and the lock is told when the changes are made."""
    storage = a_storage(database)
    write(storage, mia())
    with storage.session() as session:
        session.get([MIA, BEN])
        write(storage, meanwhile, expected)
        session.get([TURN])
        with pytest.raises(StaleRecord) as caught:
            session.apply(Changes([added()], readings=NOTHING_CHANGED))

    assert caught.value.id == stale


@pytest.mark.parametrize("database", DATABASES)
@pytest.mark.parametrize("order", [[MIA, BEN, TURN], [TURN, MIA, BEN]], ids=["before", "under the lock"])
def test_what_nobody_changed_is_no_hindrance(database, order):
    """What is as it was read, whether before or under the lock, lets the changes be made."""
    storage = a_storage(database)
    write(storage, mia())
    with storage.session() as session:
        for key in order:
            session.get([key])
        session.apply(Changes([added()], readings=NOTHING_CHANGED))
    with storage.session() as session:
        assert session.get([Key(TIMER_TURNS, "x")])


def test_readings_under_the_lock_are_compared_on_the_way():
    """Where there is one writer at a time, getting a locked record looks at what was read before: nothing else must."""
    storage, said = a_storage(SQLITE), []
    write(storage, mia())

    def note(*asked):
        said.append(asked[2])

    event.listen(storage.engine, "before_cursor_execute", note)
    with storage.session() as session:
        session.get([MIA, BEN])
        session.get([TURN])
        session.apply(Changes([added()], readings=NOTHING_CHANGED))
    event.remove(storage.engine, "before_cursor_execute", note)

    assert [it.partition(" ")[0] for it in said] == ["SELECT", "BEGIN", "SELECT", "INSERT", "COMMIT"]


def test_records_that_were_read_before_are_the_same_values():
    """A document that says the same is not read again: records are values."""
    storage = a_storage(SQLITE)
    write(storage, mia())

    def read():
        with storage.session() as session:
            return session.get([MIA])[MIA]

    first = read()
    assert read() is first
    write(storage, mia(name="Mia B", version=2), 1)
    assert read() == attrs.evolve(first, name="Mia B", version=2)
