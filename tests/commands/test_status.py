from datetime import timedelta

import pytest

from tests.small_shop import SmallShop
from ticketcore import commands
from ticketcore.errors import AccessDenied, InvalidInput
from ticketcore.model.departments import membership_id
from ticketcore.model.kinds import MEMBERSHIPS
from ticketcore.model.permissions import EVERYDAY, Permission

MOVES = [
    ("answered", commands.MarkAnswered()),
    ("open", commands.Reopen()),
    ("resolved", commands.Resolve()),
    ("open", commands.MoveTo("open")),
    ("open", commands.Restore()),
]


@pytest.fixture
def shop():
    """A small shop's desk, in whose billing department Ana may do everything but delete."""
    shop = SmallShop()
    without = EVERYDAY - {Permission.DELETE}
    shop.rewrite(MEMBERSHIPS, membership_id(shop.billing, shop.ana.actor.id), permissions=without)
    return shop


def standing(shop, *statuses):
    """A ticket of the billing department that has gone through these statuses."""
    ticket = shop.ticket(department=shop.billing)
    for status in statuses:
        ticket = shop.system.do(commands.MoveTo(status), on=ticket.id)
    return ticket


@pytest.mark.parametrize("aside", ["deleted", "spam"])
@pytest.mark.parametrize(("before", "command"), MOVES, ids=lambda it: getattr(it, "asked", it))
def test_who_may_not_delete_brings_nothing_back(shop, before, command, aside):
    """Bringing a ticket back needs the permission to delete, whichever command moves it where it was."""
    if isinstance(command, commands.Restore) and aside == "spam":
        command = commands.MarkAsNotSpam()
    ticket = standing(shop, *(["answered"] if before == "open" else []), before, aside)

    with shop.refusing(AccessDenied) as caught:
        shop.ana.do(command, on=ticket.id)

    assert caught.value.asked == command.asked
    assert shop.dora.do(command, on=ticket.id).status.key == before


@pytest.mark.parametrize("aside", [commands.MoveTo("deleted"), commands.MoveTo("spam"), commands.Delete()])
def test_who_may_not_delete_sets_nothing_aside(shop, aside):
    """Setting a ticket aside needs the permission to delete, whichever command does it."""
    ticket = standing(shop)

    with shop.refusing(AccessDenied):
        shop.ana.do(aside, on=ticket.id)


@pytest.mark.parametrize("aside", ["deleted", "spam"])
def test_message_among_agents_brings_nothing_back(shop, aside):
    """What colleagues write on an internal ticket that was set aside leaves it there, though it was answered before."""
    ours = shop.internal_ticket()
    for status in ("answered", aside):
        shop.system.do(commands.MoveTo(status), on=ours.id)

    shop.dora.do(commands.SendInternalMessage("Hello?"), on=ours.id)

    assert shop.ana.ticket(ours.id).status.key == aside


def test_postponed_for_some_time_from_now_on(shop):
    """Who names no date puts a ticket off for a time, counted from when it is asked (TK-14)."""
    ticket = standing(shop)

    postponed = shop.ana.do(commands.PostponeFor(timedelta(hours=3)), on=ticket.id)

    assert (postponed.status.key, postponed.postponed_until) == ("postponed", shop.clock.now + timedelta(hours=3))


@pytest.mark.parametrize("duration", [timedelta(0), timedelta(seconds=59), timedelta(days=3_651), 3])
def test_time_to_postpone_for_is_bounded(duration):
    """A ticket is put off for a minute at least, and ten years at most."""
    with pytest.raises(InvalidInput):
        commands.PostponeFor(duration)
