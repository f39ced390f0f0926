"""
The operators: their names, what each wants on its right, and how it is written.

Only positive ones. The others (`!=`, `is missing`, `has none`) are their negations, and exactly that: the language
knows true and false and nothing between, so a missing value makes an operator false and its negation true. What each
operator says of a value that is there stands in `ticketcore.conditions.answers`.
"""

from enum import Enum
from typing import Final


class Operand(Enum):
    """What an operator wants on its right."""

    NOTHING = "nothing"
    VALUE = "a value"
    VALUES = "several values"
    RANGE = "the lowest and the highest value"
    ZONE = "a time zone"
    CALENDAR = "the id of a calendar"


class Operator(Enum):
    """What can be asked of a field."""

    # Each is there once, so its identity will do; an enumeration's own way calls Python code for every look-up.
    __hash__ = object.__hash__

    EQUAL = ("==", Operand.VALUE, "==", "!=")
    IS_IN = ("is_in", Operand.VALUES, "in", "not in")
    IS_SET = ("is_set", Operand.NOTHING, "is set", "is missing")
    LESS = ("<", Operand.VALUE, "<")
    AT_MOST = ("<=", Operand.VALUE, "<=")
    MORE = (">", Operand.VALUE, ">")
    AT_LEAST = (">=", Operand.VALUE, ">=")
    BETWEEN = ("between", Operand.RANGE, "between")
    TODAY = ("today", Operand.ZONE, "is today in")
    IN_BUSINESS_HOURS = ("in_business_hours", Operand.CALENDAR, "is in business hours of")
    CONTAINS = ("contains", Operand.VALUE, "contains")
    CONTAINS_ANY = ("contains_any", Operand.VALUES, "contains any of")
    CONTAINS_ALL = ("contains_all", Operand.VALUES, "contains all of")
    CONTAINS_WORD = ("contains_word", Operand.VALUE, "contains the word")
    STARTS_WITH = ("starts_with", Operand.VALUE, "starts with")
    ENDS_WITH = ("ends_with", Operand.VALUE, "ends with")
    LIKE = ("like", Operand.VALUE, "like")
    HAS = ("has", Operand.VALUE, "has")
    HAS_ANY = ("has_any", Operand.VALUES, "has any of")
    HAS_ALL = ("has_all", Operand.VALUES, "has all of")
    EXACTLY = ("is_exactly", Operand.VALUES, "is exactly", "is not exactly")
    IS_EMPTY = ("is_empty", Operand.NOTHING, "is empty", "is not empty")
    CHANGED = ("changed", Operand.NOTHING, "changed")
    CHANGED_FROM = ("changed_from", Operand.VALUES, "changed from")
    CHANGED_TO = ("changed_to", Operand.VALUES, "changed to")

    def __init__(self, key: str, operand: Operand, text: str, opposite: str | None = None) -> None:
        self.key: Final = key
        """Its name in JSON: as it is written in Python."""

        self.operand: Final = operand
        """What it wants on its right."""

        self.text: Final = text
        """How it reads."""

        self.opposite: Final = opposite
        """How its negation reads; None for a plain "not" before the whole."""


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
