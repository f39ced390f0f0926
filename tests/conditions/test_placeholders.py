from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from ticketcore.conditions import (
    NOW,
    ConditionError,
    ContactFacts,
    F,
    Moment,
    Placeholder,
    ago,
    ahead,
    current_agent,
    ticket_assignee,
    ticket_requester,
)
from ticketcore.conditions.placeholders import NOBODY, day
from ticketcore.conformance.records import contact, facts, ticket

TIME = datetime(2026, 3, 31, 12, tzinfo=UTC)
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
UNTYPED: Any = ago  # as whoever has no type checker calls it


def test_current_agent_is_the_viewer():
    """What is "mine" is that of whoever is looking."""
    assert current_agent.value(facts(viewer="ana")) == "ana"


def test_parts_of_the_ticket_are_found_in_it():
    """The assignee and the main requester are those of the ticket that is asked."""
    known = facts(ticket(assignee="ana", requesters=("mia", "tom")))

    assert (ticket_assignee.value(known), ticket_requester.value(known)) == ("ana", "mia")


@pytest.mark.parametrize("placeholder", [current_agent, ticket_assignee, ticket_requester])
def test_part_that_nobody_plays_equals_nothing(placeholder):
    """Where nobody plays the part, no value is equal to it, not even a missing one."""
    assert placeholder.value(ContactFacts(contact())) is NOBODY
    assert not (F.assignee == placeholder).holds(facts(ticket(assignee=None, requesters=())))


def test_unknown_part_is_refused():
    """A placeholder is one of those that there are."""
    with pytest.raises(ConditionError, match="current_agent, ticket_assignee or ticket_requester"):
        Placeholder("the boss")


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (NOW, TIME),
        (ago(days=3), datetime(2026, 3, 28, 12, tzinfo=UTC)),
        (ago(timedelta(hours=13)), datetime(2026, 3, 30, 23, tzinfo=UTC)),
        (ago(months=1), datetime(2026, 2, 28, 12, tzinfo=UTC)),
        (ago(relativedelta(years=1, days=1)), datetime(2025, 3, 30, 12, tzinfo=UTC)),
        (ahead(weeks=2), datetime(2026, 4, 14, 12, tzinfo=UTC)),
        (ahead(months=3), datetime(2026, 6, 30, 12, tzinfo=UTC)),
        (ahead(timedelta()), TIME),
    ],
)
def test_moment_moves_with_now(moment, expected):
    """A moment is reckoned from now: months by the calendar, all else by the clock."""
    assert moment.at(TIME) == expected


def test_moment_is_reckoned_in_utc():
    """A day ago is 24 hours ago, also where a clock was put forward meanwhile."""
    now = datetime(2026, 3, 29, 12, tzinfo=ZoneInfo("Europe/Athens"))

    assert now.astimezone(UTC) - ago(days=1).at(now) == timedelta(hours=24)


@pytest.mark.parametrize(("moment", "end"), [(ago(years=9000), FIRST), (ahead(years=9000), LAST)])
def test_moment_beyond_the_calendar_is_its_end(moment, end):
    """However long a duration, asking it raises nothing."""
    assert moment.at(TIME) == end


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (NOW, "now"),
        (ago(days=1), "1 day ago"),
        (ago(months=14, hours=3), "1 year 2 months 3 hours ago"),
        (ahead(minutes=90), "in 1 hour 30 minutes"),
        (ahead(microseconds=5), "in 5 microseconds"),
    ],
)
def test_moment_reads_as_people_say_it(moment, text):
    """A moment is written in the units that people use."""
    assert str(moment) == text


@pytest.mark.parametrize(
    "make",
    [
        ago,
        lambda: UNTYPED(3),
        lambda: ago(timedelta(-1)),
        lambda: ahead(relativedelta(months=-1)),
        lambda: ago(relativedelta(hour=0)),
        lambda: ago(relativedelta(leapdays=1)),
        lambda: ago(days=-1),
        lambda: UNTYPED(days=1.5),
        lambda: ago(days=True),
        lambda: ago(fortnights=1),
        lambda: ago(timedelta(1), days=1),
        lambda: ago(years=20_000),
        lambda: ago(hours=10**20),
        lambda: Moment(1, timedelta(-1)),
        lambda: Moment(-1, timedelta(1)),
    ],
)
def test_what_is_no_duration_is_refused(make):
    """A duration is a length of time: not negative, not absolute, in units that there are."""
    with pytest.raises(ConditionError, match=r"timedelta|one direction"):
        make()


def test_moment_needs_to_know_the_time():
    """Facts that do not say what time it is cannot answer a relative time, and say so."""
    with pytest.raises(ConditionError, match="what time it is"):
        ago(days=1).value(facts(now=None))


@given(st.integers(0, 2**31).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
@pytest.mark.parametrize("zone", ["UTC", "Europe/Athens", "Pacific/Apia", "Africa/Cairo", "America/Havana"])
def test_day_is_when_the_date_there_is_the_same(zone, now):
    """A day begins and ends where the date of the place changes, whatever its clocks do."""
    first, end = day(now, zone)

    dates = {
        instant.astimezone(ZoneInfo(zone)).date() == now.astimezone(ZoneInfo(zone)).date()
        for instant in (first, now, end - timedelta(microseconds=1))
    }
    outside = {
        instant.astimezone(ZoneInfo(zone)).date() == now.astimezone(ZoneInfo(zone)).date()
        for instant in (first - timedelta(microseconds=1), end)
    }
    assert (dates, outside) == ({True}, {False})
