"""Internal tickets (requirements IT-1…8)."""

from contextlib import suppress
from datetime import timedelta
from functools import partial

import attrs
import pytest

from tests.any_command import MISSING, Pools, of_kind, simplest
from tests.customers_view import Letterbox, seen_by
from tests.fakes import EverybodySeesEverything
from tests.small_shop import SmallShop
from ticketcore.automation import AddRule
from ticketcore.commands.assignment import AssignNext, Claim, Transfer
from ticketcore.commands.command import ANY, CustomerCommand, CustomerTicketCommand, SystemCommand
from ticketcore.commands.mail import MailBecame, ReceiveMail
from ticketcore.commands.merging import LinkTo, MakeSubTicketOf, MergeInto
from ticketcore.commands.messages import SendAnswer, SendInternalMessage, SendMessage, SendUpdate
from ticketcore.commands.notes import AddInlineNote
from ticketcore.commands.participants import AddRequesters, SetCopies
from ticketcore.commands.status import Postpone, Resolve
from ticketcore.commands.tickets import OpenInternalTicket, OpenTicket, SubmitTicket
from ticketcore.conditions import F, current_agent
from ticketcore.configuration import Setup
from ticketcore.errors import AccessDenied, InvalidInput, NotFound, OutOfPlace, TicketcoreError
from ticketcore.events import TicketOpened
from ticketcore.model.attachments import Upload
from ticketcore.model.ids import ChatId
from ticketcore.model.lifecycle import ANSWERED, NEW, OPEN
from ticketcore.model.mail import Mail, MailAddress, MailKind
from ticketcore.model.references import make_reference
from ticketcore.model.thread import InternalMessage
from ticketcore.model.tickets import Channel, InternalTicket, Priority, Ticket
from ticketcore.seats import CustomerSeat
from ticketcore.sla import INTERNAL_ANSWER_TIME

FILE = Upload("plan.txt", "text/plain", b"SECRET plan")


@pytest.fixture
def letters():
    """What was sent."""
    return Letterbox()


@pytest.fixture(params=[None, EverybodySeesEverything()], ids=["usual access", "careless access"])
def any_shop(request, letters):
    """A small shop's desk, with the usual access policy, and with one that hides nothing."""
    setup = Setup() if request.param is None else Setup(access=request.param)
    return SmallShop(setup=setup, notifier=letters)


@pytest.fixture
def shop(letters):
    """A small shop's desk."""
    return SmallShop(notifier=letters)


@pytest.fixture
def secret(any_shop):
    """A desk, and an internal ticket about Mia on which everything has happened that can be read."""
    shop = any_shop
    ticket = shop.ana.do(OpenInternalTicket("SECRET", "SECRET", about=shop.mia.id, attachments=[FILE]))
    shop.dora.do(SendInternalMessage("SECRET", attachments=[FILE]), on=ticket.id)
    shop.dora.do(AddInlineNote("SECRET", [FILE]), on=ticket.id)
    shop.ana.do(Resolve(), on=ticket.id)
    return shop, ticket


def mail(number="1", **fields):
    """A mail of Mia's."""
    return Mail(
        original=number.encode(),
        message_id=f"{number}@example.org",
        sender=MailAddress("Mia", "mia@example.org"),
        **{"subject": "Hello", "text": "Hello", **fields},
    )


def test_raised_by_an_agent_in_the_shared_inbox(shop):
    """IT-1: An internal ticket is an agent's request, kept in the same inbox as customers' tickets."""
    theirs = shop.ticket()
    ours = shop.ana.do(OpenInternalTicket("Order paper", "We run out of it."))

    assert isinstance(ours, InternalTicket)
    assert ours.raised_by == shop.ana.actor.id
    for seat in (shop.ana, shop.dora, shop.system):
        assert {it.id for it in seat.tickets().items} == {theirs.id, ours.id}
        assert seat.ticket(ours.reference) == ours


def ways_of_reaching(shop, ticket):
    """All that can be asked of a customer's seat about one ticket, by the method."""
    (attachment, *_) = (it.attachments[0] for it in shop.ana.thread(ticket.id) if getattr(it, "attachments", ()))
    commands = [simplest(it, Pools.of(shop)) for it in of_kind(CustomerTicketCommand)]
    return {
        "ticket": [lambda seat: seat.ticket(ticket.id), lambda seat: seat.ticket(ticket.reference)],
        "thread": [lambda seat: seat.thread(ticket.id)],
        "chats": [lambda seat: seat.chats(ticket.id)],
        "chat_messages": [lambda seat: seat.chat_messages(ChatId(MISSING), on=ticket.id)],
        "download": [lambda seat: seat.download(attachment.id, on=ticket.id)],
        "do": [partial(CustomerSeat.do, command=it, on=ticket.id) for it in commands],
    }


def test_no_customer_reaches_it(secret):
    """IT-2: No customer can see it, not even the one it is about: by listing, search, id, reference or thread."""
    shop, ticket = secret
    ways = ways_of_reaching(shop, ticket)

    for contact in (shop.mia, shop.bob):
        for way in (it for several in ways.values() for it in several):
            with shop.refusing(NotFound) as caught:
                way(shop.desk.as_customer(contact.id))
            assert caught.value.what == "ticket"
        view = seen_by(shop.desk, contact.id)
        assert view.tickets == ()
        assert "SECRET" not in repr(view)
        assert shop.desk.as_customer(contact.id).search("SECRET").items == ()
    assert [it.id for it in shop.ana.search("SECRET").items] == [ticket.id]
    asking = {name for name in dir(CustomerSeat) if not name.startswith("_")}
    assert asking == ways.keys() | {"tickets", "profile", "search"}


def test_customers_are_told_the_same_as_of_nothing(shop):
    """IT-2: A customer who guesses its id or reference is told what they are told of one that does not exist."""
    ticket = shop.internal_ticket(about=shop.mia.id)
    mia = shop.desk.as_customer(shop.mia.id)

    for name, missing in ((ticket.id, MISSING), (ticket.reference, make_reference(7))):
        answers = []
        for it in (name, missing):
            with pytest.raises(NotFound) as caught:
                mia.ticket(it)
            answers.append((str(caught.value).replace(it, "…"), caught.value.what))
        assert answers[0] == answers[1]


def test_no_customer_is_told_of_it(secret, letters):
    """IT-2: No customer is sent anything about it, whatever happens on it; its agents are."""
    shop, ticket = secret
    shop.ana.do(AssignNext(), on=ticket.id)
    shop.system.do(Transfer(shop.legal, assignee=shop.dora.actor.id), on=ticket.id)

    shop.system.deliver()

    assert letters.to_customers == []
    assert {it.ticket.id for it in letters.to_agents} == {ticket.id}


def test_customers_find_nothing_of_it_in_their_own_tickets(shop, letters):
    """IT-2: Nothing of it shows in a customer's ticket that it is linked to, or a part of."""
    theirs = shop.ticket()
    before = seen_by(shop.desk, shop.mia.id)
    ours = [shop.internal_ticket("SECRET", about=shop.mia.id) for _ in range(2)]
    shop.clock.advance(hours=1)

    shop.ana.do(LinkTo(ours[0].id), on=theirs.id)
    shop.ana.do(MakeSubTicketOf(theirs.id), on=ours[1].id)
    shop.system.deliver()

    assert seen_by(shop.desk, shop.mia.id) == before
    assert letters.to_customers == []


def test_never_merged_with_a_customers_ticket(shop):
    """IT-2: Internal and customers' tickets never merge into each other, either way."""
    theirs, ours = shop.ticket(), shop.internal_ticket(about=shop.mia.id)

    for one, other in ((theirs, ours), (ours, theirs)):
        with shop.refusing(OutOfPlace) as caught:
            shop.system.do(MergeInto(other.id), on=one.id)
        assert "never merge" in caught.value.found


def test_never_answered_to_a_customer(shop):
    """IT-2: No answer can be sent from it, to anybody: it has no customer."""
    ours = shop.internal_ticket(about=shop.mia.id)

    for command in (SendAnswer("Hello"), SendUpdate("Hello"), AddRequesters([shop.mia.id]), SetCopies(["a@b.example"])):
        with shop.refusing(OutOfPlace):
            shop.system.do(command, on=ours.id)


def test_has_no_public_part():
    """IT-2: Its class has no way to become public: what does not exist cannot leak."""
    assert hasattr(Ticket, "public")
    assert not hasattr(InternalTicket, "public")
    assert {"requesters", "followers", "cc"}.isdisjoint(attrs.fields_dict(InternalTicket))


def test_request_for_internal_support(shop):
    """IT-3: A request for internal support: it goes to a department, whose agents work on it."""
    ours = shop.ana.do(OpenInternalTicket("Contract", "May we?", department=shop.legal))

    assert [it.id for it in shop.dora.tickets(F.department == shop.legal).items] == [ours.id]
    assert shop.dora.do(Claim(), on=ours.id, seen=ANY).assignee == shop.dora.actor.id


def test_message_to_colleagues(shop):
    """IT-3: A message to colleagues: they answer on it, and whoever raised it can answer again."""
    ours = shop.ana.do(OpenInternalTicket("Party", "On Friday?"))
    answered = shop.dora.do(SendInternalMessage("I come."), on=ours.id)

    assert shop.ana.ticket(ours.id).status == ANSWERED
    shop.ana.do(SendInternalMessage("Good.", conversation=answered.id), on=ours.id)
    assert shop.dora.ticket(ours.id).status == OPEN
    texts = [it.text for it in shop.dora.thread(ours.id) if isinstance(it, InternalMessage)]
    assert texts == ["On Friday?", "I come.", "Good."]


def test_task_for_one_agent(shop, letters):
    """IT-3: A task for one agent, who is told of it."""
    ours = shop.ana.do(OpenInternalTicket("Call the bank", assignee=shop.dora.actor.id))
    shop.system.deliver()

    assert [it.id for it in shop.dora.tickets(F.assignee == current_agent).items] == [ours.id]
    assert [it.to.id for it in letters.to_agents] == [shop.dora.actor.id]


def test_task_for_a_group(shop):
    """IT-3: A task for the group of agents of a department: all of them see it, and nobody has it yet."""
    ours = shop.ana.do(OpenInternalTicket("Sort the shelves", department=shop.billing))

    assert ours.assignee is None
    assert shop.ana.ticket(ours.id).department == shop.billing


@pytest.mark.parametrize("whose", ["my own", "a colleague's"])
def test_reminder_when_postponed(shop, whose):
    """IT-3: A reminder to oneself or to a colleague, when postponed: it comes back when the time is over."""
    agent = shop.ana if whose == "my own" else shop.dora
    ours = shop.ana.do(OpenInternalTicket("Renew the licence", assignee=agent.actor.id))
    shop.ana.do(Postpone(shop.clock() + timedelta(days=30)), on=ours.id)
    assert shop.system.sweep() == ()

    shop.clock.advance(days=30)
    (done,) = shop.system.sweep()

    woken = agent.ticket(ours.id)
    assert (done.ticket, woken.status, woken.assignee) == (ours.id, NEW, agent.actor.id)


def test_creator_sets_department_agent_customer_and_subject(shop, letters):
    """IT-4: Its creator sets the department, the agent, the customer it is about, and the subject."""
    ours = shop.ana.do(
        OpenInternalTicket(
            "Contract", department=shop.legal, assignee=shop.dora.actor.id, about=shop.mia.id, priority=Priority.HIGH
        )
    )

    assert (ours.subject, ours.department, ours.assignee) == ("Contract", shop.legal, shop.dora.actor.id)
    assert (ours.about, ours.priority) == (shop.mia.id, Priority.HIGH)
    shop.system.deliver()
    assert letters.to_customers == []


def test_creator_can_be_its_agent_and_need_name_no_customer(shop):
    """IT-4: The agent can be oneself; the customer is optional."""
    ours = shop.ana.do(OpenInternalTicket("Mine", assignee=shop.ana.actor.id))

    assert (ours.assignee, ours.raised_by, ours.about) == (shop.ana.actor.id, shop.ana.actor.id, None)


def test_body_is_free_and_carries_attachments(shop):
    """IT-5: Its body is written freely, and carries attachments that agents can open."""
    ours = shop.ana.do(OpenInternalTicket("Plan", "Line 1\nΓραμμή 2", attachments=[FILE]))

    (message,) = (it for it in shop.dora.thread(ours.id) if isinstance(it, InternalMessage))
    assert message.text == ours.description == "Line 1\nΓραμμή 2"
    assert shop.dora.download(message.attachments[0].id, on=ours.id) == FILE.content


def test_shows_as_new_and_internal(shop):
    """IT-6: It shows in the ticket list with status New, marked as internal where its subject is shown."""
    theirs, ours = shop.ticket(subject="Order paper"), shop.internal_ticket("Order paper")

    shown = {it.id: str(it) for it in shop.ana.tickets().items}

    assert ours.status == NEW
    assert shown[ours.id] == f"{ours.reference} [internal] Order paper"
    assert "internal" not in shown[theirs.id]
    assert (ours.internal, theirs.internal) == (True, False)
    assert [it.id for it in shop.ana.tickets(F.internal == True).items] == [ours.id]  # noqa: E712 - a condition


CUSTOMERS_CHANNELS = [it for it in Channel if it is not Channel.INSIDE]


@pytest.mark.parametrize("channel", CUSTOMERS_CHANNELS, ids=lambda it: it.value)
def test_never_made_from_a_customers_channel(shop, channel):
    """IT-7: What comes from any customer channel is a customer's ticket, whoever takes it down."""
    submitted = shop.ticket(channel=channel)
    taken_down = shop.ana.do(OpenTicket([shop.mia.id], "Call", "Hello", from_customer=True, channel=channel))

    for ticket in (submitted, taken_down):
        assert isinstance(shop.system.ticket(ticket.id), Ticket)
        assert ticket.source is channel
    assert shop.system.count(F.internal == True) == 0  # noqa: E712 - a condition


def test_never_made_from_mail(shop):
    """IT-7: No mail opens an internal ticket or gets into one, whatever it cites; it becomes its sender's ticket."""
    ours = shop.internal_ticket(about=shop.mia.id)
    before = shop.ana.thread(ours.id)
    citing = mail(subject=f"Re: {ours} {ours.reference}", in_reply_to=[ours.id], references=[ours.reference])

    outcome = shop.system.do(ReceiveMail(citing, tickets=[ours.id]))

    assert outcome.became is MailBecame.TICKET
    assert outcome.ticket != ours.id
    assert isinstance(shop.ana.ticket(outcome.ticket), Ticket)
    assert shop.ana.thread(ours.id) == before


def test_automatic_mail_leaves_it_alone(shop):
    """IT-7: A bounce or an automatic reply that cites an internal ticket is not recorded on it."""
    ours = shop.internal_ticket(about=shop.mia.id)
    before = shop.ana.thread(ours.id)

    for number, kind in enumerate((MailKind.BOUNCE, MailKind.AUTO_REPLY)):
        shop.system.do(ReceiveMail(mail(str(number), subject=ours.reference, kind=kind), tickets=[ours.id]))

    assert shop.ana.thread(ours.id) == before


def test_made_from_inside_only(shop):
    """IT-7: Only an agent's seat makes one; its source is always the inside, which no customer can come through."""
    command = OpenInternalTicket("Order paper")

    with shop.refusing(AccessDenied):
        shop.desk.as_customer(shop.mia.id).do(command)
    with shop.refusing(OutOfPlace):
        shop.system.do(command)
    assert shop.ana.do(command).source is Channel.INSIDE
    assert "source" not in attrs.fields_dict(OpenInternalTicket)
    for kind in (SubmitTicket, SendMessage):
        with pytest.raises(InvalidInput) as caught:
            kind("Hello", channel=Channel.INSIDE)
        assert [fault.path for fault in caught.value.faults] == ["channel"]


@pytest.mark.parametrize(
    "kind", of_kind(CustomerCommand, CustomerTicketCommand, SystemCommand), ids=lambda it: it.__name__
)
def test_no_customers_command_makes_one(shop, kind):
    """IT-7: None of the commands of customers, and none that takes something in, makes an internal ticket."""
    ticket = shop.ticket()
    command = simplest(kind, Pools.of(shop))
    seat = shop.system if issubclass(kind, SystemCommand) else shop.desk.as_customer(shop.mia.id)

    with suppress(TicketcoreError):
        seat.do(command, **({"on": ticket.id} if issubclass(kind, CustomerTicketCommand) else {}))

    assert shop.system.count(F.internal == True) == 0  # noqa: E712 - a condition


def test_rules_and_assignment_cover_it(shop):
    """IT-8: Rules run on internal tickets, and assign them in turn, as they do customers' tickets."""
    shop.system.do(
        AddRule("Tasks", trigger=TicketOpened, when=F.internal == True, then=[Transfer(shop.billing), AssignNext()])  # noqa: E712
    )

    assert shop.internal_ticket().assignee == shop.ana.actor.id
    assert shop.ticket().assignee is None


def test_it_is_due_like_any_other(shop):
    """IT-8: It rises in the queue as customers' tickets do: it is due, until a colleague has answered."""
    theirs, ours = shop.ticket(), shop.internal_ticket()
    assert ours.due_at == theirs.due_at == shop.clock() + INTERNAL_ANSWER_TIME

    shop.dora.do(SendInternalMessage("Done."), on=ours.id)

    assert shop.ana.ticket(ours.id).due_at is None
    assert shop.ana.ticket(ours.id).first_answer_at == shop.clock()


def test_it_is_counted(shop):
    """IT-8: Counts and tallies include it."""
    shop.ticket(department=shop.billing)
    shop.internal_ticket(department=shop.billing)

    assert shop.ana.count(F.department == shop.billing) == 2
    assert shop.ana.tally("department") == {shop.billing: 2}
    assert shop.ana.count(F.internal == True) == 1  # noqa: E712 - a condition
