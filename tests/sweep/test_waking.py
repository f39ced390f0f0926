from datetime import timedelta

import pytest

from tests.fakes import records_of
from tests.small_shop import SmallShop
from ticketcore.automation.commands import AddRule
from ticketcore.commands.messages import SendAnswer, SendMessage
from ticketcore.commands.status import Delete, MoveTo, Postpone, Reopen, Restore
from ticketcore.conditions import F
from ticketcore.events import StatusChanged
from ticketcore.model.lifecycle import ANSWERED, DELETED, NEW, OPEN, POSTPONED

HOUR = timedelta(hours=1)


@pytest.fixture
def shop():
    """A small shop's desk."""
    return SmallShop()


def postponed(shop, hours=1, **fields):
    """A ticket that is postponed for some hours."""
    return shop.ana.do(Postpone(shop.clock.now + hours * HOUR), on=shop.ticket(**fields).id)


def test_postponed_ticket_comes_back_once(shop):
    """A postponed ticket comes back when its time is over, and no earlier, and only once (TK-14)."""
    ticket = postponed(shop)

    assert shop.system.next_due() == shop.clock.now + HOUR
    assert shop.system.sweep() == ()
    shop.clock.advance(HOUR)
    assert [(it.occasion, it.ticket) for it in shop.system.sweep()] == [("wake", ticket.id)]
    woken = shop.ana.ticket(ticket.id)
    assert (woken.status, woken.postponed_until) == (NEW, None)
    assert shop.system.next_due() is None
    before = records_of(shop.storage)
    assert shop.system.sweep() == ()
    assert records_of(shop.storage) == before


def test_oldest_come_back_first(shop):
    """A sweep of few takes what was due first, and leaves the rest to the next one."""
    tickets = [postponed(shop, hours) for hours in (3, 1, 2)]
    shop.clock.advance(5 * HOUR)

    swept = [[it.ticket for it in shop.system.sweep(limit=2)] for _ in range(3)]

    assert swept == [[tickets[1].id, tickets[2].id], [tickets[0].id], []]


def test_postponing_again_moves_the_time(shop):
    """Whoever postpones a postponed ticket moves the time at which it comes back."""
    ticket = postponed(shop)
    shop.ana.do(Postpone(shop.clock.now + 3 * HOUR), on=ticket.id)

    shop.clock.advance(2 * HOUR)
    assert shop.system.sweep() == ()
    shop.clock.advance(HOUR)
    assert [it.ticket for it in shop.system.sweep()] == [ticket.id]


def test_what_is_postponed_no_more_does_not_come_back(shop):
    """A ticket that went on by itself is left alone when its time would have been over."""
    ticket = postponed(shop)
    shop.desk.as_customer(shop.mia.id).do(SendMessage("Any news?"), on=ticket.id)
    shop.ana.do(SendAnswer("Tomorrow."), on=ticket.id)

    shop.clock.advance(2 * HOUR)

    assert shop.system.next_due() is None
    assert shop.system.sweep() == ()
    assert shop.ana.ticket(ticket.id).status == ANSWERED


def test_rule_that_undoes_postponing_leaves_nothing_due(shop):
    """A ticket that a rule opens again in the same breath does not come back later."""
    shop.system.do(AddRule("Never", trigger=StatusChanged, when=F.status.changed_to(POSTPONED), then=[Reopen()]))

    ticket = postponed(shop)

    assert ticket.status == OPEN
    assert shop.system.next_due() is None


def test_restored_ticket_still_comes_back(shop):
    """A postponed ticket that was deleted and restored comes back at its time."""
    ticket = postponed(shop)
    deleted = shop.ana.do(Delete(), on=ticket.id)
    assert (deleted.status, shop.system.next_due()) == (DELETED, None)

    restored = shop.ana.do(Restore(), on=ticket.id)

    assert (restored.status, shop.system.next_due()) == (POSTPONED, shop.clock.now + HOUR)
    shop.clock.advance(HOUR)
    assert [it.ticket for it in shop.system.sweep()] == [ticket.id]
    assert shop.ana.ticket(ticket.id).status == NEW


def test_ticket_postponed_without_a_time_stays(shop):
    """A ticket put off by its status alone waits until somebody takes it up."""
    ticket = shop.ana.do(MoveTo("postponed"), on=shop.ticket().id)

    shop.clock.advance(days=400)

    assert shop.system.next_due() is None
    assert shop.system.sweep() == ()
    assert shop.ana.ticket(ticket.id).status == POSTPONED
