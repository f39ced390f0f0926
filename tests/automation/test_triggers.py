"""What rules wait for: classes of events, and states that become true with time."""

from datetime import timedelta

import attrs
import pytest

from tests.small_shop import SmallShop
from ticketcore.automation import AddRule, DueWithin, OlderThan, OverdueBy, Rule, StatusUnchangedFor, TimeTrigger
from ticketcore.commands.command import AddingTicketCommand
from ticketcore.commands.status import Reopen, Resolve
from ticketcore.commands.tickets import AddTags
from ticketcore.errors import InvalidInput
from ticketcore.events import Event, TimeReached
from ticketcore.model.permissions import Permission
from ticketcore.serialization.tables import TIME_TRIGGERS
from ticketcore.sla import INTERNAL_ANSWER_TIME

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@attrs.frozen
class Reach(AddingTicketCommand[TimeReached]):
    """Stands for the sweep: tells a ticket that a rule's time has come."""

    permission = Permission.CHANGE

    rule: Rule

    def decide(self, draft, ticket):
        """The event."""
        rule = self.rule
        fields = {"trigger": type(rule.trigger).__name__, "duration": rule.trigger.duration}
        return draft.occur(ticket, TimeReached, rule=rule.id, rule_name=rule.name, **fields)


@pytest.fixture
def shop():
    """A small shop's desk."""
    return SmallShop()


def test_moments_of_a_ticket(shop):
    """Each time trigger counts from the field that it names: opening, status, due time."""
    ticket, opened = shop.ticket(), shop.clock.now
    due = opened + INTERNAL_ANSWER_TIME
    moments = {
        OlderThan: opened + HOUR,
        StatusUnchangedFor: opened + HOUR,
        DueWithin: due - HOUR,
        OverdueBy: due + HOUR,
    }

    assert {kind: kind(HOUR).at(ticket) for kind in TIME_TRIGGERS} == moments


def test_moments_move_with_their_field(shop):
    """A change of the status begins its time anew, and takes the due time away where nobody waits any more."""
    ticket = shop.ticket()
    shop.clock.advance(DAY)

    resolved = shop.ana.do(Resolve(), on=ticket.id)

    assert StatusUnchangedFor(HOUR).at(resolved) == shop.clock.now + HOUR
    assert OlderThan(HOUR).at(resolved) == ticket.created_at + HOUR
    assert DueWithin(HOUR).at(resolved) is OverdueBy(HOUR).at(resolved) is None
    assert OverdueBy(HOUR).at(shop.ana.do(Reopen(), on=ticket.id)) is not None


@pytest.mark.parametrize("kind", TIME_TRIGGERS, ids=lambda it: it.__name__)
def test_moments_depend_on_one_field(shop, kind):
    """While the field that a trigger depends on stays the same, so does its moment."""
    ticket = shop.ticket()
    before = kind(HOUR).at(ticket)
    shop.clock.advance(DAY)

    after = shop.system.do(AddTags({"other"}), on=ticket.id)

    assert getattr(after, kind.depends_on) == getattr(ticket, kind.depends_on)
    assert kind(HOUR).at(after) == before


def test_no_moment_beyond_the_calendar(shop):
    """What no calendar reaches never becomes true."""
    ticket = shop.ticket()
    far = attrs.evolve(ticket, due_at=ticket.due_at.replace(year=9999, month=12))

    assert OverdueBy(60 * DAY).at(far) is None
    assert DueWithin(60 * DAY).at(far) is not None


@pytest.mark.parametrize("duration", [timedelta(0), -HOUR, timedelta(seconds=59), 3_651 * DAY, 60, None])
def test_durations_are_bounded(duration):
    """A minute is the shortest time that a rule can wait, ten years the longest; anything else is refused."""
    with pytest.raises(InvalidInput):
        OlderThan(duration)


@pytest.mark.parametrize("trigger", [int, "OlderThan", OlderThan, TimeTrigger(HOUR), None])
def test_what_is_no_trigger_is_refused(trigger):
    """A rule is set off by a class of events or by a time trigger, and the error names both."""
    with pytest.raises(InvalidInput, match=r"class of events, or a time trigger"):
        AddRule("Rule", trigger=trigger, then=[])


def test_time_reached_sets_off_its_rule_alone(shop):
    """Of the time rules, the one whose time has come is asked, and no other one that waits for the same (FL-2)."""
    first, second = (
        shop.system.do(AddRule(name, trigger=OlderThan(HOUR), then=[AddTags({name})])) for name in ("first", "second")
    )
    shop.system.do(AddRule("any", trigger=Event, then=[AddTags({"any"})]))
    ticket = shop.ticket()
    assert ticket.tags == {"any"}

    shop.system.do(Reach(first), on=ticket.id)

    assert shop.system.ticket(ticket.id).tags == {"any", "first"}
    shop.system.do(Reach(second), on=ticket.id)
    assert shop.system.ticket(ticket.id).tags == {"any", "first", "second"}


def test_time_rules_answer_no_other_event(shop):
    """Whatever happens to a ticket, a time rule waits for its time."""
    shop.system.do(AddRule("old", trigger=OlderThan(HOUR), then=[AddTags({"old"})]))

    assert shop.ticket().tags == frozenset()
