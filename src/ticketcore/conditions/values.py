"""
The types of the values that fields have: what may stand beside one in a condition, and how it is compared and written.

A value type knows nothing of fields or operators, and never raises for what a record holds.
"""

from collections.abc import Hashable
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any
import json
import math

import attrs

from ticketcore.conditions.folding import fold
from ticketcore.conditions.placeholders import PLACEHOLDERS, Moment, Placeholder
from ticketcore.errors import listed
from ticketcore.model.lifecycle import Status

TEXT_OPERAND_LIMIT = 1_000
NUMBER_LIMIT = 2**53


@attrs.frozen
class ValueType:
    """
    A type of values.

    Args:
        name: What it is called in messages: `"text"`.
    """

    name: str = attrs.field(init=False)

    @property
    def expected(self) -> str:
        """What an operand must be, as a noun phrase."""
        raise NotImplementedError

    def accepts(self, operand: object) -> bool:
        """Whether a value can stand in a condition."""
        raise NotImplementedError

    def canonical(self, operand: Any) -> Hashable:
        """The form in which an accepted operand stands in a condition, so that equal conditions are equal."""
        return operand  # type: ignore[no-any-return]

    def compared(self, value: Any) -> Any:
        """What is compared, of a record's value or of an operand."""
        return value

    def to_json(self, operand: Any) -> object:
        """An operand as JSON."""
        return operand

    def from_json(self, data: object) -> object:
        """What JSON stands for; what is none of this type comes back as it is, for `accepts` to refuse."""
        return data

    def text(self, operand: Any) -> str:
        """An operand or value as people read it."""
        return json.dumps(operand, ensure_ascii=False)


@attrs.frozen
class TextType(ValueType):
    """Text of people: compared without regard to case."""

    name: str = attrs.field(default="text", init=False)

    @property
    def expected(self) -> str:
        return f"text of at most {TEXT_OPERAND_LIMIT} characters"

    def accepts(self, operand: object) -> bool:
        return isinstance(operand, str) and len(operand) <= TEXT_OPERAND_LIMIT and _is_writable(operand)

    def compared(self, value: str) -> str:
        return fold(value)


@attrs.frozen
class KeyType(ValueType):
    """Keys, which machines give: compared as they are."""

    name: str = attrs.field(default="key", init=False)

    @property
    def expected(self) -> str:
        return f"{self.name} of 1 to {TEXT_OPERAND_LIMIT} characters"

    def accepts(self, operand: object) -> bool:
        return isinstance(operand, str) and 1 <= len(operand) <= TEXT_OPERAND_LIMIT and _is_writable(operand)


@attrs.frozen
class IdType(KeyType):
    """Ids, or placeholders for them."""

    name: str = attrs.field(default="id", init=False)

    def accepts(self, operand: object) -> bool:
        return isinstance(operand, Placeholder) or super().accepts(operand)

    def to_json(self, operand: Any) -> object:
        return {"placeholder": operand.name} if isinstance(operand, Placeholder) else operand

    def from_json(self, data: object) -> object:
        match data:
            case {"placeholder": str(name), **rest} if not rest:
                return PLACEHOLDERS.get(name, data)
        return data

    def text(self, operand: Any) -> str:
        return str(operand) if isinstance(operand, Placeholder) else super().text(operand)


@attrs.frozen
class StatusType(KeyType):
    """Statuses, named by themselves or by their keys."""

    name: str = attrs.field(default="status", init=False)

    @property
    def expected(self) -> str:
        return "a status or its key"

    def accepts(self, operand: object) -> bool:
        return super().accepts(self.canonical(operand))

    def canonical(self, operand: Any) -> Hashable:
        return operand.key if isinstance(operand, Status) else operand

    def compared(self, value: Any) -> Any:
        return self.canonical(value)

    def text(self, operand: Any) -> str:
        return super().text(self.canonical(operand))


@attrs.frozen
class NumberType(ValueType):
    """Whole and other numbers; True is none."""

    name: str = attrs.field(default="number", init=False)

    @property
    def expected(self) -> str:
        return "a number of at most 2**53"

    def accepts(self, operand: object) -> bool:
        if isinstance(operand, bool) or not isinstance(operand, (int, float)):
            return False
        return math.isfinite(operand) and abs(operand) <= NUMBER_LIMIT


@attrs.frozen
class FlagType(ValueType):
    """True or false."""

    name: str = attrs.field(default="flag", init=False)

    @property
    def expected(self) -> str:
        return "True or False"

    def accepts(self, operand: object) -> bool:
        return isinstance(operand, bool)


@attrs.frozen
class DateType(ValueType):
    """Days."""

    name: str = attrs.field(default="date", init=False)

    @property
    def expected(self) -> str:
        return "a date"

    def accepts(self, operand: object) -> bool:
        return isinstance(operand, date) and not isinstance(operand, datetime)

    def to_json(self, operand: Any) -> object:
        return operand.isoformat()

    def from_json(self, data: object) -> object:
        return _parsed(date, data)

    def text(self, operand: Any) -> str:
        return str(operand)


@attrs.frozen
class InstantType(ValueType):
    """Points in time, fixed ones and those that move."""

    name: str = attrs.field(default="time", init=False)

    @property
    def expected(self) -> str:
        return "a datetime with a time zone, ago(…) or ahead(…)"

    def accepts(self, operand: object) -> bool:
        return isinstance(operand, Moment) or (isinstance(operand, datetime) and operand.utcoffset() is not None)

    def canonical(self, operand: Any) -> Hashable:
        return operand if isinstance(operand, Moment) else _in_utc(operand)

    def compared(self, value: datetime) -> datetime:
        # Python never holds times of two zones for equal where a zone's clock is put back.
        return value if value.tzinfo is UTC else _in_utc(value)

    def to_json(self, operand: Any) -> object:
        return operand.to_json() if isinstance(operand, Moment) else operand.isoformat()

    def from_json(self, data: object) -> object:
        return Moment.from_json(data) if isinstance(data, dict) else _parsed(datetime, data)

    def text(self, operand: Any) -> str:
        return str(operand)


@attrs.frozen
class ChoiceType(ValueType):
    """
    The members of an enumeration, named by themselves or by their keys.

    Args:
        choices: The enumeration.
    """

    name: str = attrs.field(default="choice", init=False)
    choices: type[Enum]

    @property
    def expected(self) -> str:
        return listed(map(key_of, self.choices))

    def accepts(self, operand: object) -> bool:
        return isinstance(self.canonical(operand), self.choices)

    def canonical(self, operand: Any) -> Hashable:
        if not isinstance(operand, str) or isinstance(operand, Enum):
            return operand  # type: ignore[no-any-return]
        return next((choice for choice in self.choices if key_of(choice) == operand), operand)

    def to_json(self, operand: Any) -> object:
        return key_of(operand)

    def text(self, operand: Any) -> str:
        return key_of(operand)


def key_of(choice: Enum) -> str:
    """A choice's name in conditions and JSON: its value where that is text, else its name in small letters."""
    return choice.value if isinstance(choice.value, str) else choice.name.lower()


def _is_writable(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text) if not text.isascii() else True


def _in_utc(instant: datetime) -> datetime:
    try:
        return instant.astimezone(UTC)
    except OverflowError:  # the first and the last day of the calendar
        return instant


def _parsed(kind: type[date], data: object) -> object:
    try:
        return kind.fromisoformat(data) if isinstance(data, str) else data
    except ValueError:
        return data


TEXT = TextType()
KEY = KeyType()
ID = IdType()
STATUS = StatusType()
NUMBER = NumberType()
FLAG = FlagType()
DATE = DateType()
INSTANT = InstantType()
