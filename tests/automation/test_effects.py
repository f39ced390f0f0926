"""What commands do to a ticket: what is said of them against what they did."""

from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.any_command import Pools, drawn, of_kind
from tests.small_shop import SmallShop
from ticketcore.automation.effects import _TABLE, ANYTHING, NOTHING, UNFORESEEN, Effects, effects_of
from ticketcore.commands import (
    AddFollowers,
    AddTags,
    Assign,
    AssignNext,
    MoveTo,
    Purge,
    RemoveTags,
    SendAnswer,
    SendUpdate,
    SetCustomFields,
    SetPriority,
    SetType,
    Transfer,
)
from ticketcore.commands.command import TicketCommand
from ticketcore.conditions import Comparison, EventF, F
from ticketcore.errors import TicketcoreError
from ticketcore.events import (
    EVENT_OF_FIELD,
    AnswerAdded,
    Event,
    FieldChanged,
    NobodyAvailable,
    TimerPaused,
    TimerStarted,
)
from ticketcore.model.ids import AgentId, DepartmentId
from ticketcore.model.lifecycle import OPEN, STANDARD_LIFE_CYCLE
from ticketcore.model.tickets import Priority

NOT_EVERY_TIME = {NobodyAvailable, TimerPaused, TimerStarted}
"""The events that commands raise or not, as the case may be: of these nothing is said."""


def effects(*commands: TicketCommand[Any]) -> Effects:
    """What commands do by the standard life cycle."""
    return effects_of(commands, STANDARD_LIFE_CYCLE)


def asked(condition: Any) -> Comparison[Any]:
    """A condition that is a comparison."""
    assert isinstance(condition, Comparison)
    return condition


def test_nothing_comes_of_nothing():
    """Without commands nothing is done."""
    assert effects() == NOTHING
    assert not NOTHING.may_touch(asked(F.changed_at.is_set()))


def test_later_commands_count():
    """What a later command sets stands; all that was touched was touched."""
    found = effects(SetPriority(Priority.HIGH), SetType("billing"), SetPriority(Priority.LOW))

    assert found.sets == {"priority": Priority.LOW, "type": "billing"}
    assert found.touches == {"priority", "type"}


def test_tags_are_added_and_removed():
    """A tag that is added and taken away again is taken away."""
    found = effects(AddTags({"a", "b"}), RemoveTags({"b", "c"}))

    assert (found.adds, found.removes) == ({"a"}, {"b", "c"})


def test_what_is_set_whatever_it_was():
    """Transferring decides the assignee too, unless the present one may stay."""
    away, kept = (Transfer(DepartmentId("legal"), keep_assignee=keep) for keep in (False, True))

    assert effects(away).sets == {"department": "legal", "assignee": None}
    assert effects(kept).sets == {"department": "legal"}
    assert "assignee" in effects(kept).touches
    assert "assignee" not in effects(AssignNext(reassign=True)).sets
    assert effects(MoveTo("open")).sets == {"status": OPEN}
    assert effects(MoveTo("no such status")) == NOTHING
    assert effects(SetCustomFields({"order": "7"})).sets == {"custom.order": "7"}


def test_who_answers_customers():
    """Answers and updates are written to customers."""
    assert effects(SendAnswer("Hello")).answers_customers
    assert effects(SendUpdate("Hello")).answers_customers
    assert not effects(SetType("billing")).answers_customers
    assert effects(SendAnswer("Hello")).writes == {AnswerAdded}


@pytest.mark.parametrize(
    ("command", "condition"),
    [
        (SetPriority(Priority.HIGH), F.priority == Priority.LOW),
        (SetPriority(Priority.HIGH), F.changed_at.is_set()),
        (Assign(AgentId("ana")), F.assignee.name == "Ana"),
        (Assign(AgentId("ana")), EventF.actor.is_assignee.is_true),
        (Transfer(), F.department.access == "restricted"),
        (SendAnswer("Hello"), F.answers > 3),
        (SendAnswer("Hello"), F.category == "open"),
        (SendAnswer("Hello"), EventF.message.is_first.is_true),
        (SetCustomFields({"order": "7"}), F.custom.text("order") == "8"),
        (AddFollowers([]), F.parties.is_empty()),
        (Purge(), F.subject == "any"),
    ],
    ids=str,
)
def test_what_may_be_touched(command, condition):
    """A command may touch what it sets, what follows from it, and what is counted; an unknown one anything."""
    assert effects(command).may_touch(asked(condition))


@pytest.mark.parametrize(
    ("command", "condition"),
    [
        (SetPriority(Priority.HIGH), F.subject.contains("invoice")),
        (SetPriority(Priority.HIGH), F.requester.groups.has("vip")),
        (Assign(AgentId("ana")), F.department == "legal"),
        (SetCustomFields({"order": "7"}), F.custom.text("plan") == "gold"),
        (SendAnswer("Hello"), EventF.message.text.contains("refund")),
        (SendAnswer("Hello"), EventF.event == "TicketOpened"),
    ],
    ids=str,
)
def test_what_is_not_touched(command, condition):
    """A command touches nothing else, and nothing of what came with the event."""
    assert not effects(command).may_touch(asked(condition))


def test_unknown_commands_may_do_anything():
    """Of a command that is not in the table nothing is claimed."""

    @attrs.frozen
    class Unheard(TicketCommand[None]):
        """A host's own."""

    assert effects(Unheard()) == ANYTHING
    assert not effects(SetType("billing"), Unheard()).is_known


def test_every_command_is_foreseen_or_not():
    """Of every command on tickets it is written down what it does, or that nothing is claimed of it."""
    assert {*of_kind(TicketCommand)} == _TABLE.keys() | UNFORESEEN
    assert not _TABLE.keys() & UNFORESEEN


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_commands_do_what_is_said_of_them(data):
    """Whatever a command does to a ticket is said of it beforehand, and what it is said to set, it sets."""
    shop = SmallShop()
    ticket = data.draw(st.sampled_from([shop.ticket, shop.internal_ticket, shop.answered]))()
    command = data.draw(st.sampled_from(list(_TABLE)).flatmap(lambda kind: drawn(kind, Pools.of(shop))))
    said = effects(command)
    try:
        shop.system.do(command, on=ticket.id)
    except TicketcoreError:
        return
    after = shop.system.ticket(ticket.id)
    events = [it for it in shop.system.thread(ticket.id) if it.position > ticket.entries and isinstance(it, Event)]

    changed = {name for name in EVENT_OF_FIELD if getattr(ticket, name, None) != getattr(after, name, None)}
    assert changed <= said.touches
    assert {type(it) for it in events} >= said.writes
    assert all(isinstance(it, FieldChanged) or type(it) in said.writes | NOT_EVERY_TIME for it in events)
    assert said.adds <= after.tags
    assert not said.removes & after.tags
    values = {**attrs.asdict(after, recurse=False), **{f"custom.{key}": value for key, value in after.custom.items()}}
    foretold = {name: value for name, value in said.sets.items() if type(value) is not object}
    assert {name: values.get(name) for name in foretold} == foretold
