"""
The JSON form of values, as hooks of a cattrs converter. Strict both ways: a value of another type is refused, never converted.

Reading hooks raise `InvalidInput`, whose faults have paths as seen from the value; who reads what is around it puts its own
step before them. So the faults of all parts come together.
"""

import base64
import hashlib
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import Enum, IntEnum
from functools import cache
from itertools import repeat
from types import NoneType, UnionType
from typing import Any, Final, TypeAlias, Union, get_args, get_origin

import attrs
from cattrs import ClassValidationError, Converter, ForbiddenExtraKeysError
from cattrs.errors import AttributeValidationNote
from cattrs.fns import identity
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from ticketcore.conditions import Condition, Vocabulary, from_json, to_json
from ticketcore.conditions.values import key_of
from ticketcore.errors import Fault, InvalidInput, listed
from ticketcore.events import Event
from ticketcore.model.checks import UNCHANGED, Checked, Unchanged
from ticketcore.model.fields import FieldValue
from ticketcore.model.lifecycle import LifeCycle, Status
from ticketcore.model.mapping import FrozenMap
from ticketcore.serialization.text import described

Form: TypeAlias = Any
"""A type as an annotation says it, in whatever way it is made."""

Read: TypeAlias = Callable[[Any, Any], Any]
Write: TypeAlias = Callable[[Any], Any]

NUMBER_LIMIT: Final = 2**53
"""The largest whole number that every reader of JSON takes for what it is (RFC 8259, section 6)."""


def refused(expected: str, got: object, path: str = "") -> InvalidInput:
    """The error for one value that is wrong."""
    return InvalidInput("value", [Fault(path, expected, described(got))])


def make_converter(
    *,
    life_cycle: LifeCycle,
    triggers: Mapping[str, type[Event]],
    vocabularies: Mapping[Form, Vocabulary[Any]],
    canonical: bool = False,
) -> Converter:
    """
    A converter that knows every type of the library's fields.

    Args:
        life_cycle: The statuses.
        triggers: The classes of events that rules may be set off by, by name.
        vocabularies: The fields that conditions may name, by the class of facts; under `Any` for those that do not say it.
        canonical: Whether it writes equal values equally and bytes as their digest, rather than so that they can be read.
    """
    converter = Converter(forbid_extra_keys=True, structure_fallback_factory=_no_form)
    _add_classes(converter)
    _add_plain_values(converter)
    _add_collections(converter)
    _add_names(converter, life_cycle, triggers)
    _add_conditions(converter, vocabularies)
    if canonical:
        _make_canonical(converter)
    return converter


def _no_form(form: Form) -> Read:
    raise TypeError(f"{form} has no JSON form")


# Plain values.


def _add_plain_values(converter: Converter) -> None:
    for form, (read, write) in _PLAIN.items():
        converter.register_structure_hook(form, read)
        if write is not identity:
            converter.register_unstructure_hook(form, write)
    # An IntEnum is an int, too, whose hook would come first.
    converter.register_structure_hook(IntEnum, _read_choice)
    converter.register_structure_hook_factory(_is_choice, lambda _: _read_choice)
    converter.register_unstructure_hook_factory(_is_choice, _choice_writer)


def _read_text(data: object, _: Form = None) -> str:
    if type(data) is str and (data.isascii() or _is_encodable(data)) and "\0" not in data:
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


def _read_instant(data: object, _: Form = None) -> datetime:
    try:
        instant = datetime.fromisoformat(data) if type(data) is str else None
    except ValueError:
        instant = None
    if instant is None or instant.utcoffset() is None:
        raise refused("a date and time with its zone, like 2026-03-02T09:00:00+00:00", data)
    return _in_utc(instant)


def _write_instant(value: datetime) -> str:
    if value.utcoffset() is None:
        raise refused("a datetime with a time zone", value)
    return _in_utc(value).isoformat()


def _in_utc(instant: datetime) -> datetime:
    if instant.tzinfo is UTC:
        return instant
    try:
        return instant.astimezone(UTC)
    except OverflowError:  # the first or the last day of the calendar
        return instant


def _read_date(data: object, _: Form = None) -> date:
    try:
        day = date.fromisoformat(data) if type(data) is str else None
    except ValueError:
        day = None
    if day is None:
        raise refused("a date like 2026-03-02", data)
    return day


def _read_field_value(data: object, _: Form = None) -> FieldValue:
    """Dates are told from texts by the object around them."""
    match data:
        case {"date": day} if len(data) == 1:
            return _read_date(day)
        case float():
            return _read_fraction(data)
        case bool():
            return data
        case int():
            return _read_number(data)
        case str():
            return _read_text(data)
        case _:
            raise refused('text, a number, true, false, or {"date": "2026-03-02"}', data)


def _write_field_value(value: FieldValue) -> object:
    if type(value) is date:
        return {"date": value.isoformat()}
    if isinstance(value, (str, int)) or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise refused("text, a finite number, True, False or a date", value)


_PLAIN: Final[Mapping[Form, tuple[Read, Write]]] = {
    str: (_read_text, identity),
    int: (_read_number, identity),
    float: (_read_fraction, identity),
    bool: (_read_flag, identity),
    bytes: (_read_bytes, _write_bytes),
    date: (_read_date, date.isoformat),
    datetime: (_read_instant, _write_instant),
}


# Choices: by value, or by name in small letters where the value is a number.


def _is_choice(form: Form) -> bool:
    return isinstance(form, type) and issubclass(form, Enum)


def _read_choice(data: object, form: type[Enum]) -> Enum:
    choices = _choices(form)
    if type(data) is str and data in choices:
        return choices[data]
    raise refused(listed(choices), data)


@cache
def _choices(form: type[Enum]) -> Mapping[str, Enum]:
    return {key_of(choice): choice for choice in form}


def _choice_writer(form: type[Enum]) -> Write:
    return {choice: key for key, choice in _choices(form).items()}.__getitem__


# Names: what is written by its name alone.


def _add_names(converter: Converter, life_cycle: LifeCycle, triggers: Mapping[str, type[Event]]) -> None:
    statuses = {status.key: status for status in life_cycle.statuses}
    converter.register_structure_hook_factory(_is_status, lambda _: _name_reader(statuses))
    converter.register_unstructure_hook_factory(_is_status, lambda _: str)
    converter.register_structure_hook_factory(_is_class, lambda _: _name_reader(triggers))
    converter.register_unstructure_hook_factory(_is_class, lambda _: _write_class)


def _is_status(form: Form) -> bool:
    return form is Status


def _is_class(form: Form) -> bool:
    return get_origin(form) is type


def _name_reader(named: Mapping[str, object]) -> Read:
    def read(data: object, _: Form) -> object:
        if type(data) is str and data in named:
            return named[data]
        raise refused(listed(named), data)

    return read


def _write_class(value: type) -> str:
    return value.__name__


# Conditions.


def _add_conditions(converter: Converter, vocabularies: Mapping[Form, Vocabulary[Any]]) -> None:
    def reader(form: Form) -> Read:
        (facts,) = get_args(form) or (Any,)
        vocabulary = vocabularies[facts]
        return lambda data, _: from_json(data, vocabulary)

    converter.register_structure_hook_factory(_is_condition, reader)
    converter.register_unstructure_hook_factory(_is_condition, lambda _: to_json)


def _is_condition(form: Form) -> bool:
    return (get_origin(form) or form) is Condition


# Collections and unions.


def _add_collections(converter: Converter) -> None:
    for fits, reader, writer in (
        (_is_union, _union_reader, _union_writer),
        (_is_sequence, _sequence_reader, _sequence_writer),
        (_is_pair, _pair_reader, _pair_writer),
        (_is_set, _set_reader, _set_writer),
        (_is_mapping, _mapping_reader, _mapping_writer),
    ):
        converter.register_structure_hook_factory(fits, _with(reader, converter))
        converter.register_unstructure_hook_factory(fits, _with(writer, converter))
    converter.register_structure_hook_factory(_is_field_value, lambda _: _read_field_value)
    converter.register_unstructure_hook_factory(_is_field_value, lambda _: _write_field_value)


def _with(factory: Callable[[Form, Converter], Any], converter: Converter) -> Callable[[Form], Any]:
    return lambda form: factory(form, converter)


def _is_union(form: Form) -> bool:
    return get_origin(form) in (Union, UnionType)


def _union_reader(form: Form, converter: Converter) -> Read:
    only, takes_none = _parts_of(form)
    read = converter.get_structure_hook(only)
    return (lambda data, _: None if data is None else read(data, only)) if takes_none else read


def _union_writer(form: Form, converter: Converter) -> Write:
    only, takes_none = _parts_of(form)
    write = converter.get_unstructure_hook(only)
    return (lambda value: None if value is None else write(value)) if takes_none and write is not identity else write


def _parts_of(form: Form) -> tuple[Form, bool]:
    """What a union is of beside None and `UNCHANGED`, which stands for a value that is not given; and whether None is."""
    parts = frozenset(get_args(form))
    rest = parts - {NoneType, Unchanged}
    if rest == _FIELD_VALUES:
        return FieldValue, NoneType in parts
    if len(rest) != 1:
        raise TypeError(f"{form} has no JSON form")
    return next(iter(rest)), NoneType in parts


def _is_field_value(form: Form) -> bool:
    return _is_union(form) and frozenset(get_args(form)) == _FIELD_VALUES


_FIELD_VALUES: Final = frozenset(get_args(FieldValue))


def _is_sequence(form: Form) -> bool:
    return get_origin(form) is Sequence or (get_origin(form) is tuple and get_args(form)[1:] == (...,))


def _sequence_reader(form: Form, converter: Converter) -> Read:
    member = get_args(form)[0]
    read = converter.get_structure_hook(member)
    return lambda data, _: tuple(_read_members(data, repeat((read, member))))


def _sequence_writer(form: Form, converter: Converter) -> Write:
    write = converter.get_unstructure_hook(get_args(form)[0])
    return list if write is identity else lambda values: [write(value) for value in values]


def _is_pair(form: Form) -> bool:
    return get_origin(form) is tuple and ... not in get_args(form)


def _pair_reader(form: Form, converter: Converter) -> Read:
    members = [(converter.get_structure_hook(member), member) for member in get_args(form)]

    def read(data: object, _: Form) -> tuple[object, ...]:
        if type(data) is not list or len(data) != len(members):
            raise refused(f"a list of {len(members)}", data)
        return tuple(_read_members(data, members))

    return read


def _pair_writer(form: Form, converter: Converter) -> Write:
    writers = [converter.get_unstructure_hook(member) for member in get_args(form)]
    return lambda values: [write(value) for write, value in zip(writers, values, strict=True)]


def _is_set(form: Form) -> bool:
    return get_origin(form) is frozenset


def _set_reader(form: Form, converter: Converter) -> Read:
    read = _sequence_reader(form, converter)
    return lambda data, _: frozenset(read(data, form))


def _set_writer(form: Form, converter: Converter) -> Write:
    write = converter.get_unstructure_hook(get_args(form)[0])
    return sorted if write is identity else lambda values: sorted(map(write, values))


def _is_mapping(form: Form) -> bool:
    return get_origin(form) in (FrozenMap, Mapping)


def _mapping_reader(form: Form, converter: Converter) -> Read:
    _, member = get_args(form)
    read_value = converter.get_structure_hook(member)

    def read(data: object, _: Form) -> FrozenMap[str, object]:
        if type(data) is not dict:
            raise refused("an object", data)
        wrong_keys, keys = _gathered((key, _read_text, key, None) for key in data)
        wrong_values, values = _gathered((key, read_value, value, member) for key, value in data.items())
        if wrong_keys or wrong_values:
            raise InvalidInput("mapping", wrong_keys + wrong_values)
        return FrozenMap(zip(keys, values, strict=True))

    return read


def _mapping_writer(form: Form, converter: Converter) -> Write:
    write = converter.get_unstructure_hook(get_args(form)[1])

    def written(values: Mapping[str, object]) -> dict[str, object]:
        return {key: write(value) for key, value in values.items()} if values else {}

    return written


def _read_members(data: object, members: Iterable[tuple[Read, Form]]) -> list[Any]:
    if type(data) is not list:
        raise refused("a list", data)
    faults, values = _gathered(
        (f"[{index}]", read, item, form)
        for index, (item, (read, form)) in enumerate(zip(data, members, strict=False))
    )
    if faults:
        raise InvalidInput("list", faults)
    return values


def _gathered(steps: Iterable[tuple[object, Read, object, Form]]) -> tuple[list[Fault], list[Any]]:
    """What is read of some parts, and all that is wrong with them."""
    faults: list[Fault] = []
    values: list[Any] = []
    for path, read, data, form in steps:
        try:
            values.append(read(data, form))
        except InvalidInput as error:
            faults += [fault.under(_step(path)) for fault in error.faults]
    return faults, values


def _step(key: object) -> str:
    """A key as a step of a path, shortened."""
    return key if isinstance(key, str) and len(key) <= _LONGEST_STEP else described(key)


_LONGEST_STEP: Final = 60


# Classes.


def _add_classes(converter: Converter) -> None:
    converter.register_structure_hook_factory(attrs.has, _with(_class_reader, converter))
    converter.register_unstructure_hook_factory(attrs.has, _with(_class_writer, converter))


def _class_reader(form: type, converter: Converter) -> Read:
    structure = make_dict_structure_fn(form, converter, _cattrs_forbid_extra_keys=True)

    def read(data: object, _: Form) -> object:
        if type(data) is not dict:
            raise refused(f"an object that says what a {form.__name__} is", data)
        try:
            return structure(data, form)
        except ClassValidationError as error:
            raise InvalidInput(form.__name__, _faults_of_class(form, data, error, converter)) from error

    return read


def _class_writer(form: type, converter: Converter) -> Write:
    fields: tuple[attrs.Attribute[Any], ...] = attrs.fields(form)
    unchanged = {field.name: override(omit_if_default=True) for field in fields if field.default is UNCHANGED}
    return make_dict_unstructure_fn(form, converter, **unchanged)


def _faults_of_class(form: type, data: dict[str, object], error: ClassValidationError, converter: Converter) -> list[Fault]:
    of_fields, others = error.group_exceptions()
    faults = [
        fault.under(note.name) if isinstance(note, AttributeValidationNote) else fault
        for exception, note in of_fields
        for fault in _faults_of_field(exception)
    ]
    faults += [fault for exception in others for fault in _faults_of_whole(form, exception)]
    if of_fields and issubclass(form, Checked):
        faults += _faults_beside(form, data, {note.name for _, note in of_fields}, converter)
    return faults


def _faults_of_field(exception: Exception) -> Sequence[Fault]:
    if isinstance(exception, InvalidInput):
        return exception.faults
    return [Fault("", "a value", "nothing" if isinstance(exception, KeyError) else described(exception))]


def _faults_of_whole(form: type, exception: Exception) -> Sequence[Fault]:
    """What is wrong with all fields together: keys that are no fields, or what the constructor says."""
    match exception:
        case InvalidInput():
            return exception.faults
        case ForbiddenExtraKeysError():
            names = listed(field.name for field in attrs.fields(form))
            keys = sorted(map(_step, exception.extra_fields))
            return [Fault(key, f"only {names}", "something else") for key in keys]
        case _:
            return [Fault("", f"what makes a {form.__name__}", described(exception))]


def _faults_beside(form: type, data: dict[str, object], bad: set[str], converter: Converter) -> list[Fault]:
    """What the constructor would say of the fields that could be read, had the others been right."""
    fields: tuple[attrs.Attribute[Any], ...] = attrs.fields(form)
    good = {
        field.name: converter.structure(data[field.name], field.type)
        for field in fields
        if field.name in data and field.name not in bad
    }
    try:
        form(**good, **dict.fromkeys(bad, _UNREADABLE))
    except InvalidInput as error:
        return [fault for fault in error.faults if _field_of(fault) not in bad]
    return []


_UNREADABLE: Final = object()
"""Stands for a field that could not be read: every check refuses it."""


def _field_of(fault: Fault) -> str:
    return fault.path.partition(".")[0].partition("[")[0]


# The canonical form.


def _make_canonical(converter: Converter) -> None:
    converter.register_unstructure_hook(bytes, _digest)
    converter.register_unstructure_hook_factory(_is_field_value, lambda _: _write_canonical_field_value)


def _digest(value: bytes) -> str:
    return hashlib.sha256(value).hexdigest()


def _write_canonical_field_value(value: FieldValue) -> object:
    whole = isinstance(value, float) and value.is_integer()
    return int(value) if whole else _write_field_value(value)
