"""What the thread tells of who answered an event."""

import pytest

from tests.small_shop import SmallShop
from ticketcore.automation import AddRule
from ticketcore.automation.record import record_of
from ticketcore.commands import AddTags, Claim, SetPriority, SetType
from ticketcore.events import CustomerMessageAdded, Event, PriorityChanged, TagsChanged, TicketOpened
from ticketcore.model.tickets import Priority


@pytest.fixture
def shop():
    """A desk with rules that answer the opening of a ticket, its first message, and each other."""
    shop = SmallShop()
    for name, trigger, then in (
        ("Tags", TicketOpened, [AddTags({"a"}), SetType("b")]),
        ("Fails", TicketOpened, [Claim()]),
        ("Message", CustomerMessageAdded, [SetPriority(Priority.HIGH)]),
        ("After", TagsChanged, [SetPriority(Priority.LOW)]),
    ):
        shop.system.do(AddRule(name, trigger=trigger, then=then))
    return shop


def record(shop, ticket, kind, place=0):
    """What the thread tells of one of its events."""
    events = [it for it in shop.system.thread(ticket.id) if isinstance(it, Event)]
    return record_of([it for it in events if isinstance(it, kind)][place], events)


def names(acted):
    """Which rules, and whether they did their work."""
    return [(it.name, it.is_done) for it in acted]


def test_who_answered_an_event(shop):
    """The rules that an event set off are told in order, with what each left, be it that it failed."""
    found = record(shop, shop.ticket(), TicketOpened)

    assert names(found.acted) == [("Tags", True), ("Fails", False)]
    assert [type(it).__name__ for it in found.acted[0].events] == ["TagsChanged", "TypeChanged"]
    assert (found.earlier, found.begins) == ((), 3)  # behind both events, and the message itself


def test_who_had_answered_before(shop):
    """For a later event it is told who had answered those before, and from which place on it was answered itself."""
    ticket = shop.ticket()
    message, after = record(shop, ticket, CustomerMessageAdded), record(shop, ticket, TagsChanged)

    assert names(message.acted) == [("Message", True)]
    assert names(message.earlier) == [("Tags", True), ("Fails", False)]
    assert names(after.acted) == [("After", True)]
    assert message.begins < after.begins
    assert after.done(ticket.id) == {(it.rule, ticket.id) for it in (*message.earlier, *message.acted)}


def test_event_that_nobody_answered(shop):
    """An event that set off no rule was answered by none, after all others."""
    ticket = shop.ticket()
    found = record(shop, ticket, PriorityChanged)

    assert (found.acted, found.begins) == ((), shop.system.ticket(ticket.id).entries)


def test_other_commands_are_told_apart(shop):
    """What other commands did later has nothing to do with it."""
    ticket = shop.ticket()
    before = record(shop, ticket, TicketOpened)
    shop.ana.do(AddTags({"c"}), on=ticket.id)

    assert record(shop, ticket, TicketOpened) == before
