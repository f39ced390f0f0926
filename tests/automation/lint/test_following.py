"""What is told of two conditions at a glance: never that one cannot follow from another where it does."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ticketcore.automation.lint.following import Glance, Glances
from ticketcore.conditions import F, always
from ticketcore.conditions.possibility import can_hold, implies
from ticketcore.conformance.conditions import FIELDS, conditions

NAMING = [F.company == "a", F.company == "b", F.company.is_in(["a", "b"]), F.company != "a", F.type == "a"]
HAVING = [F.tags.has("a"), F.tags.has_all(["a", "b"]), ~F.tags.has("b"), F.tags.has_any(["a"])]
SAYING = [F.subject.contains("Invoice"), F.subject.contains("voice"), F.subject == "INVOICE 7", F.subject.like("*oi*")]
TICKET_FIELDS = [it for it in FIELDS if it.scope == "ticket"]
CHOICES = st.sampled_from([*NAMING, *HAVING, *SAYING, F.source == "email", always])
FEW = st.lists(CHOICES, min_size=1, max_size=3).flatmap(
    lambda parts: st.sampled_from(
        [parts[0], ~parts[0], *(parts[0] & it for it in parts), *(parts[0] | it for it in parts)]
    )
)


@settings(max_examples=300)
@given(FEW | conditions(TICKET_FIELDS), FEW | conditions(TICKET_FIELDS))
def test_what_follows_could_follow(one, other):
    """Of what can hold at all, whatever follows and asks nothing else is among what could follow."""
    if can_hold(other) and one.fields() <= other.fields() and implies(other, one):
        assert Glance.of(one).could_follow(Glance.of(other))


@settings(max_examples=300)
@given(FEW, FEW)
def test_what_excludes_each_other_never_holds_together(one, other):
    """Two conditions that want another value of one field never hold both."""
    assert not (Glance.of(one).excludes(Glance.of(other)) and can_hold(one, other))


@given(st.lists(FEW, max_size=8))
def test_all_that_could_follow_is_found(several):
    """What is found by name is what is found by comparing each with each."""
    glances = Glances(several)
    pairs = [(i, j) for i in range(len(several)) for j in range(len(several))]
    could = {(i, j) for i, j in pairs if glances[i].could_follow(glances[j])}

    assert {(i, j) for i in range(len(several)) for j in glances.from_which(i)} == could
    assert {(i, j) for j in range(len(several)) for i in glances.following(j)} == could


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (F.company == "a", F.company == "b"),
        (F.tags.has("a"), F.tags.has("b")),
        (F.subject.contains("invoice"), F.subject.contains("refund")),
        (F.company == "a", F.type == "a"),
    ],
    ids=str,
)
def test_what_names_something_else_is_not_compared(one, other):
    """Conditions about different customers, tags or words have nothing to do with each other."""
    assert not Glance.of(one).could_follow(Glance.of(other))
