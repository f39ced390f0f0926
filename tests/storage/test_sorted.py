import random
from bisect import bisect_left, bisect_right, insort

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ticketcore.storage import _sorted
from ticketcore.storage._sorted import BUCKET_LIMIT, Sorted


@pytest.fixture
def small_buckets(monkeypatch):
    """Buckets so small that few items need many."""
    monkeypatch.setattr(_sorted, "BUCKET_LIMIT", 4)


def sorted_from(items):
    """A sorted collection of some items."""
    made: Sorted[int] = Sorted()
    for item in items:
        made.add(item)
    return made


class Counted(int):
    """A number that counts how often it is compared."""

    comparisons = 0

    def __lt__(self, other):
        Counted.comparisons += 1
        return int(self) < int(other)


class SortedMachine(RuleBasedStateMachine):
    """A sorted collection beside a plain sorted list, with buckets of four."""

    def __init__(self):
        super().__init__()
        self.limit, _sorted.BUCKET_LIMIT = _sorted.BUCKET_LIMIT, 4
        self.plain: list[int] = []
        self.real: Sorted[int] = Sorted()

    def teardown(self):
        """Gives the buckets their size back."""
        _sorted.BUCKET_LIMIT = self.limit

    @rule(item=st.integers(0, 60))
    def add(self, item):
        """Adds an item unless it is there."""
        if item not in self.plain:
            self.real.add(item)
            insort(self.plain, item)

    @precondition(lambda self: self.plain)
    @rule(data=st.data())
    def remove(self, data):
        """Removes an item that is there."""
        item = data.draw(st.sampled_from(self.plain))
        assert self.real.remove(item) == item
        self.plain.remove(item)

    @rule(item=st.integers(-1, 61))
    def look(self, item):
        """Looks from a place on, in both directions."""
        assert list(self.real.ascending(item)) == self.plain[bisect_right(self.plain, item) :]
        assert list(self.real.descending(item)) == self.plain[: bisect_left(self.plain, item)][::-1]

    @invariant()
    def holds_the_same(self):
        """It holds the same items in the same order."""
        assert list(self.real) == list(self.real.ascending()) == self.plain
        assert list(self.real.descending()) == self.plain[::-1]
        assert len(self.real) == len(self.plain)
        assert all(0 < len(bucket) <= 4 for bucket in self.real._buckets)


TestSortedMachine = SortedMachine.TestCase


@pytest.mark.usefixtures("small_buckets")
def test_absent_item_cannot_be_removed():
    """Removing what is not there is an error, and removes nothing."""
    for items in ([], [1], [1, 3, 5, 7, 9]):
        held = sorted_from(items)
        with pytest.raises(KeyError):
            held.remove(4)
        assert list(held) == items


def test_removing_gives_the_stored_item():
    """What comes back is the very object that was put in, not the equal one that was asked for."""
    stored, equal = Counted(1), Counted(1)

    assert sorted_from([stored, Counted(2)]).remove(equal) is stored


def test_incomparable_item_changes_nothing():
    """What cannot be compared with the others is refused, and all is as before."""
    held = sorted_from([1, 2, 3])

    for attempt in (held.add, held.remove):
        with pytest.raises(TypeError):
            attempt("four")
    assert (list(held), len(held)) == ([1, 2, 3], 3)


def test_items_in_order_fill_their_buckets():
    """What arrives in order, as most of what has a time does, leaves no half-empty buckets behind."""
    held = sorted_from(range(5 * BUCKET_LIMIT))

    assert [len(bucket) for bucket in held._buckets] == [BUCKET_LIMIT] * 5


@given(st.integers(0, 2**32))
def test_order_of_arrival_does_not_matter(seed):
    """Whatever the order in which many items come and go, the rest stands in order, in buckets of bounded size."""
    order = random.Random(seed)  # noqa: S311 - numbers to sort, no secrets
    items = list(range(3 * BUCKET_LIMIT))
    order.shuffle(items)
    held = sorted_from(items)
    gone = set(order.sample(items, BUCKET_LIMIT))
    for item in gone:
        held.remove(item)

    assert list(held) == sorted(set(items) - gone)
    assert max(map(len, held._buckets)) <= BUCKET_LIMIT


def test_work_grows_like_the_logarithm():
    """A hundred times as many items do not cost three times as many comparisons."""
    costs = []
    for size in (1_000, 100_000):
        items = random.Random(1).sample(range(size * 10), size)  # noqa: S311 - as above
        held = sorted_from(items)
        Counted.comparisons = 0
        for item in items[:100]:
            held.add(Counted(held.remove(item)))
        costs.append(Counted.comparisons)

    assert 0 < costs[1] < 3 * costs[0]
