"""A read-only mapping that can be hashed, compared and pickled: the form of custom field values in records."""

from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from typing import TypeVar, overload

K = TypeVar("K")
V = TypeVar("V")
D = TypeVar("D")


class FrozenMap(Mapping[K, V]):
    """
    A mapping that cannot change.

    Args:
        items: A mapping or pairs, copied.
    """

    __slots__ = ("_items",)
    _items: dict[K, V]

    def __init__(self, items: Mapping[K, V] | Iterable[tuple[K, V]] = ()) -> None:
        object.__setattr__(self, "_items", dict(items))

    def with_items(self, changes: Mapping[K, V | None]) -> "FrozenMap[K, V]":
        """A copy with some items changed; an item given as None is left out."""
        merged = {**self._items, **changes}
        return FrozenMap({key: value for key, value in merged.items() if value is not None})

    def __getitem__(self, key: K) -> V:
        return self._items[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __eq__(self, other: object) -> bool:
        return self._items == (other._items if isinstance(other, FrozenMap) else other)

    # What a Mapping does by itself, done by the dictionary: records are asked for their maps at every turn.

    @overload
    def get(self, key: K, /) -> V | None: ...
    @overload
    def get(self, key: K, /, default: V | D) -> V | D: ...
    def get(self, key: K, /, default: V | D | None = None) -> V | D | None:
        """The value of a key; the default if there is none."""
        return self._items.get(key, default)

    def keys(self) -> KeysView[K]:
        """All keys."""
        return self._items.keys()

    def items(self) -> ItemsView[K, V]:
        """All keys with their values."""
        return self._items.items()

    def values(self) -> ValuesView[V]:
        """All values."""
        return self._items.values()

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"FrozenMap is read-only; use with_items() for a copy in which {name} differs")

    def __reduce__(self) -> tuple[type["FrozenMap[K, V]"], tuple[dict[K, V]]]:
        return FrozenMap, (self._items,)

    def __repr__(self) -> str:
        return f"FrozenMap({self._items!r})"
