"""
Routes: ways through a shelf to the records that a condition can hold of, found by looking at the condition.

A route never misses a record. It may lead past others, and says what must still be asked of the records on it.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import Any, Final, TypeAlias

import attrs

from ticketcore.conditions import All, AnyOf, Comparison, Condition, Field, Not, Operator, Placeholder, current_agent
from ticketcore.conditions.reading import RECORD
from ticketcore.conditions.values import ID, KEY
from ticketcore.model.ids import AgentId
from ticketcore.storage._shelf import Place, Shelf, ShelfIndex, place
from ticketcore.storage._sorted import Sorted

_Parts: TypeAlias = tuple[Condition[Any], ...]

# Tuples, because hashing an operator takes longer than comparing it with two.
_TAKE_ONE: Final = (Operator.EQUAL, Operator.HAS)
_OF_SINGLE: Final = (Operator.EQUAL, Operator.IS_IN)
_OF_SEVERAL: Final = (Operator.HAS, Operator.HAS_ANY)
_NONE: Final = frozenset({None})

_PINS_KEPT: Final = 1_000
"""Of how many conditions it is kept what they pin: to find that out takes longer than to follow it."""


@attrs.frozen(eq=False)
class Route:
    """
    Some runs of places.

    Args:
        runs: The places, each run in order.
        order: The field that orders every run; None where they are of several orders.
        rest: What must be asked of the records there; nothing if the whole condition holds of all of them.
        is_disjoint: Whether no record is in two runs.
        equal: The names of the fields that keep the records apart; None where a record can be in several groups, or the
            runs come from several indexes.
        groups: The runs by the values of these fields.
    """

    runs: tuple[Sorted[Place], ...]
    order: str | None
    rest: _Parts
    is_disjoint: bool
    equal: tuple[str, ...] | None = None
    groups: Mapping[Hashable, Sorted[Place]] = attrs.field(factory=dict)

    @property
    def size(self) -> int:
        """How many places there are."""
        return sum(map(len, self.runs))

    def counts_by(self, field: str) -> bool:
        """Whether the lengths of the runs tell how many records there are of each value of a field, one of several."""
        several = self.equal is not None and len(self.equal) > 1 and field in self.equal
        return several and not self.rest and self.is_disjoint

    def lengths_by(self, field: str) -> Mapping[Hashable, int]:
        """How many records there are of each value of that field."""
        place, lengths = (self.equal or ()).index(field), Counter[Hashable]()
        for values, run in self.groups.items():
            assert isinstance(values, tuple)  # noqa: S101 - of several fields
            lengths[values[place]] += len(run)
        return lengths


@attrs.frozen(eq=False)
class _Pin:
    """
    What parts of a condition say of a field: that it is, or has, one of some values, or is none of them.

    Args:
        values: The values.
        settles: The parts that say just this.
        is_single: Whether the field has one value, not several.
        is_negated: Whether it is none of the values.
    """

    values: frozenset[Any]
    settles: _Parts
    is_single: bool = True
    is_negated: bool = False

    def __and__(self, other: "_Pin") -> "_Pin":
        settles = self.settles + other.settles
        if self.is_negated and other.is_negated:
            return _Pin(self.values | other.values, settles, is_negated=True)
        if self.is_negated:
            return _Pin(other.values - self.values, settles)
        return _Pin(self.values - other.values if other.is_negated else self.values & other.values, settles)

    @property
    def leads_to_missing(self) -> bool:
        """Whether the field can be without a value."""
        return (None in self.values) is not self.is_negated

    def groups(self, index: ShelfIndex) -> dict[Hashable, Sorted[Place]]:
        """Those groups of an index, kept apart by this field, where it is so."""
        if self.is_negated:
            return {value: run for value, run in index.groups.items() if value not in self.values}
        return {value: index.groups[value] for value in self.values if value in index.groups}


def route_past_all(shelf: Shelf, condition: Condition[Any]) -> Route:
    """The route past all records, by id."""
    return _past_all(shelf.indexes[()][0], condition)


def route_past_all_by(shelf: Shelf, condition: Condition[Any], order: str) -> Route | None:
    """The route past all records in the order of a field; None if no index has that order."""
    fitting = [index for index in shelf.indexes[()] if index.declared.order == order]
    return _past_all(fitting[0], condition) if fitting else None


def route_among(ids: Collection[str], condition: Condition[Any]) -> Route:
    """The route past the records of these ids, by id."""
    run: Sorted[Place] = Sorted()
    for id in sorted(ids):
        run.add(place(id, id))
    return Route((run,), "id", _parts(condition), is_disjoint=True)


def _past_all(index: ShelfIndex, condition: Condition[Any]) -> Route:
    return Route(tuple(index.groups.values()), index.declared.order, _parts(condition), is_disjoint=True, equal=())


def routes_to(shelf: Shelf, condition: Condition[Any], viewer: AgentId | None) -> list[Route]:
    """
    The routes to all records of which a condition can hold.

    Args:
        shelf: Where they lead through.
        condition: The condition.
        viewer: Whom the placeholder `current_agent` stands for.

    Returns:
        Nothing if the condition says nothing about an indexed field; then the way is the one past all records.
    """
    parts = _parts(condition)
    routes = [*_along_indexes(shelf, _pins(parts, viewer), parts)]
    for part in parts:
        if isinstance(part, AnyOf):
            routes += _unions([routes_to(shelf, branch, viewer) for branch in part.parts], parts, part)
    return routes


def _parts(condition: Condition[Any]) -> _Parts:
    return condition.parts if isinstance(condition, All) else (condition,)


def _without(parts: _Parts, settled: _Parts) -> _Parts:
    return tuple([part for part in parts if part not in settled])


def _along_indexes(shelf: Shelf, pins: Mapping[str, Sequence[_Pin]], parts: _Parts) -> Iterator[Route]:
    """The routes along every index all of whose fields are pinned, and in which all are that can match."""
    for name, found in pins.items():
        for index in shelf.indexes.get((name,), ()):
            for pin in found:
                if not (index.declared.sparse and pin.leads_to_missing):
                    yield _along(index, pin, parts)
    for equal, indexes in shelf.indexes_of_several.items():
        for chosen in product(*(pins.get(name, ()) for name in equal)):
            if not any(pin.is_negated for pin in chosen):
                for index in indexes:
                    yield _along(index, _joined(chosen), parts)


def _along(index: ShelfIndex, pin: _Pin, parts: _Parts) -> Route:
    groups = pin.groups(index)
    return Route(
        runs=tuple(groups.values()),
        order=index.declared.order,
        rest=_without(parts, pin.settles),
        is_disjoint=pin.is_single or len(groups) <= 1,
        equal=index.declared.equal if pin.is_single else None,
        groups=groups,
    )


def _joined(pins: Sequence[_Pin]) -> _Pin:
    """What is said of several fields, as of one that holds tuples."""
    return _Pin(
        values=frozenset(product(*(pin.values for pin in pins))),
        settles=tuple(part for pin in pins for part in pin.settles),
        is_single=all(pin.is_single for pin in pins),
    )


def _unions(branches: Sequence[Sequence[Route]], parts: _Parts, part: AnyOf[Any]) -> Iterator[Route]:
    """Routes along one route of each branch, if each has one: the shortest, and the shortest ones of each order."""
    if not all(branches):
        return
    yield _union([min(routes, key=_size) for routes in branches], None, parts, part)
    orders = [{route.order for route in routes} for routes in branches]
    for order in set.intersection(*orders) - _NONE if orders else ():
        fitting = [[route for route in routes if route.order == order] for routes in branches]
        yield _union([min(routes, key=_size) for routes in fitting], order, parts, part)


def _size(route: Route) -> int:
    return route.size


def _union(routes: Sequence[Route], order: str | None, parts: _Parts, part: AnyOf[Any]) -> Route:
    runs = tuple(dict.fromkeys(run for route in routes for run in route.runs))
    rest = parts if any(route.rest for route in routes) else _without(parts, (part,))
    return Route(runs, order, rest, is_disjoint=len(runs) <= 1)


@lru_cache(maxsize=_PINS_KEPT)
def _pins(parts: _Parts, viewer: AgentId | None) -> Mapping[str, Sequence[_Pin]]:
    """What conditions that must all hold say of fields, by the attributes of these."""
    pins: dict[str, list[_Pin]] = {}
    for part in parts:
        comparison = part.part if isinstance(part, Not) else part
        if isinstance(comparison, Comparison) and _is_stored(comparison.field):
            known = pins.setdefault(comparison.field.attribute, [])
            for pin in _pins_of(comparison, part, viewer):
                if known and known[0].is_single and pin.is_single:
                    known[0] &= pin
                else:
                    known.append(pin)
    return pins


def _is_stored(field: Field[Any]) -> bool:
    """Whether a field's values are found in the record, and compared as they stand there."""
    return field.origin is RECORD and (field.values in (ID, KEY) or bool(field.values.choices))


def _pins_of(comparison: Comparison[Any], part: Condition[Any], viewer: AgentId | None) -> Iterator[_Pin]:
    """What a comparison says of its field, or what its negation says, if that is the part."""
    operator, operand, is_negated = comparison.operator, comparison.operand, comparison is not part
    if operator in _OF_SINGLE or (operator in _OF_SEVERAL and not is_negated):
        values = _wanted(frozenset({operand}) if operator in _TAKE_ONE else operand, viewer)
        if values is not None:
            yield _Pin(values, (part,), is_single=operator in _OF_SINGLE, is_negated=is_negated)
    elif operator is Operator.IS_SET:
        yield _Pin(_NONE, (part,), is_negated=not is_negated)
    elif operator is Operator.IS_EMPTY and not is_negated:
        yield _Pin(_NONE, (part,), is_single=False)
    elif operator is Operator.HAS_ALL and not is_negated:
        for value in _wanted(operand, viewer) or ():
            yield _Pin(frozenset({value}), (), is_single=False)


def _wanted(operand: frozenset[Any], viewer: AgentId | None) -> frozenset[Any] | None:
    """An operand's values, the viewer among them; None if they cannot be told without a record."""
    placeholders = {value for value in operand if isinstance(value, Placeholder)}
    if not placeholders:
        return operand
    if placeholders != {current_agent}:
        return None
    return operand - placeholders | ({viewer} - _NONE)
