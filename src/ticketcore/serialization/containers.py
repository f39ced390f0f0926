"""What holds several values, or perhaps none: sequences, sets, mappings, unions. All members' faults come together."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import repeat
from types import NoneType
from typing import Any, Final, Union, get_args

from cattrs import Converter
from cattrs.fns import identity

from ticketcore.errors import Fault, InvalidInput
from ticketcore.model.checks import Unchanged
from ticketcore.model.mapping import FrozenMap
from ticketcore.serialization.text import described, refused
from ticketcore.serialization.values import UNIONS, Form, Read, Write, origin_of, read_string


def add_containers(converter: Converter) -> None:
    """Teaches a converter tuples, sequences, frozen sets, mappings, and what may be None or `UNCHANGED`."""
    for fits, reader, writer in _CONTAINERS:
        converter.register_structure_hook_factory(fits, with_converter(reader, converter))
        converter.register_unstructure_hook_factory(fits, with_converter(writer, converter))


def with_converter(factory: Callable[[Form, Converter], Any], converter: Converter) -> Callable[[Form], Any]:
    """A factory of hooks that uses a converter for the parts."""
    return lambda form: factory(form, converter)


def step(key: object) -> str:
    """A key as a step of a path; what is no short text is only described."""
    return key if isinstance(key, str) and len(key) <= _LONGEST_STEP else described(key)


_LONGEST_STEP: Final = 60


def _gathered(parts: Iterable[tuple[str, Read, object, Form]]) -> tuple[list[Any], list[Fault]]:
    """What is read of some parts, and all that is wrong with them."""
    values: list[Any] = []
    faults: list[Fault] = []
    for path, read, data, form in parts:
        try:
            values.append(read(data, form))
        except InvalidInput as error:
            faults += [fault.under(path) for fault in error.faults]
    return values, faults


def _members(data: list[object], members: Iterable[tuple[Read, Form]]) -> list[Any]:
    values, faults = _gathered(
        (f"[{index}]", read, item, form) for index, (item, (read, form)) in enumerate(zip(data, members, strict=False))
    )
    if faults:
        raise InvalidInput("list", faults)
    return values


# Sequences and sets.


def _is_sequence(form: Form) -> bool:
    return origin_of(form) is Sequence or (origin_of(form) is tuple and get_args(form)[1:] == (...,))


def _sequence_reader(form: Form, converter: Converter) -> Read:
    member = get_args(form)[0]
    read_member = converter.get_structure_hook(member)

    def read(data: object, _: Form) -> tuple[object, ...]:
        if type(data) is not list:
            raise refused("a list", data)
        return tuple(_members(data, repeat((read_member, member)))) if data else ()

    return read


def _sequence_writer(form: Form, converter: Converter) -> Write:
    write = converter.get_unstructure_hook(get_args(form)[0])
    return list if write is identity else lambda values: [write(value) for value in values]


def _is_set(form: Form) -> bool:
    return origin_of(form) in (frozenset, AbstractSet)


def _set_reader(form: Form, converter: Converter) -> Read:
    read = _sequence_reader(form, converter)
    return lambda data, _: frozenset(read(data, form))


def _set_writer(form: Form, converter: Converter) -> Write:
    write = converter.get_unstructure_hook(get_args(form)[0])
    return sorted if write is identity else lambda values: sorted(map(write, values))


def _is_product(form: Form) -> bool:
    return origin_of(form) is tuple and ... not in get_args(form)


def _product_reader(form: Form, converter: Converter) -> Read:
    members = [(converter.get_structure_hook(member), member) for member in get_args(form)]

    def read(data: object, _: Form) -> tuple[object, ...]:
        if type(data) is not list or len(data) != len(members):
            raise refused(f"a list of {len(members)}", data)
        return tuple(_members(data, members))

    return read


def _product_writer(form: Form, converter: Converter) -> Write:
    writers = [converter.get_unstructure_hook(member) for member in get_args(form)]
    return lambda values: [write(value) for write, value in zip(writers, values, strict=True)]


# Mappings, whose keys are texts.


def _is_mapping(form: Form) -> bool:
    return origin_of(form) in (FrozenMap, Mapping)


def _mapping_reader(form: Form, converter: Converter) -> Read:
    _, member = get_args(form)
    read_value = converter.get_structure_hook(member)

    def read(data: object, _: Form) -> FrozenMap[str, object]:
        if type(data) is not dict:
            raise refused("an object", data)
        keys, of_keys = _gathered((step(key), read_string, key, None) for key in data)
        values, of_values = _gathered((step(key), read_value, value, member) for key, value in data.items())
        if of_keys or of_values:
            raise InvalidInput("mapping", of_keys + of_values)
        return FrozenMap(zip(keys, values, strict=True))

    return read


def _mapping_writer(form: Form, converter: Converter) -> Write:
    write = converter.get_unstructure_hook(get_args(form)[1])

    def written(values: Mapping[str, object]) -> dict[str, object]:
        return {key: write(values[key]) for key in values}

    return written


# Unions: of one form with None, with `UNCHANGED`, or with both. What is unchanged is not written at all.


def _is_union(form: Form) -> bool:
    return origin_of(form) in UNIONS and not frozenset(get_args(form)).isdisjoint(_PERHAPS)


_PERHAPS: Final = frozenset({NoneType, Unchanged})


def _union_reader(form: Form, converter: Converter) -> Read:
    inner = _inner(form)
    read = converter.get_structure_hook(inner)
    if NoneType not in get_args(form):
        return lambda data, _: read(data, inner)
    return lambda data, _: None if data is None else read(data, inner)


def _union_writer(form: Form, converter: Converter) -> Write:
    write = converter.get_unstructure_hook(_inner(form))
    if write is identity or NoneType not in get_args(form):
        return write
    return lambda value: None if value is None else write(value)


def _inner(form: Form) -> Form:
    inner = tuple(part for part in get_args(form) if part not in _PERHAPS)
    return Union[inner]  # noqa: UP007 - made at run time, of any number


_CONTAINERS: Final = (
    (_is_sequence, _sequence_reader, _sequence_writer),
    (_is_set, _set_reader, _set_writer),
    (_is_product, _product_reader, _product_writer),
    (_is_mapping, _mapping_reader, _mapping_writer),
    (_is_union, _union_reader, _union_writer),
)
"""What tells a form, what reads it, and what writes it."""
