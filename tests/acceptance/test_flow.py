"""Ticket flow and automation (requirements FL-1, 2, 3, 6…13)."""

from collections import Counter
from datetime import timedelta

import attrs
import pytest

from tests.customers_view import Letterbox, seen_by
from tests.small_shop import SmallShop
from tests.threads import at_once
from ticketcore import commands, events
from ticketcore.automation import AddRule
from ticketcore.commands.agents import AddAgent
from ticketcore.commands.command import ANY
from ticketcore.commands.mail import ReceiveMail
from ticketcore.conditions import EventF, F
from ticketcore.errors import Conflict, InvalidInput, NotFound, OutOfPlace
from ticketcore.model.attachments import Upload
from ticketcore.model.mail import Mail, MailAddress
from ticketcore.model.thread import Answer, InternalMessage
from ticketcore.model.tickets import Channel, Priority
from ticketcore.time_tracking import TimesheetBy

HOUR = timedelta(hours=1)
FILE = Upload("plan.pdf", "application/pdf", b"a plan")


@pytest.fixture
def letters():
    """What was sent."""
    return Letterbox()


@pytest.fixture
def shop(letters):
    """A small shop's desk."""
    return SmallShop(notifier=letters)


@pytest.fixture
def mia(shop):
    """Mia's seat."""
    return shop.desk.as_customer(shop.mia.id)


def mail(number, sender="mia@example.org", **fields):
    """A mail."""
    sent = {"subject": "Hello", "text": "Hello", **fields}
    return Mail(original=number.encode(), message_id=f"{number}@example.org", sender=MailAddress("M", sender), **sent)


# FL-1: capture.


def test_captured_from_everywhere(shop, mia):
    """FL-1: Tickets come from e-mail, customer applications, an "add" button, integrations and import."""
    by_mail = shop.system.do(ReceiveMail(mail("1"))).ticket
    by_application = mia.do(commands.SubmitTicket("Hello", channel=Channel.APPLICATION)).id
    by_button = shop.ana.do(commands.OpenTicket([shop.mia.id], "Hello", "Hello", from_customer=True)).id
    integrated = shop.system.do(commands.OpenTicket([shop.mia.id], "Hello", "Hi", channel=Channel.WHATSAPP)).id
    imported = shop.system.do(commands.OpenTicket([shop.mia.id], "Hello", channel=Channel.IMPORT)).id

    sources = {it.id: it.source for it in shop.ana.tickets().items}

    assert sources == {
        by_mail: Channel.EMAIL,
        by_application: Channel.APPLICATION,
        by_button: Channel.EMAIL,
        integrated: Channel.WHATSAPP,
        imported: Channel.IMPORT,
    }


def test_imported_twice_is_imported_once(shop):
    """FL-1: What an integration sends again under the same key is there once."""
    command = commands.OpenTicket([shop.mia.id], "Old ticket", channel=Channel.IMPORT)

    assert shop.system.do(command, key="old/17") == shop.system.do(command, key="old/17")
    assert shop.system.count() == 1


# FL-2: routing by hand or by rules.


def test_routed_by_hand(shop):
    """FL-2: An agent routes a ticket by hand."""
    ticket = shop.ticket()

    after = shop.ana.do(commands.Transfer(shop.legal, assignee=shop.dora.actor.id), on=ticket.id, seen=ticket.version)

    assert (after.department, after.assignee) == (shop.legal, shop.dora.actor.id)


WORK_ITEMS = {
    "a ticket": lambda shop: shop.ticket(subject="Invoice"),
    "a task": lambda shop: shop.internal_ticket("Invoice"),
}


@pytest.mark.parametrize("item", WORK_ITEMS)
def test_routed_by_a_rule(shop, item):
    """FL-2: A rule runs on tickets and tasks: it is triggered by an event, checks conditions, and performs actions."""
    shop.system.do(
        AddRule(
            "Invoices",
            trigger=events.TicketOpened,
            when=F.subject.contains("invoice"),
            then=[commands.Transfer(shop.billing), commands.SetPriority(Priority.HIGH), commands.AddTags({"money"})],
        )
    )

    ticket = WORK_ITEMS[item](shop)

    assert (ticket.department, ticket.priority, ticket.tags) == (shop.billing, Priority.HIGH, {"money"})
    told = [it for it in shop.ana.thread(ticket.id) if isinstance(it, events.FieldChanged)]
    assert {it.cause.rule_name for it in told} == {"Invoices"}


def test_rule_runs_on_sub_tasks(shop):
    """FL-2: A rule runs on sub-tasks, too: when one becomes part of a ticket."""
    shop.system.do(
        AddRule("Parts", trigger=events.ParentChanged, when=F.internal == True, then=[commands.SetType("part")])  # noqa: E712
    )
    parent, part = shop.ticket(), shop.internal_ticket()

    assert shop.ana.do(commands.MakeSubTicketOf(parent.id), on=part.id).type == "part"


def test_rule_triggered_by_a_state_becoming_true(shop):
    """FL-2: A rule is triggered when a state becomes true, whatever makes it so, and not again while it stays so."""
    urgent = EventF.priority.changed_to(Priority.URGENT)
    shop.system.do(
        AddRule("Alarm", trigger=events.PriorityChanged, when=urgent, then=[commands.AddInlineNote("Alarm!")])
    )
    ticket = shop.ticket()

    for priority in (Priority.HIGH, Priority.URGENT, Priority.URGENT):
        shop.ana.do(commands.SetPriority(priority), on=ticket.id)

    assert [it.text for it in shop.ana.conversation(ticket.id) if it.is_note] == ["Alarm!"]


def test_no_rule_no_routing(shop):
    """FL-2: A rule whose conditions do not hold does nothing."""
    shop.system.do(
        AddRule("Invoices", trigger=events.TicketOpened, when=F.subject.contains("invoice"), then=[commands.Delete()])
    )

    assert shop.ticket(subject="A question").status.key == "new"


# FL-3: the example of the page.


def test_every_incoming_ticket_in_round_robin_order(shop, mia):
    """FL-3: Every incoming ticket is assigned to the agents in round-robin order."""
    agents = {shop.ana.actor.id, shop.dora.actor.id, shop.system.do(AddAgent("Olga")).id}
    shop.system.do(AddRule("Round robin", trigger=events.TicketOpened, then=[commands.AssignNext()]))
    ways_in = (
        lambda it: shop.system.do(ReceiveMail(mail(str(it)))).ticket,
        lambda _: mia.do(commands.SubmitTicket("Hello", channel=Channel.CHAT)).id,
        lambda _: shop.ana.do(commands.OpenTicket([shop.bob.id], "Hello", "Hello", from_customer=True)).id,
    )

    turns = [shop.system.ticket(ways_in[number % 3](number)).assignee for number in range(12)]

    assert set(turns[:3]) == agents
    assert turns == turns[:3] * 4


def test_order_is_kept_when_nobody_is_available(shop):
    """FL-3: What comes in while nobody is available waits, and is assigned in round-robin order, the oldest first."""
    seats = [shop.ana, shop.dora]
    shop.system.do(AddRule("Round robin", trigger=events.TicketOpened, then=[commands.AssignNext()]))
    for seat in seats:
        shop.system.do(commands.ChangeAgent(seat.actor.id, capacity=2), seen=ANY)
    first = [shop.ticket() for _ in range(4)]
    waiting = []
    for _ in range(3):
        shop.clock.advance(minutes=1)
        waiting.append(shop.ticket().id)
    assert [shop.ana.ticket(it).assignee for it in waiting] == [None] * 3

    for done, seen in zip(first, waiting, strict=False):
        shop.system.do(commands.Resolve(), on=done.id)
        assert shop.ana.ticket(seen).assignee == done.assignee


def test_rules_assign_to_an_agent_in_turn_to_the_least_busy_or_to_nobody(shop):
    """FL-2: A rule assigns to an agent, in round-robin order, to the least busy agent, or to nobody."""
    olga = shop.system.do(AddAgent("Olga")).id
    everybody = {shop.ana.actor.id, shop.dora.actor.id, olga}
    for subject, action in {
        "certain": commands.Assign(olga),
        "turn": commands.AssignNext("round_robin"),
        "least busy": commands.AssignNext("least_busy"),
    }.items():
        when = F.subject.contains(subject)
        shop.system.do(AddRule(subject, trigger=events.TicketOpened, when=when, then=[action]))
    shop.system.do(
        AddRule("Nobody", trigger=events.TicketOpened, when=F.subject.contains("nobody"), then=[commands.Unassign()])
    )

    assert [shop.ticket(subject="For a certain agent").assignee for _ in range(3)] == [olga] * 3
    assert {shop.ticket(subject="In turn").assignee for _ in range(3)} == everybody
    assert olga not in {shop.ticket(subject="For the least busy").assignee for _ in range(6)}
    assert shop.ticket(subject="In turn, that is: nobody").assignee is None


# FL-6: statuses by hand and by automation.


def test_status_by_hand(shop):
    """FL-6: A ticket's status is changed by hand."""
    assert shop.ana.do(commands.Resolve(), on=shop.ticket().id).status.key == "resolved"


def test_status_by_automation(shop):
    """FL-6: A ticket's status is changed by automation."""
    shop.system.do(
        AddRule("Spam", trigger=events.TicketOpened, when=F.subject.contains("casino"), then=[commands.MarkAsSpam()])
    )

    ticket = shop.system.do(ReceiveMail(mail("1", subject="Casino!!!"))).ticket
    assert shop.ana.ticket(ticket).status.key == "spam"


def test_replies_update_the_status(shop, mia):
    """FL-6: By default, a new reply of an agent or a customer updates the status."""
    ticket = shop.ticket()
    statuses = []
    for seat, command in (
        (shop.ana, commands.SendAnswer("Which?")),
        (mia, commands.SendMessage("This.")),
        (shop.dora, commands.SendAnswer("Done.")),
    ):
        seat.do(command, on=ticket.id)
        statuses.append(shop.ana.ticket(ticket.id).status.key)

    assert statuses == ["answered", "open", "answered"]


# FL-7: who is responsible.


def test_who_is_responsible_is_seen_and_changed(shop):
    """FL-7: Who is responsible is seen and changed: assigned, claimed, handed on, and nobody at all."""
    ticket = shop.ticket()
    assert ticket.assignee is None

    for command, after in (
        (commands.Claim(), shop.ana.actor.id),
        (commands.Assign(shop.dora.actor.id), shop.dora.actor.id),
        (commands.Unassign(), None),
    ):
        ticket = shop.ana.do(command, on=ticket.id, seen=ticket.version)
        assert ticket.assignee == shop.dora.ticket(ticket.id).assignee == after


def test_claims_at_once_one_wins(shop):
    """FL-7: Of several agents who claim a ticket at once exactly one gets it; the others are told who."""
    seats = [shop.desk.as_agent(shop.system.do(AddAgent(f"Agent {number}")).id) for number in range(4)]
    for _ in range(5):
        ticket = shop.ticket()

        results = at_once([lambda seat=seat: seat.do(commands.Claim(), on=ticket.id, seen=ANY) for seat in seats])  # noqa: B023

        won = [it.assignee for it in results if not isinstance(it, Exception)]
        assert [shop.ana.ticket(ticket.id).assignee] == won
        assert {type(it) for it in results if isinstance(it, Exception)} == {Conflict}
        name = next(it.name for it in shop.ana.agents() if it.id == won[0])
        assert all(name in str(it) for it in results if isinstance(it, Exception))
        assert sum(isinstance(it, events.Assigned) for it in shop.ana.thread(ticket.id)) == 1


def test_nobody_is_assigned_outside_a_restricted_department(shop):
    """FL-7: Only who sees a ticket can be responsible for it: the error says who could be."""
    ticket = shop.ticket(department=shop.legal)

    with shop.refusing(OutOfPlace) as caught:
        shop.dora.do(commands.Assign(shop.ana.actor.id), on=ticket.id, seen=ANY)

    assert caught.value.asked == "Assign"
    assert "Legal" in caught.value.found
    assert list(caught.value.allowed) == ["Dora"]


# FL-8 and FL-13: the time that a ticket takes, and what it shows.


def test_timers_and_entries_by_hand_make_timesheets(shop):
    """FL-8: An agent starts and stops a timer on a ticket, logs time, billable or not; timesheets sum it up."""
    ticket, began = shop.ticket(), shop.clock()
    shop.ana.do(commands.StartTimer(), on=ticket.id)
    shop.clock.advance(HOUR)
    shop.ana.do(commands.StopTimer(), on=ticket.id)
    shop.system.do(commands.LogTime(HOUR / 2, billable=False, agent=shop.dora.actor.id), on=ticket.id)

    by_agent = shop.ana.timesheet(began - HOUR, shop.clock())
    by_ticket = shop.ana.timesheet(began - HOUR, shop.clock(), {TimesheetBy.TICKET})

    ana, dora = shop.ana.actor.id, shop.dora.actor.id
    assert {row.agent: (row.total, row.billable) for row in by_agent.rows} == {
        ana: (HOUR, HOUR),
        dora: (HOUR / 2, timedelta()),
    }
    assert {row.ticket: row.total for row in by_ticket.rows} == {ticket.id: 1.5 * HOUR}


def test_a_ticket_shows_its_time_activity_and_sub_tasks(shop):
    """FL-13: A ticket shows its timesheets, who did what and when, and its sub-tasks."""
    ticket, task = shop.ticket(), shop.internal_ticket()
    shop.ana.do(commands.LogTime(HOUR), on=ticket.id)
    shop.clock.advance(HOUR)
    shop.dora.do(commands.MakeSubTicketOf(ticket.id), on=task.id)

    [entry] = shop.ana.time_entries(ticket.id)
    activity = [(type(it), it.actor, it.at) for it in shop.ana.thread(ticket.id) if isinstance(it, events.Event)]

    assert (entry.agent, entry.duration) == (shop.ana.actor.id, HOUR)
    assert (events.TimeLogged, shop.ana.actor, shop.clock() - HOUR) in activity
    assert (events.SubTicketAdded, shop.dora.actor, shop.clock()) in activity
    assert [it.id for it in shop.ana.sub_tickets(ticket.id)] == [task.id]


# FL-9: the description.


def test_description_is_edited_and_files_attached(shop):
    """FL-9: The description can be edited, and files attached, before and after."""
    ticket = shop.ticket()

    shop.ana.do(commands.SetDescription("Charged twice for order 7"), on=ticket.id, seen=ticket.version)
    note = shop.ana.do(commands.AddInlineNote("The plan", [FILE]), on=ticket.id)

    assert shop.dora.ticket(ticket.id).description == "Charged twice for order 7"
    assert shop.dora.download(note.attachments[0].id, on=ticket.id) == FILE.content
    assert shop.desk.as_customer(shop.mia.id).ticket(ticket.id).description == "Charged twice for order 7"


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\\b.txt", "", "a\0.txt", "x" * 201])
def test_file_names_are_names(name):
    """FL-9: A file's name is a name: no path, no control character, not endless."""
    with pytest.raises(InvalidInput) as caught:
        Upload(name, "text/plain", b"")

    assert [fault.path for fault in caught.value.faults] == ["name"]


# FL-10 and FL-11: who hears of it.


@pytest.fixture
def followed(shop):
    """A ticket of Mia's and Bob's that Eve follows, with a copied address."""
    ticket = shop.ticket()
    for command in (
        commands.AddRequesters([shop.bob.id]),
        commands.AddFollowers([shop.eve.id]),
        commands.SetCopies(["kim@example.org"]),
    ):
        shop.ana.do(command, on=ticket.id, **shop.seen(command))
    return shop.ana.ticket(ticket.id)


EVERYBODY = {"mia@example.org", "bob@example.org", "eve@example.org", "kim@example.org"}


def test_all_who_take_part_get_new_public_messages(shop, letters, followed):
    """FL-10: Requesters, several of them, and followers get all new public messages, each once, their own apart."""
    shop.ana.do(commands.SendAnswer("Soon."), on=followed.id)
    shop.desk.as_customer(shop.bob.id).do(commands.SendMessage("Thanks."), on=followed.id)
    shop.system.deliver()

    got = Counter((it.message.text, it.address) for it in letters.to_customers)

    assert got == {("Soon.", it): 1 for it in EVERYBODY} | {
        ("Thanks.", it): 1 for it in EVERYBODY - {"bob@example.org"}
    }


def test_followers_see_the_ticket(shop, followed):
    """FL-10: Requesters and followers see the ticket with its public past; copied addresses have no seat."""
    threads = [shop.desk.as_customer(it.id).thread(followed.id) for it in (shop.mia, shop.bob, shop.eve)]

    assert [it.text for it in threads[0]] == ["You charged me twice."]
    assert threads[0] == threads[1] == threads[2]


def test_who_takes_no_part_any_more_hears_nothing(shop, letters, followed):
    """FL-10: Whoever is taken from a ticket gets nothing new, not even what was written before and not sent yet."""
    shop.ana.do(commands.SendAnswer("Soon."), on=followed.id)
    shop.ana.do(commands.RemoveFollowers([shop.eve.id]), on=followed.id)
    shop.ana.do(commands.SetCopies([]), on=followed.id, seen=ANY)
    shop.ana.do(commands.SendAnswer("Now."), on=followed.id)
    shop.system.deliver()

    assert {it.address for it in letters.to_customers} == {"mia@example.org", "bob@example.org"}


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.WHATSAPP, Channel.CHAT, Channel.FACEBOOK])
def test_customer_reply_goes_over_the_customers_channel(shop, mia, letters, channel):
    """FL-11: A customer reply goes to requesters and followers, over the customer's own channel."""
    ticket = mia.do(commands.SubmitTicket("Hello", "Hello", channel=channel))
    shop.ana.do(commands.AddFollowers([shop.eve.id]), on=ticket.id)

    answer = shop.ana.do(commands.SendAnswer("Hello Mia"), on=ticket.id)
    shop.system.deliver()

    assert isinstance(answer, Answer)
    assert answer.source is channel
    assert {(it.to.id, it.message.text) for it in letters.to_customers} == {
        (shop.mia.id, "Hello Mia"),
        (shop.eve.id, "Hello Mia"),
    }


# FL-12: internal conversations.


def test_internal_conversations_stay_inside(shop, letters, followed):
    """FL-12: Several internal conversations on a ticket reach users of the desk only, never customers."""
    before = seen_by(shop.desk, shop.mia.id)
    shop.clock.advance(hours=1)
    first = shop.ana.do(commands.SendInternalMessage("SECRET one", attachments=[FILE]), on=followed.id)
    second = shop.dora.do(commands.SendInternalMessage("SECRET two"), on=followed.id)
    shop.dora.do(commands.SendInternalMessage("SECRET one, again", conversation=first.id), on=followed.id)
    shop.ana.do(commands.SendInternalMessage("SECRET two, again", conversation=second.id), on=followed.id)
    shop.system.deliver()

    told = {}
    for it in shop.dora.thread(followed.id):
        if isinstance(it, InternalMessage):
            told.setdefault(it.conversation, []).append(it.text)

    assert list(told.values()) == [["SECRET one", "SECRET one, again"], ["SECRET two", "SECRET two, again"]]
    assert seen_by(shop.desk, shop.mia.id) == before
    assert letters.to_customers == []
    for contact in (shop.mia, shop.eve):
        with pytest.raises(NotFound):
            shop.desk.as_customer(contact.id).download(first.attachments[0].id, on=followed.id)


def test_conversations_are_the_tickets_own(shop):
    """FL-12: A conversation is gone on with on its own ticket: another one's, or a note, is refused."""
    one, other = shop.ticket(), shop.ticket()
    begun = shop.ana.do(commands.SendInternalMessage("Here"), on=one.id)
    note = shop.ana.do(commands.AddInlineNote("Here"), on=other.id)

    for conversation in (begun.id, note.id):
        with shop.refusing(OutOfPlace):
            shop.ana.do(commands.SendInternalMessage("There", conversation=conversation), on=other.id)


def test_internal_messages_do_not_answer_customers(shop):
    """FL-12: What agents write to each other changes nothing for the customer: the ticket still waits for an answer."""
    ticket = shop.ticket()
    shop.ana.do(commands.SendInternalMessage("Anybody?"), on=ticket.id)

    after = shop.ana.ticket(ticket.id)

    unchanged = {"version", "entries", "changed_at"}
    assert attrs.evolve(after, **{it: getattr(ticket, it) for it in unchanged}) == ticket
    assert after.due_at == shop.clock() + timedelta(days=7)
