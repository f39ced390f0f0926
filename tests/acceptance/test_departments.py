"""Departments (requirements DP-1…4, 6…10)."""

from datetime import UTC, datetime

import pytest

from tests.customers_view import Letterbox
from tests.fakes import a_desk
from tests.small_shop import SmallShop
from ticketcore import commands, events
from ticketcore.automation import AddRule
from ticketcore.business_time import WORKDAYS, every
from ticketcore.commands.agents import AddAgent
from ticketcore.commands.command import ANY
from ticketcore.commands.contacts import AddContact
from ticketcore.commands.departments import AddDepartment
from ticketcore.commands.mail import ReceiveMail
from ticketcore.conditions import EventF, F, groups
from ticketcore.errors import AccessDenied, NotFound, OutOfPlace
from ticketcore.model.departments import DepartmentAccess
from ticketcore.model.lifecycle import Category
from ticketcore.model.mail import Mail, MailAddress
from ticketcore.model.people import Role
from ticketcore.model.permissions import Permission
from ticketcore.model.presence import EVERY_MEDIUM, Medium
from ticketcore.model.tickets import Channel, Priority


@pytest.fixture
def letters():
    """What was sent."""
    return Letterbox()


@pytest.fixture
def shop(letters):
    """A small shop's desk."""
    return SmallShop(notifier=letters)


@pytest.fixture
def olga(shop):
    """An administrator's seat."""
    return shop.desk.as_agent(shop.system.do(AddAgent("Olga", role=Role.ADMIN)).id)


# DP-1: agents of departments.


def test_a_department_has_a_name_and_agents(shop):
    """DP-1: A department has a name and its agents; an agent can be in several."""
    sales = shop.system.do(AddDepartment("Sales"))
    shop.system.do(commands.AddMembers(sales.id, [shop.ana.actor.id, shop.dora.actor.id]))

    names = {it.name: {m.agent for m in shop.ana.members(it.id)} for it in shop.ana.departments()}

    ana, dora = shop.ana.actor.id, shop.dora.actor.id
    assert names == {"Billing": {ana}, "Legal": {dora}, "Sales": {ana, dora}}


def test_add_all_adds_everyone(shop):
    """DP-1: "Add all" adds every agent who works here, and changes nothing for those who are members already."""
    gone = shop.system.do(AddAgent("Gone"))
    shop.system.do(commands.DeactivateAgent(gone.id))
    before = shop.ana.members(shop.billing)

    shop.system.do(commands.AddEveryone(shop.billing))

    after = shop.ana.members(shop.billing)
    assert {it.agent for it in after} == {shop.ana.actor.id, shop.dora.actor.id}
    assert set(before) < set(after)


# DP-2: restricted access.


def every_way_of_seeing(seat, ticket, contact):
    """In which of the ways of reading a ticket shows at an agent's seat."""
    found = {
        "listing": ticket.id in {it.id for it in seat.tickets(limit=None).items},
        "search": ticket.id in {it.id for it in seat.tickets(F.subject == ticket.subject).items},
        "count": seat.count(F.id == ticket.id) == 1,
        "tally": bool(seat.tally("department", F.id == ticket.id)),
        "history": ticket.id in {it.id for it in seat.history(contact)},
    }
    for name, read in {
        "id": lambda: seat.ticket(ticket.id),
        "reference": lambda: seat.ticket(ticket.reference),
        "thread": lambda: seat.thread(ticket.id),
        "conversation": lambda: seat.conversation(ticket.id),
        "notes": lambda: seat.notes(ticket.id),
        "sub-tickets": lambda: seat.sub_tickets(ticket.id),
        "ratings": lambda: seat.ratings(ticket.id),
        "explanation": lambda: seat.explain_assignment(ticket.id),
        "condition": lambda: seat.explain(F.id == ticket.id, on=ticket.id),
    }.items():
        try:
            read()
        except NotFound:
            found[name] = False
        else:
            found[name] = True
    return found


def test_restricted_department_is_its_members_own(shop, olga):
    """DP-2: Of a restricted department only its agents see the tickets, by every way of reading; overseers see all."""
    owner = shop.desk.as_agent(shop.system.do(AddAgent("Otto", role=Role.OWNER)).id)
    ticket = shop.ticket(department=shop.legal)

    for seat, sees in ((shop.dora, True), (olga, True), (owner, True), (shop.system, True), (shop.ana, False)):
        assert set(every_way_of_seeing(seat, ticket, shop.mia.id).values()) == {sees}


def test_open_department_is_everybodys(shop):
    """DP-2: Of a department that is not restricted, all agents see the tickets."""
    ticket = shop.ticket(department=shop.billing)

    for seat in (shop.ana, shop.dora):
        assert set(every_way_of_seeing(seat, ticket, shop.mia.id).values()) == {True}


def test_access_can_be_restricted_and_opened(shop):
    """DP-2: Restricting a department hides its tickets from others at once, and opening it shows them."""
    ticket = shop.ticket(department=shop.billing)

    shop.system.do(commands.ChangeDepartment(shop.billing, access=DepartmentAccess.RESTRICTED))
    assert set(every_way_of_seeing(shop.dora, ticket, shop.mia.id).values()) == {False}
    shop.system.do(commands.ChangeDepartment(shop.billing, access=DepartmentAccess.OPEN))
    assert set(every_way_of_seeing(shop.dora, ticket, shop.mia.id).values()) == {True}


def test_who_leaves_the_department_sees_its_tickets_no_more(shop):
    """DP-2: An agent who leaves a restricted department sees its tickets no more, not even those they worked on."""
    ticket = shop.ticket(department=shop.legal)
    shop.dora.do(commands.Claim(), on=ticket.id, seen=ANY)

    shop.system.do(commands.RemoveMember(shop.legal, shop.dora.actor.id))

    assert set(every_way_of_seeing(shop.dora, ticket, shop.mia.id).values()) == {False}
    assert shop.system.ticket(ticket.id).assignee is None


def test_transferred_away_is_out_of_sight(shop):
    """DP-2: Whoever hands a ticket to a restricted department of others is shown it once more, and not again."""
    ticket = shop.ticket()

    after = shop.ana.do(commands.Transfer(shop.legal), on=ticket.id, seen=ANY)

    assert after.department == shop.legal
    assert set(every_way_of_seeing(shop.ana, ticket, shop.mia.id).values()) == {False}


def test_memberships_carry_permissions(shop):
    """DP-2: What a member may do with the department's tickets is the membership's to say; the error says why not."""
    shop.system.do(commands.ChangeMembership(shop.billing, shop.ana.actor.id, permissions={Permission.NOTE}))
    ticket = shop.ticket(department=shop.billing)

    shop.ana.do(commands.AddInlineNote("Seen"), on=ticket.id)
    with shop.refusing(AccessDenied) as caught:
        shop.ana.do(commands.SendAnswer("Hello"), on=ticket.id)
    assert caught.value.asked == "SendAnswer"
    assert "answer" in caught.value.reason


def test_only_overseers_change_the_desk(shop, olga):
    """DP-2: Departments, agents and rules are changed by administrators and owners, not by other agents."""
    for command in (
        AddDepartment("Sales"),
        AddAgent("Nobody"),
        commands.AddMembers(shop.legal, [shop.ana.actor.id]),
        AddRule("Mine", trigger=events.TicketOpened, then=[commands.Delete()]),
    ):
        with shop.refusing(AccessDenied):
            shop.ana.do(command)
        olga.do(command)


# DP-3: without departments.


def test_without_departments_all_is_everybodys():
    """DP-3: An organisation without departments needs none: all tickets are there for all agents, assigned in turn."""
    desk, _ = a_desk()
    system = desk.as_system()
    seats = [desk.as_agent(system.do(AddAgent(name)).id) for name in ("Ana", "Bor")]
    mia = desk.as_customer(system.do(AddContact("Mia")).id)
    system.do(AddRule("Round robin", trigger=events.TicketOpened, then=[commands.AssignNext()]))

    tickets = [mia.do(commands.SubmitTicket(f"Question {number}")) for number in range(4)]

    for seat in seats:
        assert {it.id for it in seat.tickets().items} == {it.id for it in tickets}
        assert seat.tally("assignee") == {it.actor.id: 2 for it in seats}
    assert {it.department for it in system.tickets().items} == {None}


# DP-4: what a department has.


def test_mail_to_an_address_goes_to_its_department(shop):
    """DP-4: Incoming mail to a support address goes to its department, in any case; other mail to none."""
    shop.system.do(commands.ChangeDepartment(shop.legal, email_addresses=["law@shop.example", "Court@Shop.example"]))

    went = [
        shop.system.ticket(shop.system.do(ReceiveMail(mail(str(number), to))).ticket).department
        for number, to in enumerate(
            ("LAW@shop.example", "court@shop.example", "billing@shop.example", "info@shop.example")
        )
    ]

    assert went == [shop.legal, shop.legal, shop.billing, None]


def mail(number, to):
    """A mail to an address of the shop's."""
    return Mail(
        original=number.encode(),
        message_id=f"{number}@example.org",
        sender=MailAddress("Mia", "mia@example.org"),
        to=[MailAddress("", to)],
        subject="Hello",
        text="Hello",
    )


def test_an_address_is_one_departments(shop):
    """DP-4: A support address belongs to one department; the error names it."""
    with shop.refusing(OutOfPlace) as caught:
        shop.system.do(AddDepartment("Sales", email_addresses=["BILLING@shop.example"]))

    assert "billing@shop.example" in caught.value.found


def test_templates_and_signatures(shop, letters):
    """DP-4: A department has templates of e-mails, and its agents have signatures there; each department its own."""
    shop.system.do(
        commands.ChangeDepartment(
            shop.billing,
            email_templates={"answer": "Dear {requester.name|customer},\n{message.text}\n{agent.signature}"},
        )
    )
    shop.system.do(commands.AddMembers(shop.legal, [shop.ana.actor.id]))
    for department, signature in ((shop.billing, "Ana, Billing"), (shop.legal, "Ana, Legal")):
        shop.system.do(commands.ChangeMembership(department, shop.ana.actor.id, signature=signature))
        ticket = shop.ticket(department=department)
        shop.ana.do(commands.SendAnswer("Refunded."), on=ticket.id)
    shop.system.deliver()

    assert [it.text for it in letters.to_customers] == [
        "Dear Mia,\nRefunded.\nAna, Billing",
        "Refunded.\n\nAna, Legal",
    ]


def test_rules_for_answering_and_procedures(shop):
    """DP-4: A department says how to answer the phone and chats, and how to solve things, for its agents to read."""
    shop.system.do(
        commands.ChangeDepartment(shop.billing, answering_rules="Say hello.", procedures="1. Look\n2. Refund")
    )

    (billing,) = (it for it in shop.dora.departments() if it.id == shop.billing)

    assert (billing.answering_rules, billing.procedures) == ("Say hello.", "1. Look\n2. Refund")


# DP-6: operating hours.


def test_departments_have_operating_hours_of_their_own(shop, olga):
    """DP-6: An administrator gives each department its hours, in its zone; rules of a department act by them."""
    nine_to_five = every(WORKDAYS, ("09:00", "17:00"))
    zones = {shop.billing: "Europe/Athens", shop.legal: "America/New_York"}
    for department, zone in zones.items():
        hours = olga.do(commands.AddCalendar(zone, zone, nine_to_five))
        olga.do(commands.ChangeDepartment(department, calendar=hours.id), seen=ANY)
        shop.system.do(
            AddRule(
                f"Closed in {zone}",
                trigger=events.Transferred,
                when=(F.department == department) & ~EventF.now.in_business_hours(hours.id),
                then=[commands.AddTags([zone])],
            )
        )

    def tags_when_transferred(department, hour):
        ticket = shop.ticket()
        shop.clock.now = datetime(2026, 3, 3, hour, tzinfo=UTC)
        shop.system.do(commands.Transfer(department), on=ticket.id)
        return shop.system.ticket(ticket.id).tags

    assert {it.calendar for it in shop.ana.departments()} == {it.id for it in shop.ana.calendars()}
    assert tags_when_transferred(shop.billing, 8) == set()
    assert tags_when_transferred(shop.legal, 8) == {"America/New_York"}
    assert tags_when_transferred(shop.legal, 20) == set()
    assert tags_when_transferred(shop.billing, 20) == {"Europe/Athens"}


# DP-5: what departments and agents are available for.

ANSWERED_AT_ONCE = [(Channel.CHAT, Medium.CHAT), (Channel.CALL, Medium.PHONE), (Channel.WHATSAPP, Medium.MESSAGING)]


@pytest.mark.parametrize(("channel", "medium"), ANSWERED_AT_ONCE, ids=lambda it: it.value)
def test_departments_are_available_or_not(shop, olga, channel, medium):
    """DP-5: A department is available for chat, phone and messaging, or not, each on its own, on and off."""
    shop.system.do(AddRule("Next", trigger=events.TicketOpened, then=[commands.AssignNext()]))
    olga.do(commands.ChangeDepartment(shop.billing, media=EVERY_MEDIUM - {medium}), seen=ANY)

    waiting = shop.ticket(department=shop.billing, channel=channel)
    others = [it for it, other in [*ANSWERED_AT_ONCE, (Channel.EMAIL, Medium.TICKETS)] if other is not medium]
    served = {shop.ticket(department=shop.billing, channel=it).assignee for it in others}
    assert (waiting.assignee, served) == (None, {shop.ana.actor.id})

    olga.do(commands.ChangeDepartment(shop.billing, media=EVERY_MEDIUM), seen=ANY)
    shop.system.sweep()
    assert shop.ana.ticket(waiting.id).assignee == shop.ana.actor.id


@pytest.mark.parametrize(("channel", "medium"), ANSWERED_AT_ONCE, ids=lambda it: it.value)
def test_agents_are_available_or_not(shop, olga, channel, medium):
    """DP-5: So is every agent, by their own word or an administrator's; other agents get what comes meanwhile."""
    shop.system.do(AddRule("Next", trigger=events.TicketOpened, then=[commands.AssignNext()]))
    shop.system.do(commands.AddMembers(shop.billing, [shop.dora.actor.id]))
    shop.ana.do(commands.GoOnline(EVERY_MEDIUM - {medium}))

    assert {shop.ticket(department=shop.billing, channel=channel).assignee for _ in range(3)} == {shop.dora.actor.id}
    assert shop.ticket(department=shop.billing, channel=Channel.EMAIL).assignee == shop.ana.actor.id
    olga.do(commands.GoOffline(shop.dora.actor.id))
    waiting = shop.ticket(department=shop.billing, channel=channel)
    assert waiting.assignee is None

    shop.ana.do(commands.GoOnline())
    assert shop.ana.ticket(waiting.id).assignee == shop.ana.actor.id


# DP-9: routing rules.


def test_routing_rule_has_all_its_parts(shop):
    """DP-9: A routing rule is active or not; it has a name, a note, a trigger, condition groups, actions in order."""
    where = groups([F.subject.contains("refund"), F.priority >= Priority.HIGH], [F.source == Channel.CALL])
    actions = [commands.Transfer(shop.billing), commands.AssignNext(), commands.AddTags({"routed"})]
    shop.system.do(
        AddRule(
            "Refunds", trigger=events.TicketOpened, when=where, then=actions, active=False, note="Asked for by Olga"
        )
    )

    (rule,) = shop.ana.rules()

    assert (rule.name, rule.note, rule.active, rule.trigger) == (
        "Refunds",
        "Asked for by Olga",
        False,
        events.TicketOpened,
    )
    assert rule.when == where
    assert rule.then == tuple(actions)


@pytest.mark.parametrize(
    ("subject", "priority", "channel", "routed"),
    [
        ("Refund, please", Priority.HIGH, Channel.EMAIL, True),
        ("Refund, please", Priority.NORMAL, Channel.EMAIL, False),
        ("Hello", Priority.URGENT, Channel.EMAIL, False),
        ("Hello", Priority.LOW, Channel.CALL, True),
        ("Refund, please", Priority.HIGH, Channel.CALL, True),
    ],
)
def test_all_conditions_of_any_group(shop, subject, priority, channel, routed):
    """DP-9: A rule applies when all conditions of a group hold, of any of the groups."""
    where = groups([F.subject.contains("refund"), F.priority >= Priority.HIGH], [F.source == Channel.CALL])
    shop.system.do(AddRule("Refunds", trigger=events.TicketOpened, when=where, then=[commands.AddTags({"routed"})]))

    ticket = shop.ana.do(commands.OpenTicket([shop.mia.id], subject, priority=priority, channel=channel))

    assert ("routed" in ticket.tags) is routed


def test_actions_in_order(shop):
    """DP-9: A rule's actions are done in their order: what comes later sees what came before."""
    actions = [
        commands.Transfer(shop.legal),
        commands.AssignNext(),
        commands.Transfer(shop.billing),
        commands.AssignNext(),
    ]
    shop.system.do(AddRule("There and back", trigger=events.TicketOpened, then=actions))

    ticket = shop.ticket()

    told = [it for it in shop.system.thread(ticket.id) if isinstance(it, events.FieldChanged)]
    ana, dora = shop.ana.actor.id, shop.dora.actor.id
    assert [it.after for it in told] == [shop.legal, dora, shop.billing, None, ana]


def test_inactive_rule_routes_nothing(shop):
    """DP-9: A rule that is not active does nothing."""
    shop.system.do(AddRule("Off", trigger=events.TicketOpened, then=[commands.Transfer(shop.billing)], active=False))

    assert shop.ticket().department is None


# DP-10: the example of the page.


@pytest.mark.parametrize("channel", [it for it in Channel if it is not Channel.INSIDE], ids=lambda it: it.value)
def test_social_networks_go_to_marketing(shop, channel):
    """DP-10: Ticket created, source Facebook, Twitter, Instagram or Viber → transfer to Marketing, assign to nobody."""
    marketing = shop.system.do(AddDepartment("Marketing")).id
    shop.system.do(commands.AddEveryone(marketing))
    shop.system.do(AddRule("Round robin", trigger=events.TicketOpened, then=[commands.AssignNext()]))
    social = {Channel.FACEBOOK, Channel.TWITTER, Channel.INSTAGRAM, Channel.VIBER}
    shop.system.do(
        AddRule(
            "Social networks",
            trigger=events.TicketOpened,
            when=F.source.is_in(social),
            then=[commands.Transfer(marketing), commands.Unassign()],
        )
    )

    ticket = shop.ticket(channel=channel)

    if channel in social:
        assert (ticket.department, ticket.assignee) == (marketing, None)
    else:
        assert ticket.department is None
        assert ticket.assignee is not None


# DP-7 and DP-8: counts, and what to solve next.


def test_counts_of_new_open_and_resolved_tickets(shop):
    """DP-7: Of each department it is told how many tickets are new, open and resolved, as far as they are seen."""
    for department, act in (
        (shop.billing, None),
        (shop.billing, None),
        (shop.billing, commands.Resolve()),
        (shop.legal, commands.Reopen()),
        (shop.legal, commands.Resolve()),
    ):
        ticket = shop.ticket(department=department)
        if isinstance(act, commands.Reopen):
            shop.system.do(commands.SendAnswer("Hello"), on=ticket.id)
        if act is not None:
            shop.system.do(act, on=ticket.id)

    def counts(seat):
        return {
            it: seat.tally("department", F.category == it) for it in (Category.NEW, Category.OPEN, Category.RESOLVED)
        }

    billing, legal = shop.billing, shop.legal
    assert counts(shop.system) == {
        Category.NEW: {billing: 2},
        Category.OPEN: {legal: 1},
        Category.RESOLVED: {billing: 1, legal: 1},
    }
    assert counts(shop.ana) == {Category.NEW: {billing: 2}, Category.OPEN: {}, Category.RESOLVED: {billing: 1}}


def test_agents_get_the_next_ticket_where_it_is_enabled(shop):
    """DP-8: Where "to solve" is enabled, agents get the next ticket in order of importance; elsewhere they do not."""
    first = shop.ticket(department=shop.billing)
    shop.clock.advance(minutes=1)
    second = shop.ticket(department=shop.billing)
    assert shop.ana.do(commands.TakeNext()) is None

    shop.system.do(commands.ChangeDepartment(shop.billing, to_solve=True), seen=ANY)

    assert shop.ana.do(commands.TakeNext()).id == first.id
    shop.ana.do(commands.SendAnswer("Refunded."), on=first.id)
    assert shop.ana.do(commands.TakeNext()).id == second.id
