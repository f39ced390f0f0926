"""What the desk writes to customers by itself, and how often."""

from datetime import timedelta

import pytest

from ticketcore import Category, F, OutOfPlace
from ticketcore.automation import AddRule
from ticketcore.commands import (
    AcknowledgeReceipt,
    AddMacro,
    AddTags,
    AnswerFromTemplate,
    ApplyMacro,
    Forward,
    OpenInternalTicket,
    SendAnswer,
    SendMail,
    SendMessage,
    SendUpdate,
)
from ticketcore.commands.automatic import MOST_ANSWERS, MOST_RECEIPTS
from ticketcore.events import AnswerWithheld, CustomerMessageAdded, MailSent, MessageForwarded, TicketOpened
from ticketcore.model.thread import Answer
from ticketcore.notices import Occasion


def answers(shop, ticket):
    """What was written to the customers of a ticket."""
    return [entry for entry in shop.system.thread(ticket.id) if isinstance(entry, Answer)]


def withheld(shop, ticket):
    """The rules that did not write to them."""
    return [entry.cause.rule_name for entry in shop.system.thread(ticket.id) if isinstance(entry, AnswerWithheld)]


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


@pytest.mark.parametrize(
    "command",
    [AnswerFromTemplate("We are closed."), SendAnswer("We are closed."), SendUpdate("We are closed.")],
    ids=repr,
)
def test_two_machines_do_not_answer_each_other_for_ever(shop, command):
    """RFC 3834: who answers whatever the desk writes is answered by rules three times an hour, and the thread tells."""
    shop.system.do(AddRule("Closed", trigger=CustomerMessageAdded, then=[command, AddTags(["night"])]))
    ticket = shop.ticket()
    machine = shop.desk.as_customer(shop.mia.id)

    for _ in range(5):
        machine.do(SendMessage("I am out of office."), on=ticket.id)

    assert len(answers(shop, ticket)) == MOST_ANSWERS
    assert withheld(shop, ticket) == ["Closed"] * 3
    assert shop.system.ticket(ticket.id).tags == {"night"}


def test_an_hour_later_rules_write_again(shop):
    """A customer who writes again later is answered again."""
    shop.system.do(AddRule("Closed", trigger=CustomerMessageAdded, then=[AnswerFromTemplate("We are closed.")]))
    ticket = shop.ticket()
    customer = shop.desk.as_customer(shop.mia.id)
    for _ in range(5):
        customer.do(SendMessage("Are you there?"), on=ticket.id)

    shop.clock.advance(timedelta(hours=1, seconds=1))
    customer.do(SendMessage("Are you there now?"), on=ticket.id)

    assert len(answers(shop, ticket)) == MOST_ANSWERS + 1


def test_who_opens_ticket_after_ticket_is_not_answered_by_rules(shop):
    """A machine whose mails cite nothing opens a ticket with each; so it is counted how many the customer opened."""
    shop.system.do(AddRule("Hello", trigger=TicketOpened, then=[AnswerFromTemplate("We look at it.")]))

    tickets = [shop.ticket() for _ in range(MOST_RECEIPTS + 2)]

    assert [len(answers(shop, it)) for it in tickets] == [1] * MOST_RECEIPTS + [0, 0]
    assert len(answers(shop, shop.ticket(shop.bob))) == 1


def test_a_macro_of_a_rule_writes_no_oftener(shop):
    """What a rule has a macro do is the rule's own doing."""
    macro = shop.system.do(AddMacro("Closed", [AnswerFromTemplate("We are closed."), AddTags(["night"])]))
    shop.system.do(AddRule("Night", trigger=CustomerMessageAdded, then=[ApplyMacro(macro.id)]))
    ticket = shop.ticket()

    for _ in range(5):
        shop.desk.as_customer(shop.mia.id).do(SendMessage("I am out of office."), on=ticket.id)

    assert len(answers(shop, ticket)) == MOST_ANSWERS
    assert withheld(shop, ticket) == ["Night"] * 3


def test_people_and_hosts_write_as_often_as_they_like(shop):
    """Only rules answer without anybody looking: agents, and the host's own program, are not counted."""
    ticket = shop.ticket()

    for seat in (shop.ana, shop.system):
        for _ in range(5):
            seat.do(AnswerFromTemplate("We look at it."), on=ticket.id)

    assert len(answers(shop, ticket)) == 10
    assert withheld(shop, ticket) == []


def test_what_was_written_since_does_not_count_in_a_simulation(shop):
    """A rule that is tried on the past is limited by what had been written by then, and not by what came later."""
    ticket = shop.ticket()
    shop.clock.advance(timedelta(days=1))
    for _ in range(MOST_ANSWERS):
        shop.system.do(SendAnswer("We look at it."), on=ticket.id)
    for _ in range(MOST_RECEIPTS):
        shop.ticket()

    tried = shop.system.simulate(
        [AddRule("Hello", trigger=TicketOpened, then=[AnswerFromTemplate("We look at it.")])],
        where=F.reference == ticket.reference,
    )

    assert "answer: We look at it." in tried.differences[0].then.written


@pytest.mark.parametrize(
    "command", [SendMail(["mia@example.org"], "News", "Thanks"), Forward(["MIA@example.org"])], ids=repr
)
def test_a_mail_to_others_does_not_answer_a_machine_for_ever(shop, command):
    """A supplier is told of every message, and their machine answers: its mails are tickets, or messages on theirs."""
    shop.system.do(AddRule("Tell them", trigger=CustomerMessageAdded, then=[command, AddTags(["told"])]))
    machine = shop.desk.as_customer(shop.mia.id)
    ticket = shop.ticket()
    for _ in range(5):
        machine.do(SendMessage("We are on holiday."), on=ticket.id)

    assert sum(isinstance(it, (MailSent, MessageForwarded)) for it in shop.system.thread(ticket.id)) == MOST_ANSWERS
    others = [shop.ticket() for _ in range(MOST_RECEIPTS + 1)]
    assert withheld(shop, others[-1]) == ["Tell them"]
    assert shop.system.ticket(others[-1].id).tags == {"told"}


def test_others_are_told_however_often_a_customer_writes(shop):
    """Whoever is to know of each message of an angry customer does."""
    mail = SendMail(["manager@example.org"], "News", "{ticket.reference}")
    shop.system.do(AddRule("Tell the manager", trigger=CustomerMessageAdded, then=[mail]))
    ticket = shop.ticket()
    for _ in range(5):
        shop.desk.as_customer(shop.mia.id).do(SendMessage("Where are you?"), on=ticket.id)

    assert sum(isinstance(it, MailSent) for it in shop.system.thread(ticket.id)) == 6
