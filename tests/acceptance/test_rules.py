"""How rules answer what happens: before the commit, in order, once, contained, and to an end."""

import attrs
import pytest

from tests.fakes import records_of
from tests.meanwhile import Meanwhile
from tests.small_shop import SmallShop
from ticketcore.assignment import ROTATIONS
from ticketcore.automation import AddRule, Stop
from ticketcore.automation.settling import LONGEST_CHAIN
from ticketcore.commands.assignment import AssignNext, Transfer
from ticketcore.commands.command import AddingTicketCommand
from ticketcore.commands.mail import MailBecame, ReceiveMail
from ticketcore.commands.messages import SendAnswer, SendMessage
from ticketcore.commands.notes import AddInlineNote
from ticketcore.commands.purging import Purge
from ticketcore.commands.status import Close, Delete, MarkAsSpam, Resolve
from ticketcore.commands.tickets import AddTags, SetPriority, SetSubject, SetType, SubmitTicket
from ticketcore.conditions import EventF, F, Fields, TicketFacts
from ticketcore.errors import NotFound, OutOfPlace, StaleRecord
from ticketcore.events import (
    AnswerAdded,
    ChainStopped,
    CustomerMessageAdded,
    Event,
    LinksChanged,
    PriorityChanged,
    RuleFailed,
    SubjectChanged,
    TagsChanged,
    TicketOpened,
    TypeChanged,
)
from ticketcore.model.attachments import Upload
from ticketcore.model.mail import Mail, MailAddress
from ticketcore.model.permissions import Permission
from ticketcore.model.tickets import AnyTicket, Priority


@pytest.fixture
def shop():
    """A small shop's desk."""
    return SmallShop()


def rule(shop, name, trigger=TicketOpened, *, then, **fields):
    """Adds a rule."""
    return shop.system.do(AddRule(name, trigger=trigger, then=then, **fields))


def happened(shop, ticket, *kinds):
    """The classes of a ticket's events, in order; only of these, if any are named."""
    return [type(it) for it in shop.system.thread(ticket.id) if isinstance(it, kinds or Event)]


@attrs.frozen
class Break(AddingTicketCommand[AnyTicket]):
    """Does something, keeps a file, tells the customers, and then raises an error."""

    permission = Permission.CHANGE
    error: Exception

    def decide(self, draft, ticket):
        """Nothing, ever."""
        SetPriority(Priority.URGENT).decide(draft, ticket)
        AddInlineNote("half done", [Upload("half.txt", "text/plain", b"half")]).decide(draft, ticket)
        SendAnswer("Half an answer").decide(draft, ticket)
        AssignNext().decide(draft, ticket)
        raise self.error


ERRORS = [
    ValueError("wrong"),
    KeyError("missing"),
    RecursionError("deep"),
    StopIteration("end"),
    StaleRecord("ticket", "1", 1),
    OutOfPlace("Break", "not now"),
    AssertionError("never"),
    OSError("disk"),
]


def test_tickets_are_routed_in_the_commit_that_opens_them(shop):
    """Nobody ever sees a ticket that is not routed yet: rules run before the commit of what set them off."""
    rule(shop, "Invoices", when=F.subject.contains("invoice"), then=[Transfer(shop.billing), AssignNext()])
    meanwhile = Meanwhile(shop.storage)
    seen = []
    meanwhile.happens(lambda: seen.append(shop.system.count()))

    ticket = shop.ticket()

    assert (ticket.department, ticket.assignee) == (shop.billing, shop.ana.actor.id)
    assert seen == [0]
    assert len(meanwhile.applied) == 1
    assert ticket.version == 1


def test_rules_tell_who_they_are(shop):
    """Every change of a rule is in the thread, done by the system, with the rule and the command that did it (TK-3)."""
    added = rule(shop, "Invoices", then=[SetPriority(Priority.HIGH)])

    (event,) = (it for it in shop.system.thread(shop.ticket().id) if isinstance(it, PriorityChanged))

    assert str(event.actor) == "system"
    assert (event.cause.command, event.cause.rule, event.cause.rule_name) == ("SetPriority", added.id, "Invoices")


def test_causes_name_what_set_a_rule_off(shop):
    """What a rule does tells the event because of which, and its class: from there the chain can be followed back."""
    rule(shop, "First", CustomerMessageAdded, then=[SetPriority(Priority.HIGH)])
    rule(shop, "Second", PriorityChanged, then=[AddTags({"high"})])

    thread = shop.system.thread(shop.ticket().id)

    opened, message, priority, tags = (it for it in thread if isinstance(it, Event))
    assert (priority.cause.event, priority.cause.happened) == (message.id, "CustomerMessageAdded")
    assert (tags.cause.event, tags.cause.happened) == (priority.id, "PriorityChanged")
    assert opened.cause.event is message.cause.event is None


@pytest.mark.usefixtures("in_memory")
@pytest.mark.parametrize("error", ERRORS, ids=lambda it: type(it).__name__)
def test_failed_rule_leaves_no_half_work(shop, error):
    """Whatever a rule raises, nothing of its work remains but the record that it failed; what set it off stays."""
    rule(shop, "Before", then=[AddTags({"before"})])
    rule(shop, "Broken", then=[SetType("half done"), Break(error)])
    rule(shop, "After", then=[AddTags({"after"})])

    ticket = shop.ticket()

    assert happened(shop, ticket) == [TicketOpened, CustomerMessageAdded, TagsChanged, RuleFailed, TagsChanged]
    assert (ticket.priority, ticket.type, ticket.answers, ticket.assignee) == (Priority.NORMAL, None, 0, None)
    assert ticket.tags == {"before", "after"}
    stored = records_of(shop.storage)
    assert "notification" not in stored
    assert ROTATIONS.name not in stored
    assert shop.blobs.get(Upload("half.txt", "text/plain", b"half").digest) is None
    assert "half" not in repr(shop.system.thread(ticket.id))


@pytest.mark.usefixtures("in_memory")
def test_failure_is_recorded(shop):
    """The thread tells which rule failed, and of which class the error was; not its words, which may hold anything."""
    added = rule(shop, "Broken", then=[Break(ValueError("the customer's password"))])

    ticket = shop.ticket()

    (event,) = (it for it in shop.system.thread(ticket.id) if isinstance(it, RuleFailed))
    assert (event.rule, event.rule_name, event.error) == (added.id, "Broken", "ValueError")
    assert "password" not in repr(event)


@pytest.mark.usefixtures("in_memory")
def test_actor_is_the_customers_again_after_a_failure(shop):
    """After a rule that failed, everything goes on in the name of whoever asked."""
    rule(shop, "Broken", then=[Break(ValueError("wrong"))])
    rule(shop, "Also broken", CustomerMessageAdded, then=[Break(ValueError("wrong"))])
    ticket = shop.ticket()

    message = shop.desk.as_customer(shop.mia.id).do(SendMessage("Are you there?"), on=ticket.id)

    assert message.author == "Mia"
    last = [it for it in shop.system.thread(ticket.id) if isinstance(it, CustomerMessageAdded)][-1]
    assert last.actor.id == shop.mia.id


@pytest.mark.usefixtures("in_memory")
@pytest.mark.parametrize("error", ERRORS, ids=lambda it: type(it).__name__)
def test_rule_that_raises_does_not_stop_the_mail(shop, error):
    """A mail becomes a ticket, and a reply a reply, whatever a rule raises."""
    for trigger in (TicketOpened, CustomerMessageAdded):
        rule(shop, "Broken", trigger, then=[Break(error)])
    mails = [
        Mail(
            original=number.encode(),
            message_id=f"{number}@example.org",
            in_reply_to=["1@example.org"],
            sender=MailAddress("Mia", "mia@example.org"),
            subject="Invoice",
            text=f"Mail {number}",
        )
        for number in ("1", "2")
    ]

    outcomes = [shop.system.do(ReceiveMail(mail)) for mail in mails]

    assert [it.became for it in outcomes] == [MailBecame.TICKET, MailBecame.REPLY]
    messages = shop.desk.as_customer(shop.mia.id).thread(outcomes[0].ticket)
    assert [it.text for it in messages] == ["Mail 1", "Mail 2"]


@pytest.mark.usefixtures("in_memory")
def test_failed_rule_stops_no_other(shop):
    """A rule that is to stop the later ones stops none when it fails: it has not run."""
    rule(shop, "Broken", then=[Break(ValueError("wrong"))], stop=Stop.TICKET)
    rule(shop, "After", then=[AddTags({"after"})])

    assert shop.ticket().tags == {"after"}


@pytest.mark.usefixtures("in_memory")
def test_rule_that_cannot_be_asked_stops_no_other(shop):
    """A condition that raises an error, as a field of the host's may, concerns its own rule; the others are asked."""
    broken = Fields("ticket", TicketFacts).number("broken", at=lambda _facts: 1 / 0)
    rule(shop, "Before", when=F.type.is_missing(), then=[AddTags({"before"})])
    rule(shop, "Broken", when=broken > 1, then=[AddTags({"broken"})])
    rule(shop, "Not meant", when=F.type == "other", then=[AddTags({"other"})])
    rule(shop, "After", when=F.tags.has("before"), then=[AddTags({"after"})])

    ticket = shop.ticket()

    (event,) = (it for it in shop.system.thread(ticket.id) if isinstance(it, RuleFailed))
    assert (event.rule_name, event.error) == ("Broken", "ZeroDivisionError")
    assert ticket.tags == {"before", "after"}


def test_stop_ends_all_later_rules_of_the_ticket(shop):
    """After a rule that stops, no other rule is asked for this ticket, of this event or of those that follow."""
    rule(shop, "First", then=[AddTags({"first"})], stop=Stop.TICKET)
    rule(shop, "Second", then=[AddTags({"second"})])
    rule(shop, "Third", TagsChanged, then=[AddTags({"third"})])

    assert shop.ticket().tags == {"first"}
    shop.system.do(SetSubject("Another one"), on=shop.ticket().id)


def test_stop_leaves_other_tickets_alone(shop):
    """A rule that stops the others of one ticket stops nothing for another ticket of the same command."""
    closed = shop.ticket()
    for command in (Resolve(), Close()):
        shop.ana.do(command, on=closed.id)
    rule(shop, "First", LinksChanged, then=[AddTags({"first"})], stop=Stop.TICKET)
    rule(shop, "Second", LinksChanged, then=[AddTags({"second"})])

    message = shop.desk.as_customer(shop.mia.id).do(SendMessage("Once more"), on=closed.id)

    assert [shop.system.ticket(it).tags for it in (closed.id, message.ticket)] == [{"first"}, {"first"}]


def test_a_rule_may_stop_all_rules(shop):
    """After a rule that stops all, none is asked for any ticket of the command; what was done stays."""
    closed = shop.ticket()
    for command in (Resolve(), Close()):
        shop.ana.do(command, on=closed.id)
    rule(shop, "First", LinksChanged, then=[AddTags({"first"})], stop=Stop.ALL)
    rule(shop, "Second", LinksChanged, then=[AddTags({"second"})])

    message = shop.desk.as_customer(shop.mia.id).do(SendMessage("Once more"), on=closed.id)

    tags = [shop.system.ticket(it).tags for it in (closed.id, message.ticket)]
    assert sorted(tags, key=len) == [frozenset(), {"first"}]
    assert shop.desk.as_customer(shop.mia.id).thread(message.ticket)


def test_stop_lasts_for_one_settling(shop):
    """What stops rules now does not stop them at the next thing that happens."""
    rule(shop, "First", then=[AddTags({"first"})], stop=Stop.TICKET)
    rule(shop, "Second", SubjectChanged, then=[AddTags({"second"})])
    ticket = shop.ticket()

    assert shop.system.do(SetSubject("Another one"), on=ticket.id).tags == {"first", "second"}


def test_rule_that_does_not_match_stops_nothing(shop):
    """Only a rule that runs stops others."""
    rule(shop, "First", when=F.subject.contains("refund"), then=[AddTags({"first"})], stop=Stop.TICKET)
    rule(shop, "Second", then=[AddTags({"second"})])

    assert shop.ticket().tags == {"second"}


def test_events_in_order_and_rules_in_order(shop):
    """Rules answer an event in their order; what they do raises events that queue behind, and are answered in turn."""
    rule(shop, "Tags are urgent", TagsChanged, then=[SetPriority(Priority.HIGH)], place=1)
    rule(shop, "Second", then=[SetType("billing")], place=30)
    rule(shop, "First", then=[AddTags({"new"})], place=20)
    rule(shop, "Message", CustomerMessageAdded, then=[SetSubject("Seen")], place=10)

    ticket = shop.ticket()

    assert happened(shop, ticket) == [
        TicketOpened,
        CustomerMessageAdded,
        TagsChanged,
        TypeChanged,
        SubjectChanged,
        PriorityChanged,
    ]


def test_rules_see_the_ticket_as_it_now_is(shop):
    """A later rule of the same event is asked about the ticket that an earlier one has changed."""
    rule(shop, "First", then=[SetPriority(Priority.HIGH)])
    rule(shop, "Second", when=F.priority == Priority.HIGH, then=[AddTags({"seen high"})])
    rule(shop, "Third", when=F.priority == Priority.NORMAL, then=[AddTags({"seen normal"})])

    assert shop.ticket().tags == {"seen high"}


def test_earlier_rules_are_not_asked_again(shop):
    """What a rule makes true comes too late for a rule before it, and in time for those behind it."""
    rule(shop, "Too late", when=F.tags.has("vip"), then=[SetType("early")])
    rule(shop, "Mark", then=[AddTags({"vip"})])
    rule(shop, "Not any more", when=F.tags.is_empty(), then=[SetType("wrong")])
    rule(shop, "In time", when=F.tags.has("vip"), then=[SetType("late")])

    ticket = shop.ticket()

    assert [it.cause.rule_name for it in shop.system.thread(ticket.id) if isinstance(it, TypeChanged)] == ["In time"]


def test_rules_see_the_event_as_it_was(shop):
    """A rule sees the event that set it off, not what another rule has made of the field since."""
    rule(shop, "First", PriorityChanged, then=[SetPriority(Priority.LOW)])
    was_urgent = EventF.priority.changed_to(Priority.URGENT)
    rule(shop, "Second", PriorityChanged, when=was_urgent, then=[AddTags({"was urgent"})])
    ticket = shop.ticket()

    after = shop.ana.do(SetPriority(Priority.URGENT), on=ticket.id)

    assert (after.priority, after.tags) == (Priority.LOW, {"was urgent"})


def test_each_rule_once_per_ticket(shop):
    """A rule whose own work sets it off again does not run again in the same settling."""
    rule(shop, "Higher", PriorityChanged, then=[SetPriority(Priority.URGENT)])
    rule(shop, "Lower", PriorityChanged, then=[SetPriority(Priority.LOW)])
    ticket = shop.ticket()

    shop.ana.do(SetPriority(Priority.HIGH), on=ticket.id)

    changes = [it for it in shop.system.thread(ticket.id) if isinstance(it, PriorityChanged)]
    assert [(it.cause.rule_name, it.after) for it in changes] == [
        (None, Priority.HIGH),
        ("Higher", Priority.URGENT),
        ("Lower", Priority.LOW),
    ]


def test_each_rule_once_for_each_ticket_of_a_command(shop):
    """A rule runs for every ticket to which its event happens, be it in one command: once for each."""
    rule(shop, "Seen", then=[AddTags({"seen"})])
    closed = shop.ticket()
    for command in (Resolve(), Close()):
        shop.ana.do(command, on=closed.id)
    rule(shop, "Linked", Event, when=~F.links.is_empty(), then=[SetType("linked")])

    message = shop.desk.as_customer(shop.mia.id).do(SendMessage("Once more"), on=closed.id)

    assert [shop.system.ticket(it).type for it in (closed.id, message.ticket)] == ["linked", "linked"]
    assert shop.system.ticket(message.ticket).tags == {"seen"}


def chain(shop, length):
    """Adds rules that count a ticket's type up from "0", each set off by the one before."""
    for number in range(length):
        counted = EventF.type.changed_to(str(number))
        rule(shop, str(number + 1), TypeChanged, when=counted, then=[SetType(str(number + 1))])


def test_chains_are_stopped_and_recorded(shop):
    """Rules that set each other off are stopped after ten in a row, and the thread says which one did not run."""
    rule(shop, "0", then=[SetType("0")])
    chain(shop, LONGEST_CHAIN + 5)

    ticket = shop.ticket()

    (stopped,) = (it for it in shop.system.thread(ticket.id) if isinstance(it, ChainStopped))
    assert ticket.type == str(LONGEST_CHAIN - 1)
    assert (stopped.rule_name, stopped.depth) == (str(LONGEST_CHAIN), LONGEST_CHAIN)


def test_stopped_chain_keeps_its_work(shop):
    """What a chain has done before it was stopped stays done, and the message that began it is there."""
    rule(shop, "0", CustomerMessageAdded, then=[SetType("0")])
    chain(shop, LONGEST_CHAIN + 1)
    ticket = shop.ticket()

    assert ticket.type == str(LONGEST_CHAIN - 1)
    assert [it.text for it in shop.desk.as_customer(shop.mia.id).thread(ticket.id)] == ["You charged me twice."]


def test_what_changes_nothing_sets_off_no_rule(shop):
    """A change that changes nothing is no change: no event, no version, no rule."""
    ticket = shop.ticket()
    rule(shop, "Any", Event, then=[AddTags({"set off"})])
    before = records_of(shop.storage)

    for command in (SetPriority(Priority.NORMAL), SetSubject(ticket.subject), SetType(None), AddTags([]), Transfer()):
        shop.ana.do(command, on=ticket.id, **shop.seen(command))

    assert records_of(shop.storage) == before


def test_rule_that_changes_nothing_leaves_no_trace(shop):
    """A rule whose actions change nothing raises no event."""
    rule(shop, "Nothing", then=[SetPriority(Priority.NORMAL), AddTags([])])

    assert happened(shop, shop.ticket()) == [TicketOpened, CustomerMessageAdded]


def test_inactive_rules_do_not_run(shop):
    """A rule that is not active is not asked."""
    rule(shop, "Off", then=[AddTags({"off"})], active=False)

    assert shop.ticket().tags == frozenset()


def test_rules_act_as_the_desk_itself(shop):
    """A rule may what the agent who set it off may not, and what it writes is the desk's."""
    rule(shop, "Legal", when=F.subject.contains("court"), then=[Transfer(shop.legal)])
    rule(shop, "Acknowledge", then=[SendAnswer("We have got it.")])

    ticket = shop.ticket(subject="Court order")

    assert ticket.department == shop.legal
    assert [it.author for it in shop.desk.as_customer(shop.mia.id).thread(ticket.id)] == ["Mia", "Help desk"]
    assert happened(shop, ticket, AnswerAdded) == [AnswerAdded]


def test_triggers_include_subclasses(shop):
    """A rule of a family of events is set off by each of the family."""
    rule(shop, "Any", Event, when=EventF.event == "PriorityChanged", then=[AddTags({"told"})])
    ticket = shop.ticket()
    assert ticket.tags == frozenset()

    assert shop.ana.do(SetPriority(Priority.HIGH), on=ticket.id).tags == {"told"}


def test_rule_may_purge_what_came(shop):
    """A rule that purges the very ticket that set it off leaves nothing to be asked of; nobody else is disturbed."""
    rule(shop, "Junk", then=[Delete(), Purge()], when=F.subject.contains("casino"))
    rule(shop, "After", then=[AddTags({"after"})])
    rule(shop, "Message", CustomerMessageAdded, then=[AddTags({"message"})])
    mia = shop.desk.as_customer(shop.mia.id)

    junk = mia.do(SubmitTicket("Casino!"))
    mail = Mail(original=b"1", sender=MailAddress("Mia", "mia@example.org"), subject="Casino!", text="Win!")
    shop.system.do(ReceiveMail(mail))

    assert shop.system.count() == 0
    assert mia.tickets().items == ()
    with pytest.raises(NotFound):
        mia.ticket(junk.id)
    assert shop.ticket().tags == {"after", "message"}


def test_set_aside_by_a_rule_is_out_of_the_customers_sight(shop):
    """A ticket that a rule takes for spam is not shown to its customer; whoever opened it is not told why."""
    rule(shop, "Junk", then=[MarkAsSpam()], when=F.subject.contains("casino"))
    mia = shop.desk.as_customer(shop.mia.id)

    junk = mia.do(SubmitTicket("Casino!"))

    assert mia.tickets().items == ()
    assert junk.status == "new"
