"""Comparisons: by hand, in words, and of what is not there."""

from typing import Any

import pytest
from hypothesis import given

from ticketcore.conditions import (
    Comparison,
    ConditionError,
    F,
    Operator,
)
from ticketcore.conformance.conditions import comparisons
from ticketcore.conformance.records import facts, ticket

UNTYPED: Any = "department"  # what a type checker would not let through


@given(comparisons(), comparisons())
def test_texts_of_different_comparisons_differ(one, other):
    """What people read says which condition it is."""
    assert (str(one) == str(other)) is (one == other)


def test_comparison_is_built_by_hand_too():
    """Adapters build the nodes themselves, with the same checks and the same canonical operands."""
    assert Comparison(F.department.id, Operator.IS_IN, ["billing"]) == F.department.is_in({"billing"})
    with pytest.raises(ConditionError, match="a field"):
        Comparison(UNTYPED, Operator.EQUAL, "billing")
    with pytest.raises(ConditionError, match="got 'department'"):
        Comparison(F.tags, UNTYPED, "x")


def test_missing_record_is_missing():
    """Fields of somebody who is not there are missing, and nothing is raised."""
    unknown = facts(ticket(assignee="gone", requesters=("gone",)))

    assert (F.assignee.name.is_missing() & F.requester.groups.is_empty() & ~(F.company.name == "x")).holds(unknown)
