"""A unit of work goes back to any moment before."""

from hypothesis import given
from hypothesis import strategies as st

from ticketcore._undo import UndoLog

ENTRIES = st.lists(st.tuples(st.integers(0, 1), st.sampled_from("abc"), st.integers()))


@given(before=ENTRIES, after=ENTRIES)
def test_going_back_leaves_everything_as_it_was(before, after):
    """Whatever was set since a moment, going back to it leaves each dict as it was then."""
    undo, dicts = UndoLog(), ({}, {"a": 0})
    for which, key, value in before:
        undo.set(dicts[which], key, value)
    moment, then = len(undo.before), [dict(it) for it in dicts]

    for which, key, value in after:
        undo.set(dicts[which], key, value)
    assert all(dicts[which][key] == value for (which, key), value in {(w, k): v for w, k, v in after}.items())
    undo.go_back(moment)

    assert [*dicts] == then
    assert len(undo.before) == moment


def test_going_back_twice_undoes_what_was_set_before_the_first():
    """What was set before the moment that was gone back to can still be undone."""
    undo, names = UndoLog(), {"mia": "Mia"}
    undo.set(names, "mia", "Maria")
    undo.set(names, "ana", "Ana")

    undo.go_back(1)
    undo.go_back(0)

    assert names == {"mia": "Mia"}
