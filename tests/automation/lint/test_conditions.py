"""Conditions that never hold, always hold, or have alternatives that never do."""

from collections import Counter
from datetime import timedelta

import pytest

from tests.automation.rules_by_hand import a_rule
from ticketcore.automation import OlderThan
from ticketcore.automation.lint import Code, Severity
from ticketcore.automation.lint.conditions import FOR_ALTERNATIVES, check_condition
from ticketcore.conditions import EventF, F, all_of, always, answers, any_of, never
from ticketcore.conditions.possibility import deciding
from ticketcore.events import CustomerMessageAdded, Event, FieldChanged, PriorityChanged, StatusChanged, TicketOpened
from ticketcore.model.tickets import Priority

HIGH = F.priority >= Priority.HIGH


def codes(rule):
    """What is found, and where."""
    return [(it.code, it.path) for it in check_condition(rule)]


@pytest.mark.parametrize(
    ("trigger", "when"),
    [
        (TicketOpened, never),
        (TicketOpened, HIGH & (F.priority < Priority.HIGH)),
        (TicketOpened, EventF.message.text.contains("refund")),
        (TicketOpened, F.status.changed()),
        (PriorityChanged, F.status.changed_to("open")),
        (StatusChanged, EventF.change.field == "priority"),
        (Event, EventF.event == "TicketOpend"),
        (OlderThan(timedelta(days=1)), EventF.message.has_attachment.is_true),
        (TicketOpened, EventF.target.is_set()),
    ],
    ids=str,
)
def test_conditions_that_never_hold(trigger, when):
    """A condition that contradicts itself, or its trigger, is found."""
    assert codes(a_rule("Odd", trigger, when=when)) == [(Code.NEVER_HOLDS, "when")]


@pytest.mark.parametrize(
    ("trigger", "when"),
    [
        (TicketOpened, HIGH | ~HIGH),
        (TicketOpened, F.answers >= 0),
        (TicketOpened, EventF.event == "TicketOpened"),
        (TicketOpened, EventF.message.text.is_missing()),
        (PriorityChanged, F.priority.changed()),
    ],
    ids=str,
)
def test_conditions_that_always_hold(trigger, when):
    """A condition that holds whatever comes is found."""
    assert codes(a_rule("Always", trigger, when=when)) == [(Code.ALWAYS_HOLDS, "when")]


@pytest.mark.parametrize(
    ("when", "path"),
    [
        (HIGH | F.type.changed(), "when.condition.any[1]"),
        (F.tags.has("a") & (F.tags.has("b") | F.tags.has_none(["a"])), "when.condition.all[1].any[1]"),
    ],
    ids=str,
)
def test_alternatives_that_never_hold(when, path):
    """An alternative that can never hold is found at its place in the condition's JSON."""
    assert codes(a_rule("Half", TicketOpened, when=when)) == [(Code.DEAD_ALTERNATIVE, path)]


@pytest.mark.parametrize("joined", [any_of, lambda *parts: HIGH & any_of(*parts)], ids=["alone", "with others"])
def test_every_one_of_many_alternatives_is_looked_at(joined):
    """Each alternative is asked beside what it is joined with, and not beside the others."""
    many = [(F.type == f"{number}") & F.tags.has(f"{number}") for number in range(1_000)]
    dead = F.answers < 0

    found = check_condition(a_rule("Many", TicketOpened, when=joined(*many, dead)))

    assert [it.sentence for it in found] == [f"in 'Many' this can never hold: {dead}"]


def test_no_condition_holds_lint_up(monkeypatch):
    """The alternatives of one rule share how long they are looked at; those for which nothing is left are let alone."""
    asked = count_answers(monkeypatch)
    pairs = [F.tags.has(f"{number}") | F.subject.contains(f"{number}") for number in range(300)]

    assert codes(a_rule("Huge", TicketOpened, when=all_of(*pairs, HIGH | (F.answers < 0)))) == []
    assert asked.total() < 2 * FOR_ALTERNATIVES


def count_answers(monkeypatch):
    """Counts how often a comparison is asked of a value."""
    asked = Counter()

    def answer(*args):
        asked.update(["answer"])
        return answers.answer(*args)

    monkeypatch.setattr(deciding, "answer", answer)
    return asked


@pytest.mark.parametrize(
    ("trigger", "when"),
    [
        (TicketOpened, always),
        (TicketOpened, HIGH),
        (TicketOpened, ~EventF.message.text.contains("refund") & HIGH),
        (CustomerMessageAdded, EventF.message.text.contains("refund")),
        (FieldChanged, F.status.changed() | F.priority.changed()),
        (PriorityChanged, F.priority.changed_to(Priority.HIGH) & (F.priority == Priority.LOW)),
        (StatusChanged, ~F.category.changed()),
        (Event, (EventF.event == "TicketOpened") | F.tags.changed()),
        (OlderThan(timedelta(days=1)), F.created_at.today("Europe/Athens")),
    ],
    ids=str,
)
def test_near_misses_are_no_finding(trigger, when):
    """What can hold, and need not, is left alone."""
    assert codes(a_rule("Fine", trigger, when=when)) == []


def test_sentences_say_which_rule_and_what():
    """A finding names the rule, the event and the condition."""
    (finding,) = check_condition(a_rule("Odd", TicketOpened, when=F.answers < 0))

    assert finding.sentence == "'Odd' never runs: no TicketOpened can be such that answers < 0"
    assert finding.severity is Severity.ERROR
