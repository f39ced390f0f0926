"""
Placeholders: operands whose value is known only when a condition is asked.

With `F.assignee == current_agent` one view "mine" serves everybody; with `F.created_at <= ago(days=3)` a condition moves
with the time. A placeholder without a value (nobody is looking) makes its comparison false, as a missing value does.
"""

from collections.abc import Callable, Hashable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import attrs
from dateutil.relativedelta import relativedelta

from ticketcore.conditions.errors import ConditionError, wrong
from ticketcore.conditions.facts import Facts


@attrs.frozen
class Placeholder:
    """
    The id of whoever plays a part.

    Args:
        name: Its name in JSON and texts.
    """

    name: str

    def value(self, facts: Facts[Any]) -> Hashable | None:
        """The id, or None while nobody plays that part."""
        return _PARTS[self.name](facts)

    def __str__(self) -> str:
        return self.name.replace("_", " ")


def _assignee(facts: Facts[Any]) -> Hashable | None:
    return getattr(facts.record, "assignee", None)


def _requester(facts: Facts[Any]) -> Hashable | None:
    return getattr(facts.record, "requester", None)


_PARTS: Final[dict[str, Callable[[Facts[Any]], Hashable | None]]] = {
    "current_agent": lambda facts: facts.viewer,
    "ticket_assignee": _assignee,
    "ticket_requester": _requester,
}

current_agent: Final = Placeholder("current_agent")
ticket_assignee: Final = Placeholder("ticket_assignee")
ticket_requester: Final = Placeholder("ticket_requester")
PLACEHOLDERS: Final = {part.name: part for part in (current_agent, ticket_assignee, ticket_requester)}


@attrs.frozen
class Moment:
    """
    A point in time that moves: so long before or after now, reckoned in UTC.

    Make it with `ago` and `ahead`.

    Args:
        months: Whole calendar months from now; a day that the month lacks becomes its last.
        span: What is added to that.
    """

    months: int = 0
    span: timedelta = timedelta()

    def value(self, facts: Facts[Any]) -> datetime:
        """The point in time, for facts that say what time it is."""
        if facts.now is None:
            raise wrong(str(self), "facts that say what time it is", None, path="now")
        return self.at(facts.now)

    def at(self, now: datetime) -> datetime:
        """The point in time when it is `now`."""
        try:
            return now.astimezone(UTC) + relativedelta(months=self.months) + self.span
        except (OverflowError, ValueError):  # beyond the calendar: as far as it reaches
            return _LAST if (self.months, self.span) > (0, timedelta()) else _FIRST

    @property
    def is_past(self) -> bool:
        """Whether it lies before now."""
        return (self.months, self.span) < (0, timedelta())

    def __str__(self) -> str:
        if self == NOW:
            return "now"
        size = _size_text(abs(self.months), abs(self.span))
        return f"{size} ago" if (self.months, self.span) < (0, timedelta()) else f"in {size}"


_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)
NOW: Final = Moment()


def ago(duration: timedelta | relativedelta | None = None, /, **units: int) -> Moment:
    """
    The point in time that lies so long before now.

    Args:
        duration: How long; a `relativedelta` for months and years.
        units: Or in whole units: `years`, `months`, `weeks`, `days`, `hours`, `minutes`, `seconds`.

    Raises:
        ConditionError: The duration is negative, or is none.
    """
    months, span = _size(duration, units)
    return Moment(-months, -span)


def ahead(duration: timedelta | relativedelta | None = None, /, **units: int) -> Moment:
    """
    The point in time that lies so long after now.

    Args:
        duration: How long; a `relativedelta` for months and years.
        units: Or in whole units: `years`, `months`, `weeks`, `days`, `hours`, `minutes`, `seconds`.

    Raises:
        ConditionError: The duration is negative, or is none.
    """
    return Moment(*_size(duration, units))


_UNITS = ("years", "months", "weeks", "days", "hours", "minutes", "seconds")
_MOST_MONTHS = 12 * 10_000
_ABSOLUTE = ("year", "month", "day", "weekday", "hour", "minute", "second", "microsecond")


def _size(duration: timedelta | relativedelta | None, units: dict[str, int]) -> tuple[int, timedelta]:
    given = _in_units(units) if duration is None else duration
    if (duration is None) == (not units) or not isinstance(given, (timedelta, relativedelta)):
        raise _no_duration(duration if duration is not None else units)
    months, span = (0, given) if isinstance(given, timedelta) else _parts(given)
    if months < 0 or span < timedelta() or months > _MOST_MONTHS:
        raise _no_duration(given)
    return months, span


def _in_units(units: dict[str, int]) -> relativedelta | None:
    fits = all(
        name in _UNITS and isinstance(count, int) and not isinstance(count, bool) for name, count in units.items()
    )
    try:
        return relativedelta(**units) if fits else None  # type: ignore[arg-type] # the names were just looked at
    except OverflowError:
        return None


def _parts(duration: relativedelta) -> tuple[int, timedelta]:
    if duration.leapdays or any(getattr(duration, name) is not None for name in _ABSOLUTE):
        raise _no_duration(duration)
    span = timedelta(
        days=duration.days,
        hours=duration.hours,
        minutes=duration.minutes,
        seconds=duration.seconds,
        microseconds=duration.microseconds,
    )
    return duration.years * 12 + duration.months, span


def _no_duration(given: object) -> ConditionError:
    expected = f"a duration of at least 0: a timedelta, a relativedelta, or whole {', '.join(_UNITS)}"
    return wrong("duration", expected, given)


def _size_text(months: int, span: timedelta) -> str:
    minutes, seconds = divmod(span.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    years, months = divmod(months, 12)
    counts = {"year": years, "month": months, "day": span.days, "hour": hours, "minute": minutes, "second": seconds}
    counts["microsecond"] = span.microseconds
    return " ".join(f"{count} {unit}{'' if count == 1 else 's'}" for unit, count in counts.items() if count)
