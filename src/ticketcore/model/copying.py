"""Copies of records with some fields changed: `attrs.evolve`, at a tenth of its cost on records of many fields."""

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from types import MemberDescriptorType
from typing import Any, Final, TypeAlias, TypeVar

import attrs

T = TypeVar("T")

_Copier: TypeAlias = Callable[[Any, dict[str, Any]], Any]
"""From a record, and what changes, to the copy."""

_MANY: Final = 30
"""
From how many fields on a class has a twin. The others, whose copies cost little, have none: a twin is one more subclass
of the bases, for whoever asks these for their subclasses.
"""

_DOING_MORE = ("__attrs_pre_init__", "__attrs_post_init__", "_attrs_cached_hash")
"""What a class has whose constructor does more than to take over its arguments."""


def copy_with(record: T, /, **changes: Any) -> T:
    """
    A copy of a record in which some fields have other values.

    Args:
        record: An instance of an attrs class with at least two fields, all of them arguments of its constructor.
        changes: The new values by the name of the field.
    """
    copier = _copier(type(record))  # type: ignore[arg-type]  # a class can be hashed; mypy thinks of its instances
    return copier(record, changes)  # type: ignore[no-any-return]  # of the record's own class


@cache
def _copier(kind: type[Any]) -> _Copier:
    fields = attrs.fields(kind)
    names = tuple(field.name for field in fields)
    slots = [getattr(kind, name, None) for name in names]
    is_plain = not any(hasattr(kind, name) for name in _DOING_MORE)
    is_plain &= not any(field.converter or field.validator for field in fields)
    if is_plain and all(isinstance(slot, MemberDescriptorType) for slot in slots):
        has_twin = len(names) >= _MANY and "__slots__" in vars(kind)
        return _twin_copier(kind, names) if has_twin else _slot_copier(kind, names, slots)
    read = attrgetter(*names)
    return lambda record, changes: kind(**dict(zip(names, read(record), strict=True)) | changes)


def _slot_copier(kind: type[Any], names: tuple[str, ...], slots: list[Any]) -> _Copier:
    """A copier that fills slot after slot, as a plain constructor does, which it leaves out."""
    read = attrgetter(*names)
    writers = [slot.__set__ for slot in slots]
    writer_of = dict(zip(names, writers, strict=True))

    def copy(record: Any, changes: dict[str, Any]) -> Any:  # noqa: ANN401 - of the class
        new = object.__new__(kind)
        for write, value in zip(writers, read(record), strict=True):
            write(new, value)
        for name, value in changes.items():
            writer_of[name](new, value)
        return new

    return copy


def _twin_copier(kind: type[Any], names: tuple[str, ...]) -> _Copier:
    """
    A copier that fills a twin of the class, which is the same but not frozen, and makes the copy one of the class then.

    To set an attribute is the quickest thing that there is; all ways around a class that is frozen take ten times as
    long. The text consists of the names of the fields, as that of a constructor by attrs does.
    """
    free = {"__setattr__": object.__setattr__, "__delattr__": object.__delattr__}
    twin = type(kind.__name__, kind.__bases__, {**free, "__slots__": vars(kind)["__slots__"], "__doc__": kind.__doc__})
    filling = [f"        new.{name} = record.{name}" for name in names]
    text = [
        "def make(new_of, twin):",
        "    def fill(record):",
        "        new = new_of(twin)",
        *filling,
        "        return new",
        "    return fill",
    ]
    made: dict[str, Any] = {}
    exec("\n".join(text), made)  # noqa: S102 - identifiers of our own program
    fill = made["make"](object.__new__, twin)
    known = frozenset(names)

    def copy(record: Any, changes: dict[str, Any]) -> Any:  # noqa: ANN401 - of the class
        if not known.issuperset(changes):
            raise TypeError(f"{kind.__name__} has no fields {sorted(changes.keys() - known)}")
        new = fill(record)
        for name, value in changes.items():
            setattr(new, name, value)
        new.__class__ = kind
        return new

    return copy
