import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketcore.model.mapping import FrozenMap

ITEMS = st.dictionaries(st.text(max_size=3), st.integers(), max_size=5)


@given(ITEMS)
def test_is_the_mapping_it_was_made_of(items):
    """It holds what it was made of, and equals any mapping that holds the same."""
    frozen = FrozenMap(items)

    assert dict(frozen) == items
    assert frozen == items
    assert (len(frozen), [*frozen]) == (len(items), [*items])
    assert (frozen.keys(), frozen.items(), [*frozen.values()]) == (items.keys(), items.items(), [*items.values()])
    assert FrozenMap(items.items()) == frozen


@given(ITEMS, st.text(max_size=3))
def test_gives_what_it_has(items, key):
    """A value is given for each key that it has, and else the default."""
    frozen = FrozenMap(items)

    assert (key in frozen) is (key in items)
    assert (frozen.get(key), frozen.get(key, "none")) == (items.get(key), items.get(key, "none"))
    assert all(frozen[it] == frozen.get(it) == items[it] for it in items)


@given(ITEMS, ITEMS)
def test_equal_ones_have_equal_hashes(one, other):
    """What is equal has the same hash, in whatever order it was made."""
    backwards = FrozenMap(reversed(one.items()))

    assert hash(backwards) == hash(FrozenMap(one))
    assert (FrozenMap(one) == FrozenMap(other)) is (FrozenMap(one) == other) is (one == other)


@given(ITEMS)
def test_is_its_own(items):
    """What becomes of the mapping that it was made of does not matter."""
    mine = dict(items)
    frozen = FrozenMap(mine)
    mine["new"] = 1

    assert frozen == items


@given(ITEMS, st.dictionaries(st.text(max_size=3), st.none() | st.integers(), max_size=5))
def test_copies_with_other_items(items, changes):
    """A copy has the changes, without what is None there; the first one is as it was."""
    frozen = FrozenMap(items)

    changed = frozen.with_items(changes)

    assert changed == {key: value for key, value in {**items, **changes}.items() if value is not None}
    assert frozen == items


@given(ITEMS)
def test_survives_pickling(items):
    """It can be pickled."""
    frozen = FrozenMap(items)

    assert pickle.loads(pickle.dumps(frozen)) == frozen  # noqa: S301 - our own bytes


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it.__setitem__("a", 2),
        lambda it: it.update(a=2),
        lambda it: it.pop("a"),
        lambda it: setattr(it, "_items", {}),
        lambda it: setattr(it, "other", 1),
    ],
)
def test_cannot_change(change):
    """Nothing of it can be set, added or removed."""
    frozen = FrozenMap({"a": 1})

    with pytest.raises(AttributeError):
        change(frozen)
    assert frozen == {"a": 1}


def test_shows_what_it_holds():
    """Its representation makes the same again."""
    assert eval(repr(FrozenMap({"a": 1}))) == {"a": 1}  # noqa: S307 - our own text
