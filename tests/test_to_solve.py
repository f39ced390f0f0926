from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import START
from ticketcore.conditions import TicketFacts, compile_condition
from ticketcore.configuration import Setup
from ticketcore.conformance.records import ticket
from ticketcore.errors import InvalidInput
from ticketcore.model.kinds import TICKETS
from ticketcore.model.lifecycle import ANSWERED, CLOSED, NEW, OPEN, POSTPONED
from ticketcore.model.tickets import Priority
from ticketcore.query import Order, Query
from ticketcore.to_solve import BY_IMPORTANCE, waits_for

HOURS = st.integers(-3, 3).map(lambda hours: START + timedelta(hours=hours))

TICKETS_THERE_ARE = st.lists(
    st.builds(
        ticket,
        id=st.uuids().map(str),
        status=st.sampled_from([NEW, OPEN, ANSWERED, POSTPONED, CLOSED]),
        assignee=st.sampled_from(["ana", "dora", None]),
        department=st.sampled_from(["billing", "legal", None]),
        due_at=HOURS | st.none(),
        priority=st.sampled_from(Priority),
        waiting_since=HOURS,
    ),
    max_size=8,
    unique_by=lambda it: it.id,
)


@given(TICKETS_THERE_ARE)
def test_the_most_important_comes_first(tickets):
    """What is due first comes first; of what is due at once the urgent; of those what has waited longest."""
    ordered = Query(TICKETS, order=BY_IMPORTANCE).run(tickets, now=START, get=lambda *_: None).items

    for one, next_one in pairwise(ordered):
        if one.due_at is None or next_one.due_at is None:
            assert next_one.due_at is None
        elif one.due_at == next_one.due_at:
            assert (-one.priority, one.waiting_since) <= (-next_one.priority, next_one.waiting_since)
        else:
            assert one.due_at < next_one.due_at


@given(TICKETS_THERE_ARE, st.sets(st.sampled_from(["billing", "legal"])) | st.none(), st.data())
def test_what_waits_for_an_agent(tickets, departments, data):
    """An agent is to solve what waits, is theirs or nobody's, in these departments, and was not skipped."""
    skipped = data.draw(st.sets(st.sampled_from(tickets).map(lambda it: it.id))) if tickets else set()
    waits = compile_condition(waits_for("ana", departments, skipped))

    for it in tickets:
        expected = it.status in {NEW, OPEN} and it.assignee in {"ana", None} and it.id not in skipped
        expected = expected and (departments is None or it.department in departments)
        assert waits(TicketFacts(it, now=START)) is expected


@pytest.mark.parametrize("order", [(), "due_at", ["due_at"], None, Order("due_at")])
def test_an_order_is_made_of_criteria(order):
    """A setup whose order is none is refused, and told what one looks like."""
    with pytest.raises(InvalidInput) as caught:
        Setup(to_solve=order)
    assert [it.path for it in caught.value.faults] == ["to_solve"]
