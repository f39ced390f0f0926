from datetime import timedelta

from tests.customers_view import seen_by
from tests.fakes import records_of, unchanged
from ticketcore import commands
from ticketcore.commands import EndCall, GoOnline, PickUpCall, RingAgents, StartCall, StartCallOnTicket
from ticketcore.commands.agents import AddAgent
from ticketcore.errors import Conflict, NotFound, OutOfPlace
from ticketcore.events import AgentsRung, CallEnded, CallMissed, CallPickedUp, CallStarted
from ticketcore.model.lifecycle import ANSWERED, NEW, OPEN
from ticketcore.model.presence import Medium
from ticketcore.model.tickets import Channel

MINUTE = timedelta(minutes=1)


def told(shop, ticket, kind):
    """The events of a class in a ticket's thread."""
    return [it for it in shop.system.thread(ticket) if isinstance(it, kind)]


def test_call_opens_a_ticket(shop):
    """A call opens a ticket, which tells that it rings."""
    call = shop.system.do(StartCall(shop.mia.id, "About invoice 7", department=shop.billing))

    ticket = shop.ana.ticket(call.ticket)
    assert (ticket.source, ticket.status, ticket.requesters) == (Channel.CALL, NEW, (shop.mia.id,))
    assert (ticket.department, ticket.call_waiting_since) == (shop.billing, shop.clock())
    [event] = told(shop, call.ticket, CallStarted)
    assert (event.call, event.contact, event.incoming) == (call.id, shop.mia.id, True)
    with shop.refusing(NotFound):
        shop.system.do(StartCall("nobody"))


def test_call_is_picked_up_and_ended(shop):
    """A call has the facts of its course: how long it rang, who picked it up, and how long was talked."""
    call = shop.system.do(StartCall(shop.mia.id))
    shop.clock.advance(MINUTE)
    shop.ana.do(PickUpCall(call.id), on=call.ticket)
    shop.clock.advance(5 * MINUTE)
    ended = shop.system.do(EndCall(call.id), on=call.ticket)

    assert (ended.answered_by, ended.waited, ended.lasted) == (shop.ana.actor.id, MINUTE, 5 * MINUTE)
    assert not ended.is_missed
    ticket = shop.ana.ticket(call.ticket)
    assert (ticket.assignee, ticket.status, ticket.call_waiting_since) == (shop.ana.actor.id, ANSWERED, None)
    [picked_up], [over] = told(shop, call.ticket, CallPickedUp), told(shop, call.ticket, CallEnded)
    assert (picked_up.agent, picked_up.waited, over.lasted) == (shop.ana.actor.id, MINUTE, 5 * MINUTE)
    with unchanged(shop.storage):
        shop.system.do(EndCall(call.id), on=call.ticket)


def test_missed_call_leaves_its_ticket_waiting(shop):
    """A call that ends before anybody picked it up was missed; its ticket waits on."""
    call = shop.system.do(StartCall(shop.mia.id))
    missed = shop.system.do(EndCall(call.id), on=call.ticket)

    assert missed.is_missed
    assert [it.call for it in told(shop, call.ticket, CallMissed)] == [call.id]
    assert shop.ana.ticket(call.ticket).status == NEW
    with shop.refusing(OutOfPlace):
        shop.ana.do(PickUpCall(call.id), on=call.ticket)


def test_calls_about_a_ticket(shop):
    """A customer calls about a ticket, which is open again then; or an agent calls them, and nobody waits."""
    ticket = shop.answered("Refunded.")
    outgoing = shop.ana.do(StartCallOnTicket(incoming=False), on=ticket.id)
    assert (outgoing.contact, outgoing.answered_by) == (shop.mia.id, shop.ana.actor.id)
    assert shop.ana.ticket(ticket.id).call_waiting_since is None
    with shop.refusing(OutOfPlace):
        shop.system.do(StartCallOnTicket(), on=ticket.id)
    shop.ana.do(PickUpCall(outgoing.id), on=ticket.id)
    shop.ana.do(EndCall(outgoing.id), on=ticket.id)

    shop.clock.advance(MINUTE)
    incoming = shop.system.do(StartCallOnTicket(shop.bob.id), on=ticket.id)

    assert incoming.contact == shop.bob.id
    assert shop.ana.ticket(ticket.id).status == OPEN
    assert shop.ana.calls(ticket.id)[0].lasted == timedelta()


def test_nobody_calls_about_an_internal_ticket(shop):
    """On an internal ticket there is no customer to talk with."""
    internal = shop.internal_ticket()
    with shop.refusing(OutOfPlace):
        shop.ana.do(StartCallOnTicket(shop.mia.id), on=internal.id)


def test_second_agent_is_told_who_talks(shop):
    """A call that somebody has picked up is not picked up by another agent."""
    call = shop.system.do(StartCall(shop.mia.id))
    shop.ana.do(PickUpCall(call.id), on=call.ticket)

    with shop.refusing(Conflict) as caught:
        shop.dora.do(PickUpCall(call.id), on=call.ticket)
    assert "Ana has picked it up already" in str(caught.value)


# Ringing.


def test_who_is_available_for_the_phone_is_rung(shop):
    """Where nobody is named, all are rung who could be assigned the ticket and are available for the phone (DP-5)."""
    bea, kim = (shop.system.do(AddAgent(name, departments=[shop.billing])).id for name in ("Bea", "Kim"))
    shop.desk.as_agent(bea).do(GoOnline({Medium.CHAT}))
    shop.desk.as_agent(kim).do(GoOnline({Medium.PHONE}))
    call = shop.system.do(StartCall(shop.mia.id, department=shop.billing))

    rung = shop.system.do(RingAgents(call.id), on=call.ticket).rung

    assert set(rung) == {shop.ana.actor.id, kim}
    assert [it.agents for it in told(shop, call.ticket, AgentsRung)] == [rung]
    more = shop.system.do(RingAgents(call.id, [bea]), on=call.ticket)
    assert more.rung == (*rung, bea)


def test_nobody_is_rung_who_would_not_see_the_ticket(shop):
    """Who is named to be rung is active, and sees the ticket; and nobody is rung once somebody has picked up."""
    call = shop.system.do(StartCall(shop.mia.id, department=shop.legal))
    with shop.refusing(OutOfPlace):
        shop.system.do(RingAgents(call.id, [shop.ana.actor.id]), on=call.ticket)
    shop.dora.do(PickUpCall(call.id), on=call.ticket)

    with shop.refusing(OutOfPlace):
        shop.system.do(RingAgents(call.id), on=call.ticket)


def test_nobody_there_to_be_rung(shop):
    """Where nobody is available for the phone, nobody is rung, and nothing changes."""
    shop.dora.do(commands.GoOffline())
    call = shop.system.do(StartCall(shop.mia.id, department=shop.legal))

    with unchanged(shop.storage):
        assert shop.system.do(RingAgents(call.id), on=call.ticket).rung == ()


def test_customers_never_see_who_was_rung(shop):
    """Whoever is rung, customers see the same."""
    call = shop.system.do(StartCall(shop.mia.id))
    before = seen_by(shop.desk, shop.mia.id)
    shop.clock.advance(MINUTE)

    shop.system.do(RingAgents(call.id), on=call.ticket)

    assert seen_by(shop.desk, shop.mia.id) == before


def test_calls_of_other_tickets_are_not_found(shop):
    """A call is picked up and ended on its own ticket."""
    call, other = shop.system.do(StartCall(shop.mia.id)), shop.ticket()
    for command in (RingAgents(call.id), PickUpCall(call.id), EndCall(call.id)):
        with shop.refusing(NotFound):
            shop.ana.do(command, on=other.id)


# Merging and purging.


def test_calls_go_over_to_the_survivor_and_go_with_it(shop):
    """Calls go over to the ticket that took over their own, and are gone once that is purged."""
    call, survivor = shop.system.do(StartCall(shop.mia.id)), shop.ticket()
    shop.ana.do(commands.MergeInto(survivor.id), on=call.ticket)
    assert [it.id for it in shop.ana.calls(survivor.id)] == [call.id]
    assert shop.ana.do(EndCall(call.id), on=survivor.id).ticket == survivor.id

    shop.ana.do(commands.Delete(), on=survivor.id)
    shop.system.do(commands.Purge(), on=survivor.id)

    assert "call" not in records_of(shop.storage)
