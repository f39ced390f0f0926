"""
Routes: ways through a shelf to the records that a condition can hold of, found by looking at the condition.

A route never misses a record. It may lead past others, so the condition is asked of what it finds, unless it is exact.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, Final

import attrs

from ticketcore.conditions import All, AnyOf, Comparison, Condition, Field, Not, Operator, Placeholder, current_agent
from ticketcore.conditions.reading import RECORD
from ticketcore.conditions.values import ID, KEY
from ticketcore.model.ids import AgentId
from ticketcore.storage._shelf import Place, Shelf, ShelfIndex
from ticketcore.storage._sorted import Sorted

_TAKE_ONE: Final = frozenset({Operator.EQUAL, Operator.HAS})
_OF_SINGLE: Final = frozenset({Operator.EQUAL, Operator.IS_IN})
_OF_SEVERAL: Final = frozenset({Operator.HAS, Operator.HAS_ANY})


@attrs.frozen(eq=False)
class Route:
    """
    Some runs of places.

    Args:
        runs: The places, each run in order.
        order: The field that orders every run; None where they are of several orders.
        is_exact: Whether the condition holds of all that is there.
        is_disjoint: Whether no record is in two runs.
        equal: The names of the fields that keep the runs apart; None where they come from several indexes.
        groups: The runs by the values of these fields.
    """

    runs: tuple[Sorted[Place], ...]
    order: str | None
    is_exact: bool
    is_disjoint: bool
    equal: tuple[str, ...] | None = None
    groups: Mapping[Hashable, Sorted[Place]] = attrs.field(factory=dict)

    @property
    def size(self) -> int:
        """How many places there are."""
        return sum(map(len, self.runs))


@attrs.frozen
class _Pin:
    """
    What a condition says of a field: that it is, or has, one of some values.

    Args:
        values: The values.
        is_single: Whether the field has one value, not several.
        is_exact: Whether the parts of the condition from which it was made say no more than that.
        parts: How many parts these are.
    """

    values: frozenset[Any]
    is_single: bool
    is_exact: bool = True
    parts: int = 1

    def __and__(self, other: "_Pin") -> "_Pin":
        return attrs.evolve(self, values=self.values & other.values, parts=self.parts + other.parts)


def route_past_all(shelf: Shelf, condition: Condition[Any]) -> Route:
    """The route past all records, by id."""
    return _past_all(shelf.indexes[()][0], condition)


def route_past_all_by(shelf: Shelf, condition: Condition[Any], order: str) -> Route | None:
    """The route past all records in the order of a field; None if no index has that order."""
    fitting = [index for index in shelf.indexes[()] if index.declared.order == order]
    return _past_all(fitting[0], condition) if fitting else None


def _past_all(index: ShelfIndex, condition: Condition[Any]) -> Route:
    is_exact = isinstance(condition, All) and not condition.parts
    return Route(tuple(index.groups.values()), index.declared.order, is_exact, is_disjoint=True, equal=())


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
    parts = condition.parts if isinstance(condition, All) else (condition,)
    routes = [*_along_indexes(shelf, _pins(parts, viewer), len(parts))]
    for part in parts:
        if isinstance(part, AnyOf):
            routes += _unions([routes_to(shelf, branch, viewer) for branch in part.parts], is_all=len(parts) == 1)
    return routes


def _along_indexes(shelf: Shelf, pins: Mapping[str, Sequence[_Pin]], parts: int) -> Iterator[Route]:
    """The routes along every index all of whose fields are pinned."""
    for equal, indexes in shelf.indexes.items():
        if equal and all(name in pins for name in equal):
            for chosen in product(*(pins[name] for name in equal)):
                for index in indexes:
                    yield _along(index, chosen, parts)


def _along(index: ShelfIndex, pins: Sequence[_Pin], parts: int) -> Route:
    keys = pins[0].values if len(pins) == 1 else product(*(pin.values for pin in pins))
    groups = {key: index.groups[key] for key in keys if key in index.groups}
    return Route(
        runs=tuple(groups.values()),
        order=index.declared.order,
        is_exact=all(pin.is_exact for pin in pins) and sum(pin.parts for pin in pins) == parts,
        is_disjoint=len(groups) <= 1 or all(pin.is_single for pin in pins),
        groups=groups,
        equal=index.declared.equal,
    )


def _unions(branches: Sequence[Sequence[Route]], *, is_all: bool) -> Iterator[Route]:
    """Routes along one route of each branch, if each has one: the shortest, and the shortest ones of each order."""
    if not all(branches):
        return
    yield _union([min(routes, key=_size) for routes in branches], None, is_all=is_all)
    orders = [{route.order for route in routes} for routes in branches]
    for order in set.intersection(*orders) - {None} if orders else ():
        fitting = [[route for route in routes if route.order == order] for routes in branches]
        yield _union([min(routes, key=_size) for routes in fitting], order, is_all=is_all)


def _size(route: Route) -> int:
    return route.size


def _union(routes: Sequence[Route], order: str | None, *, is_all: bool) -> Route:
    runs = tuple(dict.fromkeys(run for route in routes for run in route.runs))
    is_exact = is_all and all(route.is_exact for route in routes)
    return Route(runs, order, is_exact, is_disjoint=len(runs) <= 1)


def _pins(parts: Iterable[Condition[Any]], viewer: AgentId | None) -> Mapping[str, Sequence[_Pin]]:
    """What conditions that must all hold say of fields, by the attributes of these."""
    pins: dict[str, list[_Pin]] = {}
    for part in parts:
        comparison = part.part if isinstance(part, Not) else part
        if isinstance(comparison, Comparison) and _is_stored(comparison.field):
            known = pins.setdefault(comparison.field.attribute, [])
            for pin in _pins_of(comparison, viewer, is_negated=comparison is not part):
                if known and known[0].is_single and pin.is_single:
                    known[0] &= pin
                else:
                    known.append(pin)
    return pins


def _is_stored(field: Field[Any]) -> bool:
    """Whether a field's values are found in the record, and compared as they stand there."""
    return field.origin is RECORD and field.values in (ID, KEY)


def _pins_of(comparison: Comparison[Any], viewer: AgentId | None, *, is_negated: bool) -> Iterator[_Pin]:
    operator = comparison.operator
    if is_negated:
        if operator is Operator.IS_SET:
            yield _Pin(frozenset({None}), is_single=True)
    elif operator is Operator.IS_EMPTY:
        yield _Pin(frozenset({None}), is_single=False)
    elif operator in _OF_SINGLE or operator in _OF_SEVERAL:
        operand = comparison.operand
        values = _wanted(frozenset({operand}) if operator in _TAKE_ONE else operand, viewer)
        if values is not None:
            yield _Pin(values, is_single=operator in _OF_SINGLE)
    elif operator is Operator.HAS_ALL:
        for value in _wanted(comparison.operand, viewer) or ():
            yield _Pin(frozenset({value}), is_single=False, is_exact=False)


def _wanted(operand: frozenset[Any], viewer: AgentId | None) -> frozenset[Any] | None:
    """An operand's values, the viewer among them; None if they cannot be told without a record."""
    placeholders = {value for value in operand if isinstance(value, Placeholder)}
    if not placeholders:
        return operand
    if placeholders != {current_agent}:
        return None
    return operand - placeholders | ({viewer} - {None})
