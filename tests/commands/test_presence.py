"""Presence, as agents and administrators say it (DP-5)."""

import pytest

from tests.fakes import records_of
from ticketcore import commands
from ticketcore.commands.agents import AddAgent
from ticketcore.conditions import F
from ticketcore.errors import AccessDenied, NotFound, OutOfPlace
from ticketcore.model.people import Role
from ticketcore.model.presence import EVERY_MEDIUM, Medium, medium_of
from ticketcore.model.tickets import Channel


def test_agents_say_what_they_are_available_for(shop):
    """An agent is online for everything, for some media, or offline, since when it was said."""
    shop.ana.do(commands.GoOnline())
    shop.clock.advance(hours=1)
    shop.ana.do(commands.GoOnline({Medium.CHAT}))
    assert [(it.id, it.media, it.since) for it in shop.dora.presences()] == [
        (shop.ana.actor.id, {Medium.CHAT}, shop.clock())
    ]

    assert not shop.ana.do(commands.GoOffline()).online
    assert shop.ana.do(commands.GoOnline()).media == EVERY_MEDIUM


def test_what_is_so_already_changes_nothing(shop):
    """Whoever says the same again is there since the first time."""
    first = shop.ana.do(commands.GoOnline())
    shop.clock.advance(hours=1)
    before = records_of(shop.storage)

    assert shop.ana.do(commands.GoOnline()) == first
    assert records_of(shop.storage) == before


def test_administrators_say_it_of_others(shop):
    """Who may configure the desk, and the host's program, say it of anybody; other agents of themselves alone."""
    olga = shop.desk.as_agent(shop.system.do(AddAgent("Olga", role=Role.ADMIN)).id)

    assert not olga.do(commands.GoOffline(shop.ana.actor.id)).online
    assert shop.system.do(commands.GoOnline(agent=shop.ana.actor.id)).online
    with shop.refusing(AccessDenied):
        shop.dora.do(commands.GoOffline(shop.ana.actor.id))


def test_only_agents_have_a_presence(shop):
    """The host's program names an agent, who exists and is active."""
    with shop.refusing(OutOfPlace):
        shop.system.do(commands.GoOnline())
    with shop.refusing(NotFound):
        shop.system.do(commands.GoOnline(agent="nobody"))
    shop.system.do(commands.DeactivateAgent(shop.ana.actor.id))
    with shop.refusing(OutOfPlace):
        shop.system.do(commands.GoOnline(agent=shop.ana.actor.id))


def test_online_status_is_a_condition(shop):
    """Whether the assignee is there can be asked; who never said so is, and nobody is neither."""
    ticket = shop.ticket()

    def online():
        return shop.system.count(F.assignee.online.is_true), shop.system.count(F.assignee.online.is_false)

    assert online() == (0, 0)
    shop.ana.do(commands.Claim(), on=ticket.id, seen=ticket.version)
    assert online() == (1, 0)
    shop.ana.do(commands.GoOffline())
    assert online() == (0, 1)
    shop.ana.do(commands.GoOnline({Medium.PHONE}))
    assert online() == (1, 0)


@pytest.mark.parametrize("channel", Channel, ids=lambda it: it.value)
def test_every_channel_has_its_medium(channel):
    """Chats and calls are what must be answered at once, social networks are messaging, and the rest are tickets."""
    medium = medium_of(channel)

    assert (medium is Medium.CHAT) == (channel is Channel.CHAT)
    assert (medium is Medium.PHONE) == (channel is Channel.CALL)
    if channel in {Channel.EMAIL, Channel.FORM, Channel.INSIDE}:
        assert medium is Medium.TICKETS
