from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketcore.business_time import Holiday, holidays_in
from ticketcore.business_time.icalendar import EVENT_LIMIT, SIZE_LIMIT
from ticketcore.errors import InvalidInput


def file(*events):
    """A file with these events, each as its lines."""
    wrapped = [line for event in events for line in ("BEGIN:VEVENT", *event, "END:VEVENT")]
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *wrapped, "END:VCALENDAR", ""])


def faults_of(text):
    """Where a file is wrong."""
    with pytest.raises(InvalidInput) as refused:
        holidays_in(text)
    return [it.path for it in refused.value.faults]


def test_all_day_events_are_holidays():
    """An all-day event is a holiday; it ends before the date that it names as its end, or lasts one day."""
    text = file(
        ["DTSTART;VALUE=DATE:20261225", "DTEND;VALUE=DATE:20261227", "SUMMARY:Christmas"],
        ["DTSTART:20270101", "SUMMARY;LANGUAGE=en:New Year"],
        ["DTSTART:20270201", "DURATION:P1W", "SUMMARY:Holidays"],
        ["DTSTART:20270301", "DTEND:20270301"],
    )

    assert (
        holidays_in(text)
        == holidays_in(text.encode())
        == (
            Holiday(date(2026, 12, 25), "Christmas", days=2),
            Holiday(date(2027, 1, 1), "New Year"),
            Holiday(date(2027, 2, 1), "Holidays", days=7),
            Holiday(date(2027, 3, 1)),
        )
    )


def test_recurring_events_are_recurring_holidays():
    """A rule is taken over; the time of day that some programs write at its end is not."""
    text = file(
        ["DTSTART;VALUE=DATE:20200501", "RRULE:FREQ=YEARLY;UNTIL=20301231T235959Z", "SUMMARY:Labour Day"],
        ["DTSTART;VALUE=DATE:20200101", "rrule:freq=monthly;byday=1mo"],
    )

    assert holidays_in(text) == (
        Holiday(date(2020, 5, 1), "Labour Day", every="FREQ=YEARLY;UNTIL=20301231"),
        Holiday(date(2020, 1, 1), every="FREQ=MONTHLY;BYDAY=1MO"),
    )


def test_other_events_are_left_out():
    """What begins at a time of day, or was cancelled, closes no date; nor does what is no event at all."""
    text = file(
        ["DTSTART:20261225T100000Z", "SUMMARY:Meeting", "EXDATE:20270101"],
        ["DTSTART:20261225", "STATUS:CANCELLED"],
        ["BEGIN:VALARM", "DTSTART:20200101", "SUMMARY:Alarm", "END:VALARM", "DTSTART:20261226"],
    ).replace("VERSION:2.0", "BEGIN:VTODO\r\nDTSTART:20260101\r\nEND:VTODO")

    assert holidays_in(text) == (Holiday(date(2026, 12, 26)),)


def test_lines_are_unfolded_and_names_cleaned():
    """A folded line is put together again; escaped and control characters of a name become plain ones."""
    text = file(['X-A;P="a:b;c":x', "DTSTART:2026", " 1225", r"SUMMARY:Christmas\, and\nBoxing Day", " \x07!\u2028"])

    assert holidays_in(text) == (Holiday(date(2026, 12, 25), "Christmas, and Boxing Day !"),)


def test_all_faults_are_named_with_their_events():
    """Whatever keeps an event from being a holiday is named, with its place; nothing is guessed."""
    assert faults_of(
        file(
            ["SUMMARY:No date"],
            ["DTSTART:20260230"],
            ["DTSTART:20261225", "DTEND:tomorrow"],
            ["DTSTART:20261225", "DURATION:PT1H"],
            ["DTSTART:20261225", "DTEND:20300101"],
            ["DTSTART:20261225", "RRULE:FREQ=DAILY"],
            ["DTSTART:20261225", "RRULE:FREQ=YEARLY", "EXDATE:20271225", "RDATE:20270101"],
            ["DTSTART:17000101"],
            ["DTSTART:20261225"],
        )
    ) == [
        "events[0].DTSTART",
        "events[1].DTSTART",
        "events[2].DTEND",
        "events[3].DURATION",
        "events[4].days",
        "events[5].every",
        "events[6].EXDATE",
        "events[6].RDATE",
        "events[7].on",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "BEGIN:VEVENT",
        file().rpartition("END")[0],
        "X" * (SIZE_LIMIT + 1),
        b"X" * (SIZE_LIMIT + 1),
        b"BEGIN:VCALENDAR\xff",
        None,
        7,
        file(*[["DTSTART:20261225"]] * (EVENT_LIMIT + 1)),
    ],
)
def test_what_is_no_file_or_too_large_is_refused(text):
    """A file begins and ends as one, and has bounds in size and in events."""
    assert faults_of(text) == [""]


@pytest.mark.parametrize("amount", [1_000, 100_000])
def test_hostile_files_take_no_time(amount):
    """However long a line is, or however deep things stand within each other, reading stays linear."""
    for middle in ('X;"' * amount, "X" + ';a="b"' * amount, "\n ".join("a" * amount), "BEGIN:A\n" * amount):
        text = f"BEGIN:VCALENDAR\n{middle}\nEND:VCALENDAR"[:SIZE_LIMIT]
        if text.endswith("END:VCALENDAR"):
            assert holidays_in(text) == ()


lines = st.sampled_from(
    [
        "BEGIN:VEVENT",
        "END:VEVENT",
        "BEGIN:VALARM",
        "END:VALARM",
        "DTSTART:20261225",
        "DTEND:20261220",
        "DURATION:P3D",
        "RRULE:FREQ=YEARLY;INTERVAL=0",
        "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "RRULE:FREQ=WEEKLY;BYSETPOS=9",
        "SUMMARY:\ud800",
    ]
) | st.text(max_size=20)


@given(st.lists(lines, max_size=20))
def test_whatever_comes_is_holidays_or_faults(several):
    """Nothing but `InvalidInput` ever comes of a file."""
    try:
        found = holidays_in("\n".join(["BEGIN:VCALENDAR", *several, "END:VCALENDAR"]))
    except InvalidInput:
        return
    assert all(isinstance(it, Holiday) for it in found)
