"""
A shelf: all records of one kind in memory, found by id or through the indexes that the kind declares.

It knows nothing of queries, versions, sessions or threads.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import product
from operator import attrgetter
from typing import Any, TypeAlias

from ticketcore.model.kinds import Index, Kind
from ticketcore.query import field_reader, members, order_value
from ticketcore.storage._sorted import Sorted

Place: TypeAlias = tuple[Any, ...]
"""Where a record stands in an order: whether it has no value, its value, its id. So None comes last, and ties go by id.
"""

_Values: TypeAlias = list[Any]
_Standing: TypeAlias = tuple["ShelfIndex", Hashable, Place]
"""Where a record stands: in which index, in which of its groups, and where in this."""

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

    __slots__ = ("declared", "groups", "keys", "order")

    groups: dict[Hashable, Sorted[Place]]
    """By the value of the field that keeps them apart; by a tuple of values where there is not exactly one field."""
    order: int
    """The number of the field that orders them."""
    keys: Callable[[_Values], Collection[Hashable]]
    """Gives the groups to which a record belongs that has some values."""

    def __init__(self, declared: Index, names: Sequence[str]) -> None:
        self.declared = declared
        self.groups = {}
        self.order = names.index(declared.order)
        self.keys = _keys(declared, names)

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


def _keys(declared: Index, names: Sequence[str]) -> Callable[[_Values], Collection[Hashable]]:
    equal = [*map(names.index, declared.equal)]
    if len(equal) == 1:
        return _keys_of_one(equal[0], () if declared.sparse else (None,))
    if not equal:
        return lambda _: _EVERYTHING
    return lambda values: [*product(*[members(values[number]) for number in equal])]


def _keys_of_one(number: int, of_nothing: Collection[None]) -> Callable[[_Values], Collection[Hashable]]:
    def keys(values: _Values) -> Collection[Hashable]:
        value = values[number]
        if value is None:
            return of_nothing
        if isinstance(value, (tuple, frozenset)):
            return members(value) if value else of_nothing
        return (value,)

    return keys


class Shelf:
    """
    The records of one kind.

    Args:
        kind: It says what indexes there are; one by id there is always.
    """

    records: dict[str, Any]
    """The records by their ids."""
    indexes_of_several: Mapping[tuple[str, ...], Sequence[ShelfIndex]]
    """The indexes with more than one field that keeps places apart, by the names of these."""

    def __init__(self, kind: Kind[Any]) -> None:
        declared = dict.fromkeys((Index(), *kind.indexes))
        names = sorted({name for index in declared for name in _fields(index)})
        indexes = [ShelfIndex(index, names) for index in declared]
        self.records = {}
        self._indexes = {
            equal: [index for index in indexes if index.declared.equal == equal]
            for equal in dict.fromkeys(index.equal for index in declared)
        }
        self.indexes_of_several = {equal: several for equal, several in self._indexes.items() if len(equal) > 1}
        self._by_id, *others = indexes
        self._new_ids: list[str] = []
        """Those that the index by id does not have yet: most kinds are never asked for by it."""
        self._all = _by_order(others)
        self._affected = [_by_order(index for index in others if name in _fields(index.declared)) for name in names]
        self._names = names
        self._readers: dict[type[Any], Callable[[Any], _Values]] = {}

    @property
    def indexes(self) -> Mapping[tuple[str, ...], Sequence[ShelfIndex]]:
        """The indexes by the names of the fields that keep places apart."""
        for id in self._new_ids:
            self._by_id.add((), place(id, id))
        self._new_ids.clear()
        return self._indexes

    def put(self, record: Any) -> Any:  # noqa: ANN401 - a record of the kind
        """
        Stores a record, or changes nothing and raises.

        Returns:
            The record that was stored under its id before, or None.
        """
        id = record.id
        old = self.records.get(id)
        if old is None:
            self._enter(id, self._values(record))
            self._new_ids.append(id)
        else:
            self._move(id, self._values(old), self._values(record))
        self.records[id] = record
        return old

    def remove(self, id: str) -> Any:  # noqa: ANN401 - a record of the kind
        """
        Forgets a record, or changes nothing and raises.

        Returns:
            The record.
        """
        self._change(_standings(self._all, id, self._values(self.records[id])), [])
        self.indexes[()][0].remove((), place(id, id))
        return self.records.pop(id)

    def _values(self, record: object) -> _Values:
        kind = type(record)
        read = self._readers.get(kind)
        if read is None:
            read = self._readers[kind] = _values_reader(kind, self._names, self._all)
        return read(record)

    def _enter(self, id: str, values: _Values) -> None:
        """What `_change` does, for a new record: the way that most take, and hence the shortest one."""
        entered: list[_Standing] = []
        try:
            for order, indexes in self._all.items():
                value = values[order]
                where = (value is None, value, id)  # one serves all: a record costs few tuples
                for index in indexes:
                    groups = index.groups
                    for key in index.keys(values):
                        group = groups.get(key)
                        if group is None:
                            group = groups[key] = Sorted()
                        group.add(where)
                        entered.append((index, key, where))
        except BaseException:
            self._change(entered, [])
            raise

    def _move(self, id: str, before: _Values, after: _Values) -> None:
        """Moves a record in the indexes in which it stands elsewhere when its values change."""
        touched = self._touched(before, after)
        if touched:
            left, joined = _standings(touched, id, before), _standings(touched, id, after)
            self._change([it for it in left if it not in joined], [it for it in joined if it not in left])

    @staticmethod
    def _change(left: Sequence[_Standing], joined: Sequence[_Standing]) -> None:
        done = 0
        try:
            for index, key, where in left:
                index.remove(key, where)
                done += 1
            for index, key, where in joined:
                index.add(key, where)
                done += 1
        except BaseException:
            for index, key, where in reversed(joined[: max(done - len(left), 0)]):
                index.remove(key, where)
            for index, key, where in reversed(left[:done]):
                index.add(key, where)
            raise

    def _touched(self, before: _Values, after: _Values) -> _IndexesByOrder:
        """The indexes in which a record stands elsewhere when its values change."""
        changed = [number for number, value in enumerate(before) if value != after[number]]
        if len(changed) <= 1:
            return self._affected[changed[0]] if changed else {}
        return _by_order(
            index for number in changed for indexes in self._affected[number].values() for index in indexes
        )


def _values_reader(kind: type[Any], names: Sequence[str], orders: Collection[int]) -> Callable[[Any], _Values]:
    """
    The way to the values of the records of a class.

    Args:
        kind: The class.
        names: The names of the fields, in the order of their values. What a record does not have is None.
        orders: The numbers of those that order records.
    """
    readers = [_reader(kind, name) for name in names]
    instants = [number for number in orders if readers[number] is not _read_nothing and names[number] != "id"]
    read_all = attrgetter(*names) if _read_nothing not in readers and len(names) > 1 else None

    def values(record: Any) -> _Values:  # noqa: ANN401 - of the class
        try:
            found = [*read_all(record)] if read_all else [read(record) for read in readers]
        except AttributeError:
            found = [field_reader(name)(record) for name in names]
        for number in instants:
            value = found[number]
            if isinstance(value, datetime) and value.tzinfo is not UTC:
                found[number] = order_value(value)
        return found

    return values


def _reader(kind: type[Any], name: str) -> Callable[[Any], Any]:
    if kind.__dictoffset__:  # an instance may have what its class does not name
        return field_reader(name)
    if not hasattr(kind, name.partition(".")[0]):
        return _read_nothing
    return field_reader(name) if "." in name else attrgetter(name)


def _read_nothing(_record: object) -> None:
    return None


def _standings(indexes: _IndexesByOrder, id: str, values: _Values) -> list[_Standing]:
    """Where a record of this id stands that has these values."""
    standings: list[_Standing] = []
    for order, several in indexes.items():
        where = place(values[order], id)  # one serves all indexes of an order: a record costs few tuples
        standings += [(index, key, where) for index in several for key in index.keys(values)]
    return standings


def _fields(index: Index) -> tuple[str, ...]:
    return (*index.equal, index.order)


def _by_order(indexes: Iterable[ShelfIndex]) -> _IndexesByOrder:
    found: dict[int, dict[ShelfIndex, None]] = {}
    for index in indexes:
        found.setdefault(index.order, {})[index] = None
    return found
