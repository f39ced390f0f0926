from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketcore.business_time import Holiday
from ticketcore.errors import InvalidInput

RULES = [
    None,
    "FREQ=YEARLY",
    "FREQ=YEARLY;INTERVAL=2",
    "FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO",
    "FREQ=YEARLY;BYEASTER=-2,1",
    "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=30",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1",
    "FREQ=WEEKLY;BYDAY=SA,SU;UNTIL=20401231",
    "FREQ=YEARLY;BYYEARDAY=1,-1",
    "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;WKST=SU",
]

dates = st.dates(date(2000, 1, 1), date(2035, 12, 31))
holidays = st.builds(Holiday, dates, every=st.sampled_from(RULES), days=st.integers(1, 3))


def test_a_holiday_without_a_rule_is_once():
    """A holiday that does not recur closes its date, and as many after it as it has days."""
    assert [*Holiday(date(2026, 12, 31), days=3).dates(date(2026, 1, 1), date(2027, 1, 1))] == [
        date(2026, 12, 31),
        date(2027, 1, 1),
    ]


@pytest.mark.parametrize(
    ("rule", "on", "year", "expected"),
    [
        ("FREQ=YEARLY", date(2020, 5, 1), 2026, [date(2026, 5, 1)]),
        ("FREQ=YEARLY", date(2020, 2, 29), 2026, []),
        ("FREQ=YEARLY;BYEASTER=-2,1", date(2020, 1, 1), 2026, [date(2026, 4, 3), date(2026, 4, 6)]),
        ("FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO", date(2020, 1, 1), 2026, [date(2026, 5, 25)]),  # Memorial Day
        ("FREQ=YEARLY;UNTIL=20251231", date(2020, 5, 1), 2026, []),
        ("FREQ=YEARLY", date(2027, 5, 1), 2026, []),
    ],
)
def test_a_rule_says_when_a_holiday_recurs(rule, on, year, expected):
    """A rule is one of RFC 5545, and can count days from Easter; before its first date there is no holiday."""
    assert [*Holiday(on, every=rule).dates(date(year, 1, 1), date(year, 12, 31))] == expected


@given(holidays, dates, st.integers(0, 400), st.integers(0, 400))
def test_asking_in_parts_gives_the_same_dates(holiday, first, some, more):
    """The dates of a span are those of its parts, none of them outside, none before the holiday began."""
    middle, last = first + timedelta(some), first + timedelta(some + more)

    whole = {*holiday.dates(first, last)}

    assert whole == {*holiday.dates(first, middle), *holiday.dates(middle, last)}
    assert all(max(first, holiday.on) <= day <= last for day in whole)


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "YEARLY",
        "FREQ=DAILY",
        "FREQ=SECONDLY",
        "FREQ=yearly",
        "FREQ=YEARLY;FREQ=WEEKLY",
        "FREQ=YEARLY;INTERVAL=0",
        "FREQ=YEARLY;COUNT=0",
        "FREQ=YEARLY;BYHOUR=9",
        "FREQ=YEARLY;BYMONTHDAY=0",
        "FREQ=YEARLY;UNTIL=20269999",
        "FREQ=YEARLY;UNTIL=tomorrow",
        "FREQ=YEARLY;BYDAY=XX",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=WEEKLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYDAY=1MO,9MO",
        "FREQ=YEARLY;BYMONTH=12;BYDAY=1MO,-6MO",
        "FREQ=YEARLY;BYDAY=54MO",
        "FREQ=YEARLY;BYEASTER=1,270",
        "FREQ=YEARLY;BYEASTER=-81",
        "FREQ=YEARLY;UNTIL=20200101",
        "RRULE:FREQ=YEARLY",
        "FREQ=YEARLY\nDTSTART:20200101",
        f"FREQ=YEARLY;BYMONTHDAY={','.join(['1'] * 200)}",
        5,
    ],
)
def test_a_rule_that_is_none_or_never_comes_true_is_refused(rule):
    """Nothing that recurs within days, has no end of work, or has no date at all gets into a calendar."""
    with pytest.raises(InvalidInput, match="every"):
        Holiday(date(2026, 1, 1), every=rule)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=MONTHLY;BYDAY=1MO,5MO,-5SU",
        "FREQ=YEARLY;BYMONTH=12;BYDAY=5FR",
        "FREQ=YEARLY;BYDAY=53MO,-53SU,1TU",
        "FREQ=YEARLY;BYEASTER=-80,250",
        "FREQ=YEARLY;BYEASTER=+199,-9",
    ],
)
def test_a_rule_that_is_taken_can_be_asked_for_every_year(rule):
    """A calendar never fails in some year on a holiday that was fine when it was made: tickets wait for its hours."""
    assert [*Holiday(date(2000, 1, 1), every=rule).dates(date(2000, 1, 1), date(2110, 12, 31))]


def test_all_faults_of_a_holiday_are_named_at_once():
    """A wrong holiday is refused with everything that is wrong with it."""
    with pytest.raises(InvalidInput) as refused:
        Holiday(date(1800, 1, 1), "Two\nlines", every="often", days=0)

    assert [it.path for it in refused.value.faults] == ["on", "name", "every", "days"]
