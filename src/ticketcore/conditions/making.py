"""
Making fields: what the catalogue is written with, and what hosts and storages make fields of their own with.

A field that is made here is a value; nothing remembers it.
"""

from datetime import date
from enum import Enum
from typing import Any, Generic, TypeVar

import attrs

from ticketcore.conditions.errors import wrong
from ticketcore.conditions.expressions import Field
from ticketcore.conditions.facts import Facts
from ticketcore.conditions.fields import (
    ChoiceField,
    DateField,
    FlagField,
    IdField,
    InstantField,
    KeyField,
    NumberField,
    OrderedChoiceField,
    SetField,
    TextField,
)
from ticketcore.conditions.reading import RECORD, CustomReader, Origin, Read, reader
from ticketcore.conditions.values import (
    DATE,
    FLAG,
    ID,
    INSTANT,
    KEY,
    NUMBER,
    STATUS,
    TEXT,
    ChoiceType,
    ValueType,
)
from ticketcore.model.checks import KEY_LIMIT
from ticketcore.model.lifecycle import Status

S = TypeVar("S", bound=Facts[Any])
E = TypeVar("E", bound=Enum)


@attrs.frozen
class Fields(Generic[S]):
    """
    Makes fields of one origin.

    Every method takes the field's name within its origin, a sentence about it, and optionally the attribute where it is
    found (the name, if not given) or a function of the facts that reads it.

    Args:
        scope: What they can be asked of.
        facts: The class of facts that they read.
        origin: What they are attributes of.
        always: Whether every record has the attributes; reading is quicker then.
    """

    scope: str
    facts: type[S]
    origin: Origin = RECORD
    always: bool = True

    def text(self, name: str, description: str = "", *, attribute: str = "", read: Read | None = None) -> TextField[S]:
        """A field that holds a text."""
        return TextField(*self._parts(name, description, TEXT, attribute, read))

    def number(
        self, name: str, description: str = "", *, attribute: str = "", read: Read | None = None
    ) -> NumberField[S]:
        """A field that holds a number."""
        return NumberField(*self._parts(name, description, NUMBER, attribute, read))

    def date(self, name: str, description: str = "", *, attribute: str = "", read: Read | None = None) -> DateField[S]:
        """A field that holds a day."""
        return DateField(*self._parts(name, description, DATE, attribute, read))

    def instant(
        self, name: str, description: str = "", *, attribute: str = "", read: Read | None = None
    ) -> InstantField[S]:
        """A field that holds a point in time."""
        return InstantField(*self._parts(name, description, INSTANT, attribute, read))

    def flag(self, name: str, description: str = "", *, attribute: str = "", read: Read | None = None) -> FlagField[S]:
        """A field that is true or false."""
        return FlagField(*self._parts(name, description, FLAG, attribute, read))

    def id(self, name: str, description: str = "", *, attribute: str = "", read: Read | None = None) -> IdField[S, str]:
        """A field that holds the id of a record."""
        return IdField(*self._parts(name, description, ID, attribute, read))

    def key(
        self, name: str, description: str = "", *, attribute: str = "", read: Read | None = None
    ) -> KeyField[S, str]:
        """A field that holds a key, compared as it is."""
        return KeyField(*self._parts(name, description, KEY, attribute, read))

    def status(
        self, name: str, description: str = "", *, attribute: str = "", read: Read | None = None
    ) -> KeyField[S, Status]:
        """A field that holds a status of the life cycle."""
        return KeyField(*self._parts(name, description, STATUS, attribute, read))

    def choice(
        self, name: str, choices: type[E], description: str = "", *, attribute: str = "", read: Read | None = None
    ) -> ChoiceField[S, E]:
        """A field that holds a member of an enumeration."""
        return ChoiceField(*self._parts(name, description, ChoiceType(choices), attribute, read))

    def ordered_choice(
        self, name: str, choices: type[E], description: str = "", *, attribute: str = "", read: Read | None = None
    ) -> OrderedChoiceField[S, E]:
        """A field that holds a member of an enumeration whose members have an order."""
        return OrderedChoiceField(*self._parts(name, description, ChoiceType(choices), attribute, read))

    def texts(
        self, name: str, description: str = "", *, attribute: str = "", read: Read | None = None
    ) -> SetField[S, str]:
        """A field that holds several texts."""
        return SetField(*self._parts(name, description, TEXT, attribute, read))

    def ids(
        self, name: str, description: str = "", *, attribute: str = "", read: Read | None = None
    ) -> SetField[S, str]:
        """A field that holds the ids of several records."""
        return SetField(*self._parts(name, description, ID, attribute, read))

    def _parts(
        self, name: str, description: str, values: ValueType, attribute: str, read: Read | None
    ) -> tuple[str, str, str, ValueType, Origin, str, Read]:
        where = attribute or name
        way = read or reader(self.origin, where, always=self.always)
        return self.scope, _joined(self.origin, name), description, values, self.origin, where, way


@attrs.frozen
class CustomFields(Generic[S]):
    """
    The fields that a host defines, asked by their keys.

    A value of another type than asked for counts as missing. Choices are asked as texts.

    Args:
        scope: What they can be asked of.
        facts: The class of facts that they read.
        origin: What has them.
    """

    scope: str
    facts: type[S]
    origin: Origin = RECORD

    def text(self, key: str) -> TextField[S]:
        """A custom field of text."""
        return TextField(*self._parts(key, "", TEXT, str))

    def choice(self, key: str) -> TextField[S]:
        """A custom field of choice: asked as text."""
        return self.text(key)

    def number(self, key: str) -> NumberField[S]:
        """A custom field that holds a number."""
        return NumberField(*self._parts(key, "number.", NUMBER, int, float))

    def date(self, key: str) -> DateField[S]:
        """A custom field that holds a day."""
        return DateField(*self._parts(key, "date.", DATE, date))

    def flag(self, key: str) -> FlagField[S]:
        """A custom field that is true or false."""
        return FlagField(*self._parts(key, "flag.", FLAG, bool))

    def named(self, name: str) -> Field[S] | None:
        """The field of a name such as `"order_number"` or `"number.weight"`; None where it is none."""
        kind, _, key = name.rpartition(".")
        make = {"": self.text, "number": self.number, "date": self.date, "flag": self.flag}.get(kind)
        return make(key) if make and _is_key(key) else None

    def _parts(
        self, key: str, prefix: str, values: ValueType, *types: type
    ) -> tuple[str, str, str, ValueType, Origin, str, Read]:
        if not _is_key(key):
            raise wrong("custom field", f"a key of 1 to {KEY_LIMIT} letters, digits, - and _", key)
        name = _joined(self.origin, f"custom.{prefix}{key}")
        description = f"The custom field {key}, as {values.name}."
        return (
            self.scope,
            name,
            description,
            values,
            self.origin,
            f"custom.{key}",
            CustomReader(self.origin.find, key, types),
        )


def _is_key(key: object) -> bool:
    if not isinstance(key, str) or not 1 <= len(key) <= KEY_LIMIT:
        return False
    return key.replace("_", "").replace("-", "").isalnum()


def _joined(origin: Origin, name: str) -> str:
    return f"{origin.name}.{name}" if origin.name else name
