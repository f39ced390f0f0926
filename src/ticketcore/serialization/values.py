"""
Single values: texts, numbers, times, bytes, choices, and what is written by its name alone.

Strict both ways: a value of another type is refused, never converted. As hooks of cattrs do, a reader takes what a
decoder gave and the type that is wanted; it raises `InvalidInput` with paths as seen from the value.
"""

import base64
import hashlib
import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import Enum, IntEnum, StrEnum
from functools import cache
from types import UnionType
from typing import Any, Final, TypeAlias, Union, get_args, get_origin

from cattrs import Converter
from cattrs.fns import identity

from ticketcore.conditions.values import key_of
from ticketcore.errors import InvalidInput, listed
from ticketcore.model.fields import FieldValue
from ticketcore.model.lifecycle import LifeCycle, Status
from ticketcore.serialization.text import refused

Form: TypeAlias = Any
"""A type as an annotation says it, in whatever way it is made."""

Read: TypeAlias = Callable[[Any, Form], Any]
Write: TypeAlias = Callable[[Any], Any]

NUMBER_LIMIT: Final = 2**53
"""The largest whole number that every reader of JSON takes for what it is (RFC 8259, section 6)."""


def add_values(converter: Converter) -> None:
    """Teaches a converter the plain values and the choices."""
    for form, (read, _) in _PLAIN.items():
        converter.register_structure_hook(form, read)
    converter.register_unstructure_hook_factory(_is_plain, lambda form: _PLAIN[form][1])
    # cattrs has a hook of its own for bytes, which would be found first.
    converter.register_unstructure_hook(bytes, _write_bytes)
    # Members of the last two are numbers or texts, too, whose hooks would be found first.
    for form in (Enum, IntEnum, StrEnum):
        converter.register_structure_hook(form, _read_choice)
        converter.register_unstructure_hook(form, key_of)
    converter.register_structure_hook_factory(_is_field_value, lambda _: _read_field_value)
    converter.register_unstructure_hook_factory(_is_field_value, lambda _: _write_field_value)


def add_statuses(converter: Converter, life_cycle: LifeCycle) -> None:
    """Teaches a converter the statuses of a life cycle."""
    statuses = {status.key: status for status in life_cycle.statuses}
    converter.register_structure_hook_factory(_is_status, lambda _: name_reader(statuses))
    converter.register_unstructure_hook_factory(_is_status, lambda _: str)


def make_canonical(converter: Converter) -> None:
    """Has a converter write bytes as their digest, and equal numbers equally. Nothing can read that back."""
    converter.register_unstructure_hook(bytes, _digest)
    converter.register_unstructure_hook_factory(_is_field_value, lambda _: _write_canonical_field_value)


def origin_of(form: Form) -> Any:  # noqa: ANN401 - a class, or what typing has for one
    """What a type is made of: `tuple` for `tuple[str, ...]`; None for a plain class."""
    return get_origin(form)


UNIONS: Final = (Union, UnionType)
"""The origins of unions, according to how they are written."""


def read_string(data: object, _: Form = None) -> str:
    """Text that every database can store: without null characters and lone surrogates."""
    if type(data) is str and "\0" not in data and (data.isascii() or _is_encodable(data)):
        return data
    raise refused("text that can be stored", data)


def _is_encodable(text: str) -> bool:
    try:
        return bool(text.encode())
    except UnicodeEncodeError:
        return False


def _read_number(data: object, _: Form = None) -> int:
    if type(data) is int and abs(data) <= NUMBER_LIMIT:
        return data
    raise refused("a whole number of at most 2**53", data)


def _read_fraction(data: object, _: Form = None) -> float:
    if type(data) is float and math.isfinite(data):
        return data
    return float(_read_number(data))


def _read_flag(data: object, _: Form = None) -> bool:
    if type(data) is bool:
        return data
    raise refused("true or false", data)


def _read_bytes(data: object, _: Form = None) -> bytes:
    try:
        if type(data) is str:
            return base64.b64decode(data, validate=True)
    except ValueError:
        pass
    raise refused("bytes in Base64", data)


def _write_bytes(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _digest(value: bytes) -> str:
    return hashlib.sha256(value).hexdigest()


def _read_instant(data: object, _: Form = None) -> datetime:
    try:
        instant = datetime.fromisoformat(data) if type(data) is str else None
    except ValueError:
        instant = None
    if instant is None or instant.utcoffset() is None:
        raise refused("a time with its zone, like 2026-03-02T09:00:00+00:00", data)
    return _in_utc(instant)


def _write_instant(value: datetime) -> str:
    if value.tzinfo is UTC:
        return value.isoformat()
    if value.utcoffset() is None:
        raise refused("a datetime with a time zone", value)
    return _in_utc(value).isoformat()


def _in_utc(instant: datetime) -> datetime:
    try:
        return instant.astimezone(UTC)
    except OverflowError:  # the first or the last day of the calendar
        return instant


def _read_date(data: object, _: Form = None) -> date:
    try:
        if type(data) is str:
            return date.fromisoformat(data)
    except ValueError:
        pass
    raise refused("a date like 2026-03-02", data)


def _read_duration(data: object, _: Form = None) -> timedelta:
    try:
        return timedelta(seconds=_read_fraction(data))
    except (InvalidInput, OverflowError):
        raise refused("a duration as a number of seconds", data) from None


def _write_duration(value: timedelta) -> int | float:
    seconds = value.total_seconds()
    return int(seconds) if seconds.is_integer() else seconds


_PLAIN: Final[Mapping[type, tuple[Read, Write]]] = {
    str: (read_string, identity),
    int: (_read_number, identity),
    float: (_read_fraction, identity),
    bool: (_read_flag, identity),
    bytes: (_read_bytes, _write_bytes),
    date: (_read_date, date.isoformat),
    datetime: (_read_instant, _write_instant),
    timedelta: (_read_duration, _write_duration),
}


def _is_plain(form: Form) -> bool:
    return form in _PLAIN


# Choices: by their values, or by their names in small letters where the values are numbers.


def _read_choice(data: object, form: type[Enum]) -> Enum:
    choices = _choices(form)
    if type(data) is str and data in choices:
        return choices[data]
    raise refused(listed(choices), data)


@cache
def _choices(form: type[Enum]) -> Mapping[str, Enum]:
    return {key_of(choice): choice for choice in form}


# Values of custom fields: a date is told from a text by the object around it.


def _is_field_value(form: Form) -> bool:
    return origin_of(form) in UNIONS and frozenset(get_args(form)) == _FIELD_VALUE_PARTS


_FIELD_VALUE_PARTS: Final = frozenset(get_args(FieldValue))


def _read_field_value(data: object, _: Form = None) -> FieldValue:
    match data:
        case str():
            return read_string(data)
        case int() | float() if abs(data) <= NUMBER_LIMIT:  # True and False are numbers, NaN is not within bounds
            return data
        case {"date": day, **rest} if not rest:
            return _read_date(day)
        case _:
            raise refused(f'{_HELD}, or {{"date": "2026-03-02"}}', data)


def _write_field_value(value: object) -> object:
    match value:
        case str():
            return value
        case int() | float() if abs(value) <= NUMBER_LIMIT:
            return value
        case date() if not isinstance(value, datetime):
            return {"date": value.isoformat()}
        case _:
            raise refused(f"{_HELD}, or a date", value)


_HELD: Final = "text, a number of at most 2**53, True, False"


def _write_canonical_field_value(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else _write_field_value(value)


# What is written by its name.


def _is_status(form: Form) -> bool:
    return form is Status


def name_reader(named: Mapping[str, object]) -> Read:
    """Reads the name of one of several things."""

    def read(data: object, _: Form) -> object:
        if type(data) is str and data in named:
            return named[data]
        raise refused(listed(named), data)

    return read
