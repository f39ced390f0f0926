"""Holidays: dates on which nothing is open, once or again and again."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Final

import attrs

from ticketcore.errors import Fault, InvalidInput, listed, shown
from ticketcore.model import checks
from ticketcore.model.checks import IS_DATE, Check, Checked, faults_of, is_line, is_number

if TYPE_CHECKING:
    from dateutil.rrule import rrule

RULE_LIMIT: Final = 200
"""How many characters a rule of recurrence may have."""

LONGEST: Final = 366
"""How many dates in a row one holiday may close."""

FIRST: Final = date(1900, 1, 1)
LAST: Final = date(2999, 12, 31)

_DAYS: Final = "MO|TU|WE|TH|FR|SA|SU"
_PLACE: Final = r"[+-]?[1-9]\d{0,2}"
_MONTH: Final = "(0?[1-9]|1[0-2])"
_FROM_EASTER: Final = r"(\+?([01]?\d{1,2}|2[0-4]\d|250)|-([0-7]?\d|80))"
_PARTS: Final = {
    "FREQ": "YEARLY|MONTHLY|WEEKLY",
    "INTERVAL": r"[1-9]\d?",
    "COUNT": r"[1-9]\d{0,3}",
    "UNTIL": r"\d{8}",
    "WKST": _DAYS,
    "BYMONTH": rf"{_MONTH}(,{_MONTH})*",
    "BYMONTHDAY": rf"{_PLACE}(,{_PLACE})*",
    "BYYEARDAY": rf"{_PLACE}(,{_PLACE})*",
    "BYWEEKNO": rf"{_PLACE}(,{_PLACE})*",
    "BYDAY": rf"({_PLACE})?({_DAYS})(,({_PLACE})?({_DAYS}))*",
    "BYSETPOS": rf"{_PLACE}(,{_PLACE})*",
    "BYEASTER": rf"{_FROM_EASTER}(,{_FROM_EASTER})*",
}
"""
The parts of a rule, as RFC 5545 has them (section 3.3.10), and days counted from Easter, as dateutil adds them. What
recurs within a day is no date, and what recurs every day no holiday. Dates so far from Easter that they are in another
year are left out: dateutil fails on some years when it looks for them.
"""

_IN_A_MONTH: Final = 5
_IN_A_YEAR: Final = 53
"""How often a day of the week comes in a month, and in a year, at most."""

_CYCLE: Final = 28
"""After so many years the same dates are on the same days of the week again, centuries apart."""

_LATE: Final = 9944
"""Two cycles before the last year there is."""


def _is_on(value: object) -> bool:
    return IS_DATE.accepts(value) and isinstance(value, date) and FIRST <= value <= LAST


def _is_rule(value: object) -> bool:
    if not isinstance(value, str) or len(value) > RULE_LIMIT:
        return False
    split = [part.partition("=") for part in value.split(";")]
    parts = {name: text for name, _, text in split}
    known = all(name in _PARTS and re.fullmatch(_PARTS[name], text, re.ASCII) for name, text in parts.items())
    return known and "FREQ" in parts and len(parts) == len(split) and _has_such_weekdays(parts)


def _has_such_weekdays(parts: Mapping[str, str]) -> bool:
    """
    Whether months and years have so many days of the week as a rule counts.

    dateutil finds no fault with a tenth Monday, and fails on some years only when it looks for it there.
    """
    most = _IN_A_MONTH if parts["FREQ"] == "MONTHLY" or "BYMONTH" in parts else _IN_A_YEAR
    return all(abs(int(it)) <= most for it in re.findall(_PLACE, parts.get("BYDAY", "")))


IS_ON = Check(f"a date from {FIRST} to {LAST}", _is_on)
IS_RULE = Check(f'a rule of recurrence such as "FREQ=YEARLY", of the parts {listed(_PARTS)}', _is_rule)


@attrs.frozen
class Holiday(Checked):
    """
    A holiday.

    ```python
    Holiday(date(2026, 5, 1), "Labour Day", every="FREQ=YEARLY")
    Holiday(date(2026, 4, 6), "Easter Monday", every="FREQ=YEARLY;BYEASTER=1")
    ```

    Args:
        on: Its date, or the first one from which it can recur.
        name: What people call it.
        every: How it recurs: a rule of RFC 5545 (section 3.3.10) that begins on `on`, and may count days from Easter
            with `BYEASTER`; None if it does not.
        days: How many dates in a row it closes.

    Raises:
        InvalidInput: Something of it is wrong, or the rule never comes true.
    """

    on: date = checks.checked(IS_ON)
    name: str = checks.checked(is_line(at_least=0), default="")
    every: str | None = checks.checked(IS_RULE, default=None, kw_only=True)
    days: int = checks.checked(is_number(at_least=1, at_most=LONGEST), default=1, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if faults := faults_of(self) or _faults_of_rule(self.on, self.every):
            raise InvalidInput("Holiday", faults)

    def dates(self, first: date, last: date) -> Iterator[date]:
        """
        The dates that it closes, up to the year 2999.

        Args:
            first: The first date that is asked for.
            last: The last one.
        """
        first, last = max(first, self.on), min(last, LAST)
        if last < first:
            return
        for begin in self._beginnings(first - timedelta(self.days - 1), last):
            for day in range(self.days):
                if first <= (closed := begin + timedelta(day)) <= last:
                    yield closed

    def _beginnings(self, first: date, last: date) -> Iterator[date]:
        if self.every is None:
            yield from (it for it in (self.on,) if first <= it <= last)
        else:
            found = _rule(self.every, self.on).between(_midnight(first), _midnight(last), inc=True)
            yield from (it.date() for it in found)


def _faults_of_rule(on: date, rule: str | None) -> list[Fault]:
    if rule is None:
        return []
    try:
        begins = _comes_true(rule, on)
    except (ValueError, OverflowError):  # what dateutil says of a number out of range
        return [Fault("every", IS_RULE.expected, shown(rule))]
    return [] if begins else [Fault("every", "a rule that comes true some day", shown(rule))]


@lru_cache(maxsize=1024)
def _comes_true(rule: str, on: date) -> bool:
    """
    Whether a rule has any date at all.

    dateutil looks for the first one until the year 9999, so it is asked for late in the calendar, where that is near.
    """
    endless = ";".join(part for part in rule.split(";") if not part.startswith(("COUNT=", "UNTIL=")))
    late = on.replace(year=_LATE + (on.year - _LATE) % _CYCLE)
    return any(islice(_rule(endless, late), 1)) and any(islice(_rule(rule, on), 1))


def _rule(text: str, on: date) -> "rrule":
    # Few calendars have such holidays, and this module of dateutil takes as long to load as a third of our own.
    from dateutil.rrule import rrule, rrulestr  # noqa: PLC0415 - as said above

    found = rrulestr(text, dtstart=_midnight(on))
    assert isinstance(found, rrule), "one rule makes no set of them"  # noqa: S101 - for type checkers
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())
