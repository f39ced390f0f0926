"""
The door: what a value must be before anything inside sees it.

A class whose fields are made with `text`, `identifier`, `instant`, … and that inherits `Checked` refuses bad values
when it is built, with *all* faults in one `InvalidInput`. Nothing here changes a value, except that sequences become
tuples.
"""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cache, lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import attrs

from ticketcore.errors import Fault, InvalidInput, listed, shown
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.values import FrozenValue

SUBJECT_LIMIT = 500
TEXT_LIMIT = 200_000
NAME_LIMIT = 200
KEY_LIMIT = 100
ADDRESS_LIMIT = 320
COLLECTION_LIMIT = 1_000

_CHECK = "ticketcore.check"
_UNCLEAN_IN_A_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_UNCLEAN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")  # line breaks and tabs may be in a text
TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Characters that have what follows read in another direction: with them, `exe.pdf` reads as `fdp.exe`."""


@attrs.frozen
class Check(FrozenValue):
    """
    A test of one value.

    Args:
        expected: What it wants, as a noun phrase: `"text of 1 to 500 characters"`.
        accepts: Whether a value will do.
    """

    expected: str
    accepts: Callable[[object], bool]

    def faults(self, path: str, value: object) -> list[Fault]:
        """Nothing, or what is wrong with `value`."""
        return [] if self.accepts(value) else [Fault(path, self.expected, shown(value))]


@attrs.frozen
class _Each(Check):
    """A check of every member, so that a fault names the member."""

    member: Check = attrs.field(kw_only=True)

    def faults(self, path: str, value: object) -> list[Fault]:
        if not self.accepts(value):
            return [Fault(path, self.expected, shown(value))]
        members: Collection[object] = value  # type: ignore[assignment]  # that it is one has just been checked
        return [fault for i, member in enumerate(members) for fault in self.member.faults(f"{path}[{i}]", member)]


class Unchanged(Enum):
    """The type of `UNCHANGED`."""

    UNCHANGED = "unchanged"


UNCHANGED: Final = Unchanged.UNCHANGED
"""Stands for what a command leaves as it is, where None would take it away."""


@attrs.frozen
class _OrUnchanged(Check):
    """A check that lets `UNCHANGED` pass, and leaves everything else to another one."""

    check: Check = attrs.field(kw_only=True)

    @classmethod
    def of(cls, check: Check) -> "_OrUnchanged":
        return cls(check.expected, lambda value: value is UNCHANGED or check.accepts(value), check=check)

    def faults(self, path: str, value: object) -> list[Fault]:
        return [] if value is UNCHANGED else self.check.faults(path, value)


class Checked(FrozenValue):
    """A value that refuses to be built wrong. Inherit it, and make the fields with this module's functions."""

    __slots__ = ()

    def __attrs_post_init__(self) -> None:
        if faults := faults_of(self):
            raise InvalidInput(type(self).__name__, faults)


def check_of(field: "attrs.Attribute[Any]") -> Check | None:
    """The check of a field, if it has one."""
    check: Check | None = field.metadata.get(_CHECK)
    return check


def faults_of(value: object) -> list[Fault]:
    """All that is wrong with the fields of an attrs instance, in the order of its fields. Defaults are right."""
    faults: list[Fault] = []
    for name, default, check in _checks_of(value):
        given = getattr(value, name)
        if given is not default:
            faults += check.faults(name, given)
    return faults


def _checks_of(value: object) -> tuple[tuple[str, object, Check], ...]:
    return _checks(type(value))  # type: ignore[arg-type]  # a class can be hashed; mypy thinks of its instances


@cache
def _checks(kind: type[Any]) -> tuple[tuple[str, object, Check], ...]:
    fields: tuple[attrs.Attribute[Any], ...] = attrs.fields(kind)
    return tuple((it.name, it.default, it.metadata[_CHECK]) for it in fields if _CHECK in it.metadata)


# What fields are made of. They return `Any`, as `attrs.field` does, to stand where the field's value will.


def checked(check: Check, *, default: Any = attrs.NOTHING, converter: Any = None, kw_only: bool = False) -> Any:
    """A field with a check; None passes where None is the default, and `UNCHANGED` where that is."""
    wanted = optional(check) if default is None else _OrUnchanged.of(check) if default is UNCHANGED else check
    return attrs.field(default=default, converter=converter, metadata={_CHECK: wanted}, kw_only=kw_only)


def changeable(check: Check, *, converter: Any = None, kw_only: bool = True) -> Any:
    """A field of a command that changes some fields: what is not given is `UNCHANGED`."""
    return checked(check, default=UNCHANGED, converter=converter, kw_only=kw_only)


def changed_fields(command: object) -> dict[str, Any]:
    """The changeable fields of a command that were given, by name."""
    kind: type = type(command)
    return {
        field.name: getattr(command, field.name)
        for field in attrs.fields(kind)
        if field.default is UNCHANGED and getattr(command, field.name) is not UNCHANGED
    }


def text(*, at_most: int = TEXT_LIMIT, at_least: int = 0, default: Any = attrs.NOTHING, kw_only: bool = False) -> Any:
    """A field of text of several lines."""
    return checked(is_text(at_most=at_most, at_least=at_least), default=default, kw_only=kw_only)


def line(
    *, at_most: int = SUBJECT_LIMIT, at_least: int = 1, default: Any = attrs.NOTHING, kw_only: bool = False
) -> Any:
    """A field of text of one line, without control characters."""
    return checked(is_line(at_most=at_most, at_least=at_least), default=default, kw_only=kw_only)


def name(*, default: Any = attrs.NOTHING, kw_only: bool = False) -> Any:
    """A field that holds what people call something."""
    return checked(IS_NAME, default=default, kw_only=kw_only)


def identifier(*, default: Any = attrs.NOTHING, kw_only: bool = False) -> Any:
    """A field that holds an id."""
    return checked(IS_ID, default=default, kw_only=kw_only)


def instant(*, default: Any = attrs.NOTHING, kw_only: bool = False) -> Any:
    """A field that holds a point in time, with its zone."""
    return checked(IS_INSTANT, default=default, kw_only=kw_only)


def flag(*, default: Any = attrs.NOTHING, kw_only: bool = False) -> Any:
    """A field that is true or false."""
    return checked(Check("True or False", lambda value: isinstance(value, bool)), default=default, kw_only=kw_only)


def number(*, at_least: int = 0, at_most: int = 2**53, default: Any = attrs.NOTHING, kw_only: bool = False) -> Any:
    """A field that holds a whole number."""
    return checked(is_number(at_least=at_least, at_most=at_most), default=default, kw_only=kw_only)


def one_of(choices: type[Enum], *, default: Any = attrs.NOTHING, kw_only: bool = False) -> Any:
    """A field that holds a member of an enumeration."""
    return checked(is_a(choices, listed(member.name for member in choices)), default=default, kw_only=kw_only)


def several(
    member: Check,
    *,
    default: Any = attrs.NOTHING,
    at_least: int = 0,
    at_most: int = COLLECTION_LIMIT,
    kw_only: bool = False,
) -> Any:
    """A field that holds a tuple; any collection is taken, text excepted."""
    check = each(member, tuple, at_least=at_least, at_most=at_most)
    return checked(check, default=default, converter=_to(tuple), kw_only=kw_only)


def distinct(
    member: Check, *, default: Any = attrs.NOTHING, at_most: int = COLLECTION_LIMIT, kw_only: bool = False
) -> Any:
    """A field that holds a frozen set; any collection is taken, text excepted."""
    return checked(each(member, frozenset, at_most=at_most), default=default, converter=_to(frozenset), kw_only=kw_only)


def mapping(*, default: Any = attrs.NOTHING, at_most: int = COLLECTION_LIMIT, kw_only: bool = False) -> Any:
    """A field that holds a read-only mapping by keys of one line."""
    check = Check(
        f"a mapping of at most {at_most} keys of one line",
        lambda value: isinstance(value, FrozenMap) and len(value) <= at_most and all(map(IS_TAG.accepts, value)),
    )
    return checked(check, default=default, converter=_to_map, kw_only=kw_only)


def uploads(*, kw_only: bool = False) -> Any:
    """A field that holds the files that come with something; none by default."""
    return several(
        Check("an Upload", lambda value: type(value).__name__ == "Upload"), default=(), at_most=100, kw_only=kw_only
    )


# Checks of single values.


def is_text(*, at_most: int = TEXT_LIMIT, at_least: int = 0) -> Check:
    """Text whose only control characters are line breaks and tabs, and that can be written as UTF-8."""
    return Check(f"text of {at_least} to {at_most} characters", _is_clean(_UNCLEAN, at_least, at_most))


def is_line(*, at_most: int = SUBJECT_LIMIT, at_least: int = 1) -> Check:
    """Text of one line without any control character."""
    return Check(
        f"one line of {at_least} to {at_most} characters without control characters",
        _is_clean(_UNCLEAN_IN_A_LINE, at_least, at_most),
    )


def is_name() -> Check:
    """
    What people call something: a line that reads in lists as what it is.

    Letters of any script have a direction of their own; characters that turn others about are refused.
    """
    line_of_text = is_line(at_most=NAME_LIMIT)
    return Check(
        f"a name of 1 to {NAME_LIMIT} characters in one line, without characters that control or turn others",
        lambda value: line_of_text.accepts(value) and not TURNING.search(str(value)),
    )


def is_duration(*, at_least: timedelta, at_most: timedelta) -> Check:
    """A length of time within bounds."""
    return Check(
        f"a timedelta from {at_least} to {at_most}",
        lambda value: isinstance(value, timedelta) and at_least <= value <= at_most,
    )


def is_number(*, at_least: int, at_most: int) -> Check:
    """A whole number within bounds; True is no number."""
    return Check(
        f"a whole number from {at_least} to {at_most}",
        lambda value: isinstance(value, int) and not isinstance(value, bool) and at_least <= value <= at_most,
    )


def is_a(kind: type | tuple[type, ...], expected: str) -> Check:
    """An instance of a class."""
    return Check(expected, lambda value: isinstance(value, kind))


def is_email_address() -> Check:
    """Something that mail can be sent to: one `@`, no blanks, no control characters, no dot at the end (RFC 5321)."""
    return Check("an e-mail address like mia@example.org", _is_email_address)


def optional(check: Check) -> Check:
    """The same, or None."""
    return Check(f"{check.expected}, or None", lambda value: value is None or check.accepts(value))


def each(member: Check, container: type, *, at_least: int = 0, at_most: int = COLLECTION_LIMIT) -> Check:
    """A tuple or frozen set whose every member passes."""
    number = f"{at_least} to {at_most}" if at_least else f"at most {at_most}"
    return _Each(
        f"a list or set of {number} values, each {member.expected}",
        lambda value: (
            isinstance(value, container) and isinstance(value, Collection) and at_least <= len(value) <= at_most
        ),
        member=member,
    )


def _to(container: Callable[[Any], Any]) -> Callable[[object], object]:
    """Makes the container of any collection, and leaves what is none for the check to refuse."""

    def convert(value: object) -> object:
        fits = isinstance(value, Collection) and not isinstance(value, (str, bytes, Mapping))
        try:
            return container(value) if fits else value
        except TypeError:  # unhashable members of a would-be set
            return value

    return convert


def _to_map(value: object) -> object:
    return FrozenMap(value) if isinstance(value, Mapping) else value


def _is_clean(unclean: re.Pattern[str], at_least: int, at_most: int) -> Callable[[object], bool]:
    """Tells text of that length, blanks around it not counted, in which nothing unclean is found."""

    def accepts(value: object) -> bool:
        long_enough = isinstance(value, str) and len(value) <= at_most and len(value.strip()) >= at_least
        return long_enough and not unclean.search(str(value))

    return accepts


def _is_email_address(value: object) -> bool:
    if not isinstance(value, str) or len(value) > ADDRESS_LIMIT or _UNCLEAN_IN_A_LINE.search(value):
        return False
    local, at, domain = value.rpartition("@")
    plain = not any(character.isspace() or character in '<>(),;:"\\[]' for character in value)
    return bool(local and at and domain) and "@" not in local and plain and not domain.endswith(".")


def _is_instant(value: object) -> bool:
    if not isinstance(value, datetime) or value.utcoffset() is None:
        return False
    try:
        value.astimezone(UTC)
    except OverflowError:
        return False
    return True


@lru_cache(maxsize=1024)
def _is_zone(key: str) -> bool:
    try:
        return ZoneInfo(key).key == key
    except (KeyError, ValueError, OSError):  # no such zone, no such path, no file
        return False


IS_ID = attrs.evolve(is_line(at_most=KEY_LIMIT * 10), expected="the id of a record, such as ticket.id")
IS_NAME = is_name()
IS_TAG = is_line(at_most=KEY_LIMIT)
IS_ADDRESS = is_email_address()
IS_INSTANT = Check("a datetime with a time zone, from the year 1 to 9999 in UTC too", _is_instant)
IS_DATE = Check("a date", lambda value: isinstance(value, date) and not isinstance(value, datetime))
IS_ZONE = Check("a time zone such as 'Europe/Athens'", lambda value: isinstance(value, str) and _is_zone(value))
