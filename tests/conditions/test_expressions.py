import operator
import pickle
from typing import Any

import pytest
from hypothesis import assume, given

from ticketcore.conditions import (
    All,
    AnyOf,
    ConditionError,
    ContactF,
    EventF,
    F,
    Not,
    all_of,
    always,
    any_of,
    groups,
    never,
)
from ticketcore.conditions.expressions import DEPTH_LIMIT
from ticketcore.conformance.conditions import conditions
from ticketcore.conformance.conditions import facts as any_facts
from ticketcore.conformance.records import facts

UNTYPED: Any = "department"  # what a type checker would not let through
A, B, C = F.type == "a", F.tags.has("b"), F.subject.contains("c")


@given(conditions(), conditions(), any_facts)
def test_negation_of_a_group_is_the_other_group_of_negations(one, other, known):
    """De Morgan's laws hold, whatever is missing."""
    assert (~(one & other)).holds(known) is (~one | ~other).holds(known)
    assert (~(one | other)).holds(known) is (~one & ~other).holds(known)


@given(conditions(), any_facts)
def test_language_is_two_valued(condition, known):
    """A condition holds or its negation does, never both, never neither."""
    assert condition.holds(known) is not (~condition).holds(known)


@given(conditions())
def test_double_negation_vanishes(condition):
    """Negating twice gives the very same condition."""
    assert ~~condition == condition


@given(conditions(), any_facts)
def test_groups_mean_all_and_any(condition, known):
    """Joining with what always or never holds changes what a condition means as it should."""
    verdict = condition.holds(known)

    assert (condition & always).holds(known) is verdict
    assert (condition | never).holds(known) is verdict
    assert (condition & never) == never
    assert (condition | always) == always


@given(conditions())
def test_conditions_survive_pickling(condition):
    """A condition goes to another process as it is."""
    copy = pickle.loads(pickle.dumps(condition))  # noqa: S301 - our own

    assert copy == condition
    assert hash(copy) == hash(condition)


@given(conditions(), any_facts)
def test_pickled_condition_answers_alike(condition, known):
    """A condition that came from another process means the same."""
    assert pickle.loads(pickle.dumps(condition)).holds(known) is condition.holds(known)  # noqa: S301 - our own


@given(conditions(), conditions())
def test_texts_of_different_conditions_differ(one, other):
    """Parentheses keep groups apart."""
    assume(one != other)

    assert str(one) != str(other)


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        ((F.priority >= "high") & F.tags.has("vip"), 'priority >= high and tags has "vip"'),
        (A & (B | C), 'type == "a" and (tags has "b" or subject contains "c")'),
        (~(A & B), 'not (type == "a" and tags has "b")'),
        (~B, 'not tags has "b"'),
        (~A, 'type != "a"'),
        (~F.type.is_in(["a", None]), 'type not in ("a", missing)'),
        (F.assignee.is_missing(), "assignee is missing"),
        (always, "always"),
        (never, "never"),
    ],
)
def test_condition_reads_as_a_sentence(condition, text):
    """A condition is printed as people would say it."""
    assert str(condition) == repr(condition) == text


def test_equal_conditions_are_equal():
    """Conditions are equal by what they say, not by which object they are."""
    assert (F.type == "a") & F.tags.has("b") == A & B
    assert hash(F.type.is_in(["a", "b"])) == hash(F.type.is_in(("b", "a", "a")))
    assert (F.priority == "high") != (F.priority == "low")


def test_nested_groups_become_one():
    """It makes no difference in which order the same conditions were joined."""
    assert (A & B) & C == A & (B & C) == All((A, All((B, C))))
    assert (A | B) | C == A | (B | C) == AnyOf((A, B, C))
    assert A & A == A


def test_groups_of_one_are_their_part():
    """A group that joins nothing is none."""
    assert all_of(A) == any_of(A) == A
    assert (all_of(), any_of()) == (always, never)
    assert (~always, ~never) == (never, always)


def test_condition_groups_hold_within_and_between():
    """All conditions within a group, any of the groups (requirement DP-9)."""
    routed = groups([A, B], [C])

    assert routed == (A & B) | C
    assert groups() == never
    assert groups([]) == always


def test_truth_value_of_a_condition_is_refused():
    """A condition used as a truth value would silently drop half of what was written."""
    with pytest.raises(ConditionError, match="&, \\| and ~"):
        bool(A)


@pytest.mark.parametrize("other", [True, "billing", None, F.subject])
def test_only_conditions_can_be_joined(other):
    """What is no condition is refused where it is joined, not where it is asked."""
    with pytest.raises(ConditionError, match="conditions"):
        _ = A & other
    with pytest.raises(ConditionError, match="conditions"):
        any_of(other)
    with pytest.raises(ConditionError, match="conditions"):
        Not(other)


def test_scopes_do_not_mix():
    """A contact's fields cannot be asked of a ticket."""
    with pytest.raises(ConditionError, match="one scope"):
        all_of(A, ContactF.name == "Mia")


def test_scope_is_the_narrowest():
    """A condition says where it can be asked: one that asks the event only where something has happened."""
    scopes = [
        always.scope,
        A.scope,
        (A & B).scope,
        (A | EventF.message.is_first.is_true).scope,
        (~F.type.changed()).scope,
    ]

    assert scopes == [None, "ticket", "ticket", "event", "event"]


def test_depth_is_bounded():
    """A condition that is too deep to be walked safely cannot be built."""
    condition = A
    for step in range(DEPTH_LIMIT - 1):
        condition = condition & B if step % 2 else condition | C
    assert condition.depth == DEPTH_LIMIT
    assert condition.holds(facts()) is condition.explain(facts()).holds

    with pytest.raises(ConditionError, match="levels"):
        _ = ~condition


def test_fields_are_those_asked():
    """A condition tells which fields it asks, each once."""
    assert (A & ~(B | A)).fields() == {F.type, F.tags}
    assert [str(it) for it in (A & ~B).comparisons()] == [str(A), str(B)]
    assert always.fields() == frozenset()


@pytest.mark.parametrize("join", [operator.and_, operator.or_])
def test_a_comparison_without_parentheses_is_refused_in_words(join):
    """`&` and `|` come before `==`, so what stands in front of a condition may be a bare value; that is explained."""
    with pytest.raises(ConditionError, match="expected each comparison in parentheses"):
        join("billing", F.tags.has("vip"))
