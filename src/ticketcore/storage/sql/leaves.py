"""
Leaves: single values of records, as columns hold them.

What a leaf holds compares in the database as the value itself compares in Python. Texts are kept as they are compared,
folded; as they were written they stand in the record's document.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from enum import Enum, IntEnum
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Final, NewType, Union, get_args, get_origin

import attrs

from ticketcore.conditions.values import (
    FLAG,
    INSTANT,
    NUMBER,
    TEXT,
    Value,
    ValueType,
    key_of,
)


class Form(Enum):
    """How values are kept, and so what can be asked of them."""

    TEXT = "text"
    """Folded, and beside it as words."""
    KEY = "key"
    """As it is: ids, keys."""
    CHOICE = "choice"
    """A member of an enumeration by its key; it has no order."""
    RANK = "rank"
    """A member of an enumeration whose members are numbers."""
    NUMBER = "number"
    FRACTION = "fraction"
    FLAG = "flag"
    INSTANT = "instant"


@attrs.frozen
class Leaf:
    """
    A column of a kind's table.

    Args:
        attribute: Where records have the value, with dots for an attribute of an attribute.
        form: How it is kept.
        is_always_there: Whether every record has one.
    """

    attribute: str
    form: Form
    is_always_there: bool = False

    @property
    def column(self) -> str:
        """The name of the column that is compared."""
        name = self.attribute.replace(".", "_")
        return f"{name}_folded" if self.form is Form.TEXT else name

    @property
    def words_column(self) -> str:
        """The name of the column with the words of a text."""
        return f"{self.attribute.replace('.', '_')}_words"

    def reader(self, it: type) -> Callable[[Any], Any]:
        """The way to the value in records of a class; None for a missing one."""
        return _reader(self.attribute) if has_attribute(it, self.attribute) else _nothing


EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def microseconds(instant: datetime) -> int:
    """An instant as a number that orders as instants do."""
    return (instant - EPOCH) // _MICROSECOND


def choice_value(choice: Enum) -> int | str:
    """A member of an enumeration as columns hold it."""
    return int(choice) if isinstance(choice, IntEnum) else key_of(choice)


def day_text(day: date) -> str:
    """A day as text that orders as days do."""
    return day.isoformat()


def form_of_values(values: ValueType) -> Form:
    """The form of a field's values in its column."""
    if values.choices and values is not FLAG:
        return Form.RANK if isinstance(values.choices[0], IntEnum) else Form.CHOICE
    return _FORMS.get(values.name, Form.KEY)


_FORMS: Final = {TEXT.name: Form.TEXT, NUMBER.name: Form.NUMBER, FLAG.name: Form.FLAG, INSTANT.name: Form.INSTANT}


def form_of_type(annotation: Any) -> Form | None:  # noqa: ANN401 - whatever an annotation may be
    """The form of the values of an attribute by its annotation; None for what is no single value."""
    it = bare(annotation)
    if isinstance(it, NewType):
        it = it.__supertype__
    if not isinstance(it, type):
        return None
    return next((form for base, form in _BASES.items() if issubclass(it, base)), None)


# A choice of numbers is a number, and a flag is one, too: what is more special comes first.
_BASES: Final[dict[type, Form]] = {
    IntEnum: Form.RANK,
    Enum: Form.CHOICE,
    bool: Form.FLAG,
    int: Form.NUMBER,
    float: Form.FRACTION,
    datetime: Form.INSTANT,
    str: Form.KEY,
}


def bare(annotation: Any) -> Any:  # noqa: ANN401 - as above
    """An annotation without `None`."""
    if get_origin(annotation) in {Union, UnionType}:
        left = [it for it in get_args(annotation) if it is not NoneType]
        return left[0] if len(left) == 1 else annotation
    return annotation


def annotation_of(it: type, attribute: str) -> Any:  # noqa: ANN401 - as above
    """The annotation of an attribute of a class of attrs; None where there is none."""
    step, _, rest = attribute.partition(".")
    found = next((field.type for field in attrs.fields(it) if field.name == step), None) if attrs.has(it) else None
    return annotation_of(bare(found), rest) if rest and found is not None else found


def has_attribute(it: type, attribute: str) -> bool:
    """Whether records of a class have an attribute: a field, a property, or something of the class itself."""
    step = attribute.partition(".")[0]
    return hasattr(it, step) or annotation_of(it, step) is not None


def is_optional(annotation: Any) -> bool:  # noqa: ANN401 - as above
    """Whether an annotation allows None."""
    return get_origin(annotation) in {Union, UnionType} and NoneType in get_args(annotation)


def _reader(attribute: str) -> Callable[[Any], Any]:
    """As conditions read it: what cannot be had, such as the first of none, is missing."""
    read = attrgetter(attribute)

    def read_or_none(record: Any) -> Value:  # noqa: ANN401 - a record of any kind
        try:
            return read(record)
        except (AttributeError, IndexError):
            return None

    return read_or_none


def _nothing(_record: object) -> Value:
    return None
