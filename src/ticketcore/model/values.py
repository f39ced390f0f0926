"""
What values have in common, written once.

attrs writes the methods of each class as source and has it compiled when the class is made. Those that show and compare
values are most of it, and of most classes nobody ever asks for them; values inherit them, and programs start sooner.
Values that are compared all the time do without: what attrs writes for one class is faster.
"""

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any, TypeAlias

import attrs

_Attribute: TypeAlias = "attrs.Attribute[Any]"


class FrozenValue:
    """
    A value that shows itself as the call that makes it, and equals those of its class with equal fields.

    Inherit it in a class that `attrs.frozen` decorates, and everything is as if attrs had written it. A class that adds
    no field to what it inherits needs no decorator, only `__slots__ = ()`.
    """

    __slots__ = ()

    def __init_subclass__(cls, **options: object) -> None:
        super().__init_subclass__(**options)
        # attrs writes no method that a class has itself.
        for name in ("__repr__", "__eq__", "__hash__"):
            if name not in vars(cls):
                setattr(cls, name, getattr(cls, name))

    def __repr__(self) -> str:
        shown = (f"{it.name}={_shower(it)(getattr(self, it.name))}" for it in _fields(type(self)) if it.repr)
        return f"{type(self).__qualname__.rpartition('>.')[2]}({', '.join(shown)})"

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        compared = _compared(type(self))  # type: ignore[arg-type]  # a class can be hashed; mypy thinks of its instances
        return compared(self) == compared(other)

    def __hash__(self) -> int:
        hashed = _hashed(type(self))  # type: ignore[arg-type]  # as above
        return hash((type(self), hashed(self)))


def _fields(kind: type[Any]) -> tuple[_Attribute, ...]:
    fields: tuple[_Attribute, ...] = attrs.fields(kind)
    return fields


def _shower(field: _Attribute) -> Callable[[Any], str]:
    return field.repr if callable(field.repr) else repr


@cache
def _compared(kind: type[Any]) -> Callable[[Any], object]:
    """From a value to what of it is compared."""
    return _reader([it for it in _fields(kind) if it.eq])


@cache
def _hashed(kind: type[Any]) -> Callable[[Any], object]:
    """From a value to what of it is hashed."""
    return _reader([it for it in _fields(kind) if (it.eq if it.hash is None else it.hash)])


def _reader(fields: list[_Attribute]) -> Callable[[Any], object]:
    keys = [(it.name, _key(it)) for it in fields]
    if keys and not any(key for _, key in keys):
        return attrgetter(*(name for name, _ in keys))
    return lambda value: tuple(key(getattr(value, name)) if key else getattr(value, name) for name, key in keys)


def _key(field: _Attribute) -> Callable[[Any], object] | None:
    key: Callable[[Any], object] | None = field.eq_key  # type: ignore[attr-defined]  # the stubs of attrs lack it
    return key
