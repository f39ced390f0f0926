"""
Facts: the values of a record whose kind has no fields of its own, in a form that a database can compare.

Texts stand there as they are, folded, and as words; instants in microseconds; choices by their keys.
"""

from collections.abc import Callable
from datetime import date, datetime
from enum import Enum, IntEnum
from functools import cache
from typing import Any, Final

import attrs

from ticketcore.conditions import fold, words
from ticketcore.conditions.values import key_of
from ticketcore.storage.sql.leaves import microseconds

KEY: Final = "key"
DAY: Final = "day"
MEMBERS: Final = "members"
"""Under which words choices, days, and what a field holds several of stand."""

DEPTH_LIMIT: Final = 3
"""How many levels of values within values are looked at."""


def facts_of_record(record: object) -> dict[str, object]:
    """What can be asked of a record, by attribute, with dots for an attribute of an attribute."""
    facts: dict[str, object] = {}
    _add(facts, record, "", 0)
    return facts


def _add(facts: dict[str, object], value: object, prefix: str, depth: int) -> None:
    it: type = type(value)
    for name in _attributes(it):
        inner = getattr(value, name)
        told = None if inner is None else _told(inner)
        if told is not None:
            facts[f"{prefix}{name}"] = told
        elif inner is not None and attrs.has(type(inner)) and depth < DEPTH_LIMIT:
            _add(facts, inner, f"{prefix}{name}.", depth + 1)


def _told(value: object) -> object | None:
    """A value as facts hold it; None for what cannot be asked."""
    it: type = type(value)
    form = _form_of(it)
    return None if form is None else form(value)


@cache
def _form_of(it: type) -> Callable[[Any], object] | None:
    return next((form for base, form in _FORMS if issubclass(it, base)), None)


def _text(value: str) -> object:
    return [value, fold(value), words(value)]


def _choice(value: Enum) -> object:
    return {KEY: key_of(value)}


def _day(value: date) -> object:
    return {DAY: value.isoformat()}


def _members(value: Any) -> object:  # noqa: ANN401 - a tuple or a frozen set
    return {MEMBERS: [told for it in value if (told := _told(it)) is not None]}


# A choice of numbers is a number, a flag is one, and an instant is a day: what is more special comes first.
_FORMS: Final[tuple[tuple[type | tuple[type, ...], Callable[[Any], object]], ...]] = (
    (str, _text),
    (IntEnum, int),
    (Enum, _choice),
    ((bool, int), int),
    (float, float),
    (datetime, microseconds),
    (date, _day),
    ((tuple, frozenset), _members),
)


@cache
def _attributes(it: type) -> tuple[str, ...]:
    """What records of a class have: fields, and what is worked out from them or the same for all."""
    if not attrs.has(it):
        return ()
    fields = [field.name for field in attrs.fields(it)]
    others = [
        name
        for base in it.__mro__[:-1]
        for name, value in vars(base).items()
        if not name.startswith("_") and isinstance(value, (property, *_CONSTANTS))
    ]
    return tuple(dict.fromkeys((*fields, *others)))


_CONSTANTS: Final = (str, int, float, datetime, Enum)
