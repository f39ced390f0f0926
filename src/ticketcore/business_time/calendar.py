"""
Calendars: when something is open, and the time that counts.

A calendar is pure data, so the same question has the same answer on every machine and in every year to come; what it
finds out about a year it keeps, which no comparison and no copy sees.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cached_property
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

import attrs

from ticketcore.business_time.holidays import Holiday
from ticketcore.business_time.hours import DateHours, Hours, Weekday, every, faults_of_hours
from ticketcore.business_time.opening import LAST_YEAR, NO_TIME, OpenYear, open_year
from ticketcore.business_time.spans import Span, Stretch, merged, stretches, within, without
from ticketcore.errors import InvalidInput, OutOfPlace
from ticketcore.model import checks
from ticketcore.model.checks import IS_INSTANT, IS_ZONE, Checked, faults_of, is_a, is_duration
from ticketcore.model.ids import CalendarId
from ticketcore.model.kinds import Kind
from ticketcore.model.values import FrozenValue

LONGEST_BUDGET: Final = timedelta(days=36_525)
"""How much business time can be added at once: a hundred years."""

KEPT_YEARS: Final = 100
"""How many years' tables a calendar keeps."""

PATIENCE: Final = 10
"""How many years without any hours are looked through for the next opening."""

IS_BUDGET = is_duration(at_least=NO_TIME, at_most=LONGEST_BUDGET)
ARE_HOURS = is_a(Hours, "Hours")
ARE_DATE_HOURS = is_a(DateHours, "DateHours")
ARE_HOLIDAYS = is_a(Holiday, "a Holiday")


_Find: TypeAlias = Callable[[Sequence[timedelta], timedelta], int]


class Boundary(Enum):
    """Where a budget ends that is used up exactly at closing time."""

    CLOSING = "closing"
    """At closing time: the first instant by which all of it has passed."""
    NEXT_OPENING = "next_opening"
    """When it opens again: the first instant that would count beyond it."""


@attrs.frozen
class CountedTime(FrozenValue):
    """
    Why some business time is what it is.

    Args:
        calendar: By which calendar it was counted.
        start: From when.
        end: Until when.
        segments: What counted, in order.
        holidays: The holidays in between, each for one date.
    """

    calendar: "Calendar"
    start: datetime
    end: datetime
    segments: tuple[Span, ...]
    holidays: tuple[Holiday, ...]

    @property
    def total(self) -> timedelta:
        """How much counted."""
        return sum((it.length for it in self.segments), NO_TIME)

    def __str__(self) -> str:
        zone = ZoneInfo(self.calendar.zone)
        counted = [f"{_shown_in(it.start, zone)} to {_shown_in(it.end, zone)}: {it.length}" for it in self.segments]
        closed = [f"{it.on:%a %Y-%m-%d}: closed{f', {it.name}' if it.name else ''}" for it in self.holidays]
        return "\n".join(
            [f"{self.total} by the calendar {self.calendar.name!r} ({self.calendar.zone})", *counted, *closed]
        )


@attrs.frozen(kw_only=True, slots=False)  # slots would leave no room for the tables
class Calendar(Checked):
    """
    When something is open: a department, an agent's day, the desk (requirement DP-6).

    Hours of a date replace those of its weekday. Breaks and holidays beat both; a holiday closes its whole date, also
    what reaches into it from the night before. What overlaps counts once. Hours are those of the clocks in the zone: a
    time that they skip is as much later as they skip, one that they show twice is the first of the two, and time that
    passes counts as it passes, however the clocks are put.

    Args:
        name: What people call it.
        zone: The time zone, such as `"Europe/Athens"`.
        hours: The hours of every week.
        exceptions: The hours of dates that have others than their weekday.
        breaks: What of a date does not count.
        holidays: The dates on which nothing counts.
        boundary: Where a budget ends that is used up exactly at closing time.

    Raises:
        InvalidInput: There are no hours at all, some are empty or overlap, or the zone is unknown; with all that is
            wrong.
    """

    id: CalendarId
    version: int = 1
    name: str = checks.line(at_most=checks.NAME_LIMIT)
    zone: str = checks.checked(IS_ZONE)
    hours: tuple[Hours, ...] = checks.several(ARE_HOURS)
    exceptions: tuple[DateHours, ...] = checks.several(ARE_DATE_HOURS, default=())
    breaks: tuple[DateHours, ...] = checks.several(ARE_DATE_HOURS, default=())
    holidays: tuple[Holiday, ...] = checks.several(ARE_HOLIDAYS, default=())
    boundary: Boundary = checks.one_of(Boundary, default=Boundary.CLOSING)

    def __attrs_post_init__(self) -> None:
        if faults := [*faults_of(self), *faults_of_hours(self.hours, self.exceptions, self.breaks)]:
            raise InvalidInput("Calendar", faults)

    def add(self, start: datetime, duration: timedelta, *, pauses: Iterable[Span] = ()) -> datetime:
        """
        The instant by which some business time has passed.

        Args:
            start: From when it counts.
            duration: How much; not negative, at most a hundred years.
            pauses: Spans that do not count, in any order.

        Returns:
            An instant in UTC. Where the time is used up exactly at closing time, or when a pause begins, `boundary`
            says which; so it does for no time at all.

        Raises:
            InvalidInput: `start` has no zone, or `duration` is out of bounds.
            OutOfPlace: The calendar does not open again within ten years.
        """
        at = _in_utc(start, "start")
        if faults := IS_BUDGET.faults("duration", duration):
            raise InvalidInput("Calendar.add", faults)
        left = duration
        for pause_start, pause_end in stretches(pauses) if pauses else ():
            counted = self._between(at, pause_start)
            if counted > left or (counted == left and self.boundary is Boundary.CLOSING):
                break
            left -= counted
            at = max(at, pause_end)
        return self._after(at, left)

    def between(self, start: datetime, end: datetime, *, pauses: Iterable[Span] = ()) -> timedelta:
        """
        The business time from one instant to another; none if the second is not later.

        Args:
            start: From when it counts.
            end: Until when.
            pauses: Spans that do not count, in any order.

        Raises:
            InvalidInput: An instant has no zone.
        """
        first, last = _in_utc(start, "start"), _in_utc(end, "end")
        counted = self._between(first, last)
        for pause_start, pause_end in within(stretches(pauses), first, last) if pauses else ():
            counted -= self._between(pause_start, pause_end)
        return counted

    def is_open(self, at: datetime, *, pauses: Iterable[Span] = ()) -> bool:
        """
        Whether an instant counts. Opening time does, closing time does not.

        Args:
            at: The instant.
            pauses: Spans that do not count.

        Raises:
            InvalidInput: The instant has no zone.
        """
        instant = _in_utc(at, "at")
        return self._year(instant.year).is_open(instant) and not any(it.start <= instant < it.end for it in pauses)

    def next_opening(self, at: datetime, *, pauses: Iterable[Span] = ()) -> datetime:
        """
        The first instant that counts, not before another one; that one itself if it counts.

        Args:
            at: Not before when.
            pauses: Spans that do not count, in any order.

        Returns:
            An instant in UTC.

        Raises:
            InvalidInput: `at` has no zone.
            OutOfPlace: The calendar does not open again within ten years.
        """
        opening = self._next(_in_utc(at, "at"), NO_TIME, bisect_right)
        for pause_start, pause_end in stretches(pauses) if pauses else ():
            if pause_start <= opening < pause_end:
                opening = self._next(pause_end, NO_TIME, bisect_right)
        return opening

    def explain(self, start: datetime, end: datetime, *, pauses: Iterable[Span] = ()) -> CountedTime:
        """
        What counts from one instant to another, and which holidays do not.

        Args:
            start: From when it counts.
            end: Until when; for a deadline what `add` gave.
            pauses: Spans that do not count, in any order.

        Raises:
            InvalidInput: An instant has no zone.
        """
        first, last = _in_utc(start, "start"), _in_utc(end, "end")
        segments = without(merged(self._open(first, last)), stretches(pauses))
        spans = tuple(Span(opens, closes) for opens, closes in segments)
        return CountedTime(self, first, last, spans, self._holidays(first, last))

    def _holidays(self, start: datetime, end: datetime) -> tuple[Holiday, ...]:
        zone = ZoneInfo(self.zone)
        first, last = (_date_in(it, zone) for it in (start, end))
        named = {day: it.name for it in self.holidays for day in it.dates(first, last)}
        return tuple(Holiday(day, named[day]) for day in sorted(named))

    def _open(self, start: datetime, end: datetime) -> Iterable[Stretch]:
        for year in range(start.year, end.year + 1):
            table = self._year(year)
            yield from within(zip(table.opens, table.closes, strict=True), start, end)

    def _between(self, start: datetime, end: datetime) -> timedelta:
        if end <= start:
            return NO_TIME
        counted = self._year(end.year).until(end) - self._year(start.year).until(start)
        return sum((self._year(year).total for year in range(start.year, end.year)), counted)

    def _after(self, at: datetime, budget: timedelta) -> datetime:
        """The instant by which some business time has passed, without any pause."""
        if self.boundary is Boundary.NEXT_OPENING:
            return self._next(at, budget, bisect_right)
        return self._next(at, budget, bisect_left) if budget else at

    def _next(self, at: datetime, budget: timedelta, find: _Find) -> datetime:
        """The first instant by which some business time has passed, or the last one before more has."""
        year, hours = at.year, self._year(at.year)
        goal = hours.until(at) + budget
        idle = 0
        while (place := find(hours.after, goal)) == len(hours.after):
            goal -= hours.total
            year, idle = year + 1, 0 if hours.after else idle + 1
            if idle > PATIENCE or year > LAST_YEAR:
                found = f"the calendar {self.name!r} does not open before the year {year}"
                raise OutOfPlace("business time", found, ("hours that no break or holiday takes away",))
            hours = self._year(year)
        return hours.opens[place] + (goal - hours.before[place])

    def _year(self, year: int) -> OpenYear:
        table = self._years.get(year)
        if table is None:
            # Threads that come here at once build the same table; whichever is kept, it is right.
            table = open_year(self, year)
            if len(self._years) >= KEPT_YEARS:
                self._years.clear()
            self._years[year] = table
        return table

    @cached_property
    def _years(self) -> dict[int, OpenYear]:
        return {}

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_years"}


CALENDARS_PART: Final = "calendars"
CALENDARS: Kind[Calendar] = Kind("calendar", part=CALENDARS_PART)

ALWAYS_OPEN: Final = Calendar(
    id=CalendarId("always_open"), name="Always open", zone="UTC", hours=every(Weekday, ("00:00", "24:00"))
)
"""The calendar by which all time counts: business time by it is time as it passes."""


def _in_utc(instant: datetime, name: str) -> datetime:
    if getattr(instant, "tzinfo", None) is UTC:
        return instant
    if faults := IS_INSTANT.faults(name, instant):
        raise InvalidInput("Calendar", faults)
    return instant.astimezone(UTC)


def _date_in(instant: datetime, zone: ZoneInfo) -> date:
    try:
        return instant.astimezone(zone).date()
    except OverflowError:  # the first or the last day that there is
        return instant.date()


def _shown_in(instant: datetime, zone: ZoneInfo) -> str:
    return f"{instant.astimezone(zone):%a %Y-%m-%d %H:%M:%S}"
