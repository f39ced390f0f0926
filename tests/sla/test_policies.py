from datetime import date, timedelta

import attrs
import pytest

from tests.sla.situations import DAY, HOUR, AgreedShop
from ticketcore import events
from ticketcore.automation import AddRule
from ticketcore.business_time import Holiday
from ticketcore.commands.assignment import Transfer
from ticketcore.commands.calendars import ChangeCalendar, RemoveCalendar
from ticketcore.commands.command import ANY
from ticketcore.commands.contacts import ChangeContact
from ticketcore.commands.custom_fields import DefineCustomField
from ticketcore.commands.departments import ChangeDepartment
from ticketcore.commands.messages import SendAnswer
from ticketcore.commands.sla import AddSlaPolicy, ChangeSlaPolicy, RemoveSlaPolicy, SetSlaLevel
from ticketcore.commands.status import MarkAnswered
from ticketcore.commands.tickets import AddTags, SetCustomFields, SetPriority, SetType
from ticketcore.conditions import EventF, F, Fields, TicketFacts, ago
from ticketcore.conditions.facts import get_nothing
from ticketcore.errors import AccessDenied, Conflict, InvalidInput, NotFound, OutOfPlace
from ticketcore.events import TicketOpened
from ticketcore.model.fields import FieldOwner, FieldType
from ticketcore.model.lifecycle import Category
from ticketcore.model.targets import Target
from ticketcore.model.tickets import Priority
from ticketcore.sla import NO_POLICIES, Agreement, Pausing, PolicyBook, SlaPolicy

FIRST = Agreement(Target.FIRST_ANSWER, 4 * HOUR)
SOON = Agreement(Target.FIRST_ANSWER, HOUR)


@pytest.fixture
def shop():
    """A small shop's desk."""
    return AgreedShop()


def test_first_policy_whose_condition_holds_is_chosen(shop):
    """Policies are asked in their order, and the first one that suits is the ticket's."""
    standard = shop.agree(FIRST)
    urgent = shop.agree(SOON, when=F.priority == Priority.URGENT, place=1)
    ticket = shop.ticket()
    assert ticket.sla == standard.id

    raised = shop.ana.do(SetPriority(Priority.URGENT), on=ticket.id)

    assert (raised.sla, shop.deadline(ticket.id)) == (urgent.id, ticket.created_at + HOUR)
    changed = [it for it in shop.system.thread(ticket.id) if isinstance(it, events.SlaChanged)]
    assert [(it.before, it.after) for it in changed] == [(None, standard.id), (standard.id, urgent.id)]


def test_policy_can_depend_on_the_customers_group(shop):
    """Who is in a certain group is answered sooner (TK-7)."""
    shop.agree(FIRST)
    vip = shop.agree(SOON, when=F.requester.groups.has("vip"), place=1)
    shop.system.do(ChangeContact(shop.mia.id, groups={"vip"}))

    assert shop.ticket().sla == vip.id
    assert shop.ticket(shop.bob).sla != vip.id


@pytest.mark.parametrize(
    ("when", "action"),
    [
        (F.tags.has("vip"), AddTags({"vip"})),
        (F.department.name == "Billing", None),
        (F.custom.text("plan") == "gold", SetCustomFields({"plan": "gold"})),
        ((F.category == Category.ANSWERED) & (F.created_at > ago(HOUR)), MarkAnswered()),
    ],
    ids=["its tags", "its department", "its own fields", "its status"],
)
def test_policy_follows_what_rules_do(shop, when, action):
    """What a rule changes of what conditions ask for counts at once, whatever other rules do before and after."""
    shop.system.do(DefineCustomField(FieldOwner.TICKET, "plan", "Plan", FieldType.TEXT))
    shop.agree(Agreement(Target.RESOLUTION, 4 * HOUR))
    other = shop.agree(Agreement(Target.RESOLUTION, HOUR), when=when, place=1)
    action = action or Transfer(shop.billing)
    for place, command in enumerate([SetType("one"), action, SetType("other")], start=1):
        shop.system.do(AddRule(f"Rule {place}", trigger=TicketOpened, then=[command], place=place))

    ticket = shop.ticket()

    assert (ticket.sla, shop.deadline(ticket.id, "resolution")) == (other.id, ticket.created_at + HOUR)


def test_policy_that_cannot_be_asked_is_no_matter_for_those_before_it(shop):
    """Where a host's own field fails, the policies before the one that asks for it are chosen as ever."""

    def fail(_facts):
        raise LookupError("the shop next door is closed")

    failing = Fields("ticket", TicketFacts).text("next_door", "What the shop next door says.", at=fail)
    vip = SlaPolicy(id="vip", name="VIP", place=1, when=F.tags.has("vip"), agreements=(SOON,))
    other = SlaPolicy(id="other", name="Other", place=2, when=failing == "hurry", agreements=(FIRST,))
    book, ticket = PolicyBook.of([vip, other]), shop.ana.do(AddTags({"vip"}), on=shop.ticket().id)

    assert book.choose(ticket, shop.clock(), get_nothing) is vip
    with pytest.raises(LookupError):
        book.choose(shop.ticket(), shop.clock(), get_nothing)


@pytest.mark.parametrize("changed", [{"waiting_since": None}, {"sla_level": "gold"}, {"due_at": None, "tags": {"vip"}}])
def test_policies_say_the_same_until_something_counts(shop, changed):
    """Without any policy, too, a ticket has a due time, which follows since when it waits."""
    ticket = shop.ticket()

    same = NO_POLICIES.say_same(ticket, attrs.evolve(ticket, **changed), shop.clock(), get_nothing)

    assert same is ("tags" in changed)


def test_order_is_that_of_places(shop):
    """Policies are listed as they are asked; without a place they go behind all others."""
    second, third = shop.agree(FIRST, place=7), shop.agree(FIRST)
    first = shop.agree(FIRST, place=3)

    assert [it.id for it in shop.ana.sla_policies()] == [first.id, second.id, third.id]


def test_policy_picked_by_hand_beats_conditions(shop):
    """Whoever picks a policy has it stay, until the conditions are to decide again."""
    standard = shop.agree(FIRST)
    picked = shop.agree(SOON, when=F.tags.has("never"))
    ticket = shop.ticket()

    level = shop.ana.do(SetSlaLevel(picked.id), on=ticket.id)
    assert (level.sla, level.sla_level) == (picked.id, picked.id)
    assert shop.ana.do(SetPriority(Priority.HIGH), on=ticket.id).sla == picked.id

    assert shop.ana.do(SetSlaLevel(), on=ticket.id).sla == standard.id


def test_rules_can_pick_a_policy(shop):
    """Picking a policy is an action of rules, and its change is something that rules can ask for."""
    picked = shop.agree(SOON, when=F.tags.has("never"))
    shop.system.do(AddRule("Pick", trigger=TicketOpened, then=[SetSlaLevel(picked.id)]))
    changed_to = F.sla.changed_to(picked.id)
    shop.system.do(AddRule("Hurry", trigger=events.SlaChanged, when=changed_to, then=[SetPriority(Priority.HIGH)]))

    ticket = shop.ticket()

    assert (ticket.sla, ticket.priority) == (picked.id, Priority.HIGH)


def test_policy_that_is_gone_is_picked_no_more(shop):
    """A policy picked by hand that is removed later leaves the choice to the conditions."""
    standard, picked = shop.agree(FIRST), shop.agree(SOON)
    ticket = shop.ana.do(SetSlaLevel(picked.id), on=shop.ticket().id)

    shop.system.do(RemoveSlaPolicy(picked.id))
    shop.sweep()

    assert shop.system.ticket(ticket.id).sla == standard.id


def test_calendar_of_the_policy_then_of_the_department(shop):
    """Business time is counted by the policy's calendar, else by the department's, else always (DP-6)."""
    office, late = shop.office_hours(), shop.office_hours("America/New_York")
    shop.system.do(ChangeDepartment(shop.billing, calendar=office))
    policy = shop.agree(Agreement(Target.FIRST_ANSWER, 9 * HOUR))
    nowhere, billing = shop.ticket(), shop.ticket(department=shop.billing)
    begin = shop.clock()
    assert shop.deadline(nowhere.id) == begin + 9 * HOUR
    assert shop.deadline(billing.id) == begin + 25 * HOUR

    shop.ana.do(Transfer(shop.billing), on=nowhere.id, seen=ANY)
    assert shop.deadline(nowhere.id) == begin + 25 * HOUR

    shop.system.do(ChangeSlaPolicy(policy.id, calendar=late))
    shop.sweep()
    assert shop.deadline(billing.id) == begin + 30 * HOUR


def test_another_calendar_of_a_department_moves_deadlines(shop):
    """When a department gets other hours, the deadlines of its tickets follow with the next sweep."""
    shop.agree(Agreement(Target.FIRST_ANSWER, 9 * HOUR))
    ticket = shop.ticket(department=shop.billing)

    shop.system.do(ChangeDepartment(shop.billing, calendar=shop.office_hours()))
    shop.sweep()

    assert shop.deadline(ticket.id) == ticket.created_at + 25 * HOUR


def test_wall_time_knows_no_hours(shop):
    """Where all time counts, no calendar matters."""
    shop.agree(Agreement(Target.FIRST_ANSWER, 9 * HOUR, business=False), calendar=shop.office_hours())

    assert shop.ticket().due_at == shop.clock() + 9 * HOUR


def test_calendar_of_a_policy_cannot_be_removed(shop):
    """A calendar stays as long as a policy has it."""
    office = shop.office_hours()
    shop.agree(FIRST, calendar=office)

    with shop.refusing(OutOfPlace):
        shop.system.do(RemoveCalendar(office))


def test_calendar_that_never_opens_agrees_on_nothing(shop):
    """By a calendar whose holidays leave no hours, nothing is ever due; no ticket is refused because of it."""
    office = shop.office_hours()
    never = [Holiday(date(2020, 1, 6), every="FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR")]
    shop.system.do(ChangeCalendar(office, holidays=never))
    shop.agree(FIRST, calendar=office)

    ticket = shop.ticket()

    assert (dict(ticket.targets), ticket.due_at) == ({}, shop.clock() + 7 * DAY)


def test_calendar_that_opens_no_more_drops_what_runs(shop):
    """When the hours of a calendar are taken away, what runs by them is agreed on no more; what is done stays."""
    office = shop.office_hours()
    shop.agree(FIRST, calendar=office)
    ticket, done = shop.ticket(), shop.ticket()
    shop.ana.do(SendAnswer("Here."), on=done.id)

    never = [Holiday(date(2020, 1, 6), every="FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR")]
    shop.system.do(ChangeCalendar(office, holidays=never))
    shop.sweep()

    assert shop.happened(ticket.id) == ["started", "dropped"]
    assert shop.happened(done.id) == ["started", "met"]
    assert shop.system.ticket(ticket.id).due_at == ticket.created_at + 7 * DAY


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Agreement(Target.FIRST_ANSWER, timedelta()),
        lambda: Agreement(Target.FIRST_ANSWER, HOUR, warnings=[HOUR]),
        lambda: Agreement("first_answer", HOUR),
        lambda: AddSlaPolicy("Standard", [FIRST], when=EventF.event == "TicketOpened"),
        lambda: AddSlaPolicy("Standard", [FIRST], pauses={"postponed": "exclude"}),  # type: ignore[dict-item]  # wrong on purpose
        lambda: AddSlaPolicy("Standard", [HOUR]),
    ],
)
def test_wrong_policy_cannot_be_made(wrong):
    """What makes no sense is refused before anybody asks for it."""
    with pytest.raises(InvalidInput):
        wrong()


def test_all_faults_of_a_policy_are_named(shop):
    """A target that is agreed on twice and statuses that are none are told at once."""
    wrong = AddSlaPolicy("Standard", [FIRST, SOON], pauses={"asleep": Pausing.EXCLUDE, "away": Pausing.IGNORE})

    with shop.refusing(InvalidInput) as caught:
        shop.system.do(wrong)

    assert [it.path for it in caught.value.faults] == ["agreements", "pauses.asleep", "pauses.away"]


@pytest.mark.parametrize("command", [AddSlaPolicy("Standard", [FIRST], calendar="none"), ChangeSlaPolicy("none")])
def test_what_is_named_must_be_there(shop, command):
    """A policy, or a calendar, that there is not is not found."""
    with shop.refusing(NotFound):
        shop.system.do(command)


def test_level_must_be_there(shop):
    """A policy that there is not cannot be picked."""
    ticket = shop.ticket()

    with shop.refusing(NotFound):
        shop.ana.do(SetSlaLevel("none"), on=ticket.id)


def test_agents_do_not_change_policies_unseen(shop):
    """Policies are configuration: only who may configure changes them, and nobody what they did not see."""
    policy = shop.agree(FIRST)
    with shop.refusing(AccessDenied):
        shop.ana.do(AddSlaPolicy("Mine", [FIRST]))

    shop.system.do(ChangeSlaPolicy(policy.id, name="Ours"))
    with shop.refusing(Conflict):
        shop.system.do(ChangeSlaPolicy(policy.id, name="Theirs"), seen=policy.version)


def test_note_and_name_move_nothing(shop):
    """A policy under another name leaves the tickets as they are."""
    policy = shop.agree(FIRST)
    ticket = shop.ticket()

    shop.system.do(ChangeSlaPolicy(policy.id, name="Gold", note="Agreed in March."))
    shop.sweep()

    assert shop.system.ticket(ticket.id) == ticket


def test_report_tells_why(shop):
    """For each target: the policy and why it was chosen, start, pauses, the business time that counts, deadline."""
    office = shop.office_hours()
    urgent = shop.agree(Agreement(Target.FIRST_ANSWER, 10 * HOUR), when=F.priority == Priority.URGENT, calendar=office)
    ticket = shop.ticket()
    shop.ana.do(SetPriority(Priority.URGENT), on=ticket.id)
    shop.clock.advance(2 * DAY)

    (report,) = shop.ana.explain_deadlines(ticket.id)

    assert (report.policy, report.target, report.state) == (urgent, Target.FIRST_ANSWER, shop.state(ticket.id))
    assert report.why is not None
    assert report.counted is not None
    assert [it.length for it in report.counted.segments] == [8 * HOUR, 2 * HOUR]
    assert (report.took, report.late_by) == (16 * HOUR, 6 * HOUR)
    assert "priority" in str(report)
    assert "late by 6:00:00" in str(report)


def test_report_of_what_was_picked_by_hand(shop):
    """A policy that was picked needs no condition, and the report says so."""
    picked = shop.agree(FIRST, when=F.tags.has("never"))
    ticket = shop.ana.do(SetSlaLevel(picked.id), on=shop.ticket().id)

    (report,) = shop.ana.explain_deadlines(ticket.id)

    assert report.why is None
    assert "picked by hand" in str(report)
