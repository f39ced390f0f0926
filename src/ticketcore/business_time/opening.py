"""
The table of a year: when a calendar is open in it, in UTC, and how much business time has passed by then.

It is built once for each year that somebody asks about; whatever is asked then is a search by halves.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

import attrs

from ticketcore.business_time.holidays import Holiday
from ticketcore.business_time.hours import DAY, DateHours, Hours, Minutes, by_date, by_weekday
from ticketcore.business_time.spans import Stretch, merged, within, without

NO_TIME: Final = timedelta()
FIRST_YEAR: Final = 2
LAST_YEAR: Final = 9_998
"""The first year and the last one all of whose dates have neighbours in every zone; nothing is open outside."""

_AROUND: Final = timedelta(days=2)
"""How far from a year of UTC the date can be whose hours reach into it: a day by the zone, and another by night."""


_HALF_A_DAY: Final = timedelta(hours=12)
"""More than the clocks of any zone were ever put forward within a year without leaving out a date."""


class Schedule(Protocol):
    """What says when something is open: a calendar."""

    @property
    def zone(self) -> str:
        """The time zone by its key."""
        ...

    @property
    def hours(self) -> Sequence[Hours]:
        """The hours of every week."""
        ...

    @property
    def exceptions(self) -> Sequence[DateHours]:
        """The hours of dates that have others."""
        ...

    @property
    def breaks(self) -> Sequence[DateHours]:
        """When nothing is open, whatever the hours say."""
        ...

    @property
    def holidays(self) -> Sequence[Holiday]:
        """On which dates nothing is open, whatever the hours say."""
        ...


@attrs.frozen(eq=False)
class OpenYear:
    """
    When something is open in a year of UTC.

    Args:
        opens: Every instant at which it opens, in order.
        closes: The instant at which it closes after that.
        before: How much business time of the year has passed when it opens.
        after: How much when it closes.
    """

    opens: Sequence[datetime]
    closes: Sequence[datetime]
    before: Sequence[timedelta]
    after: Sequence[timedelta]

    @classmethod
    def of(cls, stretches: Sequence[Stretch]) -> "OpenYear":
        """The table of merged stretches."""
        opens, closes = [start for start, _ in stretches], [end for _, end in stretches]
        marks = [NO_TIME]
        for start, end in stretches:
            marks.append(marks[-1] + (end - start))
        return cls(opens, closes, marks[:-1], marks[1:])

    @property
    def total(self) -> timedelta:
        """The business time of the year."""
        return self.after[-1] if self.after else NO_TIME

    def is_open(self, at: datetime) -> bool:
        """Whether it is open at an instant of the year."""
        place = bisect_right(self.opens, at) - 1
        return place >= 0 and at < self.closes[place]

    def until(self, at: datetime) -> timedelta:
        """How much business time of the year has passed at an instant of it."""
        place = bisect_right(self.opens, at) - 1
        if place < 0:
            return NO_TIME
        closes = self.closes[place]
        return self.after[place] if at >= closes else self.after[place] - (closes - at)


NEVER_OPEN: Final = OpenYear.of(())


def open_year(schedule: Schedule, year: int) -> OpenYear:
    """
    The table of a year.

    Args:
        schedule: When it is open.
        year: A year of UTC.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return NEVER_OPEN
    start, end = (datetime(it, 1, 1, tzinfo=UTC) for it in (year, year + 1))
    zone = ZoneInfo(schedule.zone)
    days = _days(start.date() - _AROUND, end.date() + _AROUND, zone)
    open_ = merged(_open(schedule, zone, days))
    closed = merged(_closed(schedule, zone, days))
    return OpenYear.of([*within(without(open_, closed), start, end)])


def _days(first: date, last: date, zone: ZoneInfo) -> Sequence[date]:
    """The dates that a zone has: some islands once crossed the date line, and left one out."""
    days = [date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1)]
    crossed = (last - first) - (_instant(last, 0, zone) - _instant(first, 0, zone)) > _HALF_A_DAY
    return [it for it in days if _instant(it, 0, zone) < _instant(it, DAY, zone)] if crossed else days


def _open(schedule: Schedule, zone: ZoneInfo, days: Sequence[date]) -> Iterator[Stretch]:
    weekly, special = by_weekday(schedule.hours), by_date(schedule.exceptions)
    for day in days:
        hours = special.get(day) or weekly.get(day.weekday(), ())
        yield from (_stretch(day, minutes, zone) for minutes in hours)


def _closed(schedule: Schedule, zone: ZoneInfo, days: Sequence[date]) -> Iterator[Stretch]:
    breaks: Mapping[date, Sequence[Minutes]] = by_date(schedule.breaks)
    for day, several in breaks.items():
        if days[0] <= day <= days[-1]:
            yield from (_stretch(day, minutes, zone) for minutes in several)
    for holiday in schedule.holidays:
        yield from (_stretch(day, (0, DAY), zone) for day in holiday.dates(days[0], days[-1]))


def _stretch(day: date, minutes: Minutes, zone: ZoneInfo) -> Stretch:
    start, end = minutes
    return _instant(day, start, zone), _instant(day, end, zone)


def _instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """
    When the clocks of a zone show so many minutes after a midnight.

    A time that they skip is the instant an hour later; of a time that they show twice it is the first one: that is what
    an offset before the change comes to (PEP 495, `fold=0`).
    """
    if minute >= DAY:
        day, minute = date.fromordinal(day.toordinal() + 1), minute - DAY
    local = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=zone)
    return local.astimezone(UTC)
