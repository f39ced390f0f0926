"""Rules that set each other off in a circle, and those that only seem to."""

import attrs
import pytest

from tests.automation.rules_by_hand import a_rule
from ticketcore.automation.lint import Code
from ticketcore.automation.lint.chains import check_cycles
from ticketcore.automation.lint.rule_set import RuleSet
from ticketcore.commands import (
    AddInlineNote,
    AddTags,
    Assign,
    AssignNext,
    MoveTo,
    RemoveTags,
    Resolve,
    SetPriority,
    SetType,
    Transfer,
    Unassign,
)
from ticketcore.commands.command import TicketCommand
from ticketcore.conditions import EventF, F
from ticketcore.events import (
    Assigned,
    EntryAdded,
    Event,
    InlineNoteAdded,
    PriorityChanged,
    StatusChanged,
    TagsChanged,
    TicketOpened,
    Transferred,
    TypeChanged,
)
from ticketcore.model.ids import AgentId, DepartmentId
from ticketcore.model.lifecycle import STANDARD_LIFE_CYCLE
from ticketcore.model.tickets import Priority

HIGH, LOW = SetPriority(Priority.HIGH), SetPriority(Priority.LOW)


@attrs.frozen
class Unheard(TicketCommand[None]):
    """A host's own command, of which nothing is known."""


def circles(*rules):
    """The names of the rules of each circle, in the order in which they set each other off."""
    names = {it.id: it.name for it in rules}
    found = [*check_cycles(RuleSet.of(rules, STANDARD_LIFE_CYCLE))]
    assert {it.code for it in found} <= {Code.CYCLE}
    return [[names[id] for id in it.rules] for it in found]


def test_two_that_undo_each_other():
    """Two rules that answer each other's change with another value go round for ever, and the path is told."""
    up, down = a_rule("Up", PriorityChanged, HIGH), a_rule("Down", PriorityChanged, LOW)
    (finding,) = check_cycles(RuleSet.of((up, down), STANDARD_LIFE_CYCLE))

    assert finding.sentence == "these rules set each other off: 'Up' → 'Down' → 'Up'"
    assert list(finding.rules) == [up.id, down.id]


@pytest.mark.parametrize(
    "rules",
    [
        (
            a_rule("A", StatusChanged, SetType("a"), when=F.status.changed_to("resolved")),
            a_rule("B", TypeChanged, MoveTo("open"), SetType(None), when=F.type.changed_to("a")),
            a_rule("C", StatusChanged, Resolve(), when=F.category.changed_to("open")),
        ),
        (a_rule("A", TagsChanged, AddTags({"a"})), a_rule("B", TagsChanged, RemoveTags({"a"}))),
        (a_rule("A", Assigned, Unassign()), a_rule("B", Assigned, Assign(AgentId("ana")))),
        (
            a_rule("A", Transferred, Transfer(DepartmentId("legal")), when=F.department.changed_to("billing")),
            a_rule("B", Transferred, Transfer(DepartmentId("billing")), when=F.department.changed_to("legal")),
        ),
        (a_rule("A", Event, AddInlineNote("Seen"), when=EventF.event == "InlineNoteAdded"),),
        (a_rule("A", EntryAdded, AddInlineNote("Seen")),),
        (a_rule("A", InlineNoteAdded, HIGH, AddInlineNote("Seen"), when=F.subject.contains("invoice")),),
    ],
)
def test_circles(rules):
    """Circles are found through values, tags, people, statuses and whatever is written."""
    assert circles(*rules) == [[it.name for it in rules]]


@pytest.mark.parametrize(
    "rules",
    [
        (a_rule("A", PriorityChanged, HIGH),),
        (a_rule("A", PriorityChanged, AddTags({"a"})), a_rule("B", TagsChanged, HIGH)),
        (a_rule("A", TagsChanged, AddTags({"a"})), a_rule("B", TagsChanged, RemoveTags({"b"}))),
        (a_rule("A", TicketOpened, HIGH), a_rule("B", PriorityChanged, AddInlineNote("High"))),
        (a_rule("A", Assigned, AssignNext()), a_rule("B", Transferred, AssignNext())),
        (a_rule("A", PriorityChanged, HIGH), a_rule("B", PriorityChanged, LOW, when=EventF.actor.kind == "agent")),
        (
            a_rule("A", PriorityChanged, HIGH, when=F.priority.changed_to(Priority.NORMAL)),
            a_rule("B", PriorityChanged, LOW, when=F.priority.changed_to(Priority.URGENT)),
        ),
        (
            a_rule("A", PriorityChanged, HIGH, when=F.tags.has("vip")),
            a_rule("B", PriorityChanged, LOW, when=F.tags.has_none(["vip"])),
        ),
        (a_rule("A", PriorityChanged, Unheard()), a_rule("B", Event, LOW)),
        (a_rule("A", StatusChanged, Resolve(), when=F.category.changed_to("answered")),),
    ],
)
def test_what_comes_to_rest(rules):
    """What repeats itself without changing anything, or cannot set off the next, is no circle."""
    assert circles(*rules) == []


def test_shortest_circle_is_told_once():
    """Of circles through the same rules the shortest is told, and each once."""
    up, down, note = (
        a_rule("Up", PriorityChanged, HIGH),
        a_rule("Down", PriorityChanged, LOW),
        a_rule("Note", PriorityChanged, AddInlineNote("Changed")),
    )

    assert circles(up, down, note) == [["Up", "Down"]]


def test_many_ways_are_given_up():
    """Where there are too many ways to go round, the search ends without having found all."""
    rules = [a_rule(f"{i}", PriorityChanged, HIGH, when=F.tags.has(f"{i}")) for i in range(30)]
    low = a_rule("Low", TicketOpened, LOW)

    assert circles(*rules, low) == []
