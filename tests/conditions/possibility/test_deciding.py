"""What can be known of a condition without asking anybody: never that it cannot hold where it does."""

from datetime import UTC, date, datetime, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given, settings
from hypothesis import strategies as st

from ticketcore.conditions import (
    NOW,
    All,
    AnyOf,
    Condition,
    ContactF,
    EventF,
    F,
    Not,
    Operator,
    ago,
    ahead,
    all_of,
    always,
    any_of,
    current_agent,
    never,
)
from ticketcore.conditions.fields import SetField
from ticketcore.conditions.possibility import Given, can_hold, implies
from ticketcore.conformance.conditions import FIELDS, ONE_OF_EACH_TYPE, comparisons, conditions
from ticketcore.conformance.conditions import facts as any_facts
from ticketcore.conformance.records import facts, ticket
from ticketcore.model.lifecycle import Category
from ticketcore.model.tickets import Priority

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
SUBJECT, TAGS = F.subject, F.tags

IMPOSSIBLE = {
    "never": never,
    "one and not": SUBJECT.contains("a") & ~SUBJECT.contains("a"),
    "two choices": (F.priority == Priority.HIGH) & (F.priority == Priority.LOW),
    "no choice left": ~F.category.is_in(list(Category)),
    "order of choices": (F.priority >= Priority.HIGH) & (F.priority < Priority.HIGH),
    "between nothing": F.answers.between(5, 3),
    "no whole number": (F.answers > 1) & (F.answers < 2),
    "fewer than none": F.answers < 0,
    "numbers apart": (F.custom.number("weight") >= 2) & (F.custom.number("weight") <= 1.5),
    "days apart": (F.custom.date("shipped") > date(2026, 1, 2)) & (F.custom.date("shipped") < date(2026, 1, 2)),
    "last day": F.custom.date("shipped") > date.max,
    "times apart": (F.created_at >= MONDAY) & (F.created_at < MONDAY),
    "times from now": (F.created_at <= ago(days=3)) & (F.created_at > ago(days=1)),
    "months from now": (F.created_at <= ago(months=3)) & (F.created_at > ago(days=80)),
    "before and after now": (F.due_at < NOW) & (F.due_at > ahead(hours=1)),
    "today and long ago": F.created_at.today("Europe/Athens") & (F.created_at < ago(days=7)),
    "missing and equal": F.type.is_missing() & (F.type == "billing"),
    "always there": F.subject.is_missing(),
    "two ids": (F.assignee == "ana") & F.assignee.is_in(["bob", None]),
    "two statuses": (F.status == "open") & (F.status == "new"),
    "texts apart": (SUBJECT == "Invoice") & (SUBJECT == "Refund"),
    "folded": (SUBJECT == "Straße") & (SUBJECT != "STRASSE"),
    "part of a part": SUBJECT.contains("invoice") & ~SUBJECT.contains("voice"),
    "part of a beginning": SUBJECT.starts_with("Re: invoice") & ~SUBJECT.contains("INVOICE"),
    "two beginnings": SUBJECT.starts_with("re:") & SUBJECT.starts_with("fwd:"),
    "two endings": SUBJECT.ends_with("now") & SUBJECT.ends_with("later"),
    "a word and its part": SUBJECT.contains_word("invoice") & ~SUBJECT.contains("voice"),
    "a phrase and its word": SUBJECT.contains_word("your invoice") & ~SUBJECT.contains_word("invoice"),
    "none of any": SUBJECT.contains_any(["abc", "bcd"]) & ~SUBJECT.contains("bc"),
    "wildcards": SUBJECT.like("INV-*") & ~SUBJECT.starts_with("inv"),
    "wildcards in the middle": SUBJECT.like("*a*ll*b*") & ~SUBJECT.contains("ll"),
    "anything at all": ~SUBJECT.like("*"),
    "has and has not": TAGS.has("VIP") & ~TAGS.has("vip"),
    "has one of what it must not": TAGS.has_any(["a", "b"]) & TAGS.has_none(["a", "b", "c"]),
    "more than exactly": (TAGS == ["a"]) & TAGS.has("b"),
    "empty, yet one": TAGS.is_empty() & TAGS.has_any(["a", "b"]),
    "two changes": F.priority.changed() & F.status.changed(),
    "changed to two": F.priority.changed_to(Priority.HIGH) & F.priority.changed_to(Priority.LOW),
    "changed to itself": F.type.changed_to("billing") & F.type.changed_from("billing"),
    "changed, but not": F.priority.changed_to(Priority.HIGH) & ~F.priority.changed(),
    "in every alternative": ((F.answers < 0) | (F.type.is_set() & F.type.is_missing())) & SUBJECT.contains("a"),
    "across alternatives": (SUBJECT.contains("a") | SUBJECT.contains("b")) & ~SUBJECT.contains_any(["a", "b"]),
    "through not": ~(~(F.answers > 1) | ~(F.answers < 1)),
}

POSSIBLE = {
    "always": always,
    "missing is not equal": ~(F.type == "billing") & ~(F.type == "sales"),
    "missing is neither": ~(F.first_answer_at < NOW) & ~(F.first_answer_at >= NOW),
    "empty is none": TAGS.has_none(["a"]) & ~TAGS.has_all(["a", "b"]),
    "both words": SUBJECT.contains("a") & SUBJECT.contains("b") & ~SUBJECT.contains("ab"),
    "a part of a word": SUBJECT.contains("invoice") & ~SUBJECT.contains_word("invoice"),
    "the words without the blank": SUBJECT.contains_word("your invoice") & ~SUBJECT.contains(" "),
    "both words, not the phrase": SUBJECT.contains_word("a")
    & SUBJECT.contains_word("b")
    & ~SUBJECT.contains_word("a b"),
    "beginning within a beginning": SUBJECT.starts_with("re:") & SUBJECT.starts_with("re: invoice"),
    "a short text": SUBJECT.contains("a") & ~SUBJECT.like("??*"),
    "ends that overlap": SUBJECT.starts_with("aba") & SUBJECT.ends_with("aba") & ~SUBJECT.like("aba*aba"),
    "an open place": SUBJECT.like("a?c*") & SUBJECT.starts_with("ab"),
    "empty text": (SUBJECT != "a") & ~SUBJECT.like("?*"),
    "one number": (F.answers >= 2) & (F.answers <= 2),
    "between whole numbers": (F.custom.number("weight") > 1) & (F.custom.number("weight") < 2),
    "a moment": (F.created_at >= MONDAY) & (F.created_at <= MONDAY),
    "months and days": (F.created_at <= ago(months=1)) & (F.created_at > ago(days=30)),
    "placeholders": (F.assignee == current_agent) & (F.assignee == "ana"),
    "one tag more": ~TAGS.is_empty() & ~(TAGS == ["a"]) & ~TAGS.has("a"),
    "changed from and to": F.priority.changed_from(Priority.LOW) & F.priority.changed_to(Priority.HIGH),
    "a change of status within its category": F.status.changed() & ~F.category.changed(),
    "unchanged": ~F.priority.changed() & ~F.status.changed(),
    "requesters of internal tickets": F.requester.is_missing() & F.internal.is_true,
}


@settings(max_examples=400)
@given(conditions(), any_facts)
def test_what_holds_can_hold(condition, known):
    """Of a condition that holds, it is never said that it cannot; of one that does not, never that it always does."""
    assert can_hold(condition if condition.holds(known) else ~condition)


@pytest.mark.parametrize("field", ONE_OF_EACH_TYPE, ids=str)
@settings(max_examples=100)
@given(data=st.data(), known=any_facts)
def test_what_holds_of_one_field_can_hold(field, data, known):
    """However often one field is asked, nothing that holds is called impossible."""
    asked = data.draw(st.lists(comparisons([field]), min_size=1, max_size=5))

    assert can_hold(*(it if it.holds(known) else ~it for it in asked))


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_contradictions_are_found(name):
    """What contradicts itself cannot hold, and its negation always holds."""
    assert not can_hold(IMPOSSIBLE[name])
    assert implies(always, ~IMPOSSIBLE[name])


@pytest.mark.parametrize("name", POSSIBLE)
def test_near_misses_can_hold(name):
    """What only looks like a contradiction can hold."""
    assert can_hold(POSSIBLE[name])


def test_implication():
    """A condition implies what is so wherever it holds."""
    assert implies(F.priority == Priority.URGENT, F.priority >= Priority.HIGH)
    assert implies(TAGS.has_all(["a", "b"]), TAGS.has_any(["b", "c"]))
    assert not implies(F.priority >= Priority.HIGH, F.priority == Priority.URGENT)
    assert not implies(SUBJECT.contains("invoice"), SUBJECT.contains_word("invoice"))


def test_several_conditions_at_once():
    """Conditions that can each hold need not hold together."""
    assert not can_hold(F.answers > 3, F.answers < 2)
    assert can_hold(F.answers > 3, F.answers < 5)


def test_values_that_are_given():
    """What values a field can have narrows what can hold; a missing one is among them only if it is said."""
    message = Given(values={"message.text": frozenset([None])})

    assert not can_hold(EventF.message.text.contains("refund"), given=message)
    assert can_hold(~EventF.message.text.contains("refund"), given=message)
    assert not can_hold(EventF.event == "TicketOpend", given=Given(values={"event": frozenset(["TicketOpened"])}))


def test_changes_that_are_given():
    """An event can be a change of what it is said to be able to change, and of nothing else."""
    priority = Given(changes=frozenset(["priority"]))

    assert not can_hold(F.status.changed(), given=priority)
    assert can_hold(F.priority.changed_to(Priority.HIGH), given=priority)
    assert not can_hold(~F.priority.changed(), given=priority)
    assert not can_hold(~F.priority.changed_to(*Priority), given=priority)
    assert can_hold(~F.priority.changed(), given=Given(changes=frozenset(["priority", None])))
    assert not can_hold(F.priority.changed(), given=Given(changes=frozenset([None])))


def test_comparisons_that_are_left_out():
    """What is left out may hold or not."""
    contradiction = TAGS.has("a") & ~TAGS.has("a")

    assert can_hold(contradiction, given=Given(left_out=lambda it: it.field == F.tags))
    assert not can_hold(contradiction, F.answers < 0, given=Given(left_out=lambda it: it.field == F.tags))


def test_conditions_of_another_make_can_hold():
    """What is none of our nodes may hold or not."""

    class Odd(Condition):
        """Holds of tickets with an odd number of answers."""

        __slots__ = ()
        depth, scope = 1, "ticket"

    assert can_hold(Odd())
    assert can_hold(~Odd())
    assert not can_hold(Odd() & (F.answers < 0))


def test_other_records_may_miss_anything():
    """Of records other than tickets it is not known which values are always there."""
    assert can_hold(ContactF.created_at.is_missing())


def test_large_conditions_take_their_time_and_no_more():
    """Where there are too many alternatives to look at, a condition counts as possible."""
    doors = [AnyOf((SUBJECT.contains(f"a{i}"), SUBJECT.contains(f"b{i}"), TAGS.has(f"c{i}"))) for i in range(200)]
    shut = [~SUBJECT.contains(f"{side}{i}") for i in range(190, 200) for side in "ab"]
    hidden = all_of(*doors, *shut, ~TAGS.has_any([f"c{i}" for i in range(195)]))

    assert can_hold(hidden)
    assert can_hold(any_of(*(str(i) == SUBJECT for i in range(5_000))))
    assert not can_hold(SUBJECT.contains("a") & All((Not(SUBJECT.contains("a")),)))


def test_sets_and_texts_with_too_many_ways_can_be():
    """Where a set or a text could be put together in too many ways, there is no telling."""
    letters = [f"{i}" for i in range(30)]

    assert can_hold(*(TAGS.has_any([f"{it}{i}" for it in letters]) for i in range(4)), ~TAGS.has("0" * 9))
    assert can_hold(*(SUBJECT.contains_any([f"{it}-{i}" for it in letters]) for i in range(4)))


def test_times_at_the_end_of_the_calendar():
    """Times so far away that the calendar has no room for them are not compared."""
    assert can_hold((F.created_at <= ago(years=9_000)) & (F.created_at >= ago(years=8_000)))
    assert can_hold(F.created_at >= datetime.max.replace(tzinfo=UTC))
    assert can_hold(F.due_at < ahead(relativedelta(months=1, days=timedelta.max.days)))
    assert can_hold(F.due_at > ago(relativedelta(months=1, days=timedelta.max.days)))


@pytest.mark.parametrize("field", FIELDS, ids=str)
def test_every_field_can_be_something(field):
    """There is no field whose every question is answered beforehand."""
    asked = field.compare(Operator.IS_EMPTY if isinstance(field, SetField) else Operator.IS_SET)

    assert can_hold(asked)
    assert can_hold(~asked) or (field.scope == "ticket" and not field.origin.name)


def test_counts_are_counts():
    """The whole numbers of tickets count something, and are at least 0."""
    assert implies(always, F.answers >= 0)
    assert (F.answers >= 0).holds(facts(ticket(answers=0)))
