"""Ready-made rules at work (requirements FL-4, FL-6, TK-9): on a desk whose clock and sweep tests move."""

from datetime import timedelta

import attrs
import pytest

from tests.customers_view import Letterbox
from tests.small_shop import SmallShop
from ticketcore import commands
from ticketcore.automation import AddRule, ChangeRule, RemoveRule, ready_made
from ticketcore.automation.lint import Severity
from ticketcore.commands.mail import ReceiveMail
from ticketcore.configuration import Setup
from ticketcore.errors import AccessDenied
from ticketcore.events import MailSent, RuleFailed, TicketOpened
from ticketcore.model.ids import AgentId, DepartmentId
from ticketcore.model.mail import Mail, MailAddress, MailKind
from ticketcore.model.people import Role
from ticketcore.model.targets import Target
from ticketcore.model.tickets import Priority
from ticketcore.notices import CustomerNotice, Occasion
from ticketcore.sla import Agreement

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MANAGER = "manager@shop.example"

EACH = {it.name: it for it in ready_made.rules(escalate_to=DepartmentId("billing"), tell=[MANAGER])}


class Shop(SmallShop):
    """A small shop that promises a first answer within two hours, and keeps what it sends."""

    def __init__(self, *rules, **setup):
        self.letters = Letterbox()
        super().__init__(notifier=self.letters, setup=Setup(**setup))
        self.system.do(commands.AddSlaPolicy("Promise", [Agreement(Target.FIRST_ANSWER, 2 * HOUR)]))
        self.as_mia = self.desk.as_customer(self.mia.id)
        self.rules = [self.system.do(it) for it in rules]

    def mail(self, number, sender="mia@example.org", **fields):
        """What came of a mail."""
        sent = Mail(
            original=number.encode(),
            message_id=f"{number}@x.example",
            sender=MailAddress("", sender),
            subject="Hello",
            text="Hello",
            **fields,
        )
        return self.system.do(ReceiveMail(sent))

    def pass_time(self, time):
        """Lets time go by, and does what it makes due."""
        self.clock.advance(time)
        while self.system.sweep():
            pass

    def receipts(self):
        """The acknowledgements of receipt that customers are sent."""
        self.system.deliver()
        return [it for it in self.letters.notices if isinstance(it, CustomerNotice) and it.occasion is Occasion.RECEIPT]

    def status(self, ticket):
        """Where a ticket stands."""
        return self.system.ticket(ticket.id).status.key


# The set as a whole.


def test_ready_made_rules_are_rules_like_any_other():
    """FL-4: Ready-made automations can be seen, edited, paused and deleted, and new ones created, by administrators."""
    shop = Shop(*ready_made.rules())
    admin = shop.desk.as_agent(shop.system.do(commands.AddAgent("Ida", role=Role.ADMIN)).id)
    ids = {it.name: it.id for it in admin.rules()}
    assert list(ids) == [it.name for it in ready_made.rules()]
    assert all(it.note for it in admin.rules())

    admin.do(ChangeRule(ids["VIP first"], then=[commands.SetPriority(Priority.URGENT)]), seen=1)
    admin.do(ChangeRule(ids["Acknowledge receipt"], active=False), seen=1)
    admin.do(RemoveRule(ids["Round robin"]), seen=1)
    admin.do(AddRule("Ours", trigger=TicketOpened, then=[commands.AddTags({"ours"})]))
    shop.system.do(commands.ChangeContact(shop.mia.id, groups={"vip"}))

    ticket = shop.ticket()

    assert (ticket.priority, ticket.assignee, ticket.tags) == (Priority.URGENT, None, {"ours"})
    assert shop.receipts() == []
    with shop.refusing(AccessDenied):
        shop.ana.do(RemoveRule(ids["VIP first"]), seen=2)


def test_nothing_is_found_on_the_ready_made_rules():
    """FL-4: Lint finds nothing on the whole set, whatever it is given, and each can be added where nothing may be."""
    shop = Shop()
    shop.system.do(commands.ChangeAgent(shop.ana.actor.id, email="ana@shop.example"))

    for rule in ready_made.rules(escalate_to=shop.billing, tell=[MANAGER]):
        shop.system.do(attrs.evolve(rule, refuse_at=Severity.WARNING))

    assert shop.system.lint() == ()


@pytest.mark.parametrize("name", EACH)
def test_each_ready_made_rule_has_a_json_form(name):
    """FL-4: Hosts can keep and show ready-made rules as JSON: each comes back as it was."""
    codec = Shop().desk.codec

    assert codec.unpack_command(codec.pack_command(EACH[name])) == EACH[name]


def test_the_whole_set_works_together():
    """FL-4: With all of them, a ticket is ranked, assigned and acknowledged as it opens, closed when all is quiet."""
    shop = Shop(*ready_made.rules())
    shop.system.do(commands.ChangeContact(shop.mia.id, groups={"vip"}))

    ticket = shop.ticket(department=shop.billing)
    assert (ticket.priority, ticket.assignee) == (Priority.HIGH, shop.ana.actor.id)
    assert [it.to.name for it in shop.receipts()] == ["Mia"]

    shop.pass_time(3 * HOUR)
    assert shop.system.ticket(ticket.id).priority is Priority.URGENT

    shop.ana.do(commands.SendAnswer("Refunded."), on=ticket.id)
    shop.pass_time(7 * DAY)
    assert shop.status(ticket) == "resolved"
    shop.pass_time(30 * DAY)
    assert shop.status(ticket) == "closed"
    assert not any(isinstance(it, RuleFailed) for it in shop.system.thread(ticket.id))


# Each of them.


def test_spam_is_put_aside_by_its_mark():
    """FL-4: What a filter marked as spam is put aside, and no other rule answers or assigns it."""
    shop = Shop(*ready_made.rules())

    marked = shop.mail("1", marked_spam=True)
    good = shop.mail("2", "bob@example.org")

    stored = [shop.system.ticket(it.ticket) for it in (marked, good)]
    assert [it.status.key for it in stored] == ["spam", "new"]
    assert stored[0].assignee is None
    assert [it.to.name for it in shop.receipts()] == ["Bob"]


@pytest.mark.parametrize(
    ("groups", "priority", "after"),
    [
        ({"vip"}, Priority.NORMAL, Priority.HIGH),
        ({"vip"}, Priority.URGENT, Priority.URGENT),
        ({"press"}, Priority.NORMAL, Priority.NORMAL),
    ],
)
def test_important_customers_come_first(groups, priority, after):
    """FL-4: Tickets of important customers are raised to a priority, and never lowered."""
    shop = Shop(ready_made.vip_first())
    shop.system.do(commands.ChangeContact(shop.mia.id, groups=groups))

    ticket = shop.system.do(commands.OpenTicket([shop.mia.id], "Hello", "Hello", priority=priority))

    assert ticket.priority is after


def test_new_tickets_are_given_out_in_turn():
    """FL-4: Every new ticket goes to the agent whose turn it is, but for those that somebody has already."""
    shop = Shop(ready_made.round_robin())
    ana, dora = shop.ana.actor.id, shop.dora.actor.id

    turns = [shop.ticket().assignee for _ in range(4)]
    taken = shop.ana.do(commands.OpenTicket([shop.mia.id], "Hello", assignee=AgentId(dora)))

    assert set(turns[:2]) == {ana, dora}
    assert turns[2:] == turns[:2]
    assert taken.assignee == dora


def test_receipt_is_personal_and_tells_when_to_expect_an_answer():
    """TK-9: The acknowledgement of receipt is personalised, and has an estimated answer time."""
    shop = Shop(ready_made.acknowledge_receipt())

    ticket = shop.ticket()

    (receipt,) = shop.receipts()
    assert receipt.automatic
    assert receipt.text.splitlines() == [
        "Dear Mia,",
        f"we have received your message. Its reference is {ticket.reference}.",
        "When to expect our answer: 2026-03-02 11:00 UTC.",
    ]
    assert shop.status(ticket) == "new"


def test_receipt_promises_nothing_where_nothing_is_agreed_on():
    """TK-9: Where no answer time is agreed on, none is told."""
    shop = SmallShop(notifier=(letters := Letterbox()))
    shop.system.do(ready_made.acknowledge_receipt())

    shop.ticket()
    shop.system.deliver()

    assert letters.to_customers[0].text.endswith("When to expect our answer: as soon as we can.")


def test_receipt_in_the_words_of_the_department():
    """TK-9: Without words of its own, the rule leaves them to the department."""
    shop = Shop(ready_made.acknowledge_receipt(None))
    shop.system.do(commands.ChangeDepartment(shop.billing, email_templates={"receipt": "Got {ticket.reference}!"}))

    ticket = shop.ticket(department=shop.billing)

    assert [it.text for it in shop.receipts()] == [f"Got {ticket.reference}!"]


def test_receipts_are_neither_for_machines_nor_a_flood():
    """TK-9: No automatic mail is acknowledged, nor spam, nor a second message, nor more than three tickets an hour."""
    shop = Shop(ready_made.acknowledge_receipt())

    assert shop.mail("1", kind=MailKind.AUTO_REPLY).ticket is None
    shop.mail("2", "eve@example.org", marked_spam=True)
    opened = shop.mail("3", "bob@example.org")
    shop.desk.as_customer(shop.bob.id).do(commands.SendMessage("And?"), on=opened.ticket)
    for _ in range(5):
        shop.ticket()

    assert sorted(it.to.name for it in shop.receipts()) == ["Bob", "Mia", "Mia", "Mia"]
    shop.clock.advance(2 * HOUR)
    shop.ticket()
    assert len(shop.receipts()) == 5


@pytest.mark.parametrize("reopen_resolved", [True, False])
def test_reply_opens_a_resolved_ticket_again(reopen_resolved):
    """FL-6: A reply opens a resolved ticket again: by default itself, else a rule does, beside the follow-up."""
    shop = Shop(ready_made.reopen_on_reply(), reopen_resolved=reopen_resolved)
    ticket = shop.answered("Refunded.")
    shop.ana.do(commands.Resolve(), on=ticket.id)

    reply = shop.as_mia.do(commands.SendMessage("It is not here yet."), on=ticket.id)

    assert shop.status(ticket) == "open"
    assert (reply.ticket == ticket.id) is reopen_resolved
    by_rule = [it for it in shop.system.thread(ticket.id) if getattr(it, "cause", None) and it.cause.rule]
    assert len(by_rule) == (0 if reopen_resolved else 1)


def test_nothing_opens_what_was_closed():
    """FL-6: What was closed stays closed: the reply begins a follow-up ticket."""
    shop = Shop(ready_made.reopen_on_reply(), reopen_resolved=False)
    ticket = shop.answered("Refunded.")
    for command in (commands.Resolve(), commands.Close()):
        shop.ana.do(command, on=ticket.id)

    reply = shop.as_mia.do(commands.SendMessage("It is not here yet."), on=ticket.id)

    assert shop.status(ticket) == "closed"
    assert reply.ticket != ticket.id


def test_overdue_tickets_are_escalated_once():
    """FL-4: On what nobody acted in time becomes urgent, goes to where somebody will, and the manager hears of it."""
    shop = Shop()
    shop.system.do(ready_made.escalate(department=shop.legal, assignee=AgentId(shop.dora.actor.id), tell=[MANAGER]))
    ticket, answered = shop.ticket(), shop.answered("Refunded.")

    shop.pass_time(2 * HOUR)
    assert shop.system.ticket(ticket.id).priority is Priority.NORMAL

    shop.pass_time(HOUR)
    shop.pass_time(DAY)

    after = shop.system.ticket(ticket.id)
    assert (after.priority, after.department, after.assignee) == (Priority.URGENT, shop.legal, shop.dora.actor.id)
    assert shop.system.ticket(answered.id).priority is Priority.NORMAL
    assert sum(isinstance(it, MailSent) for it in shop.system.thread(ticket.id)) == 1
    shop.system.deliver()
    assert [(it.address, it.subject) for it in shop.letters.to_outsiders] == [(MANAGER, f"Overdue: {ticket.reference}")]


def test_overdue_tickets_go_to_an_agent():
    """FL-4: What is overdue goes to an agent, within its department."""
    shop = Shop()
    shop.system.do(ready_made.escalate(HOUR, assignee=AgentId(shop.dora.actor.id)))
    ticket = shop.ticket(department=shop.billing)

    shop.pass_time(3 * HOUR)

    after = shop.system.ticket(ticket.id)
    assert (after.department, after.assignee) == (shop.billing, shop.dora.actor.id)


def test_silence_resolves_and_then_closes():
    """FL-6: After a week of silence an answered ticket is resolved, and nobody told; a month later it is closed."""
    shop = Shop(ready_made.resolve_after_silence(), ready_made.close_resolved())
    ticket, waiting = shop.answered("Refunded."), shop.ticket()
    shop.system.deliver()
    told = len(shop.letters.notices)

    stood = []
    for _ in range(40):
        shop.pass_time(DAY)
        stood.append(shop.status(ticket))

    assert stood == ["answered"] * 6 + ["resolved"] * 30 + ["closed"] * 4
    assert shop.status(waiting) == "new"
    shop.system.deliver()
    assert len(shop.letters.notices) == told


def test_who_writes_again_is_not_silent():
    """FL-6: A customer's message begins the silence anew."""
    shop = Shop(ready_made.resolve_after_silence())
    ticket = shop.answered("Refunded.")
    shop.pass_time(6 * DAY)

    shop.as_mia.do(commands.SendMessage("Where?"), on=ticket.id)
    shop.ana.do(commands.SendAnswer("On your account."), on=ticket.id)
    shop.pass_time(6 * DAY)
    assert shop.status(ticket) == "answered"

    shop.pass_time(DAY)
    assert shop.status(ticket) == "resolved"
