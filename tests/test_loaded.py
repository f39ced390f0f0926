"""What a unit of work has loaded, and what it finds missing."""

from datetime import UTC, datetime

import attrs
import pytest

from ticketcore._loaded import CountWanted, FindWanted, Loaded, NotLoaded
from ticketcore.model.departments import Department
from ticketcore.model.ids import DepartmentId
from ticketcore.model.kinds import DEPARTMENTS, ENTRIES, PRESENCES
from ticketcore.query import Page, Query
from ticketcore.storage.protocols import Key, Reading

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
BILLING = Department(id=DepartmentId("billing"), name="Billing", created_at=NOW, version=3)
KEY = Key(DEPARTMENTS, BILLING.id)
MISSING = Key(ENTRIES, "missing")


def test_record_that_was_not_loaded_is_asked_for():
    """Of what was never looked at, nothing is known, not even that it is not there; the error says what to load."""
    loaded = Loaded({})

    with pytest.raises(NotLoaded) as missing:
        loaded.record(*KEY)

    assert missing.value.wanted == (KEY,)
    assert not loaded.knows(*KEY)
    assert loaded.record_if_known(*KEY) is None


def test_absence_is_known_once_it_was_looked_for():
    """A key that was looked up in vain is known to have no record."""
    loaded = Loaded({})
    loaded.take_records([KEY, MISSING], {KEY: BILLING})

    assert loaded.record(*KEY) is BILLING
    assert loaded.record(*MISSING) is None
    assert loaded.knows(*MISSING)


def test_records_of_a_page_are_known():
    """What came with a page need not be loaded once more."""
    loaded, question = Loaded({}), FindWanted(Query(DEPARTMENTS))
    loaded.take_answer(question, Page((BILLING,)))

    assert loaded.page(question.query).items == (BILLING,)
    assert loaded.record(*KEY) is loaded.record_if_known(*KEY) is BILLING
    assert loaded.knows(*KEY)


def test_record_got_by_its_key_goes_before_that_of_a_page():
    """A record by its key may have been read under lock: the page's is older, if they differ."""
    loaded, older = Loaded({}), attrs.evolve(BILLING, version=2)
    loaded.take_answer(FindWanted(Query(DEPARTMENTS)), Page((older,)))
    loaded.take_records([KEY], {KEY: BILLING})

    assert loaded.record(*KEY) is loaded.record_if_known(*KEY) is BILLING


def test_question_that_was_not_asked_is_asked():
    """An answer is known to the very same question alone."""
    loaded, question = Loaded({}), CountWanted(Query(DEPARTMENTS))
    loaded.take_answer(FindWanted(Query(DEPARTMENTS)), Page(()))

    with pytest.raises(NotLoaded) as missing:
        loaded.answer(question)

    assert missing.value.wanted == (question,)
    assert loaded.has_page(Query(DEPARTMENTS))
    assert not loaded.has_page(Query(PRESENCES))


def test_readings_bind_what_was_got_by_key_and_not_changed():
    """
    A commit rests on the version of what was only read, absences included.

    It does not rest on configuration, which has its revisions, nor on who is there.
    """
    read, changed, present = Key(ENTRIES, "read"), Key(ENTRIES, "changed"), Key(PRESENCES, "ana")
    loaded = Loaded({})
    loaded.take_records([MISSING, read, changed, present, KEY], {KEY: BILLING})

    assert [*loaded.readings({changed.kind: {changed.id}})] == [Reading(MISSING, None), Reading(read, None)]
