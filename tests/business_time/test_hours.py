from datetime import date
from typing import Any

import pytest

from ticketcore.business_time import WORKDAYS, DateHours, Hours, Weekday, every
from ticketcore.business_time.hours import faults_of_hours
from ticketcore.errors import InvalidInput

ON = date(2026, 3, 2)


def test_the_same_hours_on_several_days_are_written_once():
    """`every` gives each of the days all of the hours, in their order."""
    hours = every(WORKDAYS, ("09:00", "12:00"), ("13:00", "17:00"))

    assert len(hours) == 10
    assert hours[:2] == (Hours(Weekday.MONDAY, "09:00", "12:00"), Hours(Weekday.MONDAY, "13:00", "17:00"))


@pytest.mark.parametrize(
    "time", ["9:00", "09:60", "24:01", "25:00", "0900", "09:00:00", "٠٩:٠٠", " 09:00", "", 9, None]
)
@pytest.mark.parametrize("make", [lambda *times: Hours(Weekday.MONDAY, *times), lambda *times: DateHours(ON, *times)])
def test_a_time_of_day_has_one_form(make, time):
    """A time of day is two digits, a colon and two digits; whatever else comes is refused, at both ends at once."""
    with pytest.raises(InvalidInput) as refused:
        make(time, time)

    assert [it.path for it in refused.value.faults] == ["start", "end"]


def test_only_an_end_can_be_at_twenty_four():
    """The end of a day is 24:00; nothing starts then."""
    assert Hours(Weekday.MONDAY, "00:00", "24:00").end == "24:00"
    with pytest.raises(InvalidInput, match="start"):
        Hours(Weekday.MONDAY, "24:00", "02:00")


@pytest.mark.parametrize(
    ("hours", "faults"),
    [
        ([("09:00", "12:00"), ("12:00", "17:00")], []),
        ([("13:00", "17:00"), ("09:00", "13:30")], ["hours[0]"]),
        ([("09:00", "12:00"), ("09:00", "12:00")], ["hours[1]"]),
        ([("09:00", "18:00"), ("10:00", "11:00"), ("12:00", "13:00")], ["hours[1]", "hours[2]"]),
        ([("20:00", "02:00"), ("22:00", "01:00")], ["hours[1]"]),
        ([("09:00", "09:00")], ["hours[0]"]),
        ([("00:00", "00:00"), ("00:00", "24:00")], ["hours[0]"]),
    ],
)
def test_hours_neither_overlap_nor_are_empty(hours, faults):
    """Hours may touch; what is empty or begins before others have ended is refused, by its place."""
    assert [it.path for it in faults_of_hours(every([Weekday.MONDAY], *hours), (), ())] == faults


def test_hours_that_reach_into_the_next_day_overlap_with_its_hours():
    """A night shift of every day ends before the next day begins."""
    week = every(Weekday, ("09:00", "12:00"), ("22:00", "09:30"))

    assert len(faults_of_hours(week, (), ())) == 7


def test_the_week_is_a_ring():
    """Hours of Sunday night overlap with those of Monday morning."""
    week = (Hours(Weekday.MONDAY, "00:00", "05:00"), Hours(Weekday.SUNDAY, "20:00", "01:00"))

    assert [str(it) for it in faults_of_hours(week, (), ())] == [
        "hours[0]: expected hours that do not overlap with sunday 20:00-01:00, got monday 00:00-05:00"
    ]


def test_hours_of_neighbouring_dates_do_not_overlap():
    """Hours of a date are refused where those of the date before reach into them."""
    dates = (DateHours(date(2026, 3, 3), "05:00", "09:00"), DateHours(ON, "22:00", "06:00"))

    assert [it.path for it in faults_of_hours(every(Weekday, ("09:00", "17:00")), dates, ())] == ["exceptions[0]"]
    assert [it.path for it in faults_of_hours(every(Weekday, ("09:00", "17:00")), (), dates)] == ["breaks[0]"]


def test_hours_that_are_no_pairs_are_refused():
    """Whoever forgets the parentheses around a pair is told what a pair looks like."""
    times: Any = ("09:00", "17:00")

    with pytest.raises(InvalidInput, match=r"every: intervals\[0\]: expected a pair of start and end"):
        every(WORKDAYS, *times)
