"""What the tests of eight help desks and calendars say of business time, asked of ours."""

from datetime import date, datetime, timedelta

import pytest

from tests.vectors.reading import differences, vectors
from ticketcore.business_time import Boundary, Calendar, DateHours, Holiday, Hours, Span, Weekday

COUNTS = (32, 23)
"""How many deadlines there are, and how many spans; none differs."""

PAGE = "business_time.json"
DAYS = dict(zip(["mon", "tue", "wed", "thu", "fri", "sat", "sun"], Weekday, strict=True))
BOUNDARIES = {"close": Boundary.CLOSING, "next_open": Boundary.NEXT_OPENING}


def calendar(name, boundary=Boundary.CLOSING):
    """Their calendar as one of ours."""
    theirs = vectors("calendars", PAGE)[name]
    breaks = theirs.get("breaks", {})
    once = [Holiday(date.fromisoformat(day)) for day in theirs.get("holidays", ())]
    yearly = [
        Holiday(date.fromisoformat(f"2000-{day}"), every="FREQ=YEARLY") for day in theirs.get("yearly_holidays", ())
    ]
    return Calendar(
        id=name,
        name=name,
        zone=theirs["tz"],
        hours=[Hours(DAYS[day], *hours) for day, several in theirs["hours"].items() for hours in several],
        breaks=[DateHours(date.fromisoformat(day), *hours) for day, several in breaks.items() for hours in several],
        holidays=[*once, *yearly],
        boundary=boundary,
    )


def pauses(vector):
    """Their spans that do not count as ours."""
    return [Span(*map(datetime.fromisoformat, span)) for span in vector.get("pauses", ())]


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("vector", vectors("deadlines", PAGE))
def test_deadlines_are_theirs(vector, boundary):
    """A budget ends when theirs does, in both modes: by closing, and by the next opening."""
    other = vector["boundary"] not in ("either", boundary)
    expected = vector["other_boundary_gives" if other else "expected"]
    start, budget = datetime.fromisoformat(vector["start"]), timedelta(seconds=vector["add_seconds"])

    ours = calendar(vector["calendar"], BOUNDARIES[boundary])

    assert ours.add(start, budget, pauses=pauses(vector)) == datetime.fromisoformat(expected)
    assert ours.between(start, datetime.fromisoformat(expected), pauses=pauses(vector)) == budget


@pytest.mark.parametrize("vector", vectors("elapsed", PAGE))
def test_elapsed_time_is_theirs(vector):
    """As much business time lies between two instants as with them."""
    start, end = (datetime.fromisoformat(vector[name]) for name in ("start", "end"))

    counted = calendar(vector["calendar"]).explain(start, end, pauses=pauses(vector))

    assert calendar(vector["calendar"]).between(start, end, pauses=pauses(vector)) == counted.total
    assert counted.total == timedelta(seconds=vector["expected_seconds"])


def test_no_vector_differs():
    """All of them pass, as many as there are."""
    assert (len(vectors("deadlines", PAGE)), len(vectors("elapsed", PAGE))) == COUNTS
    assert differences("deadlines") == differences("elapsed") == {}
