from datetime import timedelta

import attrs
import pytest

from tests.replay import FREE_TEXT, replayed, told
from tests.small_shop import SmallShop
from ticketcore import events
from ticketcore.commands.messages import SendAnswer, SendMessage
from ticketcore.commands.notes import AddTicketNote
from ticketcore.commands.status import Close, Postpone, Resolve
from ticketcore.commands.tickets import AddTags, SetDescription, SetSubject
from ticketcore.events import EVENT_OF_FIELD, SILENT_FIELDS, TOLD_BY_DIGEST, Event, FieldChanged
from ticketcore.model.tickets import InternalTicket, Ticket


@pytest.mark.parametrize("kind", [Ticket, InternalTicket])
def test_every_field_is_told_or_silent(kind):
    """Every field of a ticket is told by an event when it changes, or declared silent with the reason; never both."""
    fields = {field.name for field in attrs.fields(kind)}

    assert fields <= EVENT_OF_FIELD.keys() | SILENT_FIELDS.keys()
    assert not EVENT_OF_FIELD.keys() & SILENT_FIELDS.keys()


def test_tables_name_no_other_fields():
    """What the tables name are fields of tickets."""
    fields = {field.name for kind in (Ticket, InternalTicket) for field in attrs.fields(kind)}

    assert fields == EVENT_OF_FIELD.keys() | SILENT_FIELDS.keys()
    assert TOLD_BY_DIGEST.keys() <= EVENT_OF_FIELD.keys()


def test_every_change_has_its_place_in_the_table():
    """Every class of changes is in the table, under the field that it tells of."""
    changes = {it for it in vars(events).values() if isinstance(it, type) and issubclass(it, FieldChanged)}

    assert set(EVENT_OF_FIELD.values()) == changes - {FieldChanged}
    assert all(event.field == field for field, event in EVENT_OF_FIELD.items())


def test_events_have_no_room_for_free_text():
    """No event has a field for what people write: texts are told by digest."""
    named = {field.name for it in vars(events).values() if _is_event(it) for field in attrs.fields(it)}

    assert not named & {"text", "body", "subject", "description", "html", "comment", "message", "content"}


def _is_event(it: object) -> bool:
    return isinstance(it, type) and issubclass(it, Event)


def test_events_tell_no_text():
    """What people write stands nowhere in the events, so that what is deleted is gone (TK-3)."""
    shop = SmallShop()
    ticket = shop.ticket(subject="PRIVATE subject")
    shop.desk.as_customer(shop.mia.id).do(SendMessage("PRIVATE message"), on=ticket.id)
    for command in (SetSubject("PRIVATE too"), SetDescription("PRIVATE as well"), AddTicketNote("PRIVATE note")):
        shop.ana.do(command, on=ticket.id, **shop.seen(command))

    told = [it for it in shop.ana.thread(ticket.id) if isinstance(it, Event)]

    assert len(told) >= 6
    assert "PRIVATE" not in repr(told)


def test_replay_gives_the_ticket():
    """The events of a ticket give every field of it but free text."""
    shop = SmallShop()
    ticket = shop.ticket()
    for command in (AddTags({"refund"}), SendAnswer("Sorry!"), Postpone(shop.clock() + timedelta(days=1))):
        shop.ana.do(command, on=ticket.id)
        shop.clock.advance(minutes=5)
    shop.ana.do(Resolve(), on=ticket.id)

    after = replayed(shop.ana.thread(ticket.id))

    expected = told(shop.ana.ticket(ticket.id))
    assert {name: expected[name] for name in after} == after
    assert expected.keys() - after.keys() == FREE_TEXT


def test_follow_up_tells_its_link():
    """That a ticket goes on with a closed one stands in the events of both."""
    shop = SmallShop()
    closed = shop.ticket()
    for command in (Resolve(), Close()):
        shop.ana.do(command, on=closed.id)

    message = shop.desk.as_customer(shop.mia.id).do(SendMessage("Once more"), on=closed.id)

    assert message.ticket != closed.id
    assert replayed(shop.ana.thread(message.ticket))["links"] == {closed.id}
    assert replayed(shop.ana.thread(closed.id))["links"] == {message.ticket}


@pytest.mark.parametrize("kind", [Ticket, InternalTicket])
def test_replay_knows_every_field(kind):
    """What replay gives of a new ticket are all of its fields, free text apart."""
    shop = SmallShop()
    ticket = shop.ticket() if kind is Ticket else shop.internal_ticket()

    after = replayed(shop.ana.thread(ticket.id))

    assert after.keys() == {field.name for field in attrs.fields(kind)} - FREE_TEXT
