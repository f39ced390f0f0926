"""
The types of the values that fields have: what may stand beside one in a condition, and how it is compared and written.

A value type knows nothing of fields or operators, and never raises for what a record holds.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from functools import partial
from typing import Any, Final, TypeAlias, TypeGuard

import attrs

from ticketcore.conditions.errors import ConditionError
from ticketcore.conditions.folding import fold
from ticketcore.conditions.placeholders import NOW, PLACEHOLDERS, Moment, Placeholder, ago, ahead
from ticketcore.errors import listed
from ticketcore.model.lifecycle import Status

Value: TypeAlias = Any
"""A value of some field. What it is only the field's type knows, so this is where `Any` comes in."""

TEXT_OPERAND_LIMIT: Final = 1_000
NUMBER_LIMIT: Final = 2**53


def _as_it_is(value: Value) -> Value:
    return value


def _quoted(value: Value) -> str:
    return json.dumps(value, ensure_ascii=False)


@attrs.frozen(kw_only=True)
class ValueType:
    """
    A type of values.

    Args:
        name: What it is called in messages: `"text"`.
        expected: What an operand must be, as a noun phrase.
        accepts: Whether something can stand in a condition.
        canonical: The form in which an accepted operand stands there, so that equal conditions are equal.
        compared: What is compared, of a record's value or of an operand.
        to_json: An operand as JSON.
        from_json: What JSON stands for; what is none of this type comes back as it is, for `accepts` to refuse.
        text: An operand or value as people read it.
        choices: All values that there are, where they are known.
    """

    name: str
    expected: str
    accepts: Callable[[object], bool] = attrs.field(eq=False)
    canonical: Callable[[Value], Value] = attrs.field(default=_as_it_is, eq=False)
    compared: Callable[[Value], Value] = attrs.field(default=_as_it_is, eq=False)
    to_json: Callable[[Value], object] = attrs.field(default=_as_it_is, eq=False)
    from_json: Callable[[object], object] = attrs.field(default=_as_it_is, eq=False)
    text: Callable[[Value], str] = attrs.field(default=_quoted, eq=False)
    choices: tuple[Value, ...] = ()


def is_compared_as_it_is(values: ValueType) -> bool:
    """Whether records' values of this type need no preparation before they are compared."""
    return values.compared is _as_it_is


def is_object(data: object) -> TypeGuard[dict[str, Value]]:
    """Whether something is an object as JSON has them."""
    return isinstance(data, dict) and all(isinstance(key, str) for key in data)  # pyright: ignore[reportUnknownVariableType]


def is_list(data: object) -> TypeGuard[list[Value]]:
    """Whether something is a list as JSON has them."""
    return isinstance(data, list)


# Texts, keys and ids.


def _is_text(operand: object) -> bool:
    return isinstance(operand, str) and len(operand) <= TEXT_OPERAND_LIMIT and _is_storable(operand)


def _is_storable(text: str) -> bool:
    """Whether every database can be asked for it: no lone surrogates, no null character."""
    return "\0" not in text and (text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text))


def _is_key(operand: object) -> bool:
    return _is_text(operand) and operand != ""


def _is_id(operand: object) -> bool:
    return isinstance(operand, Placeholder) or _is_key(operand)


def _id_to_json(operand: str | Placeholder) -> object:
    return {"placeholder": operand.name} if isinstance(operand, Placeholder) else operand


def _id_from_json(data: object) -> object:
    if not is_object(data) or data.keys() != {"placeholder"}:
        return data
    name = data["placeholder"]
    return PLACEHOLDERS.get(name, data) if isinstance(name, str) else data


def _id_text(operand: str | Placeholder) -> str:
    return str(operand) if isinstance(operand, Placeholder) else _quoted(operand)


def _status_key(operand: Value) -> Value:
    return operand.key if isinstance(operand, Status) else operand


def _is_status(operand: object) -> bool:
    return _is_key(_status_key(operand))


def _status_text(operand: Value) -> str:
    return _quoted(_status_key(operand))


_TEXT_SIZE: Final = f"at most {TEXT_OPERAND_LIMIT} characters that can be stored"

TEXT: Final = ValueType(name="text", expected=f"text of {_TEXT_SIZE}", accepts=_is_text, compared=fold)
KEY: Final = ValueType(name="key", expected=f"a key of {_TEXT_SIZE}", accepts=_is_key)
ID: Final = ValueType(
    name="id",
    expected=f"an id of {_TEXT_SIZE}, or a placeholder: {listed(PLACEHOLDERS)}",
    accepts=_is_id,
    to_json=_id_to_json,
    from_json=_id_from_json,
    text=_id_text,
)
STATUS: Final = ValueType(
    name="status",
    expected="a status or its key",
    accepts=_is_status,
    canonical=_status_key,
    compared=_status_key,
    text=_status_text,
)


# Numbers and flags.


def _is_number(operand: object) -> bool:
    # NaN and infinity are not within bounds; an int may be too large for a float, so nothing converts it.
    return isinstance(operand, (int, float)) and not isinstance(operand, bool) and abs(operand) <= NUMBER_LIMIT


def _whole(number: Value) -> Value:
    return int(number) if number == int(number) else number


def _is_flag(operand: object) -> bool:
    return isinstance(operand, bool)


NUMBER: Final = ValueType(name="number", expected="a number of at most 2**53", accepts=_is_number, canonical=_whole)
FLAG: Final = ValueType(name="flag", expected="True or False", accepts=_is_flag, choices=(True, False))


# Days and points in time.


def _is_date(operand: object) -> bool:
    return isinstance(operand, date) and not isinstance(operand, datetime)


def _is_instant(operand: object) -> bool:
    return isinstance(operand, Moment) or (isinstance(operand, datetime) and operand.utcoffset() is not None)


def _in_utc(operand: Value) -> Value:
    """The same instant in UTC: Python never holds times of two zones for equal where a zone's clock is put back."""
    if isinstance(operand, Moment) or operand.tzinfo is UTC:
        return operand
    try:
        return operand.astimezone(UTC)
    except OverflowError:  # the first or the last day of the calendar
        return operand


def _instant_to_json(operand: Value) -> object:
    if not isinstance(operand, Moment):
        return operand.isoformat()
    span = abs(operand.span)
    units = {
        "months": abs(operand.months),
        "days": span.days,
        "seconds": span.seconds,
        "microseconds": span.microseconds,
    }
    return {"ago" if operand.is_past else "ahead": {unit: count for unit, count in units.items() if count}}


def _instant_from_json(data: object) -> object:
    if not is_object(data) or len(data) != 1:
        return _parsed(datetime, data)
    ((direction, units),) = data.items()
    if direction not in _DIRECTIONS or not is_object(units):
        return data
    try:
        return _DIRECTIONS[direction](**units) if units else NOW
    except ConditionError:
        return data


def _parsed(kind: type[date], data: object) -> object:
    try:
        return kind.fromisoformat(data) if isinstance(data, str) else data
    except ValueError:
        return data


_DIRECTIONS: Final[Mapping[str, Callable[..., Moment]]] = {"ago": ago, "ahead": ahead}

DATE: Final = ValueType(
    name="date",
    expected="a date",
    accepts=_is_date,
    to_json=date.isoformat,
    from_json=partial(_parsed, date),
    text=str,
)
INSTANT: Final = ValueType(
    name="time",
    expected="a datetime with a time zone, ago(…), ahead(…) or NOW",
    accepts=_is_instant,
    canonical=_in_utc,
    compared=_in_utc,
    to_json=_instant_to_json,
    from_json=_instant_from_json,
    text=str,
)


# Choices.


def choice_of(choices: type[Enum]) -> ValueType:
    """
    The type of the members of an enumeration, named by themselves or by their keys.

    Args:
        choices: The enumeration.
    """
    return ValueType(
        name="choice",
        expected=listed(map(key_of, choices)),
        accepts=partial(_is_choice, choices),
        canonical=partial(_choice, choices),
        to_json=key_of,
        text=key_of,
        choices=tuple(choices),
    )


def key_of(choice: Enum) -> str:
    """A choice's name in conditions and JSON: its value where that is text, else its name in small letters."""
    return choice.value if isinstance(choice.value, str) else choice.name.lower()


def _choice(choices: type[Enum], operand: object) -> object:
    if isinstance(operand, Enum) or not isinstance(operand, str):
        return operand
    return next((choice for choice in choices if key_of(choice) == operand), operand)


def _is_choice(choices: type[Enum], operand: object) -> bool:
    return isinstance(_choice(choices, operand), choices)
