"""Questions are put into the database's words once, and are answered anew each time that they are asked."""

from datetime import timedelta
from itertools import pairwise

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.storage.sql.databases import DATABASES, SQLITE, a_storage
from tests.storage.sql.test_conditions import REFUSED, put, tickets
from ticketcore import F, Priority
from ticketcore.conditions import ago, current_agent
from ticketcore.conformance import conditions as strategies
from ticketcore.conformance.records import NOW, getter, ticket
from ticketcore.model.kinds import TICKETS
from ticketcore.query import Cursor, Order, Query

BY_TIME = (Order("created_at", descending=True), Order("due_at"))


@pytest.mark.parametrize("database", DATABASES)
@settings(max_examples=20)
@given(
    records=tickets,
    conditions=st.lists(strategies.conditions(without=REFUSED), min_size=1, max_size=4),
    viewers=st.lists(st.none() | strategies.ids, min_size=2, max_size=3),
    apart=st.timedeltas(timedelta(0), timedelta(days=400)),
)
def test_what_was_asked_before_is_answered_anew(database, records, conditions, viewers, apart):
    """Whoever asks the same, at whatever time, is answered as the plain walk answers."""
    storage, get = a_storage(database), getter()
    put(storage, *records)
    with storage.session() as session:
        for condition in conditions:
            for number, viewer in enumerate(viewers):
                query, now = Query(TICKETS, condition, viewer=viewer), NOW + number * apart
                wanted = query.run(records, now=now, get=get)
                assert session.find(query, now=now) == wanted, condition
                assert session.count(query, now=now) == len(wanted.items), condition


@pytest.mark.parametrize("database", DATABASES)
@settings(max_examples=20)
@given(records=tickets)
def test_every_page_is_what_follows_its_cursor(database, records):
    """However many pages are asked for in the same words, each begins where the one before ended."""
    storage, query = a_storage(database), Query(TICKETS, order=BY_TIME, limit=1)
    put(storage, *records)
    found, after = [], None
    with storage.session() as session:
        for _ in records:
            page = session.find(attrs.evolve(query, after=after), now=NOW)
            found += page.items
            after = page.next

    assert after is None
    assert found == query.sorted(records)


ALIKE = [
    Query(TICKETS, (F.assignee == current_agent) & (F.created_at > ago(hours=4)), BY_TIME, 10, viewer="ana"),
    Query(TICKETS, (F.assignee == current_agent) & (F.created_at > ago(hours=4)), BY_TIME, 10, viewer="ben"),
]
UNLIKE = [
    Query(TICKETS),
    Query(TICKETS, limit=10),
    Query(TICKETS, viewer="ana"),
    Query(TICKETS, order=(Order("due_at"),)),
    Query(TICKETS, order=(Order("due_at"),), after=Cursor((NOW,), "t1")),
    Query(TICKETS, order=(Order("due_at"),), after=Cursor((None,), "t1")),
    Query(TICKETS, F.priority == Priority.HIGH),
    Query(TICKETS, F.priority == Priority.LOW),
]


def test_questions_that_differ_in_values_have_the_same_words():
    """Whom it is asked for, and behind which record, is filled in: nothing is translated again."""
    questions = a_storage(SQLITE)._questions
    one, other = ALIKE
    behind = [attrs.evolve(one, after=one.place(ticket(id=id, due_at=NOW))) for id in ("t1", "t2")]

    assert questions.page(one) is questions.page(other)
    assert questions.page(behind[0]) is questions.page(behind[1])


def test_questions_that_differ_in_more_have_words_of_their_own():
    """Another condition, order or limit, a viewer where there was none, a cursor: each is another question."""
    questions = a_storage(SQLITE)._questions

    worded = [questions.page(query) for query in UNLIKE]

    assert all(one is not other for one, other in pairwise(worded))
    assert len({id(it) for it in worded}) == len(UNLIKE)
    assert questions.count(UNLIKE[0]) is not questions.page(UNLIKE[0])
