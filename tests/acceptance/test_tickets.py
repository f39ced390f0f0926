"""Support tickets (requirements TK-1…6, TK-11…18)."""

from datetime import timedelta
from itertools import pairwise

import pytest

from tests.customers_view import Letterbox
from tests.small_shop import SmallShop
from tests.threads import at_once
from ticketcore import commands, events
from ticketcore._ids import RandomIds
from ticketcore.commands.command import ANY
from ticketcore.commands.mail import MailBecame, ReceiveMail
from ticketcore.commands.messages import MOST_FOLLOW_UPS
from ticketcore.conditions import F
from ticketcore.configuration import Setup
from ticketcore.errors import NotFound, OutOfPlace
from ticketcore.events import Event, FieldChanged, FollowedUp
from ticketcore.model.attachments import Upload
from ticketcore.model.fields import FieldOwner, FieldType
from ticketcore.model.lifecycle import Category
from ticketcore.model.mail import Mail, MailAddress
from ticketcore.model.targets import Target
from ticketcore.model.thread import Written
from ticketcore.model.tickets import Channel, Priority, Ticket
from ticketcore.query import Order
from ticketcore.sla import Agreement

FILE = Upload("bill.pdf", "application/pdf", b"a bill")


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


# TK-1: references.


def test_reference_finds_the_ticket(shop, mia):
    """TK-1: With its id or reference anyone entitled finds a ticket again, and nobody else does."""
    ticket = shop.ticket()

    for name in (ticket.id, ticket.reference, ticket.reference.lower(), ticket.reference.replace("-", "")):
        assert shop.ana.ticket(name) == shop.system.ticket(name) == ticket
        assert mia.ticket(name).reference == ticket.reference
        with pytest.raises(NotFound):
            shop.desk.as_customer(shop.bob.id).ticket(name)


def test_references_are_unambiguous():
    """TK-1: No two tickets have the same id or reference, be they opened in the same moment."""
    shop = SmallShop(new_id=RandomIds())
    tickets = [shop.ticket() for _ in range(200)]

    assert len({it.id for it in tickets}) == len({it.reference for it in tickets}) == 200


def test_references_cannot_be_guessed_by_counting():
    """TK-1: Who knows some references knows nothing of the next: neighbours differ nearly everywhere, in no order."""
    shop = SmallShop(new_id=RandomIds())
    references = [shop.ticket().reference for _ in range(100)]

    neighbours = list(pairwise(references))
    alike = [sum(a == b for a, b in zip(*pair, strict=True)) - 1 for pair in neighbours]
    assert max(alike) < 6  # of ten characters; one in 23 is the same by chance
    assert sum(alike) / len(alike) < 1
    rising = sum(one < other for one, other in neighbours)
    assert 25 < rising < 75


# TK-2: what a ticket holds.


def test_ticket_holds_description_conversation_and_files(shop, mia):
    """TK-2: A ticket holds the customer's description, the whole conversation in order, and all attachments."""
    ticket = mia.do(commands.SubmitTicket("Invoice 7", "You charged me twice.", [FILE]))
    shop.ana.do(commands.SendAnswer("Which one?"), on=ticket.id)
    mia.do(commands.SendMessage("This one.", [Upload("photo.png", "image/png", b"a photo")]), on=ticket.id)

    assert shop.ana.ticket(ticket.id).description == mia.ticket(ticket.id).description == "You charged me twice."
    conversation = shop.ana.conversation(ticket.id)
    assert [it.text for it in conversation] == ["You charged me twice.", "Which one?", "This one."]
    assert [it.text for it in mia.thread(ticket.id)] == [it.text for it in conversation]
    files = [file for it in conversation for file in it.attachments]
    for seat in (shop.ana, mia):
        assert [seat.download(it.id, on=ticket.id) for it in files] == [b"a bill", b"a photo"]


# TK-3: system information.


RECORDED = [
    (commands.SetPriority(Priority.HIGH), events.PriorityChanged, (Priority.NORMAL, Priority.HIGH)),
    (commands.SetType("billing"), events.TypeChanged, (None, "billing")),
    (commands.AddTags({"late"}), events.TagsChanged, (frozenset(), {"late"})),
    (commands.Resolve(), events.StatusChanged, ("new", "resolved")),
    (commands.SetSubject("Bill 7"), events.SubjectChanged, None),
    (commands.SetDescription("Charged twice"), events.DescriptionChanged, None),
    (commands.SetCopies(["kim@example.org"]), events.CopiesChanged, None),
    (commands.AddInlineNote("Hm"), events.InlineNoteAdded, None),
    (commands.AddTicketNote("Hm"), events.TicketNoteAdded, None),
    (commands.SendAnswer("Sorry"), events.AnswerAdded, None),
    (commands.SendUpdate("Soon"), events.UpdateAdded, None),
    (commands.SendInternalMessage("Hm"), events.InternalMessageAdded, None),
]


@pytest.mark.parametrize(("command", "event", "change"), RECORDED, ids=lambda it: getattr(it, "asked", ""))
def test_what_happens_is_recorded(shop, command, event, change):
    """TK-3: What happened to a ticket stands in its thread: what, who did it, when, and by which command."""
    ticket = shop.ticket()
    at = shop.clock.advance(minutes=5)

    shop.ana.do(command, on=ticket.id, **shop.seen(command))

    (told,) = (it for it in shop.ana.thread(ticket.id) if type(it) is event)
    assert (told.actor, told.at, told.cause.command, told.cause.rule) == (shop.ana.actor, at, command.asked, None)
    if change:
        before, after = change
        assert (getattr(told.before, "key", told.before), getattr(told.after, "key", told.after)) == (before, after)


def test_postponing_and_reassigning_are_recorded(shop):
    """TK-3: Postponing, reassigning and transferring a ticket are recorded, with what was before and what is after."""
    ticket = shop.ticket()
    until = shop.clock() + timedelta(days=1)
    shop.ana.do(commands.Assign(shop.ana.actor.id), on=ticket.id, seen=ANY)
    shop.ana.do(commands.Transfer(shop.billing, assignee=shop.dora.actor.id), on=ticket.id, seen=ANY)
    shop.ana.do(commands.Postpone(until), on=ticket.id)

    told = [(it.field, it.after) for it in shop.ana.thread(ticket.id) if isinstance(it, FieldChanged)]

    assert [(field, getattr(after, "key", after)) for field, after in told] == [
        ("assignee", shop.ana.actor.id),
        ("department", shop.billing),
        ("assignee", shop.dora.actor.id),
        ("status", "postponed"),
        ("postponed_until", until),
    ]


def test_system_information_is_never_deleted(shop):
    """TK-3: There is no command to edit or delete an event; deleting and restoring the ticket adds to them."""
    ticket = shop.ticket()
    shop.ana.do(commands.SetPriority(Priority.HIGH), on=ticket.id)
    before = shop.system.thread(ticket.id)
    for command in (commands.Delete(), commands.Restore(), commands.MarkAsSpam(), commands.MarkAsNotSpam()):
        shop.ana.do(command, on=ticket.id)
    shop.system.do(commands.EraseContact(shop.mia.id))

    after = shop.system.thread(ticket.id)

    told = [it for it in before if isinstance(it, Event)]
    assert [it for it in after if isinstance(it, Event)][: len(told)] == told
    assert len(after) > len(before)


# TK-4: customers.


CUSTOMER_NUMBER = (FieldOwner.CONTACT, "number", "Number", FieldType.TEXT)


def test_contact_data(shop):
    """TK-4: A customer has a full name, addresses, phones, a location and more."""
    shop.system.do(commands.DefineCustomField(*CUSTOMER_NUMBER))

    eva = shop.ana.do(
        commands.AddContact(
            "Eva Horvat",
            email="eva@example.hr",
            emails=["e.horvat@work.example"],
            phones=["+385 1 234"],
            location="Zagreb",
            language="hr",
            groups={"vip"},
            custom={"number": "K-17"},
        )
    )

    assert shop.dora.contact(eva.id) == eva
    assert (eva.name, eva.location, eva.language, eva.groups) == ("Eva Horvat", "Zagreb", "hr", {"vip"})
    assert (eva.emails, eva.phones) == (("eva@example.hr", "e.horvat@work.example"), ("+385 1 234",))
    assert eva.custom == {"number": "K-17"}


def test_nameless_visitor_has_an_id_and_is_recognised_again(shop):
    """TK-4: Somebody without a name gets a visitor id, by which they are called, and is recognised again."""
    visitor = shop.system.do(commands.AddContact(phones=["00386 40 123 456"]))
    other = shop.system.do(commands.AddContact())

    assert visitor.name is None
    assert visitor.shown_name == visitor.visitor != other.visitor
    assert shop.ana.recognise(phone="+386 (40) 123-456") == visitor
    message = shop.desk.as_customer(visitor.id).do(commands.SubmitTicket("Hello", "It is me"))
    assert [it.author for it in shop.desk.as_customer(visitor.id).thread(message.id)] == [visitor.visitor]


def test_recognised_by_any_address(shop):
    """TK-4: Mail from any address of a customer, in any case, is theirs; from an unknown one it is somebody new's."""
    shop.system.do(commands.ChangeContact(shop.mia.id, emails=["mia@example.org", "Mia@Work.example"]))

    known = shop.system.do(ReceiveMail(mail("1", "MIA@work.example"))).ticket
    unknown = shop.system.do(ReceiveMail(mail("2", "mia@elsewhere.example"))).ticket

    assert shop.system.ticket(known).requesters == (shop.mia.id,)
    assert shop.system.ticket(unknown).requesters != (shop.mia.id,)
    assert shop.ana.recognise(address="MIA@EXAMPLE.ORG").id == shop.mia.id
    assert shop.ana.recognise(address="nobody@example.org") is None


def mail(number, sender, **fields):
    """A mail."""
    sent = {"subject": "Hello", "text": "Hello", **fields}
    return Mail(original=number.encode(), message_id=f"{number}@example.org", sender=MailAddress("M", sender), **sent)


# TK-5 and TK-6: what tickets are sorted by.


def test_ticket_has_category_tags_department_and_agent(shop):
    """TK-5: A ticket has a type, tags, a department and an assigned agent, and is found by each of them."""
    ticket = shop.ticket()
    for command in (
        commands.SetType("billing"),
        commands.AddTags({"late", "vip"}),
        commands.RemoveTags({"late"}),
        commands.Transfer(shop.billing, assignee=shop.ana.actor.id),
    ):
        shop.ana.do(command, on=ticket.id, **shop.seen(command))
    shop.ticket()

    after = shop.ana.ticket(ticket.id)

    assert (after.type, after.tags, after.department) == ("billing", {"vip"}, shop.billing)
    for where in (
        F.type == "billing",
        F.tags.has("vip"),
        F.department == shop.billing,
        F.assignee == shop.ana.actor.id,
    ):
        assert [it.id for it in shop.ana.tickets(where).items] == [ticket.id]


def test_high_priorities_come_first(shop):
    """TK-6: Of the priorities low, normal, high and urgent the higher come first; among equals, who waits longer."""
    made = []
    for priority in (Priority.NORMAL, Priority.URGENT, Priority.LOW, Priority.HIGH, Priority.URGENT):
        ticket = shop.ticket()
        made.append(shop.ana.do(commands.SetPriority(priority), on=ticket.id))
        shop.clock.advance(minutes=1)

    page = shop.ana.tickets(order=[Order("priority", descending=True), Order("due_at")])

    assert [it.name for it in Priority] == ["LOW", "NORMAL", "HIGH", "URGENT"]
    assert [it.id for it in page.items] == [made[place].id for place in (1, 4, 3, 0, 2)]


def test_those_waiting_longest_come_first(shop):
    """TK-6: Without any other order, a listing begins with who waits longest for an agent."""
    tickets = []
    for _ in range(3):
        tickets.append(shop.ticket())
        shop.clock.advance(hours=1)
    shop.ana.do(commands.SendAnswer("Done"), on=tickets[0].id)

    assert [it.id for it in shop.ana.tickets().items] == [tickets[1].id, tickets[2].id, tickets[0].id]


# TK-11: working together.


def test_handed_over_without_repeating(shop, letters):
    """TK-11: Who takes a ticket over has all that was said, written and noted before; the customer repeats nothing."""
    ticket = shop.ticket(attachments=[FILE])
    shop.ana.do(commands.AddInlineNote("Wants her money back", [FILE]), on=ticket.id)
    shop.ana.do(commands.SendInternalMessage("Can you?"), on=ticket.id)
    before = shop.ana.thread(ticket.id)

    shop.ana.do(commands.Transfer(shop.legal, assignee=shop.dora.actor.id), on=ticket.id, seen=ANY)

    after = shop.dora.thread(ticket.id)
    assert after[: len(before)] == before
    files = [file for it in after if isinstance(it, Written) for file in it.attachments]
    assert [shop.dora.download(it.id, on=ticket.id) for it in files] == [FILE.content] * 2
    shop.system.deliver()
    assert [it.to.id for it in letters.to_agents] == [shop.dora.actor.id]


def test_agents_see_who_works_on_what(shop):
    """TK-11: Agents of different departments see who works on what, apart from restricted departments (DP-2)."""
    open_one, restricted = shop.ticket(department=shop.billing), shop.ticket(department=shop.legal)
    for ticket, agent in ((open_one, shop.ana), (restricted, shop.dora)):
        shop.system.do(commands.Assign(agent.actor.id), on=ticket.id)

    assert shop.dora.tally("assignee") == {shop.ana.actor.id: 1, shop.dora.actor.id: 1}
    assert shop.ana.tally("assignee") == {shop.ana.actor.id: 1}


# TK-12 and TK-13: how tickets come.


CUSTOMERS_CHANNELS = [it for it in Channel if it is not Channel.INSIDE]


@pytest.mark.parametrize("channel", CUSTOMERS_CHANNELS, ids=lambda it: it.value)
def test_contact_through_any_channel_makes_a_ticket(shop, mia, channel):
    """TK-12: A customer who makes contact through any channel gets a ticket."""
    ticket = shop.ana.ticket(mia.do(commands.SubmitTicket("Hello", "Hello", channel=channel)).id)

    assert isinstance(ticket, Ticket)
    assert (ticket.source, ticket.requesters, ticket.status.key) == (channel, (shop.mia.id,), "new")


def test_agent_contacts_a_customer(shop, mia, letters):
    """TK-12: A ticket is created when an agent contacts a customer, who is told and can answer."""
    ticket = shop.ana.do(commands.OpenTicket([shop.mia.id], "Your order", "It will be late."))
    shop.system.deliver()

    assert (ticket.status.key, ticket.answers) == ("answered", 1)
    assert [(it.to.id, it.message.text) for it in letters.to_customers] == [(shop.mia.id, "It will be late.")]
    mia.do(commands.SendMessage("Never mind"), on=ticket.id)
    assert shop.ana.ticket(ticket.id).status.key == "open"


def test_one_inbox_for_all_channels(shop, mia):
    """TK-13: All tickets come to one general inbox, whatever the channel."""
    opened = {mia.do(commands.SubmitTicket("Hello", channel=it)).id for it in CUSTOMERS_CHANNELS}
    opened.add(shop.system.do(ReceiveMail(mail("1", "bob@example.org"))).ticket)
    opened.add(shop.internal_ticket().id)

    assert {it.id for it in shop.ana.tickets(limit=None).items} == opened
    assert shop.ana.count() == len(opened)


# TK-14: statuses and their moves.


MOVES = {
    "new": {"answered", "postponed", "resolved", "deleted", "spam"},
    "answered": {"open", "postponed", "resolved", "deleted", "spam"},
    "open": {"answered", "postponed", "resolved", "deleted", "spam"},
    "postponed": {"new", "open", "answered", "resolved", "deleted", "spam"},
    "resolved": {"open", "answered", "closed", "deleted", "spam"},
    "closed": {"deleted"},
}
WAYS = {
    "new": [],
    "answered": ["answered"],
    "open": ["answered", "open"],
    "postponed": ["postponed"],
    "resolved": ["resolved"],
    "closed": ["resolved", "closed"],
}
"""How a new ticket gets to each status."""

STATUSES = [*MOVES, "deleted", "spam"]
STANDING = [pytest.param(way, way[-1] if way else "new", MOVES[it], id=it) for it, way in WAYS.items()] + [
    pytest.param([*WAYS[before], aside], aside, {before}, id=f"{aside} after {before}")
    for before, targets in MOVES.items()
    for aside in ("deleted", "spam")
    if aside in targets
]


def standing(shop, way, kind):
    """A ticket that has gone a way through statuses."""
    ticket = shop.ticket() if kind == "customer's" else shop.internal_ticket()
    for status in way:
        ticket = shop.system.do(commands.MoveTo(status), on=ticket.id)
    return shop.system.ticket(ticket.id)


@pytest.mark.parametrize("kind", ["customer's", "internal"])
@pytest.mark.parametrize("target", STATUSES)
@pytest.mark.parametrize(("way", "status", "targets"), STANDING)
def test_every_move_happens_or_is_refused(shop, way, status, targets, target, kind):
    """TK-14: Every move of the table happens; all others are refused with those that are possible, changing nothing."""
    ticket = standing(shop, way, kind)
    assert ticket.status.key == status

    if target == status:
        assert shop.ana.do(commands.MoveTo(target), on=ticket.id) == ticket
    elif target in targets:
        after = shop.ana.do(commands.MoveTo(target), on=ticket.id)
        assert (after.status.key, after.version) == (target, ticket.version + 1)
        told = [it for it in shop.ana.thread(ticket.id) if isinstance(it, events.StatusChanged)][-1]
        assert (told.before.key, told.after.key, told.actor) == (status, target, shop.ana.actor)
    else:
        with shop.refusing(OutOfPlace) as caught:
            shop.ana.do(commands.MoveTo(target), on=ticket.id)
        assert (caught.value.asked, set(caught.value.allowed)) == ("MoveTo", targets)
        assert status in caught.value.found


MOVING = [
    (commands.MarkAnswered(), "answered"),
    (commands.Reopen(), "open"),
    (commands.Resolve(), "resolved"),
    (commands.Resolve(silently=True), "resolved"),
    (commands.Close(), "closed"),
    (commands.Delete(), "deleted"),
    (commands.MarkAsSpam(), "spam"),
    (commands.Postpone(SmallShop().clock() + timedelta(days=1)), "postponed"),
    (commands.Restore(), None),
    (commands.MarkAsNotSpam(), None),
]


@pytest.mark.parametrize(("command", "target"), MOVING, ids=lambda it: getattr(it, "asked", ""))
@pytest.mark.parametrize(("way", "status", "targets"), STANDING)
def test_every_command_keeps_to_the_table(shop, way, status, targets, command, target):
    """TK-14: The commands for single moves make the same moves, and are refused in the same places."""
    ticket = standing(shop, way, "customer's")
    aside = {"Restore": "deleted", "MarkAsNotSpam": "spam"}.get(command.asked)
    if aside is not None:
        target = next(iter(targets)) if status == aside else None

    if target in targets or target == status:
        assert shop.ana.do(command, on=ticket.id).status.key == target
    else:
        with shop.refusing(OutOfPlace) as caught:
            shop.ana.do(command, on=ticket.id)
        assert set(caught.value.allowed) == targets
        assert caught.value.asked == command.asked


def test_there_is_no_other_status(shop):
    """TK-14: A status that the life cycle does not have is refused; the error lists those that it has."""
    ticket = shop.ticket()

    with shop.refusing(OutOfPlace) as caught:
        shop.ana.do(commands.MoveTo("pending"), on=ticket.id)

    assert set(caught.value.allowed) == set(STATUSES)


@pytest.mark.parametrize(("way", "status", "targets"), STANDING)
def test_answering(shop, way, status, targets):
    """TK-14: An agent's answer makes a ticket answered; where that is no move, it is refused, and nothing is sent."""
    ticket = standing(shop, way, "customer's")

    if ("answered" in targets and status not in {"deleted", "spam"}) or status == "answered":
        shop.ana.do(commands.SendAnswer("Here you are"), on=ticket.id)
        assert shop.ana.ticket(ticket.id).status.key == "answered"
    else:
        with shop.refusing(OutOfPlace) as caught:
            shop.ana.do(commands.SendAnswer("Here you are"), on=ticket.id)
        assert caught.value.asked == "SendAnswer"


REPLIES = {
    "new": "new",
    "answered": "open",
    "open": "open",
    "postponed": "open",
    "resolved": "open",
}


@pytest.mark.parametrize(("before", "after"), REPLIES.items())
def test_customers_reply_opens_the_ticket(shop, mia, before, after):
    """TK-14: A customer's reply makes a ticket open again, a resolved one too; a new one stays new."""
    ticket = standing(shop, WAYS[before], "customer's")

    message = mia.do(commands.SendMessage("And now?"), on=ticket.id)

    assert message.ticket == ticket.id
    assert shop.ana.ticket(ticket.id).status.key == after


@pytest.mark.parametrize("reopens", [True, False])
def test_reply_to_a_resolved_ticket_as_it_is_set(reopens):
    """TK-14: Whether a reply reopens a resolved ticket, or opens a follow-up ticket, is set."""
    shop = SmallShop(setup=Setup(reopen_resolved=reopens))
    ticket = standing(shop, ["resolved"], "customer's")

    message = shop.desk.as_customer(shop.mia.id).do(commands.SendMessage("And now?"), on=ticket.id)

    assert (message.ticket == ticket.id) is reopens
    assert shop.ana.ticket(ticket.id).status.key == ("open" if reopens else "resolved")


def test_reply_to_a_closed_ticket_opens_a_follow_up(shop, mia):
    """TK-14: A reply to a closed ticket opens a follow-up ticket, linked to it and of the same customer."""
    ticket = standing(shop, ["resolved", "closed"], "customer's")

    message = mia.do(commands.SendMessage("And now?"), on=ticket.id)

    follow_up = shop.ana.ticket(message.ticket)
    assert follow_up.id != ticket.id
    assert (follow_up.status.key, follow_up.requesters, follow_up.links) == ("new", (shop.mia.id,), {ticket.id})
    assert shop.ana.ticket(ticket.id).status.key == "closed"
    assert [it.text for it in mia.thread(follow_up.id)] == ["And now?"]


def test_replies_to_a_closed_ticket_do_not_cost_more_and_more(shop, mia):
    """TK-14: However many replies come to a closed ticket, each opens a follow-up, and its links stay few."""
    ticket = standing(shop, ["resolved", "closed"], "customer's")

    messages = [mia.do(commands.SendMessage("And now?"), on=ticket.id) for _ in range(MOST_FOLLOW_UPS + 2)]

    assert len({it.ticket for it in messages}) == len(messages)
    assert len(shop.ana.ticket(ticket.id).links) == MOST_FOLLOW_UPS
    assert shop.ana.ticket(messages[-1].ticket).links == frozenset()
    told = [it.new for it in shop.ana.thread(ticket.id) if isinstance(it, FollowedUp)]
    assert told == [it.ticket for it in messages]


@pytest.mark.parametrize("aside", [commands.Delete(), commands.MarkAsSpam()], ids=lambda it: it.asked)
def test_mail_to_a_ticket_set_aside_is_not_lost(shop, aside):
    """TK-14: A customer's mail to a ticket that was deleted, or taken for spam, begins a ticket that agents see."""
    first = shop.system.do(ReceiveMail(mail("1", "mia@example.org")))
    shop.ana.do(aside, on=first.ticket)

    second = shop.system.do(ReceiveMail(mail("2", "mia@example.org", in_reply_to=["1@example.org"])))

    assert second.became is MailBecame.REPLY
    assert second.ticket != first.ticket
    assert shop.ana.ticket(second.ticket).status.key == "new"


@pytest.mark.parametrize(
    ("before", "back"), [("new", "new"), ("open", "open"), ("answered", "open"), ("resolved", "open")]
)
def test_postponed_ticket_comes_back(shop, before, back):
    """TK-14: When the postponed time is over, a ticket is open again, or new if it was new, and no earlier."""
    ticket = standing(shop, WAYS[before], "customer's")
    if before == "resolved":
        ticket = shop.ana.do(commands.Reopen(), on=ticket.id)
    shop.ana.do(commands.Postpone(shop.clock() + timedelta(hours=1)), on=ticket.id)
    shop.clock.advance(minutes=59)
    assert shop.system.sweep() == ()

    shop.clock.advance(minutes=1)
    (done,) = shop.system.sweep()

    woken = shop.ana.ticket(ticket.id)
    assert (done.ticket, woken.status.key, woken.postponed_until) == (ticket.id, back, None)
    assert shop.system.sweep() == ()


def test_postponed_into_the_past_is_refused(shop):
    """TK-14: A ticket cannot be postponed until a time that has passed; the error says from when on it can."""
    ticket = shop.ticket()

    with shop.refusing(OutOfPlace) as caught:
        shop.ana.do(commands.Postpone(shop.clock()), on=ticket.id)

    assert shop.clock().isoformat() in caught.value.allowed[0]


# TK-15 and TK-16: what customers and agents look up.


def test_customers_follow_the_status(shop, mia):
    """TK-15: Customers follow their tickets' status, step by step."""
    ticket = shop.ticket()
    seen = [mia.ticket(ticket.id).status]
    for command in (commands.SendAnswer("Done?"), commands.Resolve(), commands.Close()):
        shop.ana.do(command, on=ticket.id)
        seen.append(mia.ticket(ticket.id).status)

    assert seen == ["new", "answered", "resolved", "closed"]
    assert [it.status for it in mia.tickets().items] == ["closed"]


def test_customers_get_updates_without_progress(shop, mia, letters):
    """TK-15: Customers can be sent an update even without progress: it answers nothing, and the ticket still waits."""
    ticket = shop.ticket()

    shop.ana.do(commands.SendUpdate("Still waiting for the bank."), on=ticket.id)
    shop.system.deliver()

    after = shop.ana.ticket(ticket.id)
    assert (after.status.key, after.answers, after.due_at) == ("new", 0, ticket.due_at)
    assert [it.message.text for it in letters.to_customers] == ["Still waiting for the bank."]
    assert mia.thread(ticket.id)[-1].text == "Still waiting for the bank."


def test_whole_history_from_a_ticket(shop):
    """TK-16: From a ticket a customer's whole history is at hand: all their tickets, whatever became of them."""
    opened = []
    for way in ([], ["resolved", "closed"], ["deleted"], ["spam"]):
        opened.append(standing(shop, way, "customer's").id)
        shop.clock.advance(days=1)
    shop.ticket(shop.bob)
    hidden = shop.ticket(department=shop.legal)
    ticket = shop.ana.ticket(opened[0])

    assert [it.id for it in shop.ana.history(ticket.requester)] == opened[::-1]
    assert hidden.id in [it.id for it in shop.dora.history(ticket.requester)]


# TK-17: what reports are made of.


def test_facts_that_reports_are_made_of(shop, mia):
    """TK-17: Volume, resolution, response and handling time, escalation, channels and agents: all is found again."""
    shop.system.do(commands.AddSlaPolicy("Standard", [Agreement(Target.FIRST_ANSWER, timedelta(minutes=5))]))
    chat = mia.do(commands.StartChat("Hello", department=shop.billing))
    shop.clock.advance(minutes=10)
    shop.ana.do(commands.PickUpChat(chat.id), on=chat.ticket)
    shop.clock.advance(minutes=2)
    shop.ana.do(commands.EndChat(chat.id), on=chat.ticket)
    shop.ana.do(commands.LogTime(timedelta(minutes=30)), on=chat.ticket)
    shop.ana.do(commands.SetType("billing"), on=chat.ticket)
    shop.ana.do(commands.Resolve(), on=chat.ticket)
    open_one = shop.ticket()

    resolved = shop.ana.ticket(chat.ticket)
    [talk], [spent] = shop.ana.chats(chat.ticket), shop.ana.time_entries(chat.ticket)

    assert shop.ana.tally("source") == {Channel.CHAT: 1, Channel.FORM: 1}
    assert shop.ana.tally("type", F.type.is_set()) == {"billing": 1}
    assert shop.ana.count(F.category == Category.RESOLVED) / shop.ana.count() == 0.5
    assert resolved.first_answer_at - resolved.created_at == timedelta(minutes=10)
    assert (talk.waited, talk.lasted, talk.department) == (timedelta(minutes=10), timedelta(minutes=2), shop.billing)
    assert (spent.agent, spent.duration) == (shop.ana.actor.id, timedelta(minutes=30))
    assert shop.ana.tally("assignee") == {shop.ana.actor.id: 1, None: 1}
    assert [it.id for it in shop.ana.tickets(F.assignee.is_missing()).items] == [open_one.id]
    happened = [type(it) for it in shop.ana.thread(chat.ticket) if isinstance(it, events.TargetChanged)]
    assert happened == [events.TargetStarted, events.TargetMissed, events.TargetMetLate]


# TK-18: tickets that belong together.


def test_merging(shop, mia, letters):
    """TK-18: A merged ticket's messages, customers and later replies are the survivor's; it is closed itself."""
    merged, survivor = shop.ticket(subject="Again"), shop.ticket(shop.bob)

    shop.ana.do(commands.MergeInto(survivor.id), on=merged.id)
    reply = mia.do(commands.SendMessage("Hello?"), on=merged.id)

    assert reply.ticket == survivor.id
    assert shop.ana.ticket(merged.id).status.key == "closed"
    assert {shop.mia.id, shop.bob.id} == set(shop.ana.ticket(survivor.id).requesters)
    assert [it.text for it in mia.thread(survivor.id)][-1] == "Hello?"
    assert len(mia.thread(survivor.id)) == 3


def test_opposite_merges_at_once(shop):
    """TK-18: Of two merges in opposite directions at once one happens: never are both tickets merged."""
    one, other = shop.ticket(), shop.ticket()

    results = at_once(
        [
            lambda: shop.ana.do(commands.MergeInto(other.id), on=one.id),
            lambda: shop.dora.do(commands.MergeInto(one.id), on=other.id),
        ]
    )

    merged = [it.merged_into for it in (shop.system.ticket(one.id), shop.system.ticket(other.id))]
    assert merged.count(None) == 1
    assert [type(it) for it in results if isinstance(it, Exception)] == [OutOfPlace]


def test_merges_round_a_circle_are_refused(shop):
    """TK-18: A ticket cannot be merged into itself, nor round a circle; the error names what would be possible."""
    one, two, three = (shop.ticket() for _ in range(3))
    shop.ana.do(commands.MergeInto(two.id), on=one.id)
    shop.ana.do(commands.MergeInto(three.id), on=two.id)

    for on, target in ((three, three), (three, one), (three, two), (one, three)):
        with shop.refusing(OutOfPlace):
            shop.ana.do(commands.MergeInto(target.id), on=on.id)


def test_splitting(shop, mia):
    """TK-18: A message that asks for something else becomes a ticket of its author's own, linked to the first."""
    ticket = shop.ticket()
    mia.do(commands.SendMessage("By the way: where is my parcel?", [FILE]), on=ticket.id)
    entry = shop.ana.conversation(ticket.id)[-1]

    new = shop.ana.do(commands.SplitOff(entry.id, "Parcel"), on=ticket.id)

    assert (new.subject, new.requesters, new.links) == ("Parcel", (shop.mia.id,), {ticket.id})
    (message,) = mia.thread(new.id)
    assert message.text == "By the way: where is my parcel?"
    assert mia.download(message.attachments[0].id, on=new.id) == FILE.content
    assert entry in shop.ana.thread(ticket.id)


def test_linking(shop):
    """TK-18: Linked tickets name each other, and both threads tell of it; unlinked they do not."""
    one, other = shop.ticket(), shop.internal_ticket()
    shop.ana.do(commands.LinkTo(other.id), on=one.id)

    assert (shop.ana.ticket(one.id).links, shop.ana.ticket(other.id).links) == ({other.id}, {one.id})
    for ticket in (one, other):
        assert isinstance(shop.ana.thread(ticket.id)[-1], events.LinksChanged)
    shop.ana.do(commands.Unlink(one.id), on=other.id)
    assert (shop.ana.ticket(one.id).links, shop.ana.ticket(other.id).links) == (set(), set())


def test_parents_and_sub_tickets(shop):
    """TK-18: A ticket can have sub-tickets, of which each has one parent; never round a circle."""
    parent, child, grandchild = shop.ticket(), shop.internal_ticket(), shop.internal_ticket()
    shop.ana.do(commands.MakeSubTicketOf(parent.id), on=child.id)
    shop.ana.do(commands.MakeSubTicketOf(child.id), on=grandchild.id)

    assert [it.id for it in shop.ana.sub_tickets(parent.id)] == [child.id]
    assert shop.ana.ticket(grandchild.id).parent == child.id
    for target in (parent, child, grandchild):
        with shop.refusing(OutOfPlace):
            shop.ana.do(commands.MakeSubTicketOf(grandchild.id), on=target.id)
    shop.ana.do(commands.MakeIndependent(), on=child.id, seen=ANY)
    assert shop.ana.sub_tickets(parent.id) == ()
