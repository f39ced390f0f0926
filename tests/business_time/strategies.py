"""Strategies for calendars, on days when the clocks of their zones are put forward and back."""

from datetime import UTC, date, datetime, timedelta

import attrs
from hypothesis import strategies as st

from ticketcore.business_time import Boundary, Calendar, DateHours, Holiday, Span, Weekday, every

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "America/Sao_Paulo", "Australia/Sydney"]

# Weeks in which somebody's clocks are put forward or back, and one in which nobody's are.
WEEKS = [date(2026, 3, 26), date(2026, 10, 22), date(2026, 3, 5), date(2017, 10, 13), date(2026, 12, 28)]

BY_DAY = ["00:00", "01:30", "02:00", "02:30", "03:00", "09:00", "12:00", "17:00", "22:00", "24:00"]
"""Times of day, several of them when clocks are put."""

INTO_NIGHT = [*BY_DAY[1:-1], "01:00"]
"""The same for hours that end on the next day before any can start."""


@st.composite
def intervals(draw, marks):
    """One or two pairs of start and end that do not overlap."""
    chosen = sorted(draw(st.sets(st.integers(0, len(marks) - 1), min_size=2, max_size=4)))
    return [(marks[start], marks[end]) for start, end in zip(chosen[::2], chosen[1::2], strict=False)]


@st.composite
def calendars(draw, week):
    """A calendar with hours, exceptions, breaks and holidays around a week."""
    marks = draw(st.sampled_from([BY_DAY, INTO_NIGHT]))
    days = draw(st.sets(st.sampled_from(Weekday), min_size=1))
    near = st.integers(-1, 9).map(lambda number: week + timedelta(number))
    dates = st.dictionaries(near, intervals(marks).map(tuple), max_size=2)
    of_dates = dates.map(lambda them: [DateHours(on, *it) for on, several in them.items() for it in several])
    return Calendar(
        id="calendar",
        name="Calendar",
        zone=draw(st.sampled_from(ZONES)),
        hours=every(days, *draw(intervals(marks))),
        exceptions=draw(of_dates),
        breaks=draw(of_dates),
        holidays=draw(st.lists(st.builds(Holiday, near, days=st.integers(1, 2)), max_size=2)),
        boundary=draw(st.sampled_from(Boundary)),
    )


def minutes_in(week, days=7):
    """Whole minutes in some days, mostly on the hour or half."""
    start = datetime(week.year, week.month, week.day, tzinfo=UTC)
    whole = st.integers(0, days * 24 * 60 - 1) | st.integers(0, days * 48 - 1).map(lambda it: it * 30)
    return whole.map(lambda it: start + timedelta(minutes=it))


def pauses_in(week):
    """Some spans that do not count; they may overlap, and end before they start."""
    return st.lists(st.builds(Span, minutes_in(week), minutes_in(week)), max_size=3)


DURATIONS = st.integers(0, 30 * 60).map(lambda it: timedelta(minutes=it)) | st.integers(0, 12).map(
    lambda it: timedelta(hours=it)
)


@attrs.frozen
class Question:
    """
    What a calendar can be asked.

    Args:
        calendar: Which one.
        week: The first day of the days in which it has peculiarities.
        start: An instant in them.
        end: Another one, perhaps before it.
        duration: Up to thirty hours.
        pauses: Spans that do not count.
    """

    calendar: Calendar
    week: date
    start: datetime
    end: datetime
    duration: timedelta
    pauses: list[Span]

    def add(self, start=None, duration=None):
        """The answer to the question when that time has passed, or other time from another start."""
        start, duration = start or self.start, self.duration if duration is None else duration
        return self.calendar.add(start, duration, pauses=self.pauses)

    def between(self, start=None, end=None):
        """The answer to the question how much time has passed, or how much between others."""
        return self.calendar.between(start or self.start, end or self.end, pauses=self.pauses)


@st.composite
def questions(draw):
    """A calendar, and what it is asked."""
    week = draw(st.sampled_from(WEEKS))
    return Question(
        draw(calendars(week)),
        week,
        draw(minutes_in(week)),
        draw(minutes_in(week)),
        draw(DURATIONS),
        draw(pauses_in(week)),
    )
