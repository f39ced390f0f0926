"""
Hours: when something is open, in every week or on one date.

Times of day are texts from `"00:00"` to `"24:00"`, as they stand on the door. What ends at or before the time of day
at which it starts ends on the next date.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import IntEnum
from typing import Final, Protocol, TypeAlias, TypeGuard, TypeVar

import attrs

from ticketcore.errors import Fault, InvalidInput
from ticketcore.model import checks
from ticketcore.model.checks import IS_DATE, Check, Checked

T = TypeVar("T")

DAY: Final = 24 * 60
"""Minutes of a day, by the clock on the wall."""

_WEEK: Final = 7 * DAY
_START = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_END = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


class Weekday(IntEnum):
    """A day of the week, numbered as Python numbers them."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


WORKDAYS: Final = (Weekday.MONDAY, Weekday.TUESDAY, Weekday.WEDNESDAY, Weekday.THURSDAY, Weekday.FRIDAY)

IS_START = Check('a time of day from "00:00" to "23:59"', lambda it: isinstance(it, str) and bool(_START.fullmatch(it)))
IS_END = Check('a time of day from "00:00" to "24:00"', lambda it: isinstance(it, str) and bool(_END.fullmatch(it)))


@attrs.frozen
class Hours(Checked):
    """
    Hours of every week. Several a day are normal: those before and those after lunch.

    Args:
        day: The day of the week on which they start.
        start: When they start, such as `"09:00"`.
        end: When they end; `"24:00"` is the end of the day, and what is before the start is on the next day.

    Raises:
        InvalidInput: A time of day is none.
    """

    day: Weekday = checks.one_of(Weekday)
    start: str = checks.checked(IS_START)
    end: str = checks.checked(IS_END)

    def __str__(self) -> str:
        return f"{self.day.name.lower()} {self.start}-{self.end}"


@attrs.frozen
class DateHours(Checked):
    """
    Hours of one date.

    Args:
        on: The date on which they start.
        start: When they start, such as `"09:00"`.
        end: When they end; `"24:00"` is the end of the date, and what is before the start is on the next date.

    Raises:
        InvalidInput: A time of day is none.
    """

    on: date = checks.checked(IS_DATE)
    start: str = checks.checked(IS_START)
    end: str = checks.checked(IS_END)

    def __str__(self) -> str:
        return f"{self.on} {self.start}-{self.end}"


def every(days: Iterable[Weekday], *intervals: tuple[str, str]) -> tuple[Hours, ...]:
    """
    The same hours on several days of the week.

    ```python
    every(WORKDAYS, ("09:00", "12:00"), ("13:00", "17:30"))
    ```

    Args:
        days: On which days they start.
        intervals: Pairs of start and end.

    Raises:
        InvalidInput: One of them is no pair, or has no such times.
    """
    pair = Check('a pair of start and end, such as ("09:00", "17:00")', _is_pair)
    faults = [fault for i, it in enumerate(intervals) for fault in pair.faults(f"intervals[{i}]", it)]
    if faults:
        raise InvalidInput("every", faults)
    return tuple(Hours(day, start, end) for day in days for start, end in intervals)


def _is_pair(value: object) -> bool:
    match value:
        case (_, _):
            return True
        case _:
            return False


Minutes: TypeAlias = tuple[int, int]
"""Where something starts and ends, in minutes after the midnight before its start; it may end on the next day."""


class _Interval(Protocol):
    @property
    def start(self) -> str: ...
    @property
    def end(self) -> str: ...


def minutes_of(interval: _Interval) -> Minutes:
    """Where hours start and end on their day."""
    start, end = (int(text[:2]) * 60 + int(text[3:]) for text in (interval.start, interval.end))
    return start, end if end > start else end + DAY


def by_weekday(hours: Iterable[Hours]) -> Mapping[int, Sequence[Minutes]]:
    """The hours of each day of the week that has some."""
    found: dict[int, list[Minutes]] = {}
    for it in hours:
        found.setdefault(it.day, []).append(minutes_of(it))
    return found


def by_date(hours: Iterable[DateHours]) -> Mapping[date, Sequence[Minutes]]:
    """The hours of each date that has some."""
    found: dict[date, list[Minutes]] = {}
    for it in hours:
        found.setdefault(it.on, []).append(minutes_of(it))
    return found


# Faults of hours that are each right in themselves.


def faults_of_hours(hours: object, exceptions: object, breaks: object) -> list[Fault]:
    """
    What is wrong with hours beside each other: that a week has none, that some are empty, that some overlap.

    Args:
        hours: Those of the week, in a tuple; what is no such tuple, here as below, has its faults elsewhere.
        exceptions: Those of dates that have others.
        breaks: What of some dates does not count.
    """
    faults: list[Fault] = []
    if _are(hours, Hours):
        faults += _faults_of_week(hours)
    if _are(exceptions, DateHours):
        faults += _faults_of_dates("exceptions", exceptions)
    if _are(breaks, DateHours):
        faults += _faults_of_dates("breaks", breaks)
    return faults


def _are(several: object, kind: type[T]) -> TypeGuard[tuple[T, ...]]:
    return isinstance(several, tuple) and all(isinstance(it, kind) for it in several)


def _faults_of_week(hours: Sequence[Hours]) -> list[Fault]:
    if not hours:
        return [Fault("hours", "the hours of at least one day of the week", "none")]
    places = _placed((it.day * DAY for it in hours), hours)
    last_week = [(start - _WEEK, end - _WEEK) for start, end in places]  # Sunday's last hours may reach into Monday
    return [*_empty("hours", hours), *_overlapping("hours", hours, places, last_week)]


def _faults_of_dates(path: str, hours: Sequence[DateHours]) -> list[Fault]:
    places = _placed((it.on.toordinal() * DAY for it in hours), hours)
    return [*_empty(path, hours), *_overlapping(path, hours, places)]


def _placed(midnights: Iterable[int], hours: Sequence[_Interval]) -> list[Minutes]:
    """Hours on one long scale of minutes."""
    intervals = map(minutes_of, hours)
    return [(midnight + start, midnight + end) for midnight, (start, end) in zip(midnights, intervals, strict=True)]


def _is_empty(interval: _Interval) -> bool:
    return interval.start == interval.end


def _empty(path: str, hours: Sequence[_Interval]) -> Iterator[Fault]:
    for index, it in enumerate(hours):
        if _is_empty(it):
            yield Fault(f"{path}[{index}]", 'an end other than the start; a whole day is "00:00" to "24:00"', str(it))


def _overlapping(
    path: str, hours: Sequence[_Interval], places: Sequence[Minutes], before: Sequence[Minutes] = ()
) -> Iterator[Fault]:
    """The faults of hours that begin before others have ended; empty ones have a fault already."""
    several = [*enumerate(before), *enumerate(places)]
    ordered = sorted((place, index) for index, place in several if not _is_empty(hours[index]))
    reached, by = -_WEEK, 0
    for (start, end), index in ordered:
        if start < reached and start >= 0:
            yield Fault(f"{path}[{index}]", f"hours that do not overlap with {hours[by]}", str(hours[index]))
        if end > reached:
            reached, by = end, index
