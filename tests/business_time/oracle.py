"""
Business time counted minute by minute: slow, plain, and without anything of the library's own way.

A local time is found by trying every offset that a zone could have, never by asking the zone for the instant.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
OFFSETS = [timedelta(minutes=minutes) for minutes in range(14 * 60, -12 * 60 - 1, -15)]
"""All that there are since zones are told by a round number of minutes, the easternmost and so the earliest first."""


def instant(day, minutes, zone):
    """The first instant at which clocks show so many minutes after a midnight; an hour later if they never do."""
    wanted = datetime.combine(day, time()) + timedelta(minutes=minutes)
    for offset in OFFSETS:
        candidate = (wanted - offset).replace(tzinfo=UTC)
        if candidate.astimezone(zone).replace(tzinfo=None) == wanted:
            return candidate
    return instant(day, minutes + 60, zone)


def minutes_of(text):
    """A time of day in minutes."""
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def on_date(day, hours, zone):
    """The minutes that some hours of a date cover."""
    start, end = minutes_of(hours.start), minutes_of(hours.end)
    return minutes_between(instant(day, start, zone), instant(day, end if end > start else end + 24 * 60, zone))


def minutes_between(start, end):
    """Every minute from one instant to another."""
    return {start + MINUTE * number for number in range(int((end - start) / MINUTE))}


class Oracle:
    """
    The minutes that count by a calendar in some days.

    Args:
        calendar: Without recurring holidays.
        first: The first day that matters.
        days: How many.
        pauses: Spans that do not count, from one whole minute to another.
    """

    def __init__(self, calendar, first, days, pauses=()):
        zone = ZoneInfo(calendar.zone)
        dates = [first + timedelta(day) for day in range(-2, days + 2)]
        special = {it.on for it in calendar.exceptions}
        usual = [(day, it) for day in dates if day not in special for it in calendar.hours if it.day == day.weekday()]
        unusual = [(it.on, it) for it in calendar.exceptions]
        opened = {minute for day, hours in (*usual, *unusual) for minute in on_date(day, hours, zone)}
        closed = {it for hours in calendar.breaks for it in on_date(hours.on, hours, zone)}
        for holiday in calendar.holidays:
            closed |= {it for day in range(holiday.days) for it in self._whole(holiday.on + timedelta(day), zone)}
        for pause in pauses:
            closed |= minutes_between(pause.start, pause.end)
        self.minutes = sorted(opened - closed)

    @staticmethod
    def _whole(day, zone):
        return minutes_between(instant(day, 0, zone), instant(day, 24 * 60, zone))

    def is_open(self, at):
        """Whether a minute counts."""
        return at in set(self.minutes)

    def between(self, start, end):
        """The business time between two whole minutes."""
        return MINUTE * sum(1 for it in self.minutes if start <= it < end)

    def closing(self, start, duration):
        """The first minute by which so much has passed."""
        wanted = duration // MINUTE
        return self._from(start)[wanted - 1] + MINUTE if wanted else start

    def next_opening(self, start, duration):
        """The first minute that would count beyond it."""
        return self._from(start)[duration // MINUTE]

    def reaches(self, start, duration):
        """Whether so much business time is left in the days that it knows."""
        return len(self._from(start)) > duration // MINUTE

    def _from(self, start):
        return [it for it in self.minutes if it >= start]
