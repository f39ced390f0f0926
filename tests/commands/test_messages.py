"""Messages that answer nothing: updates and acknowledgements."""

from datetime import timedelta

import pytest

from tests.small_shop import SmallShop
from ticketcore import Category, OutOfPlace
from ticketcore.automation import AddRule
from ticketcore.commands import AcknowledgeReceipt, Close, OpenInternalTicket, Resolve, SendAnswer, SendUpdate
from ticketcore.events import TicketOpened, UpdateAdded
from ticketcore.notices import Occasion


@pytest.fixture
def shop():
    """A desk with people."""
    return SmallShop()


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


def test_receipt_is_acknowledged_by_a_rule(shop):
    """TK-9: a rule acknowledges receipt; the ticket is not answered by that, and says nothing new in its thread."""
    shop.system.do(AddRule("Acknowledge", trigger=TicketOpened, then=[AcknowledgeReceipt()]))

    ticket = shop.system.ticket(shop.ticket().id)

    assert ticket.status.category is Category.NEW
    assert [(it.occasion, it.recipient) for it in shop.outbox()] == [(Occasion.RECEIPT, shop.mia.id)]


def test_who_was_answered_needs_no_acknowledgement(shop):
    """An answer says more than a receipt."""
    ticket = shop.ticket()
    shop.ana.do(SendAnswer("Here it is."), on=ticket.id)
    sent = len(shop.outbox())

    shop.system.do(AcknowledgeReceipt(), on=ticket.id)

    assert len(shop.outbox()) == sent


def test_internal_tickets_have_nobody_to_acknowledge_to(shop):
    """IT-2: there is no customer who could hear of it."""
    internal = shop.ana.do(OpenInternalTicket("Please check the stock"))

    with shop.refusing(OutOfPlace):
        shop.system.do(AcknowledgeReceipt(), on=internal.id)
