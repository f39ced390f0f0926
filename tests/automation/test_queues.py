"""Queues: who joined and left them, how long they are, and what that costs."""

from datetime import timedelta

import pytest

from tests.fakes import records_of
from tests.small_shop import SmallShop
from ticketcore.automation import AddRule, ChangeRule, OlderThan
from ticketcore.commands.assignment import Assign, AssignNext, Transfer, Unassign
from ticketcore.commands.command import ANY
from ticketcore.commands.messages import SendAnswer, SendMessage
from ticketcore.commands.purging import Purge
from ticketcore.commands.status import Delete, Resolve
from ticketcore.commands.tickets import AddTags, SetPriority, SetType, SubmitTicket
from ticketcore.conditions import EventF
from ticketcore.events import Event, QueueLengthChanged, TicketOpened
from ticketcore.model.ids import AgentId
from ticketcore.model.tickets import Priority


@pytest.fixture
def shop():
    """A small shop's desk, with a rule that waits for changes of queues."""
    shop = SmallShop()
    shop.system.do(
        AddRule("Watch", trigger=QueueLengthChanged, when=EventF.queue_length > 99, then=[AddTags({"long"})])
    )
    return shop


def moves(shop, ticket):
    """How a ticket went in and out of queues: departments with a sign."""
    told = (it for it in shop.system.thread(ticket.id) if isinstance(it, QueueLengthChanged))
    return [("+" if it.joined else "-", it.department) for it in told]


def ana(shop):
    """Ana's id."""
    return AgentId(shop.ana.actor.id or "")


def test_tickets_join_and_leave_queues(shop):
    """A ticket is in its department's queue while it waits for an agent and has nobody."""
    ticket = shop.ticket(department=shop.billing)

    shop.ana.do(Assign(ana(shop)), on=ticket.id, seen=ANY)
    shop.ana.do(Unassign(), on=ticket.id, seen=ANY)
    shop.ana.do(SendAnswer("Sorry!"), on=ticket.id)
    shop.desk.as_customer(shop.mia.id).do(SendMessage("Well?"), on=ticket.id)
    shop.ana.do(SetPriority(Priority.HIGH), on=ticket.id)

    assert moves(shop, ticket) == [
        ("+", shop.billing),
        ("-", shop.billing),
        ("+", shop.billing),
        ("-", shop.billing),
        ("+", shop.billing),
    ]


def test_transfer_leaves_one_queue_and_joins_another(shop):
    """A ticket that is handed over tells both; the queue of no department is one, too."""
    ticket = shop.ticket()

    shop.ana.do(Transfer(shop.billing), on=ticket.id, seen=ANY)

    assert moves(shop, ticket) == [("+", None), ("-", None), ("+", shop.billing)]


def test_what_ends_where_it_began_is_told_by_nobody(shop):
    """Within one piece of work a ticket may go through many states; what counts is the queue before and after."""
    shop.system.do(AddRule("Route", trigger=TicketOpened, then=[Assign(ana(shop)), Unassign(), SetType("routed")]))

    ticket = shop.ticket()

    assert ticket.type == "routed"
    assert moves(shop, ticket) == [("+", None)]


def test_rules_move_tickets_between_queues(shop):
    """What a rule does to a queue is told as its doing: with the rule, and what set it off."""
    rule = shop.system.do(AddRule("Route", trigger=TicketOpened, then=[Transfer(shop.billing), AssignNext()]))

    ticket = shop.ticket()

    assert moves(shop, ticket) == [("+", None), ("-", None)]
    joined, left = (it for it in shop.system.thread(ticket.id) if isinstance(it, QueueLengthChanged))
    assert (joined.cause.command, joined.cause.rule) == ("SubmitTicket", None)
    assert (left.cause.rule, left.cause.happened, str(left.actor)) == (rule.id, "TicketOpened", "system")


def test_purged_ticket_tells_nothing(shop):
    """A ticket that a rule purges is gone, and its thread with it; the desk goes on."""
    shop.system.do(AddRule("Junk", trigger=TicketOpened, then=[Delete(), Purge()], place=0))

    shop.desk.as_customer(shop.mia.id).do(SubmitTicket("Casino!"))

    assert not {"ticket", "entry"} & records_of(shop.storage).keys()


def test_rules_know_how_long_a_queue_is(shop):
    """A rule can wait for a queue to grow: the department's own, of those that wait and have nobody."""
    long = EventF.queue_length >= 2
    shop.system.do(AddRule("Full", trigger=QueueLengthChanged, when=long, then=[AddTags({"full"})]))
    first = shop.ticket(department=shop.billing)
    shop.ticket(department=shop.legal)
    shop.ana.do(Resolve(), on=shop.ticket().id)

    second = shop.ticket(department=shop.billing)

    assert [shop.system.ticket(it.id).tags for it in (first, second)] == [frozenset(), {"full"}]


def test_any_event_can_be_asked_for_the_length(shop):
    """With another event the length is that of the queue of the ticket's department."""
    alone = EventF.queue_length == 1
    shop.system.do(AddRule("Alone", trigger=TicketOpened, when=alone, then=[AddTags({"alone"})]))

    tickets = [shop.ticket(), shop.ticket(), shop.ticket(department=shop.billing)]

    assert [it.tags for it in tickets] == [{"alone"}, frozenset(), {"alone"}]


def test_time_rules_can_ask_for_the_length(shop):
    """A rule that waited for its time knows the length of the queue as any other does."""
    older = OlderThan(timedelta(hours=1))
    shop.system.do(AddRule("Full", trigger=older, when=EventF.queue_length >= 2, then=[AddTags({"full"})]))
    tickets = [shop.ticket(), shop.ticket(), shop.ticket(department=shop.billing)]
    shop.clock.advance(hours=1)

    while shop.system.sweep():
        pass

    assert [shop.system.ticket(it.id).tags for it in tickets] == [{"full"}, {"full"}, frozenset()]


def test_nothing_is_told_where_no_rule_waits(shop):
    """Without an active rule that waits for it, queues cost nothing: no event, no count."""
    (watching,) = shop.system.rules()
    shop.system.do(ChangeRule(watching.id, active=False))
    shop.system.do(AddRule("Any", trigger=Event, when=EventF.event == "AnswerAdded", then=[SetType("answered")]))
    counted = []
    shop.storage.count = lambda *_, **__: counted.append(1)

    ticket = shop.ticket()
    shop.ana.do(SendAnswer("Sorry!"), on=ticket.id)

    assert shop.system.ticket(ticket.id).type == "answered"
    assert (moves(shop, ticket), counted) == ([], [])
