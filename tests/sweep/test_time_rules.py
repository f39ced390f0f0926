from datetime import timedelta

import pytest

from tests.fakes import records_of
from tests.small_shop import SmallShop
from tests.threads import at_once
from ticketcore.automation import AddRule, ChangeRule, DueWithin, OlderThan, OverdueBy, RemoveRule, StatusUnchangedFor
from ticketcore.commands.messages import SendAnswer, SendMessage
from ticketcore.commands.notes import AddInlineNote
from ticketcore.commands.purging import Purge
from ticketcore.commands.status import Close, Delete, Resolve
from ticketcore.commands.tickets import AddTags, SetPriority
from ticketcore.conditions import EventF, F
from ticketcore.events import TagsChanged, TimeReached
from ticketcore.model.lifecycle import CLOSED
from ticketcore.model.thread import InlineNote
from ticketcore.model.tickets import Priority
from ticketcore.sweep import walking

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NOTE = AddInlineNote("The rule was here.")


@pytest.fixture
def shop():
    """A small shop's desk."""
    return SmallShop()


def sweep(shop):
    """Sweeps until nothing is due."""
    while shop.system.sweep(limit=2):
        pass


def notes(shop, ticket):
    """How often a rule wrote its note."""
    return len([it for it in shop.ana.thread(ticket.id) if isinstance(it, InlineNote)])


def rule(shop, trigger, **fields):
    """A time rule that writes a note, and of which there is nothing to do yet."""
    added = shop.system.do(AddRule("Late", trigger=trigger, **{"then": [NOTE], **fields}))
    sweep(shop)
    return added


def test_rule_runs_when_its_time_has_come(shop):
    """A time rule runs when the ticket is old enough, and no earlier; the thread tells why."""
    late = rule(shop, OlderThan(2 * HOUR))
    ticket = shop.ticket()
    shop.clock.advance(minutes=119)
    sweep(shop)
    assert notes(shop, ticket) == 0
    assert shop.system.next_due() == ticket.created_at + 2 * HOUR

    shop.clock.advance(minutes=1)
    sweep(shop)

    assert notes(shop, ticket) == 1
    (reached,) = [it for it in shop.ana.thread(ticket.id) if isinstance(it, TimeReached)]
    assert (reached.rule, reached.trigger, reached.duration) == (late.id, "OlderThan", 2 * HOUR)


def test_rule_runs_once_per_ticket_and_occasion(shop):
    """However often the ticket changes and the desk is swept, one occasion sets the rule off once."""
    rule(shop, OlderThan(HOUR))
    ticket = shop.ticket()
    for _ in range(4):
        shop.clock.advance(HOUR)
        sweep(shop)
        shop.ana.do(SetPriority(Priority.HIGH), on=ticket.id)
        shop.ana.do(SetPriority(Priority.LOW), on=ticket.id)

    sweep(shop)

    assert notes(shop, ticket) == 1


def test_another_occasion_sets_it_off_again(shop):
    """A ticket whose status stays unchanged a second time is another occasion."""
    rule(shop, StatusUnchangedFor(DAY))
    ticket = shop.ticket()
    customer = shop.desk.as_customer(shop.mia.id)
    shop.clock.advance(DAY)
    sweep(shop)
    shop.ana.do(SendAnswer("Here."), on=ticket.id)
    shop.clock.advance(hours=23)
    customer.do(SendMessage("Where?"), on=ticket.id)
    shop.clock.advance(hours=23)
    sweep(shop)
    assert notes(shop, ticket) == 1

    shop.clock.advance(HOUR)
    sweep(shop)

    assert notes(shop, ticket) == 2


def test_condition_is_asked_when_the_time_has_come(shop):
    """What the ticket was when it was opened does not matter, but what it is when its time has come."""
    rule(shop, OlderThan(HOUR), when=F.priority == Priority.HIGH)
    raised, lowered = shop.ticket(), shop.ticket()
    shop.ana.do(SetPriority(Priority.HIGH), on=raised.id)

    shop.clock.advance(HOUR)
    sweep(shop)

    assert (notes(shop, raised), notes(shop, lowered)) == (1, 0)
    assert not [it for it in shop.ana.thread(lowered.id) if isinstance(it, TimeReached)]


def test_condition_sees_the_event(shop):
    """A time rule's condition can ask what set it off, as that of any rule."""
    rule(shop, OlderThan(HOUR), when=EventF.event == "TimeReached")
    ticket = shop.ticket()

    shop.clock.advance(HOUR)
    sweep(shop)

    assert notes(shop, ticket) == 1


def test_what_it_does_sets_off_other_rules(shop):
    """A time rule acts through the same settling as any rule: others answer what it does."""
    rule(shop, OlderThan(HOUR), then=[AddTags({"old"})])
    shop.system.do(AddRule("Tagged", trigger=TagsChanged, when=F.tags.has("old"), then=[NOTE]))
    ticket = shop.ticket()

    shop.clock.advance(HOUR)
    sweep(shop)

    assert notes(shop, ticket) == 1


@pytest.mark.parametrize(("trigger", "after"), [(DueWithin(DAY), 6 * DAY), (OverdueBy(DAY), 8 * DAY)])
def test_time_is_counted_from_the_due_time(shop, trigger, after):
    """Before a ticket is due, and when it is overdue; never once it does not wait for an agent any more."""
    rule(shop, trigger)
    waiting, answered = shop.ticket(), shop.ticket()
    shop.ana.do(SendAnswer("Here."), on=answered.id)
    shop.clock.advance(after - timedelta(seconds=1))
    sweep(shop)
    assert notes(shop, waiting) == 0

    shop.clock.advance(seconds=1)
    sweep(shop)

    assert (notes(shop, waiting), notes(shop, answered)) == (1, 0)
    assert shop.system.next_due() is None


def test_resolved_tickets_close_by_themselves(shop):
    """Automatic closing is a time rule."""
    resolved_long_ago = F.category == "resolved"
    rule(shop, StatusUnchangedFor(4 * DAY), when=resolved_long_ago, then=[Close()])
    ticket = shop.ana.do(Resolve(), on=shop.ticket().id)

    shop.clock.advance(4 * DAY)
    sweep(shop)

    assert shop.ana.ticket(ticket.id).status == CLOSED


def test_purged_ticket_leaves_nothing_due(shop):
    """What is gone for good is not waited for."""
    rule(shop, OlderThan(HOUR))
    ticket = shop.ticket()
    shop.ana.do(Delete(), on=ticket.id)
    shop.system.do(Purge(), on=ticket.id)

    assert shop.system.next_due() is None


# Rules that come, change, pause and go.


def test_new_rule_finds_the_tickets_that_were_there_before(shop, monkeypatch):
    """A new rule is asked for all tickets, batch by batch: at once if their time has passed, or when it comes."""
    monkeypatch.setattr(walking, "BATCH", 2)
    old = [shop.ticket() for _ in range(5)]
    shop.clock.advance(2 * HOUR)
    young = [shop.ticket() for _ in range(5)]

    rule(shop, OlderThan(HOUR))

    assert [notes(shop, it) for it in (*old, *young)] == [1] * 5 + [0] * 5
    shop.clock.advance(HOUR)
    sweep(shop)
    assert [notes(shop, it) for it in (*old, *young)] == [1] * 10


def test_new_rule_puts_nothing_by_for_tickets_that_it_does_not_concern(shop):
    """Of what passed long ago, only that to which the rule applies is due."""
    shop.ticket()
    shop.clock.advance(2 * HOUR)
    shop.system.do(AddRule("Late", trigger=OlderThan(HOUR), when=F.tags.has("vip"), then=[NOTE]))

    assert [it.occasion for it in shop.system.sweep()] == ["backfill"]
    assert shop.system.sweep() == ()


def test_ticket_opened_while_a_new_rule_looks_around_is_met_once(shop, monkeypatch):
    """What is due later waits until a new rule has seen all tickets, so that none is done twice, or forgotten."""
    monkeypatch.setattr(walking, "BATCH", 1)
    before = [shop.ticket() for _ in range(4)]
    shop.system.do(AddRule("Late", trigger=OlderThan(HOUR), then=[NOTE]))
    shop.system.sweep()
    meanwhile = shop.ticket()
    shop.clock.advance(2 * HOUR)

    sweep(shop)

    assert [notes(shop, it) for it in (*before, meanwhile)] == [1] * 5


def test_sweepers_at_once_walk_once(shop, monkeypatch):
    """Sweepers take turns at the walk of a new rule, too."""
    monkeypatch.setattr(walking, "BATCH", 3)
    tickets = [shop.ticket() for _ in range(20)]
    shop.clock.advance(2 * HOUR)
    shop.system.do(AddRule("Late", trigger=OlderThan(HOUR), then=[NOTE]))

    results = at_once([lambda: sweep(shop)] * 4)

    assert results == [None] * 4
    assert [notes(shop, it) for it in tickets] == [1] * 20


def test_paused_rule_passes_over_what_comes_meanwhile(shop):
    """What comes due while a rule is paused does not happen; what comes due later does."""
    late = rule(shop, OlderThan(2 * HOUR))
    first = shop.ticket()
    shop.clock.advance(HOUR)
    second = shop.ticket()
    paused = shop.system.do(ChangeRule(late.id, active=False))
    third = shop.ticket()
    shop.clock.advance(minutes=90)
    sweep(shop)
    shop.system.do(ChangeRule(paused.id, active=True))
    sweep(shop)
    assert [notes(shop, it) for it in (first, second, third)] == [0, 0, 0]

    shop.clock.advance(HOUR)
    sweep(shop)

    assert [notes(shop, it) for it in (first, second, third)] == [0, 1, 1]


def test_rule_with_another_trigger_begins_anew(shop):
    """Whoever gives a rule another time has it asked for all tickets by that time."""
    late = rule(shop, OlderThan(9 * DAY))
    ticket, other = shop.ticket(), shop.ticket()
    shop.clock.advance(2 * DAY)
    shop.system.do(ChangeRule(late.id, trigger=OlderThan(DAY)))

    sweep(shop)
    shop.clock.advance(9 * DAY)
    sweep(shop)

    assert (notes(shop, ticket), notes(shop, other)) == (1, 1)


def test_other_changes_of_a_rule_walk_nowhere(shop):
    """A new name, or another condition, makes nothing due."""
    late = rule(shop, OlderThan(HOUR))
    shop.system.do(ChangeRule(late.id, name="Very late", when=F.tags.has("vip")))

    assert shop.system.next_due() is None


def test_removed_rule_does_nothing(shop):
    """What a rule would have done is forgotten with it."""
    late = rule(shop, OlderThan(HOUR))
    ticket = shop.ticket()
    shop.system.do(RemoveRule(late.id))

    shop.clock.advance(HOUR)
    sweep(shop)

    assert notes(shop, ticket) == 0
    assert "due" not in records_of(shop.storage)


def test_rule_that_is_removed_ends_its_walk(shop):
    """A walk through all tickets ends with its rule."""
    shop.ticket()
    late = shop.system.do(AddRule("Late", trigger=OlderThan(HOUR), then=[NOTE]))
    shop.system.do(RemoveRule(late.id))

    assert [it.occasion for it in shop.system.sweep()] == ["backfill"]
    assert shop.system.next_due() is None


def test_opening_a_ticket_without_time_rules_foresees_nothing(shop):
    """Where no rule waits for a time, a new ticket leaves no record behind."""
    shop.ticket()

    assert "due" not in records_of(shop.storage)
