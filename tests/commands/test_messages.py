"""Messages that answer nothing: updates and acknowledgements."""

from datetime import timedelta

from ticketcore import OutOfPlace
from ticketcore.commands import Close, Resolve, SendUpdate
from ticketcore.events import UpdateAdded
from ticketcore.notices import Occasion


def test_an_update_is_told_and_answers_nothing(shop):
    """TK-15: customers hear how things stand, and the ticket goes on waiting, due when it was."""
    ticket = shop.ticket()
    before = shop.system.ticket(ticket.id)
    shop.clock.advance(timedelta(hours=1))

    shop.ana.do(SendUpdate("We are still looking for it."), on=ticket.id)

    after = shop.system.ticket(ticket.id)
    assert (after.status, after.due_at, after.answers) == (before.status, before.due_at, 0)
    assert [entry.text for entry in shop.desk.as_customer(shop.mia.id).thread(ticket.id)][-1:] == [
        "We are still looking for it."
    ]
    assert [it.occasion for it in shop.outbox()] == [Occasion.MESSAGE]
    assert any(isinstance(entry, UpdateAdded) for entry in shop.system.thread(ticket.id))


def test_an_update_on_a_closed_ticket_is_refused(shop):
    """Nothing goes on there; the error says so, and nothing changes."""
    ticket = shop.ticket()
    shop.system.do(Resolve(silently=True), on=ticket.id)
    shop.system.do(Close(), on=ticket.id)

    with shop.refusing(OutOfPlace):
        shop.system.do(SendUpdate("We are still looking for it."), on=ticket.id)
