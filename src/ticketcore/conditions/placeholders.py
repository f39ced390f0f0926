"""
Placeholders: operands whose value is known only when a condition is asked.

With `F.assignee == current_agent` one view "mine" serves everybody; with `F.created_at <= ago(days=3)` a condition
moves with the time. A placeholder that nobody fills equals nothing, so it makes its comparison false, as a missing
value does.
"""

from collections.abc import Callable, Hashable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

import attrs
from dateutil.relativedelta import relativedelta

from ticketcore.conditions.errors import ConditionError, wrong
from ticketcore.conditions.facts import Facts
from ticketcore.errors import listed

Duration: TypeAlias = timedelta | relativedelta

NOBODY: Final = object()
"""What stands for a placeholder that nobody fills: equal to no value of any field."""


@attrs.frozen
class Placeholder:
    """
    The id of whoever plays a part.

    Args:
        name: Its name in JSON: `current_agent`, `ticket_assignee` or `ticket_requester`.

    Raises:
        ConditionError: There is no such part.
    """

    name: str

    def __attrs_post_init__(self) -> None:
        if self.name not in _PARTS:
            raise wrong("Placeholder", listed(_PARTS), self.name)

    def value(self, facts: Facts[Any]) -> Hashable:
        """The id, or `NOBODY`."""
        whoever = _PARTS[self.name](facts)
        return NOBODY if whoever is None else whoever

    def __str__(self) -> str:
        return f"the {self.name.replace('_', ' ')}"


def _viewer(facts: Facts[Any]) -> Hashable | None:
    return facts.viewer


def _assignee(facts: Facts[Any]) -> Hashable | None:
    return getattr(facts.record, "assignee", None)


def _requester(facts: Facts[Any]) -> Hashable | None:
    return next(iter(getattr(facts.record, "requesters", ())), None)


_PARTS: Final[Mapping[str, Callable[[Facts[Any]], Hashable | None]]] = {
    "current_agent": _viewer,
    "ticket_assignee": _assignee,
    "ticket_requester": _requester,
}

PLACEHOLDERS: Final = {name: Placeholder(name) for name in _PARTS}

current_agent: Final = PLACEHOLDERS["current_agent"]
"""The agent who is looking."""

ticket_assignee: Final = PLACEHOLDERS["ticket_assignee"]
"""The agent who is responsible for the ticket that is asked."""

ticket_requester: Final = PLACEHOLDERS["ticket_requester"]
"""The main requester of the ticket that is asked."""


@attrs.frozen
class Moment:
    """
    A point in time that moves with now, reckoned in UTC.

    Make it with `ago` and `ahead`; `NOW` is now itself.

    Args:
        months: Whole calendar months from now; a day that the month lacks becomes its last.
        span: What is added to that, in the same direction.

    Raises:
        ConditionError: The two go in different directions.
    """

    months: int = 0
    span: timedelta = timedelta()

    def __attrs_post_init__(self) -> None:
        if (self.months > 0 and self.span < _NO_TIME) or (self.months < 0 and self.span > _NO_TIME):
            raise wrong("Moment", "months and a span in one direction", (self.months, self.span))

    @property
    def is_past(self) -> bool:
        """Whether it lies before now."""
        return self.months < 0 or self.span < _NO_TIME

    def value(self, facts: Facts[Any]) -> datetime:
        """
        The point in time.

        Raises:
            ConditionError: The facts do not say what time it is.
        """
        if facts.now is None:
            raise wrong(str(self), "facts that say what time it is", None, path="now")
        return self.at(facts.now)

    def at(self, now: datetime) -> datetime:
        """The point in time when it is `now`; where that lies beyond the calendar, the calendar's end."""
        try:
            return now.astimezone(UTC) + relativedelta(months=self.months) + self.span
        except (OverflowError, ValueError):
            return _FIRST if self.is_past else _LAST

    def __str__(self) -> str:
        if self == NOW:
            return "now"
        size = _size_text(abs(self.months), abs(self.span))
        return f"{size} ago" if self.is_past else f"in {size}"


def ago(duration: Duration | None = None, /, **units: int) -> Moment:
    """
    The point in time that lies so long before now.

    Args:
        duration: How long; a `relativedelta` for months and years.
        units: Or in whole units: `years`, `months`, `weeks`, `days`, `hours`, `minutes`, `seconds`, `microseconds`.

    Raises:
        ConditionError: The duration is negative, or is none.
    """
    months, span = _size(duration, units)
    return Moment(-months, -span)


def ahead(duration: Duration | None = None, /, **units: int) -> Moment:
    """
    The point in time that lies so long after now.

    Args:
        duration: How long; a `relativedelta` for months and years.
        units: Or in whole units: `years`, `months`, `weeks`, `days`, `hours`, `minutes`, `seconds`, `microseconds`.

    Raises:
        ConditionError: The duration is negative, or is none.
    """
    months, span = _size(duration, units)
    return Moment(months, span)


def day(now: datetime, zone: str) -> tuple[datetime, datetime]:
    """
    The day that it is somewhere: its first instant, and the next day's.

    Args:
        now: The time.
        zone: The key of a time zone, such as `"Europe/Athens"`.
    """
    there = ZoneInfo(zone)
    today = now.astimezone(there).date()
    first, next_first = (datetime.combine(it, time(), there) for it in (today, today + timedelta(days=1)))
    return first.astimezone(UTC), next_first.astimezone(UTC)


NOW: Final = Moment()

_NO_TIME: Final = timedelta()
_FIRST: Final = datetime.min.replace(tzinfo=UTC)
_LAST: Final = datetime.max.replace(tzinfo=UTC)
_MOST_MONTHS: Final = 12 * 10_000
_UNITS: Final = ("years", "months", "weeks", "days", "hours", "minutes", "seconds", "microseconds")
_ABSOLUTE: Final = ("year", "month", "day", "weekday", "hour", "minute", "second", "microsecond")


def _size(duration: object, units: Mapping[str, object]) -> tuple[int, timedelta]:
    given = _in_units(units) if duration is None and units else duration
    if not isinstance(given, (timedelta, relativedelta)) or (units and duration is not None):
        raise _no_duration(given)
    months, span = (0, given) if isinstance(given, timedelta) else _parts(given)
    if not 0 <= months <= _MOST_MONTHS or span < _NO_TIME:
        raise _no_duration(given)
    return months, span


def _in_units(units: Mapping[str, object]) -> relativedelta:
    counts = {name: count for name, count in units.items() if name in _UNITS and type(count) is int and count >= 0}
    if len(counts) < len(units):
        raise _no_duration(units)
    return relativedelta(**counts)  # type: ignore[arg-type]  # by the names of units there are numbers alone


def _parts(duration: relativedelta) -> tuple[int, timedelta]:
    if duration.leapdays or any(getattr(duration, name) is not None for name in _ABSOLUTE):
        raise _no_duration(duration)
    try:
        span = timedelta(
            days=duration.days,
            hours=duration.hours,
            minutes=duration.minutes,
            seconds=duration.seconds,
            microseconds=duration.microseconds,
        )
    except OverflowError:
        raise _no_duration(duration) from None
    return duration.years * 12 + duration.months, span


def _no_duration(given: object) -> ConditionError:
    return wrong("duration", f"a timedelta, a relativedelta or whole {', '.join(_UNITS)}, of at least 0", given)


def _size_text(months: int, span: timedelta) -> str:
    years, months = divmod(months, 12)
    minutes, seconds = divmod(span.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    counts = (years, months, span.days, hours, minutes, seconds, span.microseconds)
    names = ("year", "month", "day", "hour", "minute", "second", "microsecond")
    return " ".join(
        f"{count} {name}{'' if count == 1 else 's'}" for count, name in zip(counts, names, strict=True) if count
    )
