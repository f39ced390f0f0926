"""Rules that are never reached, whose order nobody chose, or whose work is undone."""

from datetime import timedelta
from typing import Any

import attrs
import pytest

from tests.automation.rules_by_hand import a_rule
from ticketcore.automation import OlderThan, Stop
from ticketcore.automation.lint import Code
from ticketcore.automation.lint.order import check_order
from ticketcore.automation.lint.rule_set import RuleSet
from ticketcore.commands import (
    AddTags,
    Assign,
    AssignNext,
    Resolve,
    SendAnswer,
    SetPriority,
    SetType,
    Transfer,
    Unassign,
)
from ticketcore.commands.command import TicketCommand
from ticketcore.conditions import EventF, F
from ticketcore.events import CustomerMessageAdded, Event, MessageAdded, PriorityChanged, TicketOpened
from ticketcore.model.ids import AgentId, DepartmentId
from ticketcore.model.lifecycle import STANDARD_LIFE_CYCLE
from ticketcore.model.tickets import Priority

HIGH, LOW = SetPriority(Priority.HIGH), SetPriority(Priority.LOW)
INVOICE, REFUND = F.subject.contains("invoice"), F.subject.contains("refund")
STOP: dict[str, Any] = {"stop": Stop.TICKET}


@attrs.frozen
class Unheard(TicketCommand[None]):
    """A host's own command, of which nothing is known."""


def findings(*rules):
    """The codes of what is found, with the names of the rules concerned."""
    names = {it.id: it.name for it in rules}
    return [(it.code, *(names[id] for id in it.rules)) for it in check_order(RuleSet.of(rules, STANDARD_LIFE_CYCLE))]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (a_rule("A", TicketOpened, HIGH, **STOP), a_rule("B", TicketOpened, AddTags({"b"}))),
        (a_rule("A", TicketOpened, HIGH, when=INVOICE, **STOP), a_rule("B", when=INVOICE & REFUND)),
        (a_rule("A", Event, HIGH, **STOP), a_rule("B", TicketOpened, when=REFUND)),
        (a_rule("A", TicketOpened, HIGH, stop=Stop.ALL), a_rule("B", TicketOpened)),
        (
            a_rule("A", Event, HIGH, when=F.internal.is_false, **STOP),
            a_rule("B", OlderThan(timedelta(1)), when=~F.internal),
        ),
    ],
)
def test_shadowed_rules(first, second):
    """A rule is not reached where an earlier one that stops runs whenever it would."""
    assert findings(first, second) == [(Code.SHADOWED, "B", "A")]


@pytest.mark.parametrize(
    "rules",
    [
        (a_rule("A", TicketOpened, HIGH), a_rule("B")),
        (a_rule("A", TicketOpened, HIGH, when=INVOICE, **STOP), a_rule("B", when=REFUND)),
        (a_rule("A", TicketOpened, HIGH, when=INVOICE & REFUND, **STOP), a_rule("B", when=INVOICE)),
        (a_rule("A", CustomerMessageAdded, HIGH, **STOP), a_rule("B", MessageAdded)),
        (a_rule("A", OlderThan(timedelta(1)), HIGH, **STOP), a_rule("B", OlderThan(timedelta(1)))),
        (a_rule("B"), a_rule("A", TicketOpened, HIGH, **STOP)),
    ],
)
def test_rules_that_are_reached(rules):
    """A rule is reached if the earlier one does not stop, is asked less, holds less, or runs later."""
    assert findings(*rules) == []


def test_rule_between_may_open_the_way():
    """A rule between that changes what the stopping one asked may let a later one through."""
    stopping = a_rule("A", TicketOpened, AddTags({"a"}), when=F.priority == Priority.HIGH, **STOP)
    later = {"when": F.priority == Priority.HIGH}

    assert findings(stopping, a_rule("M", TicketOpened, SetType("m")), a_rule("B", **later)) == [
        (Code.SHADOWED, "B", "A")
    ]
    assert findings(stopping, a_rule("M", TicketOpened, HIGH), a_rule("B", **later)) == []
    assert findings(stopping, a_rule("M", TicketOpened, Unheard()), a_rule("B", **later)) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((HIGH,), (LOW,)),
        ((Transfer(DepartmentId("billing")),), (Assign(AgentId("ana")),)),
        ((SetType("a"), HIGH), (SetType("b"),)),
    ],
)
def test_order_that_nobody_chose(one, other):
    """Two rules at one place that set a field differently on the same event are found."""
    assert findings(a_rule("A", TicketOpened, *one, place=1), a_rule("B", Event, *other, when=REFUND, place=1)) == [
        (Code.ORDER_NOT_CHOSEN, "A", "B")
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (a_rule("A", TicketOpened, HIGH, place=1), a_rule("B", TicketOpened, HIGH, place=1)),
        (a_rule("A", TicketOpened, HIGH, place=1), a_rule("B", TicketOpened, SetType("b"), place=1)),
        (a_rule("A", TicketOpened, HIGH, place=1), a_rule("B", CustomerMessageAdded, LOW, place=1)),
        (
            a_rule("A", TicketOpened, HIGH, when=F.language == "el", place=1),
            a_rule("B", TicketOpened, LOW, when=F.language == "sl", place=1),
        ),
        (a_rule("A", TicketOpened, HIGH, place=1), a_rule("B", TicketOpened, LOW, when=INVOICE, place=2)),
    ],
)
def test_orders_that_do_not_matter(first, second):
    """The same value, other fields, other events, conditions that exclude each other, and another place are fine."""
    assert findings(first, second) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (a_rule("A", TicketOpened, HIGH, when=INVOICE), a_rule("B", TicketOpened, LOW)),
        (a_rule("A", TicketOpened, HIGH, when=INVOICE & REFUND), a_rule("B", Event, LOW, when=INVOICE)),
        (a_rule("A", TicketOpened, Assign(AgentId("ana"))), a_rule("B", TicketOpened, SetType("b"), Unassign())),
    ],
)
def test_work_that_is_undone(first, second):
    """What a later rule sets again wherever an earlier one has set it never stays."""
    assert findings(first, second) == [(Code.UNDONE, "A", "B")]


@pytest.mark.parametrize(
    "rules",
    [
        (a_rule("A", TicketOpened, LOW), a_rule("B", TicketOpened, HIGH, when=INVOICE)),
        (a_rule("A", TicketOpened, HIGH, **STOP), a_rule("B", CustomerMessageAdded, LOW)),
        (a_rule("A", TicketOpened, Assign(AgentId("ana"))), a_rule("B", TicketOpened, AssignNext(reassign=True))),
        (a_rule("A", TicketOpened, HIGH), a_rule("B", TicketOpened, LOW, when=F.priority == Priority.NORMAL)),
        (
            a_rule("A", TicketOpened, HIGH),
            a_rule("M", TicketOpened, AddTags({"m"}), when=REFUND, **STOP),
            a_rule("B", TicketOpened, LOW),
        ),
        (
            a_rule("A", TicketOpened, HIGH, when=F.type == "a"),
            a_rule("M", TicketOpened, SetType("b"), when=REFUND),
            a_rule("B", TicketOpened, LOW, when=F.type == "a"),
        ),
        (a_rule("A", PriorityChanged, HIGH), a_rule("B", TicketOpened, LOW)),
        (a_rule("A", TicketOpened, SendAnswer("Hello")), a_rule("B", TicketOpened, Resolve())),
    ],
)
def test_work_that_may_stay(rules):
    """A default that is overridden for some, and whatever else need not be undone, is left alone."""
    assert [it for it in findings(*rules) if it[0] is Code.UNDONE] == []


def test_condition_on_the_event_is_steady():
    """What is asked of the event is the same at every rule's turn."""
    once = {"when": EventF.message.text.contains("refund")}
    first = a_rule("A", CustomerMessageAdded, HIGH, **once)

    assert findings(first, a_rule("B", CustomerMessageAdded, LOW, **once)) == [(Code.UNDONE, "A", "B")]
