"""
Rows: records as tables hold them, and back.

What a class's rows are made of is worked out once; then a row costs little more than its document.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final, TypeAlias

import attrs

from ticketcore.conditions import fold, words
from ticketcore.errors import Fault, InvalidInput, StorageError
from ticketcore.model.kinds import Kind
from ticketcore.query import field_reader
from ticketcore.storage.protocols import RecordCodec
from ticketcore.storage.sql.dialects import Dialect
from ticketcore.storage.sql.facts import facts_of_record
from ticketcore.storage.sql.leaves import Form, Leaf, choice_value, day_text
from ticketcore.storage.sql.shapes import Shape

RECORDS_LIMIT: Final = 1_000
"""How many records are kept with their documents."""

KEPT_LENGTH: Final = 10_000
"""How long the documents of records are at most that are kept."""

Row: TypeAlias = tuple[Any, ...]
"""The values of a row's columns, as drivers take them."""

Member: TypeAlias = tuple[str, int, str | None, str | None, str | None, float | None, bool | None]
"""One of several values: the field, which one, as it is, folded, as words, as a number, as a flag."""


class Rows:
    """
    Makes rows, and records of documents.

    Args:
        codec: Writes and reads documents.
        dialect: What the database wants.
    """

    def __init__(self, codec: RecordCodec, dialect: Dialect) -> None:
        self.codec = codec
        self._dialect = dialect
        self._kept = lru_cache(maxsize=RECORDS_LIMIT)(self._record)

    def row(self, shape: Shape, record: Any) -> Row:  # noqa: ANN401 - any record
        """The values of all columns after the version: leaves, facts, document."""
        it: type = type(record)
        leaves = _leaves_of(shape, it, self._dialect)(record)
        facts = [_write(facts_of_record(record))] if shape.is_open else ()
        return (*leaves, *facts, _write(self.codec.pack(record)))

    def record(self, kind: Kind[Any], document: str) -> Any:  # noqa: ANN401 - a record of the kind
        """The record of a document: one that was read before is the same value still."""
        return (self._kept if len(document) <= KEPT_LENGTH else self._record)(kind, document)

    def _record(self, kind: Kind[Any], document: str) -> Any:  # noqa: ANN401 - as above
        try:
            return self.codec.unpack(kind, json.loads(document))
        except (ValueError, RecursionError, InvalidInput) as error:
            raise _unreadable(kind, error) from error


def _unreadable(kind: Kind[Any], error: Exception) -> StorageError:
    """The error of finding what no codec of ours has written; what it says is not repeated, for people may have."""
    faults = error.faults if isinstance(error, InvalidInput) else [Fault("", "JSON", "")]
    expected = "; ".join(f"{fault.path}: {fault.expected}".removeprefix(": ") for fault in faults)
    return StorageError(f"a {kind.name} that is stored cannot be read, expected {expected}")


def members_of(shape: Shape, record: Any) -> tuple[Member, ...]:  # noqa: ANN401 - any record
    """What a record holds several of, and its custom fields."""
    return (*_of_sets(shape, record), *(_of_custom(record.custom) if shape.has_custom else ()))


_write: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


@lru_cache(maxsize=1024)
def _leaves_of(shape: Shape, it: type, dialect: Dialect) -> Callable[[Any], Sequence[Any]]:
    """
    The way from a record of a class to the values of its leaves' columns.

    Fields of the class itself are read in one go. What then has to be put in another form, or may be missing
    altogether, is worked out place by place.
    """
    columns = [column for leaf in shape.leaves.values() for column in _columns(leaf, dialect)]
    if not columns:
        return _no_leaves
    fields = attrs.fields_dict(it)
    read = attrgetter(*(leaf.attribute if leaf.attribute in fields else "id" for leaf, _ in columns), "id")
    readers = [(place, leaf.reader(it)) for place, (leaf, _) in enumerate(columns) if leaf.attribute not in fields]
    converters = [(place, convert) for place, (_, convert) in enumerate(columns) if convert is not None]

    def leaves(record: Any) -> Sequence[Any]:  # noqa: ANN401 - a record of the class
        values = [*read(record)][:-1]
        for place, reader in readers:
            values[place] = reader(record)
        for place, convert in converters:
            if (value := values[place]) is not None:
                values[place] = convert(value)
        return values

    return leaves


def _no_leaves(_record: object) -> Sequence[Any]:
    return ()


def _columns(leaf: Leaf, dialect: Dialect) -> Iterator[tuple[Leaf, Callable[[Any], object] | None]]:
    """The columns of a leaf, each with what makes of a value what stands there."""
    if leaf.form is Form.TEXT:
        yield leaf, fold
        yield leaf, words
    else:
        yield leaf, _converters(dialect).get(leaf.form)


def _converters(dialect: Dialect) -> Mapping[Form, Callable[[Any], object]]:
    return {Form.CHOICE: choice_value, Form.RANK: int, Form.INSTANT: dialect.instant}


def _of_sets(shape: Shape, record: Any) -> Iterator[Member]:  # noqa: ANN401 - any record
    for name, is_text in shape.sets.items():
        values = field_reader(name)(record)
        for place, value in enumerate(dict.fromkeys(values or ())):
            yield name, place, value, fold(value) if is_text else None, None, None, None


def _of_custom(values: Mapping[str, Any]) -> Iterator[Member]:
    for key, value in values.items():
        yield (f"custom.{key}", 0, *_custom(value))


def _custom(value: object) -> tuple[str | None, str | None, str | None, float | None, bool | None]:
    """A custom field's value, in the column of its type: asked as another type, it is missing."""
    match value:
        case str():
            return None, fold(value), words(value), None, None
        case bool():
            return None, None, None, None, value
        case int() | float():
            return None, None, None, float(value), None
        case date() if not isinstance(value, datetime):
            return day_text(value), None, None, None, None
        case _:
            return None, None, None, None, None
