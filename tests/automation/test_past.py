"""A ticket as it stood: against what it was."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import attrs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.any_command import Pools, drawn, of_kind
from tests.fakes import records_of
from tests.small_shop import SmallShop
from ticketcore.automation.past import as_it_stood
from ticketcore.commands import (
    AddSlaPolicy,
    EndCall,
    EndChat,
    MarkAsNotSpam,
    MarkAsSpam,
    MergeInto,
    PickUpCall,
    PickUpChat,
    Postpone,
    SendAnswer,
    SetPriority,
    SetSubject,
    StartCallOnTicket,
    StartChatOnTicket,
)
from ticketcore.commands.command import TicketCommand
from ticketcore.errors import TicketcoreError
from ticketcore.events import Event
from ticketcore.model.targets import Target
from ticketcore.model.tickets import AnyTicket, Priority
from ticketcore.sla import Agreement, Pausing

NOT_COMPARED = {"public_changed_at"}
"""What customers see, no rule asks."""


def own_events(shop, ticket):
    """The events of a ticket's own thread."""
    return [it for it in shop.system.thread(ticket.id) if isinstance(it, Event) and it.ticket == ticket.id]


def fields(ticket: AnyTicket, *without: str) -> Mapping[str, Any]:
    """The fields of a ticket, but some."""
    return {
        name: it for name, it in attrs.asdict(ticket, recurse=False).items() if name not in {*without, *NOT_COMPARED}
    }


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_ticket_stood_as_its_thread_tells(data):
    """Whatever is done to a ticket, its thread tells how it stood before, but for what the answer calls unknown."""
    shop = SmallShop()
    if data.draw(st.booleans()):
        agreed = [Agreement(it, timedelta(minutes=2), warnings=()) for it in Target]
        shop.system.do(AddSlaPolicy("Quick", agreed, pauses={"postponed": Pausing.EXCLUDE}))
    ticket = data.draw(st.sampled_from([shop.ticket, shop.internal_ticket, shop.answered]))()
    stood = [ticket]
    for _ in range(data.draw(st.integers(2, 8))):
        shop.clock.advance(minutes=1)
        command = data.draw(st.sampled_from(of_kind(TicketCommand)).flatmap(lambda kind: drawn(kind, Pools.of(shop))))
        try:
            shop.system.do(command, on=ticket.id)
            stood.append(shop.system.ticket(ticket.id))
        except TicketcoreError:
            if ticket.id not in records_of(shop.storage).get("ticket", {}):  # purged
                return

    for before in stood:
        past = as_it_stood(stood[-1], own_events(shop, ticket), before.entries)
        assert fields(past.ticket, *past.unknown) == fields(before, *past.unknown)


def test_talks_are_taken_back():
    """How a ticket stood while calls and chats rang, were talked and were over, its thread tells afterwards, too."""
    shop = SmallShop()
    ticket, mia = shop.ticket(), shop.desk.as_customer(shop.mia.id)
    stood = []
    for seat, start, pick_up, end in (
        (shop.system, StartCallOnTicket(), PickUpCall, EndCall),
        (mia, StartChatOnTicket("Are you there?"), PickUpChat, EndChat),
        (shop.system, StartCallOnTicket(), None, EndCall),
        (mia, StartChatOnTicket("And now?"), None, EndChat),
    ):
        talk = seat.do(start, on=ticket.id)
        stood.append(shop.system.ticket(ticket.id))
        for command in (pick_up, end):
            shop.clock.advance(minutes=1)
            if command is not None:
                shop.ana.do(command(talk.id), on=ticket.id)
                stood.append(shop.system.ticket(ticket.id))

    for before in stood:
        past = as_it_stood(stood[-1], own_events(shop, ticket), before.entries)
        assert fields(past.ticket, *past.unknown) == fields(before, *past.unknown)
    assert len({(it.call_waiting_since, it.chat_waiting_since) for it in stood}) == 5


def test_who_waited_before_a_merge_is_known():
    """While tickets with talks merged, both stood as their threads tell."""
    shop = SmallShop()
    ticket, mia = shop.ticket(), shop.desk.as_customer(shop.mia.id)
    chat = mia.do(StartChatOnTicket("Are you there?"), on=ticket.id)
    survivor = shop.ticket(shop.bob)
    stood = [shop.system.ticket(it) for it in (ticket.id, survivor.id)]
    shop.clock.advance(minutes=1)
    shop.system.do(MergeInto(survivor.id), on=ticket.id)
    stood += [shop.system.ticket(it) for it in (ticket.id, survivor.id)]
    shop.clock.advance(minutes=1)
    shop.ana.do(PickUpChat(chat.id), on=survivor.id)

    for before in stood:
        now = shop.system.ticket(before.id)
        assert fields(as_it_stood(now, own_events(shop, now), before.entries).ticket) == fields(before)
    assert [it.chat_waiting_since is not None for it in stood] == [True, False, False, True]


def test_what_nobody_knows_any_more():
    """Of a subject that was edited since, nobody knows what it was; it is shown as it is now."""
    shop = SmallShop()
    ticket = shop.ticket(subject="Invoice 7")
    shop.ana.do(SetPriority(Priority.HIGH), on=ticket.id)
    after = shop.ana.do(SetSubject("Invoice 8"), on=ticket.id, seen=ticket.version + 1)

    past = as_it_stood(after, own_events(shop, ticket), ticket.entries)

    assert (past.ticket.priority, past.ticket.subject) == (Priority.NORMAL, "Invoice 8")
    assert past.unknown == {"subject"}


def test_present_is_known():
    """As long as nothing has happened since, everything is known."""
    shop = SmallShop()
    ticket = shop.ticket()

    past = as_it_stood(ticket, own_events(shop, ticket), ticket.entries)

    assert past.ticket is ticket
    assert past.unknown == frozenset()


def test_where_it_stood_before():
    """A ticket that was set aside while it was postponed knew both where it came from."""
    shop = SmallShop()
    ticket = shop.ticket()
    shop.system.do(Postpone(shop.clock.advance(hours=0).replace(year=2027)), on=ticket.id)
    aside = shop.system.do(MarkAsSpam(), on=ticket.id)
    for command in (MarkAsNotSpam(), SendAnswer("Sorry!")):
        shop.system.do(command, on=ticket.id)
    after = shop.system.ticket(ticket.id)

    past = as_it_stood(after, own_events(shop, ticket), aside.entries)

    assert (past.ticket.status, past.ticket.status_before) == (aside.status, aside.status_before)
    assert past.ticket.postponed_from == aside.postponed_from
    assert past.ticket.answers == 0
