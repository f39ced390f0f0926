import pickle
from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.business_time.oracle import Oracle
from tests.business_time.strategies import questions
from tests.threads import at_once
from ticketcore.business_time import (
    ALWAYS_OPEN,
    WORKDAYS,
    Boundary,
    Calendar,
    DateHours,
    Holiday,
    Hours,
    Span,
    Weekday,
    every,
)
from ticketcore.business_time.calendar import KEPT_YEARS
from ticketcore.errors import InvalidInput, OutOfPlace
from ticketcore.model.copying import copy_with

OFFICE = Calendar(
    id="office",
    name="Office",
    zone="Europe/Berlin",
    hours=every(WORKDAYS, ("09:00", "12:00"), ("13:00", "17:00")),
)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
BERLIN = ZoneInfo("Europe/Berlin")


def berlin(*parts):
    """An instant by the clocks of Berlin."""
    return datetime(*parts, tzinfo=BERLIN)


def night_shift(zone="Europe/Berlin", **fields):
    """A calendar whose hours start in the evening of Saturday and end in the morning of Sunday."""
    return Calendar(id="night", name="Night", zone=zone, hours=[Hours(Weekday.SATURDAY, "22:00", "06:00")], **fields)


# The laws.


@settings(max_examples=50)
@given(questions())
def test_all_answers_are_those_of_counting_minutes(question):
    """Whatever a calendar is asked, it answers as if the minutes were counted one by one."""
    oracle = Oracle(question.calendar, question.week, 16, question.pauses)
    answer = oracle.closing if question.calendar.boundary is Boundary.CLOSING else oracle.next_opening
    counted = [(it.start, it.end) for it in question.calendar.explain(question.start, question.end).segments]

    assert question.between() == oracle.between(question.start, question.end)
    assert question.calendar.is_open(question.start, pauses=question.pauses) == oracle.is_open(question.start)
    assert all(question.calendar.is_open(start) and not question.calendar.is_open(end) for start, end in counted[:-1])
    if oracle.reaches(question.start, question.duration):
        assert question.add() == answer(question.start, question.duration)
        opening = question.calendar.next_opening(question.start, pauses=question.pauses)
        assert opening == oracle.next_opening(question.start, 0 * HOUR)


@given(questions())
def test_add_and_between_are_inverse(question):
    """Between an instant and the end of a budget lies the budget, wherever the boundary."""
    assert question.between(end=question.add()) == question.duration


@given(questions(), st.integers(0, 600).map(lambda it: it * MINUTE))
def test_adding_goes_by_steps(question, more):
    """A budget in two parts, one after the other, ends where the whole does."""
    assert question.add(question.add(), more) == question.add(duration=question.duration + more)


@given(questions(), st.integers(0, 6_000).map(lambda it: it * MINUTE))
def test_business_time_adds_up(question, later):
    """The business time of a span is that of its parts."""
    start, middle = sorted((question.start, question.end))

    whole = question.between(start, middle + later)

    assert whole == question.between(start, middle) + question.between(middle, middle + later)


@given(questions(), st.integers(0, 600).map(lambda it: it * MINUTE))
def test_later_never_ends_earlier(question, more):
    """Who starts later, or has more time, is never to be done earlier."""
    assert question.add(question.start + more) >= question.add()
    assert question.add(duration=question.duration + more) >= question.add()


@given(questions())
def test_the_boundary_is_the_first_or_the_last_instant(question):
    """By closing, a budget ends as soon as it has passed; by the next opening, when more than it would pass."""
    first = attrs.evolve(question.calendar, boundary=Boundary.CLOSING)
    last = attrs.evolve(question.calendar, boundary=Boundary.NEXT_OPENING)
    closing, opening = (attrs.evolve(question, calendar=it).add() for it in (first, last))

    assert question.start <= closing <= opening
    assert first.between(closing, opening, pauses=question.pauses) == 0 * HOUR
    assert last.is_open(opening, pauses=question.pauses)
    assert question.duration == 0 * HOUR or first.is_open(closing - MINUTE / 60, pauses=question.pauses)


@given(questions())
def test_what_is_explained_is_what_counts(question):
    """The segments of an explanation are the business time: open, outside pauses, in order and apart."""
    counted = question.calendar.explain(question.start, question.end, pauses=question.pauses)
    edges = [edge for it in counted.segments for edge in (it.start, it.end)]

    assert counted.total == question.between()
    assert edges == sorted(set(edges))


@given(questions())
def test_a_reversed_span_has_no_business_time(question):
    """Time that ends before it starts is none, and nothing of it is explained."""
    start, end = sorted((question.start, question.end))

    assert question.between(end, start) == 0 * HOUR
    assert question.calendar.explain(end, start).segments == ()


@given(questions())
def test_always_open_counts_time_as_it_passes(question):
    """By the calendar that is always open, business time is time."""
    assume(question.start < question.end)

    assert ALWAYS_OPEN.add(question.start, question.duration) == question.start + question.duration
    assert ALWAYS_OPEN.between(question.start, question.end) == question.end - question.start
    assert ALWAYS_OPEN.is_open(question.start)


# Daylight saving.


def test_hours_that_clocks_skip_do_not_count():
    """In the night when clocks are put forward, a shift is an hour shorter."""
    shift = night_shift()

    assert shift.between(berlin(2026, 3, 28, 12), berlin(2026, 3, 29, 12)) == 7 * HOUR
    assert shift.add(berlin(2026, 3, 28, 22), 4 * HOUR) == berlin(2026, 3, 29, 3)


def test_hours_that_clocks_show_twice_count_twice():
    """In the night when clocks are put back, a shift is an hour longer."""
    shift = night_shift()

    assert shift.between(berlin(2026, 10, 24, 12), berlin(2026, 10, 25, 12)) == 9 * HOUR
    assert shift.add(berlin(2026, 10, 24, 22), 5 * HOUR) == datetime(2026, 10, 25, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "counted"),
    [
        ("02:00", "03:00", 0 * HOUR),  # emptied by the gap
        ("02:30", "05:00", 1.5 * HOUR),  # opens at 03:30
        ("01:00", "02:30", 1.5 * HOUR),  # closes at 03:30
        ("02:30", "03:15", 0 * HOUR),  # would close before it opens
    ],
)
def test_a_time_that_clocks_skip_is_an_hour_later(start, end, counted):
    """What opens or closes at a time that there is not does so an hour later; what is emptied by that is dropped."""
    calendar = Calendar(id="c", name="C", zone="Europe/Berlin", hours=[Hours(Weekday.SUNDAY, start, end)])

    assert calendar.between(berlin(2026, 3, 29), berlin(2026, 3, 30)) == counted


@pytest.mark.parametrize(("start", "end", "counted"), [("02:30", "05:00", 3.5 * HOUR), ("01:00", "02:30", 1.5 * HOUR)])
def test_a_time_that_clocks_show_twice_is_the_first(start, end, counted):
    """What opens or closes at a time that there is twice does so when it is first shown."""
    calendar = Calendar(id="c", name="C", zone="Europe/Berlin", hours=[Hours(Weekday.SUNDAY, start, end)])

    assert calendar.between(berlin(2026, 10, 25), berlin(2026, 10, 26)) == counted


def test_clocks_are_put_by_less_than_an_hour_too():
    """On Lord Howe Island clocks are put by half an hour, so a skipped time is half an hour later."""
    calendar = Calendar(id="c", name="C", zone="Australia/Lord_Howe", hours=[Hours(Weekday.SUNDAY, "02:15", "06:00")])
    sunday = datetime(2026, 10, 4, tzinfo=ZoneInfo("Australia/Lord_Howe"))

    assert calendar.next_opening(sunday).astimezone(sunday.tzinfo).strftime("%H:%M") == "02:45"


def test_a_date_that_a_zone_left_out_has_no_hours():
    """When Samoa crossed the date line, there was no Friday; its hours are not those of the Saturday after it."""
    fridays = Calendar(id="c", name="C", zone="Pacific/Apia", hours=[Hours(Weekday.FRIDAY, "09:00", "17:00")])

    counted = fridays.explain(datetime(2011, 12, 22, tzinfo=UTC), datetime(2012, 1, 8, tzinfo=UTC))

    assert [it.start.astimezone(ZoneInfo("Pacific/Apia")).day for it in counted.segments] == [23, 6]


# Hours, exceptions, breaks, holidays.


def test_exceptions_replace_the_hours_of_a_weekday():
    """On a date with hours of its own, those of the weekday do not hold."""
    short = attrs.evolve(OFFICE, exceptions=[DateHours(date(2026, 12, 24), "10:00", "12:00")])

    assert short.between(berlin(2026, 12, 24), berlin(2026, 12, 25)) == 2 * HOUR


def test_breaks_and_holidays_beat_exceptions():
    """What a break or a holiday takes away, no hours give back."""
    on = date(2026, 12, 24)
    short = attrs.evolve(OFFICE, exceptions=[DateHours(on, "10:00", "12:00")], breaks=[DateHours(on, "11:30", "13:30")])

    assert short.between(berlin(2026, 12, 24), berlin(2026, 12, 25)) == 1.5 * HOUR
    assert attrs.evolve(short, holidays=[Holiday(on)]).between(berlin(2026, 12, 24), berlin(2026, 12, 25)) == 0 * HOUR


def test_a_holiday_ends_the_night_shift_before_it():
    """A holiday closes its whole date, also what reaches into it from the evening before."""
    shift = night_shift(holidays=[Holiday(date(2026, 5, 3))])

    assert shift.between(berlin(2026, 5, 2), berlin(2026, 5, 4)) == 2 * HOUR


def test_what_overlaps_counts_once():
    """The hours of a date may overlap with those that reach into it from the evening before."""
    shift = night_shift(exceptions=[DateHours(date(2026, 5, 3), "04:00", "08:00")])

    assert shift.between(berlin(2026, 5, 2), berlin(2026, 5, 4)) == 10 * HOUR


def test_recurring_holidays_are_closed_every_year():
    """A holiday with a rule is closed in every year to come, by date or by Easter."""
    closed = attrs.evolve(
        OFFICE,
        holidays=[
            Holiday(date(2020, 5, 1), "Labour Day", every="FREQ=YEARLY"),
            Holiday(date(2020, 1, 1), "Easter Monday", every="FREQ=YEARLY;BYEASTER=1"),
        ],
    )

    assert not closed.is_open(berlin(2026, 5, 1, 10))
    assert not closed.is_open(berlin(2031, 5, 1, 10))
    assert not closed.is_open(berlin(2026, 4, 6, 10))
    assert closed.is_open(berlin(2026, 5, 4, 10))


def test_opening_time_counts_and_closing_time_does_not():
    """An office that is open from nine to five is closed at five."""
    assert OFFICE.is_open(berlin(2026, 3, 2, 9))
    assert not OFFICE.is_open(berlin(2026, 3, 2, 17))
    assert OFFICE.next_opening(berlin(2026, 3, 2, 17)) == berlin(2026, 3, 3, 9)
    assert OFFICE.next_opening(berlin(2026, 3, 2, 10)) == berlin(2026, 3, 2, 10)


def test_new_year_is_no_boundary():
    """Hours that reach into the next year, by the clock or by UTC, count on both sides."""
    always = Calendar(id="c", name="C", zone="Asia/Tokyo", hours=every(Weekday, ("00:00", "24:00")))
    start, end = datetime(2025, 12, 30, tzinfo=UTC), datetime(2027, 1, 3, tzinfo=UTC)

    assert always.between(start, end) == end - start
    assert always.add(start, end - start) == end
    assert len(always.explain(start, end).segments) == 1


def test_a_pause_at_the_end_of_the_budget_moves_the_next_opening():
    """By the next opening, a budget that is used up when a pause begins ends when time counts again."""
    pauses = [Span(berlin(2026, 3, 2, 11), berlin(2026, 3, 2, 14))]
    rolling = attrs.evolve(OFFICE, boundary=Boundary.NEXT_OPENING)

    assert OFFICE.add(berlin(2026, 3, 2, 9), 2 * HOUR, pauses=pauses) == berlin(2026, 3, 2, 11)
    assert rolling.add(berlin(2026, 3, 2, 9), 2 * HOUR, pauses=pauses) == berlin(2026, 3, 2, 14)


def test_an_explanation_reads_well():
    """It says how much counted by which calendar, from when to when, and which holidays there were."""
    closed = attrs.evolve(OFFICE, holidays=[Holiday(date(2026, 5, 1), "Labour Day")])
    start = berlin(2026, 4, 30, 16)

    counted = closed.explain(start, closed.add(start, 2 * HOUR))

    assert str(counted).splitlines() == [
        "2:00:00 by the calendar 'Office' (Europe/Berlin)",
        "Thu 2026-04-30 16:00:00 to Thu 2026-04-30 17:00:00: 1:00:00",
        "Mon 2026-05-04 09:00:00 to Mon 2026-05-04 10:00:00: 1:00:00",
        "Fri 2026-05-01: closed, Labour Day",
    ]


# What is refused.


def test_all_faults_of_a_calendar_are_named_at_once():
    """A wrong calendar is refused with everything that is wrong with it."""
    with pytest.raises(InvalidInput) as refused:
        Calendar(
            id="c",
            name="",
            zone="Europe/Atlantis",
            hours=[
                Hours(Weekday.SUNDAY, "22:00", "06:00"),
                Hours(Weekday.MONDAY, "05:00", "09:00"),
                Hours(Weekday.TUESDAY, "09:00", "09:00"),
            ],
            exceptions=[DateHours(date(2026, 3, 2), "09:00", "09:00")],
            breaks=[DateHours(date(2026, 3, 2), "09:00", "12:00"), DateHours(date(2026, 3, 2), "11:00", "13:00")],
            boundary="closing",
        )

    assert [it.path for it in refused.value.faults] == [
        "name",
        "zone",
        "boundary",
        "hours[2]",
        "hours[1]",
        "exceptions[0]",
        "breaks[1]",
    ]


@pytest.mark.parametrize("hours", [[], None, ["09:00"], "09:00-17:00"])
def test_a_calendar_without_hours_is_refused(hours):
    """A calendar needs the hours of at least one day of the week, and nothing else in their place."""
    with pytest.raises(InvalidInput, match="hours"):
        Calendar(id="c", name="C", zone="UTC", hours=hours)


@pytest.mark.parametrize("duration", [-MINUTE, timedelta(days=40_000), 5, None])
def test_a_budget_has_bounds(duration):
    """Business time that is added is a length of time, not negative, and at most a hundred years."""
    with pytest.raises(InvalidInput, match="duration"):
        OFFICE.add(berlin(2026, 3, 2), duration)


@pytest.mark.parametrize("instant", [datetime(2026, 3, 2), None, date(2026, 3, 2)])  # noqa: DTZ001 - what is refused
@pytest.mark.parametrize(
    "ask",
    [
        lambda at: OFFICE.add(at, HOUR),
        lambda at: OFFICE.between(at, berlin(2026, 3, 3)),
        lambda at: OFFICE.between(berlin(2026, 3, 3), at),
        OFFICE.is_open,
        OFFICE.next_opening,
        lambda at: OFFICE.explain(at, at),
        lambda at: Span(at, berlin(2026, 3, 3)),
    ],
)
def test_an_instant_has_a_zone(ask, instant):
    """A time without a zone could be any, so it is refused wherever an instant is wanted."""
    with pytest.raises(InvalidInput, match="a datetime with a time zone"):
        ask(instant)


def test_a_calendar_that_never_opens_says_so():
    """Where holidays take away all hours for years, there is no next opening to be looked for."""
    never = night_shift(
        zone="UTC",
        holidays=[Holiday(date(2026, 1, 3), every="FREQ=WEEKLY"), Holiday(date(2026, 1, 4), every="FREQ=WEEKLY")],
    )

    assert not never.is_open(berlin(2026, 3, 7, 23))
    with pytest.raises(OutOfPlace, match="does not open before"):
        never.next_opening(berlin(2026, 3, 2))
    with pytest.raises(OutOfPlace, match="does not open before"):
        never.add(berlin(2026, 3, 2), HOUR)


def test_nothing_is_open_at_the_ends_of_time():
    """In the first and the last year that there are, no date has all its neighbours, so nothing is open."""
    for instant in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        assert not ALWAYS_OPEN.is_open(instant)
    with pytest.raises(OutOfPlace, match="does not open before the year"):
        ALWAYS_OPEN.next_opening(datetime.max.replace(tzinfo=UTC))


def test_an_explanation_may_reach_to_the_ends_of_time():
    """Holidays are told as far as they are known, from whatever instant to whatever other one."""
    recurring = attrs.evolve(OFFICE, zone="Asia/Tokyo", holidays=[Holiday(date(2990, 5, 1), every="FREQ=YEARLY")])
    once = attrs.evolve(recurring, holidays=[Holiday(date(1900, 1, 1), days=2)])

    late = recurring.explain(datetime(2998, 1, 1, tzinfo=UTC), datetime(3002, 1, 1, tzinfo=UTC))
    early = once.explain(datetime(1899, 1, 1, tzinfo=UTC), datetime(1900, 1, 1, 12, tzinfo=UTC))

    assert [it.on.year for it in late.holidays] == [2998, 2999]
    assert [it.on for it in early.holidays] == [date(1900, 1, 1)]
    for end in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        assert once.explain(end, end).segments == recurring.explain(end, end).segments == ()


# What a calendar keeps for itself.


def asked():
    """A calendar like the office that has been asked something."""
    calendar = attrs.evolve(OFFICE)
    assert calendar.is_open(berlin(2026, 3, 2, 10))
    return calendar


def test_what_is_kept_is_no_part_of_the_value():
    """A calendar that was asked something equals one that was not, hashes alike, and leaves its tables behind."""
    fresh = attrs.evolve(OFFICE)

    assert asked() == fresh
    assert hash(asked()) == hash(fresh)
    assert pickle.dumps(asked()) == pickle.dumps(fresh)
    assert pickle.loads(pickle.dumps(asked())) == fresh  # noqa: S301 - our own
    assert "_years" not in vars(copy_with(asked(), name="Shop"))


def test_no_year_is_built_twice():
    """The table of a year is built when it is first asked for, and then kept."""
    calendar = asked()
    table = calendar._year(2026)

    calendar.add(berlin(2026, 3, 2, 10), 100 * HOUR)

    assert calendar._year(2026) is table


def test_what_is_kept_has_a_bound():
    """Whoever asks about ever other years does not fill the memory."""
    calendar = attrs.evolve(OFFICE)
    for year in range(1900, 1900 + 2 * KEPT_YEARS):
        calendar.is_open(datetime(year, 3, 2, tzinfo=UTC))

    assert len(calendar._years) <= KEPT_YEARS


def test_threads_may_ask_at_once():
    """Threads that share a calendar all get the answer that one alone would."""
    calendar = attrs.evolve(OFFICE)
    starts = [berlin(year, 3, 2, 10) for year in range(2020, 2028)]

    got = at_once([partial(calendar.add, start, 3_000 * HOUR) for start in starts])

    assert got == [OFFICE.add(start, 3_000 * HOUR) for start in starts]
