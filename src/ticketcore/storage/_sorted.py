"""
A sorted collection that stays quick when it is large. It knows nothing of records: it holds whatever can be compared.

The items stand in buckets of bounded size, so that putting one in moves the items of one bucket and not a million.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from itertools import chain
from operator import itemgetter
from typing import Any, Generic, Protocol, TypeVar

BUCKET_LIMIT = 512
_first = itemgetter(0)


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

    __slots__ = ("_buckets", "_size")

    def __init__(self) -> None:
        self._buckets: list[list[T]] = []
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
        elif not buckets[-1][-1] < item:
            self._put_between(item)
        elif len(buckets[-1]) < BUCKET_LIMIT:
            buckets[-1].append(item)
        else:
            # Not a half and a half: items that come in order leave full buckets behind them.
            buckets.append([item])
        self._size += 1

    def remove(self, item: T) -> T:
        """
        Takes an item out.

        Returns:
            The stored item, which equals the given one.

        Raises:
            KeyError: It is not there.
        """
        number = self._bucket_of(item)
        bucket = self._buckets[number] if self._buckets else []
        place = bisect_left(bucket, item)
        if bucket[place : place + 1] != [item]:
            raise KeyError(item)
        stored = bucket.pop(place)
        if not bucket:
            del self._buckets[number]
        self._size -= 1
        return stored

    def ascending(self, behind: T | None = None) -> Iterator[T]:
        """The items greater than one, which need not be there; all without one."""
        if behind is None or not self._buckets:
            return iter(self)
        number = self._bucket_of(behind)
        bucket = self._buckets[number]
        rest = map(self._buckets.__getitem__, range(number + 1, len(self._buckets)))
        return chain(bucket[bisect_right(bucket, behind) :], chain.from_iterable(rest))

    def descending(self, before: T | None = None) -> Iterator[T]:
        """The items less than one, which need not be there, the greatest first; all without one."""
        if not self._buckets:
            return iter(())
        number = len(self._buckets) - 1 if before is None else self._bucket_of(before)
        bucket = self._buckets[number]
        last = bucket if before is None else bucket[: bisect_left(bucket, before)]
        rest = map(self._buckets.__getitem__, range(number - 1, -1, -1))
        return chain(reversed(last), chain.from_iterable(map(reversed, rest)))

    def _bucket_of(self, item: T) -> int:
        """The number of the only bucket that can hold an item: the last that does not begin behind it."""
        return max(bisect_right(self._buckets, item, key=_first) - 1, 0)

    def _put_between(self, item: T) -> None:
        number = self._bucket_of(item)
        bucket = self._buckets[number]
        insort(bucket, item)
        if len(bucket) > BUCKET_LIMIT:
            half = len(bucket) // 2
            self._buckets.insert(number + 1, bucket[half:])
            del bucket[half:]
