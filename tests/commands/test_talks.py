"""Calls and chats alike: what becomes of those who wait when tickets merge."""

from datetime import timedelta

import pytest

from tests.replay import replayed, told
from tests.small_shop import SmallShop
from ticketcore.commands import (
    AddSlaPolicy,
    EndCall,
    EndChat,
    MergeInto,
    PickUpCall,
    PickUpChat,
    StartCall,
    StartChat,
)
from ticketcore.events import CallWaits, ChatWaits
from ticketcore.model.targets import Target
from ticketcore.sla import Agreement

MINUTE = timedelta(minutes=1)


class Lines:
    """A small shop that is called, or chatted with."""

    def __init__(self, noun):
        self.shop = SmallShop()
        self.noun = noun
        self.waits = {"call": CallWaits, "chat": ChatWaits}[noun]

    def begin(self, contact):
        """A customer calls, or begins a chat."""
        if self.noun == "call":
            return self.shop.system.do(StartCall(contact.id))
        return self.shop.desk.as_customer(contact.id).do(StartChat("Is the blue bowl back?"))

    def pick_up(self, talk, ticket):
        """Ana picks it up."""
        self.shop.ana.do({"call": PickUpCall, "chat": PickUpChat}[self.noun](talk.id), on=ticket)

    def miss(self, talk, ticket):
        """It ends before anybody has picked it up."""
        self.shop.ana.do({"call": EndCall, "chat": EndChat}[self.noun](talk.id), on=ticket)

    def waiting_since(self, ticket):
        """What the ticket says, and its events."""
        stored = told(self.shop.system.ticket(ticket))
        events = replayed(it for it in self.shop.system.thread(ticket) if it.ticket == ticket)
        assert {name: stored[name] for name in events} == events
        return stored[f"{self.noun}_waiting_since"]


@pytest.fixture(params=["call", "chat"])
def lines(request):
    """A shop with customers who wait."""
    return Lines(request.param)


def test_who_waits_waits_on_where_the_ticket_goes(lines):
    """TK-18: the survivor of a merge waits since the customer began to, and what was agreed on counts from then."""
    shop = lines.shop
    target = Target(f"{lines.noun}_answer")
    shop.system.do(AddSlaPolicy("At once", [Agreement(target, 5 * MINUTE)]))
    survivor = shop.ticket(shop.bob)
    talk, began = lines.begin(shop.mia), shop.clock()
    shop.clock.advance(MINUTE)

    shop.system.do(MergeInto(survivor.id), on=talk.ticket)

    assert (lines.waiting_since(talk.ticket), lines.waiting_since(survivor.id)) == (None, began)
    assert shop.system.ticket(survivor.id).targets[target.value].deadline == began + 5 * MINUTE
    assert [it.since for it in shop.system.thread(survivor.id) if isinstance(it, lines.waits)] == [began]

    lines.pick_up(talk, survivor.id)

    assert lines.waiting_since(survivor.id) is None


@pytest.mark.parametrize("over", [Lines.pick_up, Lines.miss])
def test_of_two_who_wait_on_a_survivor_each_is_waited_for(lines, over):
    """When one of two that came together is picked up, or missed, the customer of the other waits still."""
    shop = lines.shop
    first, began = lines.begin(shop.mia), shop.clock()
    shop.clock.advance(MINUTE)
    second = lines.begin(shop.bob)
    shop.system.do(MergeInto(second.ticket), on=first.ticket)
    assert lines.waiting_since(second.ticket) == began

    over(lines, first, second.ticket)
    assert lines.waiting_since(second.ticket) == began + MINUTE

    over(lines, second, second.ticket)
    assert lines.waiting_since(second.ticket) is None


def test_who_has_waited_longest_is_waited_for(lines):
    """A call or chat that comes later changes nothing for the customer who was there first."""
    shop = lines.shop
    first, began = lines.begin(shop.mia), shop.clock()
    shop.clock.advance(MINUTE)
    second = lines.begin(shop.bob)

    shop.system.do(MergeInto(first.ticket), on=second.ticket)
    lines.miss(second, first.ticket)

    assert lines.waiting_since(first.ticket) == began
