"""
Rows: records as tables hold them, and back.

What a class's rows are made of is worked out once; then a row costs little more than its document.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final, TypeAlias

from ticketcore.conditions import fold, words
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
        document = _write(self.codec.pack(record))
        it: type = type(record)
        leaves = [value for read in _readers(shape, it, self._dialect) for value in read(record)]
        facts = [_write(facts_of_record(record))] if shape.is_open else []
        return (*leaves, *facts, document)

    def record(self, kind: Kind[Any], document: str) -> Any:  # noqa: ANN401 - a record of the kind
        """The record of a document: one that was read before is the same value still."""
        return (self._kept if len(document) <= KEPT_LENGTH else self._record)(kind, document)

    def _record(self, kind: Kind[Any], document: str) -> Any:  # noqa: ANN401 - as above
        return self.codec.unpack(kind, json.loads(document))


def members_of(shape: Shape, record: Any) -> tuple[Member, ...]:  # noqa: ANN401 - any record
    """What a record holds several of, and its custom fields."""
    return (*_of_sets(shape, record), *(_of_custom(record.custom) if shape.has_custom else ()))


def _write(data: object) -> str:
    return _encode(data)


_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


@lru_cache(maxsize=1024)
def _readers(shape: Shape, it: type, dialect: Dialect) -> tuple[Callable[[Any], Row], ...]:
    """The ways from a record of a class to the values of its leaves."""
    return tuple(_reader(leaf, it, dialect) for leaf in shape.leaves.values())


def _reader(leaf: Leaf, it: type, dialect: Dialect) -> Callable[[Any], Row]:
    read, convert = leaf.reader(it), _converters(dialect).get(leaf.form)
    if leaf.form is Form.TEXT:
        return lambda record: _text(read(record))
    if convert is None:
        return lambda record: (read(record),)
    return lambda record: (None if (value := read(record)) is None else convert(value),)


def _converters(dialect: Dialect) -> Mapping[Form, Callable[[Any], object]]:
    return {Form.CHOICE: choice_value, Form.RANK: int, Form.INSTANT: dialect.instant}


def _text(text: str | None) -> Row:
    return (None, None) if text is None else (fold(text), words(text))


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
