"""
A shelf: all records of one kind in memory, found by id or through the indexes that the kind declares.

It knows nothing of queries, versions, sessions or threads.
"""

from collections.abc import Callable, Collection, Hashable
from itertools import product
from operator import attrgetter
from typing import Any, TypeAlias

from ticketcore.model.kinds import Index, Kind
from ticketcore.query import field_reader, members
from ticketcore.storage._sorted import Sorted

Place: TypeAlias = tuple[Any, ...]
"""Where a record stands in an order: whether it has no value, its value, its id. So None comes last, and ties go by id.
"""

_Values: TypeAlias = tuple[Any, ...]
_Step: TypeAlias = tuple[Callable[[Hashable, Place], None], Callable[[Hashable, Place], None], Hashable, Place]
"""A change of an index: what does it, what takes it back, and what both are given."""

_EVERYTHING = ((),)


def place(value: object, id: str) -> Place:
    """Where a record of this id stands in the order of a field, of which it has this value."""
    return (value is None, value, id)


class ShelfIndex:
    """
    The places of records in one order, kept apart for each value of some fields.

    Args:
        declared: Which fields, and which order.
        names: The names of the fields whose values it is given.
    """

    __slots__ = ("_equal", "declared", "groups", "uses")

    groups: dict[Hashable, Sorted[Place]]
    """By the value of the field that keeps them apart; by a tuple of values where there is not exactly one field."""

    def __init__(self, declared: Index, names: Collection[str]) -> None:
        numbers = {name: number for number, name in enumerate(names)}
        self.declared = declared
        self.groups = {}
        self.uses = frozenset(numbers[name] for name in (*declared.equal, declared.order))
        self._equal = tuple(numbers[name] for name in declared.equal)

    def keys(self, values: _Values) -> Collection[Hashable]:
        """The groups to which a record belongs that has these values."""
        if not self._equal:
            return _EVERYTHING
        if len(self._equal) == 1:
            return members(values[self._equal[0]])
        return tuple(product(*(members(values[number]) for number in self._equal)))

    def add(self, key: Hashable, place: Place) -> None:
        """Puts a place into a group."""
        group = self.groups.get(key)
        if group is None:
            group = self.groups[key] = Sorted()
        group.add(place)

    def remove(self, key: Hashable, place: Place) -> None:
        """Takes a place out of its group."""
        group = self.groups[key]
        group.remove(place)
        if not group:
            del self.groups[key]


class Shelf:
    """
    The records of one kind.

    Args:
        kind: It says what indexes there are; one by id there is always.
    """

    records: dict[str, Any]
    """The records by their ids."""

    def __init__(self, kind: Kind[Any]) -> None:
        declared = dict.fromkeys((Index(), *kind.indexes))
        names = tuple(dict.fromkeys(name for index in declared for name in (*index.equal, index.order)))
        self.kind = kind
        self.records = {}
        self.indexes = tuple(ShelfIndex(index, names) for index in declared)
        self._readers = tuple(map(field_reader, names))
        self._read_all = attrgetter(*names) if len(names) > 1 else None
        self._orders = tuple(
            (names.index(order), tuple(index for index in self.indexes if index.declared.order == order))
            for order in dict.fromkeys(index.order for index in declared)
        )

    def put(self, record: Any) -> Any:  # noqa: ANN401 - a record of the kind
        """
        Stores a record, or changes nothing and raises.

        Returns:
            The record that was stored under its id before, or None.
        """
        old = self.records.get(record.id)
        self._index(record.id, None if old is None else self._values(old), self._values(record))
        self.records[record.id] = record
        return old

    def remove(self, id: str) -> Any:  # noqa: ANN401 - a record of the kind
        """
        Forgets a record, or changes nothing and raises.

        Returns:
            The record.
        """
        old = self.records[id]
        self._index(id, self._values(old), None)
        return self.records.pop(id)

    def _values(self, record: object) -> _Values:
        if self._read_all is not None:
            try:
                return self._read_all(record)
            except AttributeError:
                pass  # some field is missing: read them one by one
        return tuple(read(record) for read in self._readers)

    def _index(self, id: str, before: _Values | None, after: _Values | None) -> None:
        steps = self._steps(id, before, after)
        done = 0
        try:
            for do, _, key, place in steps:
                do(key, place)
                done += 1
        except BaseException:
            for _, take_back, key, place in reversed(steps[:done]):
                take_back(key, place)
            raise

    def _steps(self, id: str, before: _Values | None, after: _Values | None) -> list[_Step]:
        changed = _changed(before, after)
        steps: list[_Step] = []
        for order, indexes in self._orders:
            # One place serves all indexes of an order: a record costs few tuples, however many indexes there are.
            left = None if before is None else place(before[order], id)
            taken = None if after is None else place(after[order], id)
            for index in indexes:
                if changed is None or not index.uses.isdisjoint(changed):
                    steps += _moves(index, before, left, after, taken)
        return steps


def _changed(before: _Values | None, after: _Values | None) -> list[int] | None:
    """The numbers of the values that differ; None stands for all of them."""
    if before is None or after is None:
        return None
    return [number for number, value in enumerate(before) if value != after[number]]


def _moves(
    index: ShelfIndex, before: _Values | None, left: Place | None, after: _Values | None, taken: Place | None
) -> list[_Step]:
    """The steps by which a record leaves the groups and places it no longer has, and takes those that it has now."""
    old = () if before is None else index.keys(before)
    new = () if after is None else index.keys(after)
    stays = left == taken
    away: list[_Step] = [(index.remove, index.add, key, left) for key in old if left and not (stays and key in new)]
    return away + [(index.add, index.remove, key, taken) for key in new if taken and not (stays and key in old)]
