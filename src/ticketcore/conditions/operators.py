"""
The operators: their names, what each wants on its right, and how it is written.

Only positive ones. The others (`!=`, `is missing`, `has none`) are their negations, and exactly that: the language
knows true and false and nothing between, so a missing value makes an operator false and its negation true. What each
operator says of a value that is there stands in `ticketcore.conditions.answers`.
"""

from enum import Enum
from typing import Final

import attrs


class Operand(Enum):
    """What an operator wants on its right."""

    NOTHING = "nothing"
    VALUE = "a value"
    VALUES = "several values"
    RANGE = "the lowest and the highest value"
    ZONE = "a time zone"
    CALENDAR = "the id of a calendar"


@attrs.frozen
class _Sign:
    key: str
    operand: Operand
    text: str
    opposite: str | None = None


class Operator(Enum):
    """What can be asked of a field."""

    # Each is there once, so its identity will do; an enumeration's own way calls Python code for every look-up.
    __hash__ = object.__hash__

    EQUAL = _Sign("==", Operand.VALUE, "==", "!=")
    IS_IN = _Sign("is_in", Operand.VALUES, "in", "not in")
    IS_SET = _Sign("is_set", Operand.NOTHING, "is set", "is missing")
    LESS = _Sign("<", Operand.VALUE, "<")
    AT_MOST = _Sign("<=", Operand.VALUE, "<=")
    MORE = _Sign(">", Operand.VALUE, ">")
    AT_LEAST = _Sign(">=", Operand.VALUE, ">=")
    BETWEEN = _Sign("between", Operand.RANGE, "between")
    TODAY = _Sign("today", Operand.ZONE, "is today in")
    IN_BUSINESS_HOURS = _Sign("in_business_hours", Operand.CALENDAR, "is in business hours of")
    CONTAINS = _Sign("contains", Operand.VALUE, "contains")
    CONTAINS_ANY = _Sign("contains_any", Operand.VALUES, "contains any of")
    CONTAINS_ALL = _Sign("contains_all", Operand.VALUES, "contains all of")
    CONTAINS_WORD = _Sign("contains_word", Operand.VALUE, "contains the word")
    STARTS_WITH = _Sign("starts_with", Operand.VALUE, "starts with")
    ENDS_WITH = _Sign("ends_with", Operand.VALUE, "ends with")
    LIKE = _Sign("like", Operand.VALUE, "like")
    HAS = _Sign("has", Operand.VALUE, "has")
    HAS_ANY = _Sign("has_any", Operand.VALUES, "has any of")
    HAS_ALL = _Sign("has_all", Operand.VALUES, "has all of")
    EXACTLY = _Sign("is_exactly", Operand.VALUES, "is exactly", "is not exactly")
    IS_EMPTY = _Sign("is_empty", Operand.NOTHING, "is empty", "is not empty")
    CHANGED = _Sign("changed", Operand.NOTHING, "changed")
    CHANGED_FROM = _Sign("changed_from", Operand.VALUES, "changed from")
    CHANGED_TO = _Sign("changed_to", Operand.VALUES, "changed to")

    @property
    def key(self) -> str:
        """Its name in JSON: as it is written in Python."""
        return self.value.key

    @property
    def operand(self) -> Operand:
        """What it wants on its right."""
        return self.value.operand

    @property
    def text(self) -> str:
        """How it reads."""
        return self.value.text

    @property
    def opposite(self) -> str | None:
        """How its negation reads; None for a plain "not" before the whole."""
        return self.value.opposite


OPERATORS: Final = {operator.key: operator for operator in Operator}

COMPARING: Final = frozenset({Operator.EQUAL, Operator.IS_IN, Operator.IS_SET})
ORDERING: Final = frozenset(
    {Operator.LESS, Operator.AT_MOST, Operator.MORE, Operator.AT_LEAST, Operator.BETWEEN},
)
SEARCHING: Final = frozenset(
    {
        Operator.CONTAINS,
        Operator.CONTAINS_ANY,
        Operator.CONTAINS_ALL,
        Operator.CONTAINS_WORD,
        Operator.STARTS_WITH,
        Operator.ENDS_WITH,
        Operator.LIKE,
    }
)
"""The operators that look for text in text; there must be some to look for."""

HOLDING: Final = frozenset(
    {Operator.HAS, Operator.HAS_ANY, Operator.HAS_ALL, Operator.EXACTLY, Operator.IS_EMPTY},
)
CHANGING: Final = frozenset({Operator.CHANGED, Operator.CHANGED_FROM, Operator.CHANGED_TO})
"""The operators that ask of the event what became of a field."""

OF_EVENTS: Final = CHANGING | {Operator.IN_BUSINESS_HOURS}
"""The operators that only something that has just happened can be asked: no database knows what they need."""

TAKES_MISSING: Final = frozenset({Operator.IS_IN, Operator.CHANGED_FROM, Operator.CHANGED_TO})
"""The operators that accept None among what they want, meaning a missing value."""
