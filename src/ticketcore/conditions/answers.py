"""
The answers: what each operator says of a value that is there, and of one that is missing. This table is the meaning.

Both sides come here as they are compared: texts folded, sets frozen, placeholders replaced by their values, None for a
value that is missing.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from operator import contains, eq, ge, gt, le, lt
from typing import Any, Final, TypeAlias

from ticketcore.business_time import Calendar
from ticketcore.conditions.folding import words
from ticketcore.conditions.operators import TAKES_MISSING, Operator
from ticketcore.conditions.values import Value
from ticketcore.conditions.wildcards import Wildcards

Test: TypeAlias = Callable[[Any, Any], bool]
"""What an operator says of a value, the first argument, and an operand, the second."""


def _is_between(value: Value, bounds: tuple[Value, Value]) -> bool:
    lowest, highest = bounds
    return bool(lowest <= value <= highest)


def _is_within(value: datetime, limits: tuple[datetime, datetime]) -> bool:
    first, end = limits
    return first <= value < end


def _is_open(value: datetime, calendar: Calendar | None) -> bool:
    return calendar is not None and calendar.is_open(value)


def _is_in(value: object, wanted: frozenset[object]) -> bool:
    return value in wanted


def _contains_any(text: str, parts: frozenset[str]) -> bool:
    return any(part in text for part in parts)


def _contains_all(text: str, parts: frozenset[str]) -> bool:
    return all(part in text for part in parts)


def _contains_word(text: str, word: str) -> bool:
    return words(word) in words(text)


def _is_like(text: str, pattern: str) -> bool:
    return _wildcards(pattern).match(text)


_wildcards = lru_cache(maxsize=1024)(Wildcards)


def _has_any(members: frozenset[object], wanted: frozenset[object]) -> bool:
    return not members.isdisjoint(wanted)


def _has_all(members: frozenset[object], wanted: frozenset[object]) -> bool:
    return members >= wanted


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
    Operator.TODAY: _is_within,
    Operator.IN_BUSINESS_HOURS: _is_open,
    Operator.CONTAINS: contains,
    Operator.CONTAINS_ANY: _contains_any,
    Operator.CONTAINS_ALL: _contains_all,
    Operator.CONTAINS_WORD: _contains_word,
    Operator.STARTS_WITH: str.startswith,
    Operator.ENDS_WITH: str.endswith,
    Operator.LIKE: _is_like,
    Operator.HAS: contains,
    Operator.HAS_ANY: _has_any,
    Operator.HAS_ALL: _has_all,
    Operator.EXACTLY: eq,
    Operator.IS_EMPTY: _is_empty,
    Operator.CHANGED: _is_there,
    Operator.CHANGED_FROM: _is_in,
    Operator.CHANGED_TO: _is_in,
}


def answer(operator: Operator, seen: Value, wanted: Value) -> bool:
    """
    What an operator says.

    Args:
        operator: The operator.
        seen: The field's value; None for a missing one.
        wanted: The operand, as it is compared.
    """
    if seen is None:
        return operator in TAKES_MISSING and None in wanted
    return ANSWERS[operator](seen, wanted)
