"""How laws say that something is not as expected."""

import attrs
import pytest

from ticketcore.conformance.expecting import expect_same
from ticketcore.conformance.parcels import Parcel
from ticketcore.conformance.records import agent
from ticketcore.query import Cursor, Page

ONE, OTHER = Parcel("p1"), Parcel("p2", number=7)


@pytest.mark.parametrize(
    ("came", "expected", "said"),
    [
        (attrs.evolve(ONE, label="a"), ONE, "they differ in ['label']"),
        (agent(id="p1"), ONE, "they differ in ['class: expected Parcel, came Agent']"),
        ([ONE, attrs.evolve(OTHER, number=8, label="b")], [ONE, OTHER], "'p2' differs in ['number', 'label']"),
        ({"a": ONE, "b": ONE}, {"b": OTHER, "a": ONE}, "ids: expected ['p2', 'p1'], came ['p1', 'p1']"),
        ({"b": attrs.evolve(OTHER, number=8), "a": ONE}, {"a": ONE, "b": OTHER}, "'p2' differs in ['number']"),
        ((ONE,), (ONE, OTHER), "ids: expected ['p1', 'p2'], came ['p1']"),
        (Page((OTHER, ONE)), Page((ONE, OTHER)), "ids: expected ['p1', 'p2'], came ['p2', 'p1']"),
        (Page((ONE,)), Page((ONE,), Cursor((), "p1")), "next: expected W1tdLCJwMSJd, came None"),
        ([ONE], ["p1"], "['p1']\ncame:\n[Parcel(id='p1', version=1, number=0, label=None, tickets=())]"),
    ],
)
def test_failure_says_in_what_both_differ(came, expected, said):
    """Under both values stands what nobody sees in them at once: which ids, or which fields of which record."""
    with pytest.raises(AssertionError) as failed:
        expect_same(came, expected, "what is found")

    assert str(failed.value).startswith("what is found\nexpected:\n")
    assert said in str(failed.value)
