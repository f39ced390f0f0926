"""
Making fields: what the catalogue is written with, and what hosts and storages make fields of their own with.

A field that is made here is a value; nothing remembers it.
"""

from datetime import date
from enum import Enum
from typing import Any, Final, Generic, TypeAlias, TypeVar

import attrs

from ticketcore.conditions.comparisons import Field
from ticketcore.conditions.errors import wrong
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
from ticketcore.conditions.operators import CHANGING, Operator
from ticketcore.conditions.placeholders import Placeholder
from ticketcore.conditions.reading import RECORD, CustomReader, Origin, Read, reader
from ticketcore.conditions.values import DATE, FLAG, ID, INSTANT, KEY, NUMBER, STATUS, TEXT, ValueType, choice_of
from ticketcore.model.checks import KEY_LIMIT
from ticketcore.model.lifecycle import Status

S = TypeVar("S", bound=Facts[Any])
E = TypeVar("E", bound=Enum)


Told: TypeAlias = frozenset[Operator]

UNTOLD: Final[Told] = frozenset()
"""Events do not tell of the field's changes."""

TOLD_THAT: Final[Told] = frozenset({Operator.CHANGED})
"""Events tell that the field changed, but not its values, or not as they are compared."""

TOLD: Final[Told] = CHANGING
"""Events tell what the field was before, and what it is since."""


_OF_TICKETS: Final = ("ticket", "event")
"""The scopes whose conditions can be asked of something that has just happened."""


@attrs.frozen
class Fields(Generic[S]):
    """
    Makes fields of one origin.

    All methods take the field's name within its origin and a sentence about it, and if need be `at`, the attribute
    where its value is found (dots for an attribute of an attribute) or a function that finds it in the facts, and
    `told`, what events tell of its changes.

    Args:
        scope: What they can be asked of.
        facts: The class of facts in which their values are found.
        origin: What they are attributes of.
        always: Whether every record has the attributes; they are read several times faster then.
    """

    scope: str
    facts: type[S]
    origin: Origin = RECORD
    always: bool = True

    def text(self, name: str, description: str = "", *, at: str | Read = "", told: Told = UNTOLD) -> TextField[S]:
        """A field that holds a text."""
        return TextField(*self._parts(name, description, TEXT, at, told))

    def number(self, name: str, description: str = "", *, at: str | Read = "", told: Told = UNTOLD) -> NumberField[S]:
        """A field that holds a number."""
        return NumberField(*self._parts(name, description, NUMBER, at, told))

    def date(self, name: str, description: str = "", *, at: str | Read = "", told: Told = UNTOLD) -> DateField[S]:
        """A field that holds a day."""
        return DateField(*self._parts(name, description, DATE, at, told))

    def instant(self, name: str, description: str = "", *, at: str | Read = "", told: Told = UNTOLD) -> InstantField[S]:
        """A field that holds a point in time."""
        if self.scope in _OF_TICKETS:
            told |= {Operator.IN_BUSINESS_HOURS}
        return InstantField(*self._parts(name, description, INSTANT, at, told))

    def flag(self, name: str, description: str = "", *, at: str | Read = "", told: Told = UNTOLD) -> FlagField[S]:
        """A field that is true or false."""
        return FlagField(*self._parts(name, description, FLAG, at, told))

    def id(self, name: str, description: str = "", *, at: str | Read = "", told: Told = UNTOLD) -> IdField[S]:
        """A field that holds the id of a record."""
        return IdField(*self._parts(name, description, ID, at, told))

    def key(self, name: str, description: str = "", *, at: str | Read = "", told: Told = UNTOLD) -> KeyField[S, str]:
        """A field that holds a key, compared as it is."""
        return KeyField(*self._parts(name, description, KEY, at, told))

    def status(
        self, name: str, description: str = "", *, at: str | Read = "", told: Told = UNTOLD
    ) -> KeyField[S, Status]:
        """A field that holds a status of the life cycle."""
        return KeyField(*self._parts(name, description, STATUS, at, told))

    def choice(
        self, name: str, choices: type[E], description: str = "", *, at: str | Read = "", told: Told = UNTOLD
    ) -> ChoiceField[S, E]:
        """A field that holds a member of an enumeration."""
        return ChoiceField(*self._parts(name, description, choice_of(choices), at, told))

    def ordered_choice(
        self, name: str, choices: type[E], description: str = "", *, at: str | Read = "", told: Told = UNTOLD
    ) -> OrderedChoiceField[S, E]:
        """A field that holds a member of an enumeration whose members have an order."""
        return OrderedChoiceField(*self._parts(name, description, choice_of(choices), at, told))

    def texts(self, name: str, description: str = "", *, at: str | Read = "", told: Told = UNTOLD) -> SetField[S, str]:
        """A field that holds several texts."""
        return SetField(*self._parts(name, description, TEXT, at, told))

    def ids(
        self, name: str, description: str = "", *, at: str | Read = "", told: Told = UNTOLD
    ) -> SetField[S, str | Placeholder]:
        """A field that holds the ids of several records."""
        return SetField(*self._parts(name, description, ID, at, told))

    def custom(self) -> "CustomFields[S]":
        """The fields that a host defines for this origin."""
        return CustomFields(self.scope, self.facts, self.origin)

    def _parts(
        self, name: str, description: str, values: ValueType, at: str | Read, told: Told
    ) -> tuple[str, str, str, ValueType, Origin, str, Read, Told]:
        attribute = at if isinstance(at, str) and at else name
        read = at if callable(at) else reader(self.origin, attribute, always=self.always)
        return self.scope, _joined(self.origin, name), description, values, self.origin, attribute, read, told


@attrs.frozen
class CustomFields(Generic[S]):
    """
    The fields that a host defines, asked by their keys.

    A value of another type than asked for counts as missing. Choices are asked as texts.

    Args:
        scope: What they can be asked of.
        facts: The class of facts in which their values are found.
        origin: What has them.
    """

    scope: str
    facts: type[S]
    origin: Origin = RECORD

    def text(self, key: str) -> TextField[S]:
        """A custom field that holds a text."""
        return TextField(*self._parts(key, "", TEXT, str))

    def choice(self, key: str) -> TextField[S]:
        """A custom field that holds one of some choices: asked as a text."""
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

    @property
    def prefix(self) -> str:
        """What the names of these fields begin with."""
        return _joined(self.origin, "custom.")

    def field(self, name: str) -> Field[S] | None:
        """
        The field of a name; None where it is none of these.

        Args:
            name: Such as `"custom.order_number"`, `"custom.number.weight"`, `"requester.custom.flag.vip"`.
        """
        kind, _, key = name.removeprefix(self.prefix).rpartition(".")
        if not name.startswith(self.prefix) or not _is_key(key):
            return None
        match kind:
            case "":
                return self.text(key)
            case "number":
                return self.number(key)
            case "date":
                return self.date(key)
            case "flag":
                return self.flag(key)
            case _:
                return None

    def _parts(
        self, key: str, kind: str, values: ValueType, *types: type
    ) -> tuple[str, str, str, ValueType, Origin, str, Read, Told]:
        if not _is_key(key):
            raise wrong("custom field", f"a key of 1 to {KEY_LIMIT} letters, digits, - and _", key)
        name, description = f"{self.prefix}{kind}{key}", f"The custom field {key}, as {values.name}."
        read = CustomReader(self.origin.find, key, types)
        told = TOLD_THAT if self.origin is RECORD and self.scope == "ticket" else UNTOLD
        return self.scope, name, description, values, self.origin, f"custom.{key}", read, told


def _is_key(key: object) -> bool:
    return isinstance(key, str) and len(key) <= KEY_LIMIT and key.replace("_", "a").replace("-", "a").isalnum()


def _joined(origin: Origin, name: str) -> str:
    return f"{origin.name}.{name}" if origin.name else name
