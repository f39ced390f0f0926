"""
The answers: what each operator says of a value that is there, and of one that is missing. This table is the meaning.

Both sides come here as they are compared: texts folded, sets as frozen sets, placeholders replaced by their values.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from operator import contains, eq, ge, gt, le, lt
from typing import Any, Final
from zoneinfo import ZoneInfo

from ticketcore.conditions.folding import words
from ticketcore.conditions.operators import TAKES_MISSING, Operator
from ticketcore.conditions.wildcards import Wildcards

Test = Callable[[Any, Any], bool]


def _is_between(value: Any, bounds: tuple[Any, Any]) -> bool:
    lowest, highest = bounds
    return bool(lowest <= value <= highest)


def _is_in(value: object, wanted: frozenset[object]) -> bool:
    return value in wanted


def _contains_any(text: str, parts: frozenset[str]) -> bool:
    return any(part in text for part in parts)


def _contains_all(text: str, parts: frozenset[str]) -> bool:
    return all(part in text for part in parts)


def _contains_word(text: str, word: str) -> bool:
    return words(word) in words(text)


def _matches(text: str, pattern: str) -> bool:
    return wildcards(pattern).match(text)


def _has_any(members: frozenset[object], wanted: frozenset[object]) -> bool:
    return not members.isdisjoint(wanted)


def _is_there(_value: object, _nothing: None) -> bool:
    return True


def _is_empty(members: frozenset[object], _nothing: None) -> bool:
    return not members


ANSWERS: Final[Mapping[Operator, Test]] = {
    Operator.EQUAL: eq,
    Operator.IS_IN: _is_in,
    Operator.IS_SET: _is_there,
    Operator.LESS: lt,
    Operator.AT_MOST: le,
    Operator.MORE: gt,
    Operator.AT_LEAST: ge,
    Operator.BETWEEN: _is_between,
    Operator.TODAY: lambda value, day: day[0] <= value < day[1],
    Operator.CONTAINS: contains,
    Operator.CONTAINS_ANY: _contains_any,
    Operator.CONTAINS_ALL: _contains_all,
    Operator.CONTAINS_WORD: _contains_word,
    Operator.STARTS_WITH: str.startswith,
    Operator.ENDS_WITH: str.endswith,
    Operator.LIKE: _matches,
    Operator.HAS: contains,
    Operator.HAS_ANY: _has_any,
    Operator.HAS_ALL: frozenset.issuperset,
    Operator.EXACTLY: eq,
    Operator.IS_EMPTY: _is_empty,
    Operator.CHANGED: _is_there,
    Operator.CHANGED_FROM: _is_in,
    Operator.CHANGED_TO: _is_in,
}

wildcards = lru_cache(maxsize=1024)(Wildcards)


def answer(operator: Operator, seen: object, wanted: object) -> bool:
    """
    What an operator says.

    Args:
        operator: The operator.
        seen: The field's value; None for a missing one.
        wanted: The operand, as it is compared.
    """
    if seen is None:
        return operator in TAKES_MISSING and isinstance(wanted, frozenset) and None in wanted
    return ANSWERS[operator](seen, wanted)


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
