from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketcore.business_time import Span
from ticketcore.business_time.spans import merged, stretches, within, without
from ticketcore.errors import InvalidInput

START = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)

marks = st.integers(0, 12).map(lambda it: START + it * HOUR)
several = st.lists(st.tuples(marks, marks), max_size=6)


def hours(stretches):
    """The hours that stretches cover."""
    return {START + it * HOUR for it in range(13) for first, end in stretches if first <= START + it * HOUR < end}


@given(several)
def test_merged_stretches_cover_the_same_apart(given):
    """Merging changes nothing but that stretches are in order, not empty, and do not even touch."""
    found = merged(given)
    edges = [edge for it in found for edge in it]

    assert hours(found) == hours(given)
    assert edges == sorted(set(edges))


@given(several, several)
def test_gaps_are_taken_out(whole, gaps):
    """What is left is what the whole covers and the gaps do not."""
    found = [*without(merged(whole), merged(gaps))]

    assert hours(found) == hours(whole) - hours(gaps)
    assert all(start < end for start, end in found)


@given(several, marks, marks)
def test_within_bounds_is_what_lies_there(whole, start, end):
    """Only what lies between two instants is left, and nothing where the second is not later."""
    assert hours([*within(merged(whole), start, end)]) == {it for it in hours(whole) if start <= it < end}


def test_spans_may_be_of_several_zones():
    """Spans are compared as instants, whatever their zones; one that ends before it starts is empty."""
    athens = START.astimezone(datetime.strptime("+0200", "%z").tzinfo)

    assert stretches([Span(athens, START + HOUR), Span(START + HOUR, START)]) == [(START, START + HOUR)]
    assert Span(START, START + HOUR).length == HOUR
    assert Span(START + HOUR, START).length == 0 * HOUR


def test_both_ends_need_a_zone():
    """A span without zones is refused, with both of its faults."""
    with pytest.raises(InvalidInput) as refused:
        Span(START.replace(tzinfo=None), None)

    assert [it.path for it in refused.value.faults] == ["start", "end"]
