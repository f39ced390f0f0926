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
from ticketcore.conditions.values import ChoiceType, IdType, KeyType, NumberType
from ticketcore.model.ids import AgentId
from ticketcore.storage._shelf import Place, Shelf, ShelfIndex
from ticketcore.storage._sorted import Sorted

_COMPARED_AS_STORED: Final = frozenset({ChoiceType, IdType, KeyType, NumberType})
_ONE_OF_ONE: Final = frozenset({Operator.EQUAL, Operator.IS_IN})
_ONE_OF_SEVERAL: Final = frozenset({Operator.HAS, Operator.HAS_ANY})
_TAKES_ONE: Final = frozenset({Operator.EQUAL, Operator.HAS})


@attrs.frozen(eq=False)
class Route:
    """
    Some runs of places.

    Args:
        runs: The places, each run in order.
        order: The field that orders every run; None where they are of several orders.
        is_exact: Whether the condition holds of all that is there.
        is_disjoint: Whether no record is in two runs.
        groups: The runs by what they have in common, where the fields `equal` keep them apart.
        equal: The names of these fields.
    """

    runs: tuple[Sorted[Place], ...]
    order: str | None
    is_exact: bool
    is_disjoint: bool
    groups: Mapping[Hashable, Sorted[Place]] = attrs.field(factory=dict)
    equal: tuple[str, ...] = ()

    def __len__(self) -> int:
        return sum(map(len, self.runs))


@attrs.frozen
class _Pin:
    """
    What a condition says of a field: that it is, or has, one of some values.

    Args:
        values: The values.
        is_exact: Whether that is all that the parts of the condition say which it was made of.
        is_single: Whether the field can have only one value.
        parts: How many parts of the condition it was made of.
    """

    values: frozenset[Any]
    is_exact: bool
    is_single: bool
    parts: int = 1

    def __and__(self, other: "_Pin") -> "_Pin":
        return attrs.evolve(self, values=self.values & other.values, parts=self.parts + other.parts)


class Routes:
    """
    Finds routes.

    Args:
        shelf: Where they lead through.
        viewer: Whom the placeholder `current_agent` stands for.
    """

    def __init__(self, shelf: Shelf, viewer: AgentId | None) -> None:
        self._shelf = shelf
        self._viewer = viewer

    def everything(self, condition: Condition[Any]) -> list[Route]:
        """The routes past all records, one for each order that there is."""
        is_exact = condition == All(())
        return [
            Route(tuple(index.groups.values()), index.declared.order, is_exact, is_disjoint=True)
            for index in self._shelf.indexes
            if not index.declared.equal
        ]

    def to(self, condition: Condition[Any]) -> list[Route]:
        """The routes to what a condition can hold of; none if it says nothing about an indexed field."""
        parts = condition.parts if isinstance(condition, All) else (condition,)
        pins = self._pins(parts)
        found = [route for index in self._shelf.indexes for route in _along(index, pins, len(parts))]
        for part in parts:
            if isinstance(part, AnyOf):
                found += self._to_any(part, is_all=len(parts) == 1)
        return found

    def _to_any(self, condition: AnyOf[Any], *, is_all: bool) -> list[Route]:
        branches = [self.to(part) for part in condition.parts]
        if not all(branches):
            return []
        orders = [{route.order for route in routes} for routes in branches]
        unions = [_union([min(routes, key=len) for routes in branches], None, is_all=is_all)]
        for order in set.intersection(*orders) - {None} if orders else ():
            fitting = [[route for route in routes if route.order == order] for routes in branches]
            unions.append(_union([min(routes, key=len) for routes in fitting], order, is_all=is_all))
        return unions

    def _pins(self, parts: Iterable[Condition[Any]]) -> Mapping[str, Sequence[_Pin]]:
        pins: dict[str, list[_Pin]] = {}
        for part in parts:
            for attribute, pin in self._pins_of(part):
                known = pins.setdefault(attribute, [])
                if known and pin.is_single and known[0].is_single:
                    known[0] &= pin
                else:
                    known.append(pin)
        return pins

    def _pins_of(self, part: Condition[Any]) -> Iterator[tuple[str, _Pin]]:
        match part:
            case Not(Comparison(field, Operator.IS_SET)) if _is_stored(field):
                yield field.attribute, _Pin(frozenset({None}), is_exact=True, is_single=True)
            case Comparison(field, Operator.IS_EMPTY) if _is_stored(field):
                yield field.attribute, _Pin(frozenset({None}), is_exact=True, is_single=False)
            case Comparison(field, operator, operand) if _is_stored(field):
                values = self._values(operator, operand)
                if values is None:
                    return
                if operator in _ONE_OF_ONE | _ONE_OF_SEVERAL:
                    yield field.attribute, _Pin(values, is_exact=True, is_single=operator in _ONE_OF_ONE)
                elif operator is Operator.HAS_ALL:
                    for value in values:
                        yield field.attribute, _Pin(frozenset({value}), is_exact=False, is_single=False)

    def _values(self, operator: Operator, operand: object) -> frozenset[Any] | None:
        """The values wanted; None if that cannot be told without a record."""
        if operator in _TAKES_ONE:
            operand = frozenset({operand})
        if not isinstance(operand, frozenset):
            return None
        placeholders = {value for value in operand if isinstance(value, Placeholder)}
        if placeholders - {current_agent}:
            return None
        viewer = {self._viewer} - {None} if placeholders else set()
        return operand - placeholders | viewer


def _is_stored(field: Field[Any]) -> bool:
    """Whether a field's values are compared as they stand in the record."""
    return field.origin is RECORD and type(field.values) in _COMPARED_AS_STORED


def _along(index: ShelfIndex, pins: Mapping[str, Sequence[_Pin]], parts: int) -> Iterator[Route]:
    """The routes through an index all of whose fields are pinned."""
    equal = index.declared.equal
    for chosen in product(*(pins.get(name, ()) for name in equal)) if equal else ():
        keys = product(*(pin.values for pin in chosen)) if len(chosen) > 1 else chosen[0].values
        groups = {key: index.groups[key] for key in keys if key in index.groups}
        yield Route(
            tuple(groups.values()),
            index.declared.order,
            is_exact=all(pin.is_exact for pin in chosen) and sum(pin.parts for pin in chosen) == parts,
            is_disjoint=len(groups) <= 1 or all(pin.is_single for pin in chosen),
            groups=groups,
            equal=equal,
        )


def _union(routes: Iterable[Route], order: str | None, *, is_all: bool) -> Route:
    routes = tuple(routes)
    runs = tuple(dict.fromkeys(run for route in routes for run in route.runs))
    is_exact = is_all and all(route.is_exact for route in routes)
    return Route(runs, order, is_exact, is_disjoint=len(runs) <= 1)
