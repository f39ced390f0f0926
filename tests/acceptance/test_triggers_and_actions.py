"""
Every trigger and every action of the field (requirements FL-2, FL-6, DP-6, TK-9, and what the manuals add to rules).

Each is one line of a table: what happens, or what is done, and what comes of it.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import attrs
import pytest

from tests.customers_view import Letterbox, seen_by
from tests.small_shop import SmallShop
from ticketcore import commands, events
from ticketcore.automation import AddRule, DueWithin, OlderThan, OverdueBy, StatusUnchangedFor, Stop
from ticketcore.automation.triggers import Trigger
from ticketcore.commands.command import TicketCommand
from ticketcore.commands.mail import ReceiveMail
from ticketcore.commands.outbox import LeaseNotifications, ReportFailure
from ticketcore.conditions import Condition, EventF, F, always
from ticketcore.configuration import Setup
from ticketcore.errors import NotFound
from ticketcore.model.fields import FieldOwner, FieldType
from ticketcore.model.ids import AgentId, TicketId
from ticketcore.model.lifecycle import Category
from ticketcore.model.mail import Mail, MailAddress
from ticketcore.model.targets import Target
from ticketcore.model.thread import Answer, InlineNote
from ticketcore.model.tickets import Channel, Priority, Ticket
from ticketcore.notices import AgentNotice, CustomerNotice, MailNotice, Occasion, RequestNotice
from ticketcore.notifications import PAUSES
from ticketcore.sla import INTERNAL_ANSWER_TIME
from ticketcore.sla.policies import Agreement

HOUR = timedelta(hours=1)
SUPPLIER = "orders@supplier.example"


class Shop(SmallShop):
    """A small shop, with a letterbox for all that it sends, and a warehouse that it can ask."""

    def __init__(self) -> None:
        self.letters = Letterbox()
        super().__init__(notifier=self.letters, setup=Setup(systems={"warehouse"}))
        self.as_mia = self.desk.as_customer(self.mia.id)
        self.answer = self.system.do(commands.AddCannedResponse("Thanks", "Dear {requester.name}, we have got it.")).id
        promise = Agreement(Target.FIRST_ANSWER, timedelta(hours=1))
        self.gold = self.system.do(commands.AddSlaPolicy("Gold", [promise], when=F.tags.has("gold"))).id
        self.system.do(commands.DefineCustomField(FieldOwner.TICKET, "order", "Order", FieldType.TEXT))

    @property
    def ana_id(self) -> AgentId:
        """Ana's id."""
        return AgentId(self.ana.actor.id or "")

    def mail(self, number: str, subject: str = "Invoice 7") -> Ticket:
        """A ticket that a mail of Mia's opened."""
        sender = MailAddress("Mia", "mia@example.org")
        mail = Mail(
            original=number.encode(), message_id=f"{number}@x.org", sender=sender, subject=subject, text="Hello"
        )
        outcome = self.system.do(ReceiveMail(mail))
        ticket = self.system.ticket(outcome.ticket or "")  # type: ignore[arg-type]
        assert isinstance(ticket, Ticket)
        return ticket

    def give_up_mail(self) -> None:
        """Has everything that waits in the outbox fail until it is given up."""
        for pause in (timedelta(0), *PAUSES):
            self.clock.advance(pause)
            for it in self.system.do(LeaseNotifications()):
                self.system.do(ReportFailure(it.id, "no route"))

    def sent(self, kind: type[Any]) -> list[Any]:
        """What is sent of a class of notices."""
        self.system.deliver()
        return [it for it in self.letters.notices if isinstance(it, kind)]


@pytest.fixture
def shop() -> Shop:
    """The shop."""
    return Shop()


# Triggers.


@attrs.frozen
class Case:
    """
    A trigger of the field.

    Args:
        name: As the field calls it.
        trigger: Ours.
        happens: Does what sets the rule off to a ticket of the billing department.
        does_not: Does something alike that does not.
        when: The condition, where the field has a trigger of its own for it.
    """

    name: str
    trigger: Trigger
    happens: Callable[[Shop, Ticket], object]
    does_not: Callable[[Shop, Ticket], object]
    when: Condition[Any] = always


def by_ana(command: TicketCommand[Any]) -> Callable[[Shop, Ticket], object]:
    """Ana does something to a ticket."""
    return lambda shop, ticket: shop.ana.do(command, on=ticket.id, **shop.seen(command))


def of_the_desk(make: Callable[[Shop], TicketCommand[Any]]) -> Callable[[Shop, Ticket], object]:
    """Ana does something to a ticket that names something of the desk."""
    return lambda shop, ticket: by_ana(make(shop))(shop, ticket)


def after(*times: timedelta) -> Callable[[Shop, Ticket], object]:
    """Time goes by, and the desk looks each time."""

    def passes(shop: Shop, _ticket: Ticket) -> None:
        for time in times:
            shop.clock.advance(time)
            shop.system.sweep()

    return passes


MESSAGE = commands.SendInternalMessage("Have a look?")
TAG = by_ana(commands.AddTags({"other"}))
LINK = of_the_desk(lambda shop: commands.LinkTo(shop.internal_ticket().id))
TO_ANA = of_the_desk(lambda shop: commands.Assign(shop.ana_id))


def rate(shop: Shop, ticket: Ticket) -> None:
    """Mia rates the ticket, which is resolved."""
    shop.ana.do(commands.SendAnswer("Refunded."), on=ticket.id)
    shop.as_mia.do(commands.RateTicket(positive=False, comment="Slow"), on=ticket.id)


def start_chat(shop: Shop, ticket: Ticket) -> None:
    """Mia begins a chat about the ticket."""
    shop.as_mia.do(commands.StartChatOnTicket("Hello?"), on=ticket.id)


def miss_call(shop: Shop, ticket: Ticket) -> None:
    """Mia calls, and nobody picks up."""
    call = shop.ana.do(commands.StartCallOnTicket(), on=ticket.id)
    shop.ana.do(commands.EndCall(call.id), on=ticket.id)


def fail_to_send(shop: Shop, ticket: Ticket) -> None:
    """An answer cannot be delivered."""
    shop.ana.do(commands.SendAnswer("Refunded."), on=ticket.id)
    shop.give_up_mail()


def resolve_meanwhile(shop: Shop, ticket: Ticket) -> None:
    """The status changes before the ticket has been in it for long, and begins anew."""
    after(4 * HOUR)(shop, ticket)
    by_ana(commands.Resolve())(shop, ticket)
    after(4 * HOUR)(shop, ticket)


CASES = [
    Case(
        "message added", events.MessageAdded,
        lambda shop, ticket: shop.as_mia.do(commands.SendMessage("Well?"), on=ticket.id),
        by_ana(commands.AddInlineNote("A note is no message.")),
    ),
    Case(
        "customer's message added", events.CustomerMessageAdded,
        lambda shop, ticket: shop.as_mia.do(commands.SendMessage("Well?"), on=ticket.id),
        by_ana(commands.SendAnswer("Not a customer's.")),
    ),
    Case(
        "message added from e-mail", events.CustomerMessageAdded,
        lambda shop, ticket: shop.mail("2", f"Re: {ticket.reference}"),
        lambda shop, ticket: shop.as_mia.do(commands.SendMessage("Well?", channel=Channel.CHAT), on=ticket.id),
        EventF.message.source == Channel.EMAIL,
    ),
    Case("status changed", events.StatusChanged, by_ana(commands.Resolve()), TAG),
    Case("transferred", events.Transferred, by_ana(commands.Transfer()), TO_ANA),
    Case("assigned", events.Assigned, TO_ANA, TAG),
    Case("tags changed", events.TagsChanged, TAG, by_ana(commands.SetType("order"))),
    Case("linked", events.LinksChanged, LINK, TAG),
    Case("agent opened a ticket", events.AgentEntered, by_ana(commands.EnterTicket()), by_ana(commands.LeaveTicket())),
    Case("agent left a ticket", events.AgentLeft, by_ana(commands.LeaveTicket()), by_ana(commands.EnterTicket())),
    Case("agent rated", events.Rated, rate, by_ana(commands.SendAnswer("Refunded."))),
    Case("chat started", events.ChatStarted, start_chat, TAG),
    Case("incoming call started", events.CallStarted, by_ana(commands.StartCallOnTicket()), start_chat),
    Case("call missed", events.CallMissed, miss_call, start_chat),
    Case("outgoing mail failed", events.OutgoingMailFailed, fail_to_send, by_ana(commands.SendAnswer("Refunded."))),
    Case("queue length changed", events.QueueLengthChanged, TO_ANA, TAG),
    Case("older than", OlderThan(5 * HOUR), after(5 * HOUR), after(4 * HOUR)),
    Case(
        "status unchanged for longer than", StatusUnchangedFor(5 * HOUR), after(5 * HOUR),
        resolve_meanwhile,
    ),
    Case(
        "due in less than", DueWithin(5 * HOUR), after(INTERNAL_ANSWER_TIME - 5 * HOUR),
        after(INTERNAL_ANSWER_TIME - 6 * HOUR),
    ),
    Case(
        "overdue by more than", OverdueBy(5 * HOUR), after(INTERNAL_ANSWER_TIME + 5 * HOUR),
        after(INTERNAL_ANSWER_TIME + 4 * HOUR),
    ),
]  # fmt: skip
"""The triggers of the field, those apart that open tickets."""


@pytest.mark.parametrize("case", CASES, ids=lambda it: it.name)
def test_every_trigger_sets_rules_off(shop: Shop, case: Case) -> None:
    """FL-2: A rule is triggered by each of the field's events, or states becoming true, and by nothing alike."""
    mark = [commands.SetType("fired")]
    ticket = shop.ticket(department=shop.billing)
    shop.system.do(AddRule(case.name, trigger=case.trigger, when=case.when, then=mark))

    case.does_not(shop, ticket)
    assert shop.system.ticket(ticket.id).type != "fired"

    case.happens(shop, ticket)
    assert shop.system.ticket(ticket.id).type == "fired"


@pytest.mark.parametrize("channel", [it for it in Channel if it is not Channel.INSIDE], ids=lambda it: it.value)
def test_tickets_of_any_channel_set_rules_off(shop: Shop, channel: Channel) -> None:
    """FL-2: A rule is triggered by tickets that are created, through any channel, or one of them."""
    shop.system.do(AddRule("Any", trigger=events.TicketOpened, then=[commands.AddTags({"any"})]))
    its_own = F.source == channel
    shop.system.do(AddRule("Its own", trigger=events.TicketOpened, when=its_own, then=[commands.AddTags({"own"})]))

    there, elsewhere = shop.ticket(channel=channel), shop.internal_ticket()

    assert shop.system.ticket(there.id).tags == {"any", "own"}
    assert shop.system.ticket(elsewhere.id).tags == {"any"}


def test_tickets_from_mail_set_rules_off(shop: Shop) -> None:
    """FL-2: A rule is triggered by tickets that are created from e-mail, and not by others."""
    from_mail = F.source == Channel.EMAIL
    shop.system.do(
        AddRule("Mail", trigger=events.TicketOpened, when=from_mail, then=[commands.AddTags({"came by mail"})])
    )

    by_mail, by_form = shop.mail("1"), shop.ticket()

    assert [by_mail.tags, by_form.tags] == [{"came by mail"}, frozenset()]


# Actions.


@attrs.frozen
class Action:
    """
    An action of the field.

    Args:
        name: As the field calls it.
        then: Ours, or what makes it for the shop.
        shown: What shows that it was done, and is true then.
    """

    name: str
    then: Sequence[TicketCommand[Any]] | Callable[[Shop], Sequence[TicketCommand[Any]]]
    shown: Callable[[Shop, TicketId], bool]


def ticket_has(**fields: Any) -> Callable[[Shop, TicketId], bool]:
    """Whether the ticket has these values; statuses are told by their keys."""

    def has(shop: Shop, ticket: TicketId) -> bool:
        now = shop.system.ticket(ticket)
        return {name: getattr(getattr(now, name), "key", getattr(now, name)) for name in fields} == fields

    return has


def status_is(key: str) -> Callable[[Shop, TicketId], bool]:
    """Whether the ticket is in a status."""
    return ticket_has(status=key)


def thread_has(kind: type[Any], text: str) -> Callable[[Shop, TicketId], bool]:
    """Whether an entry of a kind says a text."""
    return lambda shop, ticket: text in {it.text for it in shop.system.thread(ticket) if isinstance(it, kind)}


def was_purged(shop: Shop, ticket: TicketId) -> bool:
    """Whether the ticket is gone."""
    with pytest.raises(NotFound):
        shop.system.ticket(ticket)
    return True


def told_of_resolution(shop: Shop) -> bool:
    """Whether customers are told that something is resolved."""
    return any(it.occasion is Occasion.RESOLVED for it in shop.sent(CustomerNotice))


ACTIONS = [
    Action("transfer", lambda shop: [commands.Transfer(shop.legal)],
           lambda shop, ticket: ticket_has(department=shop.legal)(shop, ticket)),
    Action("assign an agent", lambda shop: [commands.Assign(shop.ana_id)],
           lambda shop, ticket: ticket_has(assignee=shop.ana_id)(shop, ticket)
           and [it.to.name for it in shop.sent(AgentNotice)] == ["Ana"]),
    Action("assign round robin", [commands.AssignNext()],
           lambda shop, ticket: ticket_has(assignee=shop.ana_id)(shop, ticket)),
    Action("assign nobody", lambda shop: [commands.Assign(shop.ana_id), commands.Unassign()],
           ticket_has(assignee=None)),
    Action("answered", [commands.MarkAnswered()], status_is("answered")),
    Action("resolved", [commands.Resolve()],
           lambda shop, ticket: status_is("resolved")(shop, ticket) and told_of_resolution(shop)),
    Action("silently resolved", [commands.Resolve(silently=True)],
           lambda shop, ticket: status_is("resolved")(shop, ticket) and not told_of_resolution(shop)),
    Action("postponed", [commands.PostponeFor(HOUR)],
           lambda shop, ticket: ticket_has(status="postponed", postponed_until=shop.clock.now + HOUR)(shop, ticket)),
    Action("spam", [commands.MarkAsSpam()], status_is("spam")),
    Action("not spam", [commands.MarkAsSpam(), commands.MarkAsNotSpam()], status_is("new")),
    Action("deleted", [commands.Delete()], status_is("deleted")),
    Action("purged", [commands.Delete(), commands.Purge()], was_purged),
    Action("any status of the host's", [commands.MoveTo("resolved")], status_is("resolved")),
    Action("priority", [commands.SetPriority(Priority.URGENT)], ticket_has(priority=Priority.URGENT)),
    Action("subject", [commands.SetSubject("Refund")], ticket_has(subject="Refund")),
    Action("tags", [commands.AddTags({"a", "b"}), commands.RemoveTags({"a"})], ticket_has(tags={"b"})),
    Action("SLA level", lambda shop: [commands.SetSlaLevel(shop.gold)],
           lambda shop, ticket: ticket_has(sla=shop.gold)(shop, ticket)),
    Action("custom fields", [commands.SetCustomFields({"order": "A-17"})],
           ticket_has(custom={"order": "A-17"})),
    Action("note", [commands.AddInlineNote("Call back")], thread_has(InlineNote, "Call back")),
    Action("note from a canned response", lambda shop: [commands.AddCannedNote(shop.answer)],
           thread_has(InlineNote, "Dear Mia, we have got it.")),
    Action("answer from a template", [commands.AnswerFromTemplate("Hello {requester.name}!")],
           lambda shop, ticket: thread_has(Answer, "Hello Mia!")(shop, ticket)
           and [it.text for it in shop.sent(CustomerNotice)] == ["Hello Mia!"]),
    Action("answer from a canned response", lambda shop: [commands.SendCannedAnswer(shop.answer)],
           thread_has(Answer, "Dear Mia, we have got it.")),
    Action("send a mail to somebody", [commands.SendMail([SUPPLIER], "News", "{requester.name} waits.")],
           lambda shop, _: [(it.address, it.text) for it in shop.sent(MailNotice)] == [(SUPPLIER, "Mia waits.")]),
    Action("forward", [commands.Forward([SUPPLIER])],
           lambda shop, _: [it.message.text for it in shop.sent(MailNotice)] == ["You charged me twice."]),
    Action("change recipients", lambda shop: [commands.SetCopies(["kim@example.org"]),
                                              commands.AddFollowers([shop.bob.id]),
                                              commands.AddRequesters([shop.eve.id]),
                                              commands.RemoveRequesters([shop.mia.id])],
           lambda shop, ticket: ticket_has(
               cc=("kim@example.org",), followers=(shop.bob.id,), requesters=(shop.eve.id,))(shop, ticket)),
    Action("change the requester's groups", [commands.ChangeRequestersGroups(join={"vip"})],
           lambda shop, _: shop.system.contact(shop.mia.id).groups == {"vip"}),
    Action("request to another system",
           [commands.SendRequest("warehouse", {"subject": "{ticket.subject}"})],
           lambda shop, _: [(it.system, dict(it.values)) for it in shop.sent(RequestNotice)]
           == [("warehouse", {"subject": "Invoice 7"})]),
]  # fmt: skip
"""The actions of the field, apart from those that concern two tickets, or other rules."""


@pytest.mark.parametrize("action", ACTIONS, ids=lambda it: it.name)
def test_every_action_is_done(shop: Shop, action: Action) -> None:
    """FL-2: A rule performs each of the field's actions, as the desk itself."""
    then = action.then(shop) if callable(action.then) else action.then
    shop.system.do(AddRule(action.name, trigger=events.TicketOpened, then=then))

    opened = shop.as_mia.do(commands.SubmitTicket("Invoice 7", "You charged me twice.", department=shop.billing))

    assert action.shown(shop, opened.id)
    assert "vip" not in repr(seen_by(shop.desk, shop.mia.id))


@pytest.mark.parametrize("by", ["least_busy", "round_robin", "random"])
def test_rules_choose_how_to_assign(shop: Shop, by: str) -> None:
    """FL-2: A rule assigns by whichever strategy it names; the least busy agent gets the next ticket."""
    vida = shop.system.do(commands.AddAgent("Vida", departments=[shop.billing])).id
    shop.system.do(commands.Assign(shop.ana_id), on=shop.ticket(department=shop.billing).id)
    shop.system.do(AddRule("In turn", trigger=events.TicketOpened, then=[commands.AssignNext(by=by)]))

    got = shop.ticket(department=shop.billing).assignee

    assert got in ({vida} if by == "least_busy" else {vida, shop.ana_id})


def test_rules_merge_tickets(shop: Shop) -> None:
    """FL-2: A rule merges a ticket into another one, say one that tells of an outage."""
    outage = shop.ticket(subject="Nothing works")
    about_it = F.subject.contains("works")
    shop.system.do(AddRule("Outage", trigger=events.TicketOpened, when=about_it, then=[commands.MergeInto(outage.id)]))

    another = shop.ticket(shop.bob, subject="It works no more")

    assert shop.system.ticket(another.id).merged_into == outage.id
    survivor = shop.system.ticket(outage.id)
    assert isinstance(survivor, Ticket)
    assert shop.bob.id in survivor.parties


def test_rules_stop_other_rules(shop: Shop) -> None:
    """FL-2: A rule stops the other rules of its ticket, or all rules."""
    shop.system.do(AddRule("Stop", trigger=events.TicketOpened, then=[commands.AddTags({"first"})], stop=Stop.TICKET))
    shop.system.do(AddRule("Later", trigger=events.TicketOpened, then=[commands.AddTags({"later"})]))
    shop.system.do(AddRule("After all", trigger=events.TagsChanged, then=[commands.AddTags({"later"})], stop=Stop.ALL))

    assert shop.ticket().tags == {"first"}


def test_rules_run_in_their_order(shop: Shop) -> None:
    """DP-9: Rules run in an order that whoever wrote them chose, whenever they were added."""
    for place, name in ((30, "c"), (10, "a"), (20, "b")):
        rename = [commands.SetType(name)]
        shop.system.do(AddRule(name, trigger=events.TicketOpened, then=rename, place=place))

    thread = shop.system.thread(shop.ticket().id)

    assert [it.after for it in thread if isinstance(it, events.TypeChanged)] == ["a", "b", "c"]


# What rules are for.


def test_departments_have_rules_of_their_own(shop: Shop) -> None:
    """DP-6: A department has automation rules of its own: those whose condition names it."""
    for department, text in ((shop.billing, "Billing answers within a day."), (shop.legal, "Legal takes its time.")):
        shop.system.do(
            AddRule(
                text,
                trigger=events.TicketOpened,
                when=F.department == department,
                then=[commands.AnswerFromTemplate(text)],
            )
        )

    answers = [
        [it.text for it in shop.system.thread(shop.ticket(department=it).id) if isinstance(it, Answer)]
        for it in (shop.billing, shop.legal, None)
    ]

    assert answers == [["Billing answers within a day."], ["Legal takes its time."], []]


def test_statuses_follow_rules(shop: Shop) -> None:
    """FL-6: A status is changed by automation: when something happens, and when time has gone by."""
    shop.system.do(
        AddRule(
            "Close after silence",
            trigger=StatusUnchangedFor(timedelta(days=7)),
            when=F.category == Category.ANSWERED,
            then=[commands.Resolve(silently=True)],
        )
    )
    ticket, waiting = shop.answered("Refunded."), shop.ticket()

    for _ in range(8):
        shop.clock.advance(days=1)
        shop.system.sweep()

    assert [shop.system.ticket(it.id).status.key for it in (ticket, waiting)] == ["resolved", "new"]


def test_routing_assignment_status_and_receipt(shop: Shop) -> None:
    """TK-9: Automation routes, assigns, updates the status, and acknowledges receipt in person, in the same commit."""
    shop.system.do(
        AddRule(
            "Invoices",
            trigger=events.TicketOpened,
            when=F.subject.contains("invoice"),
            then=[commands.Transfer(shop.billing), commands.AssignNext(), commands.AcknowledgeReceipt()],
        )
    )
    shop.system.do(
        AddRule("Taken", trigger=events.Assigned, when=F.assignee.is_set(), then=[commands.AddTags({"in hands"})])
    )

    ticket = shop.ticket()

    assert (ticket.department, ticket.assignee) == (shop.billing, shop.ana_id)
    assert ticket.tags == {"in hands"}
    assert ticket.version == 1
    (receipt,) = shop.sent(CustomerNotice)
    assert (receipt.occasion, receipt.to.name, receipt.automatic) == (Occasion.RECEIPT, "Mia", True)
    assert ticket.reference in receipt.text
