"""
A sorted collection that stays quick when it is large. It knows nothing of records: it holds whatever can be compared.

The items stand in buckets of bounded size, so that putting one in moves the items of one bucket and not a million.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from itertools import chain
from typing import Any, Generic, Protocol, TypeVar

BUCKET_LIMIT = 512


class Comparable(Protocol):
    """What has an order."""

    def __lt__(self, other: Any, /) -> bool:  # noqa: ANN401 - whatever it has an order with
        """Whether this comes before `other`."""
        ...


T = TypeVar("T", bound=Comparable)


class Sorted(Generic[T]):
    """
    Items in ascending order, each at most once.

    An iterator over it must not be used any more once an item was added or removed.
    """

    __slots__ = ("_bounds", "_buckets", "_size")

    def __init__(self) -> None:
        self._buckets: list[list[T]] = []
        # Between any two buckets a bound: what is less goes to the left, the rest to the right. It need not be an item.
        self._bounds: list[T] = []
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[T]:
        return chain.from_iterable(self._buckets)

    def add(self, item: T) -> None:
        """Puts an item that is not there yet into its place."""
        buckets = self._buckets
        if not buckets:
            buckets.append([item])
        elif not (last := buckets[-1])[-1] < item:
            self._put_between(item)
        elif len(last) < BUCKET_LIMIT:
            last.append(item)
        else:
            # Not a half and a half: items that come in order leave full buckets behind them.
            self._insert_bucket(len(buckets), [item])
        self._size += 1

    def remove(self, item: T) -> T:
        """
        Takes an item out.

        Returns:
            The stored item, which equals the given one.

        Raises:
            KeyError: It is not there.
        """
        number = bisect_right(self._bounds, item)
        bucket = self._buckets[number] if self._buckets else []
        place = bisect_left(bucket, item)
        if bucket[place : place + 1] != [item]:
            raise KeyError(item)
        stored = bucket.pop(place)
        if not bucket:
            self._drop_bucket(number)
        self._size -= 1
        return stored

    def ascending(self, behind: T | None = None) -> Iterator[T]:
        """The items greater than one, which need not be there; all without one."""
        if behind is None or not self._buckets:
            return iter(self)
        number = bisect_right(self._bounds, behind)
        bucket = self._buckets[number]
        rest = map(self._buckets.__getitem__, range(number + 1, len(self._buckets)))
        return chain(bucket[bisect_right(bucket, behind) :], chain.from_iterable(rest))

    def descending(self, before: T | None = None) -> Iterator[T]:
        """The items less than one, which need not be there, the greatest first; all without one."""
        if not self._buckets:
            return iter(())
        number = len(self._bounds) if before is None else bisect_right(self._bounds, before)
        bucket = self._buckets[number]
        last = bucket if before is None else bucket[: bisect_left(bucket, before)]
        rest = map(self._buckets.__getitem__, range(number - 1, -1, -1))
        return chain(reversed(last), chain.from_iterable(map(reversed, rest)))

    def _put_between(self, item: T) -> None:
        number = bisect_right(self._bounds, item)
        bucket = self._buckets[number]
        insort(bucket, item)
        if len(bucket) > BUCKET_LIMIT:
            half = len(bucket) // 2
            self._insert_bucket(number + 1, bucket[half:])
            del bucket[half:]

    def _insert_bucket(self, number: int, bucket: list[T]) -> None:
        self._buckets.insert(number, bucket)
        self._bounds.insert(number - 1, bucket[0])

    def _drop_bucket(self, number: int) -> None:
        del self._buckets[number]
        del self._bounds[max(number - 1, 0) : max(number, 1)]
