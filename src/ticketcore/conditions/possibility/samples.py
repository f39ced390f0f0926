"""
Samples: for what is asked of a field, some values such that if any value fits at all, one of these does.

With them a question about all values becomes a question about a few, and `answer` stays the only meaning of operators.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import product
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

import attrs

from ticketcore.conditions.comparisons import Comparison, Field
from ticketcore.conditions.fields import DateField, InstantField, NumberField, SetField, TextField
from ticketcore.conditions.operands import compared_operand, each_part, is_fixed
from ticketcore.conditions.operators import Operator
from ticketcore.conditions.possibility.texts import text_samples
from ticketcore.conditions.reading import RECORD
from ticketcore.conditions.values import ID, KEY, STATUS, Value
from ticketcore.model.tickets import InternalTicket, Ticket

MOST_SAMPLES: Final = 1_000
KEPT: Final = 10_000
"""How many comparisons are kept prepared."""

OTHERS: Final = ("\0", "\0\0")
"""Keys that no condition can name: two, since a change is from one to another."""


def samples(field: Field[Any], literals: Iterable[tuple[Comparison[Any], bool]]) -> Sequence[Value] | None:
    """
    Values that stand for all that are there; None where there is no telling.

    Args:
        field: The field.
        literals: What is asked of it, and whether it is to hold.
    """
    asked = [(it, holds) for it, holds in literals if not is_moving(it)]
    found = _samples(field, asked)
    return None if found is None or len(found) > MOST_SAMPLES else found


@lru_cache(maxsize=KEPT)
def is_moving(comparison: Comparison[Any]) -> bool:
    """Whether a comparison has another operand for other facts."""
    return not is_fixed(comparison.operator, comparison.operand)


@lru_cache(maxsize=KEPT)
def wanted(comparison: Comparison[Any]) -> Value:
    """The operand of a comparison as it is compared."""
    return compared_operand(comparison.field.values, comparison.operator, comparison.operand)


def _samples(field: Field[Any], asked: Sequence[tuple[Comparison[Any], bool]]) -> Sequence[Value] | None:
    comparisons = [comparison for comparison, _ in asked]
    if isinstance(field, SetField):
        return _sets(asked)
    if isinstance(field, TextField):
        return text_samples(asked)
    if field.values.choices:
        return field.values.choices
    for kind, around in _AROUND.items():
        if isinstance(field, kind):
            return _around(_values(comparisons), _whole_around if is_count(field) else around)
    return [*_values(comparisons), *OTHERS] if field.values in (ID, KEY, STATUS) else None


def _values(comparisons: Iterable[Comparison[Any]]) -> list[Value]:
    """All single values that comparisons name."""
    found: dict[Value, None] = {}

    def note(part: Value) -> Value:
        if part is not None:
            found[part] = None
        return part

    for comparison in comparisons:
        each_part(comparison.operator, note, wanted(comparison))
    return list(found)


# Values that have an order: those that are named, and one before, between and behind them.


def _around(named: Sequence[Value], around: Callable[[Value], Iterable[Value]]) -> Sequence[Value]:
    return [near for value in named for near in around(value)] or [*around(None)]


def _numbers_around(number: float | None) -> Iterator[float]:
    if number is None:
        yield 0
        return
    yield from (math.nextafter(number, -math.inf), number, math.nextafter(number, math.inf))


def _whole_around(number: float | None) -> Iterator[int]:
    yield 0
    if number is not None:
        nearest = math.floor(number)
        yield from (it for it in range(nearest - 1, nearest + 3) if it >= 0)


def _days_around(day: date | None) -> Iterator[date]:
    yield from _moved(day or date(2000, 1, 1), timedelta(days=1))


def _instants_around(instant: datetime | None) -> Iterator[datetime]:
    yield from _moved(instant or datetime(2000, 1, 1, tzinfo=UTC), timedelta(microseconds=1))


def _moved(value: Any, by: timedelta) -> Iterator[Any]:  # noqa: ANN401 - a day or an instant
    for step in (-by, timedelta(), by):
        try:
            yield value + step
        except OverflowError:  # the first or the last day of the calendar
            continue


_AROUND: Final[Mapping[type[Field[Any]], Callable[[Value], Iterable[Value]]]] = {
    NumberField: _numbers_around,
    DateField: _days_around,
    InstantField: _instants_around,
}


# Sets: those that have just what they must, each also with one member more.


def _sets(asked: Iterable[tuple[Comparison[Any], bool]]) -> Sequence[Value] | None:
    needed: set[Value] = set()
    one_of: list[frozenset[Value]] = []
    exact: list[frozenset[Value]] = [frozenset()]
    for comparison, holds in asked:
        members = wanted(comparison)
        match comparison.operator if holds else None:
            case Operator.HAS:
                needed.add(members)
            case Operator.HAS_ALL:
                needed |= members
            case Operator.HAS_ANY:
                one_of.append(members)
            case Operator.EXACTLY:
                exact.append(members)
            case _:
                pass
    if math.prod(map(len, one_of)) > MOST_SAMPLES // 2:
        return None
    least = [frozenset(needed.union(chosen)) for chosen in product(*one_of)]
    return [*exact, *least, *(it.union(OTHERS[:1]) for it in least)]


# What the records' own classes say of their attributes.


def can_be_missing(field: Field[Any]) -> bool:
    """Whether a record may have no value in a field; of a set, to be empty is another thing."""
    return isinstance(field, SetField) or any(_admits_none(hint) for hint in _hints_of(field))


def is_count(field: Field[Any]) -> bool:
    """Whether a field is a whole number of at least 0: all that tickets have are counts."""
    return all(hint is int for hint in _hints_of(field))


def _hints_of(field: Field[Any]) -> tuple[object, ...]:
    """The types of a ticket's field, of tickets of both kinds; of anything else None, which it may be."""
    if field.scope != "ticket" or field.origin != RECORD:
        return (None,)
    return _ticket_hints(field.attribute)


@lru_cache(maxsize=512)
def _ticket_hints(attribute: str) -> tuple[object, ...]:
    return tuple(_hint(kind, attribute) for kind in (Ticket, InternalTicket))


def _hint(kind: object, attribute: str) -> object:
    name, _, rest = attribute.partition(".")
    hint = get_type_hints(kind).get(name) if isinstance(kind, type) and attrs.has(kind) else None
    return _hint(hint, rest) if rest and not _admits_none(hint) else hint


def _admits_none(hint: object) -> bool:
    return hint is None or (get_origin(hint) in (Union, UnionType) and type(None) in get_args(hint))
