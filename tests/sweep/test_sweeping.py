from datetime import timedelta

import pytest

from tests.fakes import records_of, unchanged
from tests.small_shop import SmallShop
from tests.threads import at_once
from ticketcore.automation import AddRule, StatusUnchangedFor
from ticketcore.commands.messages import SendMessage
from ticketcore.commands.status import Postpone, Resolve
from ticketcore.conditions import F
from ticketcore.errors import InvalidInput, OutOfPlace
from ticketcore.events import OccasionFailed, StatusChanged
from ticketcore.model.dues import DUES, Due, due_id
from ticketcore.model.kinds import TICKETS
from ticketcore.model.lifecycle import POSTPONED, Category, Status
from ticketcore.sweep import OCCASIONS, Occasion, Sweep

HOUR = timedelta(hours=1)


@pytest.fixture
def shop():
    """A small shop's desk."""
    return SmallShop()


def postponed(shop, hours=1):
    """A ticket that is postponed for some hours."""
    return shop.ana.do(Postpone(shop.clock.now + hours * HOUR), on=shop.ticket().id)


def woken(shop, ticket):
    """How often a ticket came back."""
    return [it.before for it in shop.ana.thread(ticket.id) if isinstance(it, StatusChanged)].count(POSTPONED)


def test_concurrent_sweepers_do_each_thing_once(shop):
    """However many sweep at once, each ticket comes back once, and nobody is refused."""
    tickets = [postponed(shop) for _ in range(30)]
    shop.clock.advance(HOUR)

    def sweep_all():
        done = []
        while swept := shop.desk.as_system().sweep(limit=4):
            done += [it.ticket for it in swept]
        return done

    swept = at_once([sweep_all] * 6)

    assert sorted(id for done in swept for id in done) == sorted(it.id for it in tickets)
    assert [woken(shop, it) for it in tickets] == [1] * 30


def test_sweeper_that_loses_to_an_agent_sweeps_again(shop):
    """A ticket that an agent changes while it is swept comes back all the same, with the agent's change."""
    ticket = postponed(shop)
    shop.clock.advance(HOUR)

    results = at_once(
        [shop.system.sweep, lambda: shop.desk.as_customer(shop.mia.id).do(SendMessage("Now?"), on=ticket.id)]
    )

    assert not any(isinstance(it, Exception) for it in results)
    assert woken(shop, ticket) == 1
    assert records_of(shop.storage).get("due", {}) == {}


def test_sweep_that_finds_nothing_changes_nothing(shop):
    """Sweeping too often does no harm."""
    postponed(shop)

    with unchanged(shop.storage):
        assert shop.system.sweep() == ()


def test_sweep_tells_what_was_due_also_of_what_is_due_again(shop):
    """What comes again at another time, as a rule does once it has changed the status, is told with the time it had."""
    settle = [Resolve()]
    shop.system.do(AddRule("Settle", trigger=StatusUnchangedFor(HOUR), when=F.category == "new", then=settle))
    shop.system.sweep()
    ticket = shop.ticket()
    shop.clock.advance(HOUR)
    was_due = shop.system.next_due()

    (done,) = shop.system.sweep()

    assert (done.ticket, done.at) == (ticket.id, was_due)
    assert shop.system.next_due() == was_due + HOUR


def test_number_of_occasions_is_bounded():
    """A sweep does at least one thing in a go, and not everything."""
    with pytest.raises(InvalidInput):
        Sweep(0)
    with pytest.raises(InvalidInput):
        Sweep(10_001)


def test_what_fails_is_recorded_and_holds_up_nothing_else(shop):
    """A ticket that cannot come back, since its status is none of the host's any more, tells it; others come back."""
    stuck, other = postponed(shop), postponed(shop)
    shop.rewrite(TICKETS, stuck.id, status=Status("parked", Category.POSTPONED))
    shop.clock.advance(HOUR)

    assert {it.ticket for it in shop.system.sweep()} == {stuck.id, other.id}

    (failure,) = [it for it in shop.ana.thread(stuck.id) if isinstance(it, OccasionFailed)]
    assert (failure.occasion, failure.error) == ("wake", "OutOfPlace")
    assert (woken(shop, other), shop.system.next_due()) == (1, None)


def test_what_concerns_no_ticket_fails_aloud(shop, monkeypatch):
    """What fails and has no thread to tell it in reaches the host, and is there the next time."""

    def fail(_draft, _due):
        raise OutOfPlace("Sweep", "nothing can be done")

    monkeypatch.setitem(OCCASIONS, "fall", Occasion("fall", fail))
    shop.store(DUES, Due(id="fall//", at=shop.clock(), occasion="fall"))

    for _ in range(2):
        with shop.refusing(OutOfPlace):
            shop.system.sweep()


@pytest.mark.parametrize("of_ticket", [True, False])
def test_unknown_occasion_is_dropped(shop, of_ticket):
    """What a later version of the library foresaw is dropped by an earlier one, and is not looked at for ever."""
    ticket = shop.ticket().id if of_ticket else None
    shop.store(DUES, Due(id="dance//", at=shop.clock(), occasion="dance", ticket=ticket))

    assert [it.occasion for it in shop.system.sweep()] == ["dance"]
    assert shop.system.next_due() is None


def test_what_is_due_by_mistake_waits_for_its_time(shop):
    """The time that a ticket itself tells counts, whatever was foreseen."""
    ticket = postponed(shop, hours=3)
    shop.rewrite(DUES, due_id("wake", "", ticket.id), at=shop.clock())

    shop.system.sweep()

    assert woken(shop, ticket) == 0
    assert shop.system.next_due() == shop.clock() + 3 * HOUR


def test_occasions_are_named_by_the_table():
    """The table has each occasion under its own name."""
    assert all(name == it.name for name, it in OCCASIONS.items())
