"""Agents come to a ticket, and leave it."""

import pytest

from ticketcore.automation import AddRule
from ticketcore.commands.tickets import AddTags
from ticketcore.commands.visiting import EnterTicket, LeaveTicket
from ticketcore.conditions import EventF
from ticketcore.errors import NotFound, OutOfPlace
from ticketcore.events import AgentEntered, AgentLeft, Event
from ticketcore.model.actors import ActorKind


def test_thread_tells_who_came_and_went(shop):
    """That an agent opened a ticket, and left it, is told in its thread, with the time; nothing else changes."""
    ticket = shop.ticket()

    shop.ana.do(EnterTicket(), on=ticket.id)
    shop.clock.advance(minutes=5)
    left = shop.ana.do(LeaveTicket(), on=ticket.id)

    came, went = [it for it in shop.system.thread(ticket.id) if isinstance(it, Event)][-2:]
    assert (type(came), type(went), went) == (AgentEntered, AgentLeft, left)
    assert came.actor == went.actor == shop.ana.actor
    assert (went.at - came.at).seconds == 300
    assert shop.system.ticket(ticket.id).due_at == ticket.due_at


def test_rules_answer_agents_who_come_and_go(shop):
    """Both set rules off, which see who it was."""
    theirs = EventF.actor.kind == ActorKind.AGENT
    shop.system.do(AddRule("Seen", trigger=AgentEntered, when=theirs, then=[AddTags({"seen"})]))
    shop.system.do(AddRule("Left", trigger=AgentLeft, when=theirs, then=[AddTags({"left"})]))
    ticket = shop.ticket()

    shop.ana.do(EnterTicket(), on=ticket.id)
    assert shop.system.ticket(ticket.id).tags == {"seen"}
    shop.ana.do(LeaveTicket(), on=ticket.id)
    assert shop.system.ticket(ticket.id).tags == {"seen", "left"}


@pytest.mark.parametrize("command", [EnterTicket(), LeaveTicket()])
def test_only_agents_come_and_go(shop, command):
    """The desk itself is nowhere, and whoever does not see a ticket cannot enter it."""
    ticket = shop.ticket(department=shop.legal)

    with shop.refusing(OutOfPlace):
        shop.system.do(command, on=ticket.id)
    with shop.refusing(NotFound):
        shop.ana.do(command, on=ticket.id)


def test_customers_are_told_nothing(shop):
    """Customers see neither the event nor a change of time."""
    ticket = shop.ticket()
    mia = shop.desk.as_customer(shop.mia.id)
    before = mia.ticket(ticket.id), mia.thread(ticket.id)
    shop.clock.advance(minutes=5)

    shop.ana.do(EnterTicket(), on=ticket.id)

    assert (mia.ticket(ticket.id), mia.thread(ticket.id)) == before
