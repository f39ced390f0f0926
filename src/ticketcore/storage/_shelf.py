"""
A shelf: all records of one kind in memory, found by id or through the indexes that the kind declares.

It knows nothing of queries, versions, sessions or threads.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from itertools import product
from typing import Any, TypeAlias

from ticketcore.model.kinds import Index, Kind
from ticketcore.query import field_reader, members, order_value
from ticketcore.storage._sorted import Sorted

Place: TypeAlias = tuple[Any, ...]
"""Where a record stands in an order: whether it has no value, its value, its id. So None comes last, and ties go by id.
"""

_Values: TypeAlias = list[Any]
_Standing: TypeAlias = tuple[_Values, Place]
_Undo: TypeAlias = tuple[Callable[[Hashable, Place], None], Hashable, Place]

_EVERYTHING = ((),)


def place(value: object, id: str) -> Place:
    """Where a record of this id stands in the order of a field, of which it has this value in the form compared."""
    return (value is None, value, id)


class ShelfIndex:
    """
    The places of records in one order, kept apart for each value of some fields.

    Args:
        declared: Which fields, and which order.
        names: The names of the fields whose values it is given.
    """

    __slots__ = ("_equal", "declared", "groups", "order")

    groups: dict[Hashable, Sorted[Place]]
    """By the value of the field that keeps them apart; by a tuple of values where there is not exactly one field."""
    order: int
    """The number of the field that orders them."""

    def __init__(self, declared: Index, names: Sequence[str]) -> None:
        self.declared = declared
        self.groups = {}
        self.order = names.index(declared.order)
        self._equal = tuple(map(names.index, declared.equal))

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


_IndexesByOrder: TypeAlias = Mapping[int, Collection[ShelfIndex]]
"""Indexes by the number of the field that orders them."""


class Shelf:
    """
    The records of one kind.

    Args:
        kind: It says what indexes there are; one by id there is always.
    """

    records: dict[str, Any]
    """The records by their ids."""
    indexes: Mapping[tuple[str, ...], Sequence[ShelfIndex]]
    """The indexes by the names of the fields that keep places apart."""
    indexes_of_several: Mapping[tuple[str, ...], Sequence[ShelfIndex]]
    """Those of them with more than one such field."""

    def __init__(self, kind: Kind[Any]) -> None:
        declared = dict.fromkeys((Index(), *kind.indexes))
        names = sorted({name for index in declared for name in _fields(index)}, key=lambda name: ("." in name, name))
        indexes = [ShelfIndex(index, names) for index in declared]
        self.records = {}
        self.indexes = {
            equal: [index for index in indexes if index.declared.equal == equal]
            for equal in dict.fromkeys(index.equal for index in declared)
        }
        self.indexes_of_several = {equal: several for equal, several in self.indexes.items() if len(equal) > 1}
        self._all = _by_order(indexes)
        self._affected = [_by_order(index for index in indexes if name in _fields(index.declared)) for name in names]
        self._read = _values_reader(names)
        self._orders = sorted({index.order for index in indexes})

    def put(self, record: Any) -> Any:  # noqa: ANN401 - a record of the kind
        """
        Stores a record, or changes nothing and raises.

        Returns:
            The record that was stored under its id before, or None.
        """
        id = record.id
        old = self.records.get(id)
        self._index(id, None if old is None else self._values(old), self._values(record))
        self.records[id] = record
        return old

    def remove(self, id: str) -> Any:  # noqa: ANN401 - a record of the kind
        """
        Forgets a record, or changes nothing and raises.

        Returns:
            The record.
        """
        self._index(id, self._values(self.records[id]), None)
        return self.records.pop(id)

    def _values(self, record: object) -> _Values:
        values = self._read(record)
        for number in self._orders:
            values[number] = order_value(values[number])
        return values

    def _index(self, id: str, before: _Values | None, after: _Values | None) -> None:
        undo: list[_Undo] = []
        try:
            for order, indexes in self._touched(before, after).items():
                # One place serves all indexes of an order: a record costs few tuples, however many indexes there are.
                left = None if before is None else (before, place(before[order], id))
                taken = None if after is None else (after, place(after[order], id))
                for index in indexes:
                    _move(index, left, taken, undo)
        except BaseException:
            for take_back, key, where in reversed(undo):
                take_back(key, where)
            raise

    def _touched(self, before: _Values | None, after: _Values | None) -> _IndexesByOrder:
        """The indexes in which a record stands elsewhere when its values change."""
        if before is None or after is None:
            return self._all
        changed = [number for number, value in enumerate(before) if value != after[number]]
        if len(changed) == 1:
            return self._affected[changed[0]]
        return _by_order(
            index for number in changed for indexes in self._affected[number].values() for index in indexes
        )


def _values_reader(names: Sequence[str]) -> Callable[[object], _Values]:
    """The way to a record's values, in the order of the names, of which those with dots come last."""
    plain = [name for name in names if "." not in name]
    readers = [field_reader(name) for name in names[len(plain) :]]
    if not readers:
        return lambda record: [getattr(record, name, None) for name in plain]
    return lambda record: [getattr(record, name, None) for name in plain] + [read(record) for read in readers]


def _fields(index: Index) -> tuple[str, ...]:
    return (*index.equal, index.order)


def _by_order(indexes: Iterable[ShelfIndex]) -> _IndexesByOrder:
    found: dict[int, dict[ShelfIndex, None]] = {}
    for index in indexes:
        found.setdefault(index.order, {})[index] = None
    return found


def _move(index: ShelfIndex, left: _Standing | None, taken: _Standing | None, undo: list[_Undo]) -> None:
    """Takes a record out of the groups that it leaves, and puts it into those that it joins or where it moves."""
    old = index.keys(left[0]) if left else ()
    new = index.keys(taken[0]) if taken else ()
    if left and taken and left[1] == taken[1]:
        old, new = [key for key in old if key not in new], [key for key in new if key not in old]
    if left:
        for key in old:
            index.remove(key, left[1])
            undo.append((index.add, key, left[1]))
    if taken:
        for key in new:
            index.add(key, taken[1])
            undo.append((index.remove, key, taken[1]))
