"""Agreed times: what customers are promised, what agents work by, and what happens when time runs out."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sla.situations import DAY, HOUR, AgreedShop
from ticketcore import commands, events
from ticketcore.automation import AddRule, StatusUnchangedFor
from ticketcore.business_time import WORKDAYS, Holiday, every
from ticketcore.commands.command import ANY
from ticketcore.conditions import EventF, F
from ticketcore.errors import TicketcoreError
from ticketcore.events import TicketOpened
from ticketcore.model.targets import Standing, Target
from ticketcore.model.tickets import Channel, Priority
from ticketcore.sla import Agreement, Pausing

FRIDAY_AT_FOUR = datetime(2026, 3, 6, 16, tzinfo=UTC)
FIRST = Agreement(Target.FIRST_ANSWER, 2 * HOUR, warnings=[HOUR])


@pytest.fixture
def shop():
    """A small shop's desk that agrees on answer times."""
    return AgreedShop()


def test_times_depend_on_the_customers_group(shop):
    """TK-7: Agreed times can depend on the customer's group: those of the group are answered sooner than others."""
    gold = shop.agree(Agreement(Target.FIRST_ANSWER, HOUR), when=F.requester.groups.has("gold"))
    shop.agree(Agreement(Target.FIRST_ANSWER, DAY))
    shop.system.do(commands.ChangeContact(shop.mia.id, groups={"gold"}))

    golden, other = shop.ticket(shop.mia), shop.ticket(shop.bob)

    assert golden.sla == gold.id
    assert (golden.due_at, other.due_at) == (shop.clock() + HOUR, shop.clock() + DAY)


@pytest.mark.parametrize(
    ("when", "make"),
    [
        (F.priority >= Priority.HIGH, lambda shop, it: shop.ana.do(commands.SetPriority(Priority.HIGH), on=it)),
        (F.tags.has("hurry"), lambda shop, it: shop.ana.do(commands.AddTags({"hurry"}), on=it)),
        (F.type == "billing", lambda shop, it: shop.ana.do(commands.SetType("billing"), on=it)),
        (F.source == Channel.FORM, lambda _shop, _it: None),
        (F.company.is_missing(), lambda _shop, _it: None),
    ],
)
def test_times_depend_on_whatever_can_be_asked_of_a_ticket(shop, when, make):
    """TK-7: Priority, tags, type, channel, company: a policy is chosen by any condition on tickets, at any time."""
    policy = shop.agree(Agreement(Target.FIRST_ANSWER, HOUR), when=when)
    ticket = shop.ticket()

    make(shop, ticket.id)

    assert shop.system.ticket(ticket.id).sla == policy.id


def test_order_of_work_follows_the_agreement(shop):
    """TK-7: What is due first comes first, whatever was opened first; of equal ones those that wait longest."""
    shop.agree(Agreement(Target.FIRST_ANSWER, HOUR), when=F.priority == Priority.URGENT)
    shop.agree(Agreement(Target.FIRST_ANSWER, 4 * HOUR))
    first, second, urgent = (shop.ticket() for _ in range(3))
    shop.ana.do(commands.SetPriority(Priority.URGENT), on=urgent.id)
    shop.clock.advance(minutes=1)
    last = shop.ticket()

    assert [it.id for it in shop.ana.tickets().items] == [urgent.id, first.id, second.id, last.id]


def test_agents_are_given_work_in_that_order(shop):
    """TK-7: Who asks for the next ticket is given what is late, then what is due first, then what waits longest."""
    shop.system.do(commands.ChangeDepartment(shop.billing, to_solve=True), seen=ANY)
    shop.agree(Agreement(Target.FIRST_ANSWER, HOUR), when=F.priority == Priority.URGENT)
    shop.agree(Agreement(Target.FIRST_ANSWER, 4 * HOUR))
    late = shop.ticket(department=shop.billing)
    shop.pass_time(5 * HOUR)
    first = shop.ticket(department=shop.billing)
    shop.clock.advance(minutes=1)
    second, urgent = (shop.ticket(department=shop.billing) for _ in range(2))
    shop.ana.do(commands.SetPriority(Priority.URGENT), on=urgent.id)

    given_out = []
    while (ticket := shop.ana.do(commands.TakeNext())) is not None:
        given_out.append(ticket.id)
        shop.ana.do(commands.SendAnswer("Refunded."), on=ticket.id)

    assert given_out == [late.id, urgent.id, first.id, second.id]
    assert shop.state(late.id).standing(shop.clock()) is Standing.MISSED


def test_one_business_hour_old_on_monday(shop):
    """TK-7: With nine to five on weekdays, a ticket of Friday 16:00 is one business hour old on Monday 9:00."""
    shop.agree(FIRST, calendar=shop.office_hours())
    shop.clock.now = FRIDAY_AT_FOUR
    ticket = shop.ticket()
    shop.clock.now = datetime(2026, 3, 9, 9, tzinfo=UTC)

    (report,) = shop.ana.explain_deadlines(ticket.id)

    assert report.took == HOUR
    assert report.state.deadline == datetime(2026, 3, 9, 10, tzinfo=UTC)


def test_ticket_without_a_policy_is_due_after_seven_days(shop):
    """TK-7: A ticket for which nothing is agreed on has an internal answer time of seven days."""
    assert shop.ticket().due_at == shop.clock() + 7 * DAY


def test_department_has_its_own_times_and_hours(shop):
    """DP-6: A department has its own agreement and operating hours; a ticket that comes to it goes by them."""
    athens = shop.system.do(commands.AddCalendar("Athens", "Europe/Athens", every(WORKDAYS, ("10:00", "18:00"))))
    shop.system.do(commands.ChangeDepartment(shop.billing, calendar=athens.id))
    shop.agree(Agreement(Target.FIRST_ANSWER, 8 * HOUR), when=F.department == shop.billing)
    ticket = shop.ticket()
    assert ticket.due_at == shop.clock() + 7 * DAY

    moved = shop.ana.do(commands.Transfer(shop.billing), on=ticket.id, seen=commands.ANY)

    assert moved.due_at == datetime(2026, 3, 3, 11, tzinfo=ZoneInfo("Europe/Athens"))


def test_internal_tickets_are_answered_as_promptly(shop):
    """IT-8: What is agreed on covers internal tickets like customers': they warn, are missed and met."""
    shop.agree(FIRST)
    answered, forgotten = shop.internal_ticket(), shop.internal_ticket()
    shop.pass_time(HOUR)
    shop.dora.do(commands.SendInternalMessage("It is two euros short."), on=answered.id)

    shop.pass_time(HOUR)

    assert shop.state(answered.id).standing(shop.clock()) is Standing.MET
    assert shop.happened(answered.id) == ["started", "warned", "met"]
    assert shop.happened(forgotten.id) == ["started", "warned", "missed"]


def test_escalation_is_a_rule(shop):
    """TK-7: Before a deadline passes, a rule can raise the ticket; once it has passed, hand it to somebody else."""
    shop.agree(FIRST)
    first_answer = EventF.target == Target.FIRST_ANSWER
    raise_it = [commands.SetPriority(Priority.URGENT)]
    shop.system.do(AddRule("Hurry", trigger=events.TargetWarned, when=first_answer, then=raise_it))
    shop.system.do(AddRule("Escalate", trigger=events.TargetMissed, then=[commands.Transfer(shop.billing)]))
    ticket = shop.ticket()

    shop.pass_time(HOUR)
    assert shop.ana.ticket(ticket.id).priority is Priority.URGENT
    shop.pass_time(HOUR)

    assert shop.ana.ticket(ticket.id).department == shop.billing
    missed = [it for it in shop.ana.thread(ticket.id) if isinstance(it, events.TargetMissed)]
    assert len(missed) == 1


def test_change_of_the_level_stands_in_the_thread(shop):
    """TK-3: That the SLA changed stands in the ticket's system information: who picked it, and what follows."""
    gold = shop.agree(FIRST, when=F.tags.has("gold"))
    ticket = shop.ticket()

    shop.ana.do(commands.SetSlaLevel(gold.id), on=ticket.id)

    told = [(type(it).__name__, it.actor.kind.value) for it in shop.ana.thread(ticket.id)[3:]]
    assert told == [("SlaLevelChanged", "agent"), ("SlaChanged", "system"), ("TargetStarted", "system")]


# What customers are told.


class Sent(list):
    """A notifier that keeps what it is to send."""

    def send(self, notice):
        """Keeps a notice."""
        self.append(notice)


@pytest.mark.parametrize(
    ("zone", "promised"), [("Europe/Athens", "2026-03-03 11:00 EET"), ("UTC", "2026-03-02 17:00 UTC")]
)
def test_receipt_tells_an_estimated_answer_time(zone, promised):
    """TK-9: The acknowledgement of receipt tells by when to expect an answer, by the clocks of the department."""
    sent = Sent()
    shop = AgreedShop(notifier=sent)
    receipt = {"receipt": "We answer {ticket.reference} by {ticket.answer_by|soon}."}
    shop.system.do(commands.ChangeDepartment(shop.billing, calendar=shop.office_hours(zone), email_templates=receipt))
    shop.agree(Agreement(Target.FIRST_ANSWER, 8 * HOUR))
    shop.system.do(AddRule("Receipt", trigger=TicketOpened, then=[commands.AcknowledgeReceipt()]))

    ticket = shop.ticket(department=shop.billing)
    shop.system.deliver()

    assert [it.text for it in sent] == [f"We answer {ticket.reference} by {promised}."]


def test_canned_response_tells_an_estimated_answer_time_or_something_else(shop):
    """TK-8: A prepared text can promise the next answer; where nothing is agreed on, it says something else."""
    canned = shop.system.do(commands.AddCannedResponse("Soon", "You hear from us by {ticket.answer_by|Friday}."))
    ticket = shop.ticket()
    assert shop.ana.filled_response(canned.id, on=ticket.id) == "You hear from us by Friday."

    shop.agree(FIRST)

    assert shop.ana.filled_response(canned.id, on=ticket.id) == "You hear from us by 2026-03-02 11:00 UTC."


# Postponed, and closed.


@pytest.mark.parametrize("until", ["Friday", "a reply"])
def test_postponed_ticket_wakes_when_the_customer_replies(shop, until):
    """TK-14: A postponed ticket comes back when the customer replies: before its time, or only then, as asked."""
    ticket = shop.ticket()
    time = shop.clock() + 4 * DAY if until == "Friday" else None
    shop.ana.do(commands.Postpone(time), on=ticket.id)
    assert shop.system.next_due() == time
    if time is None:
        shop.pass_time(100 * DAY)
    assert shop.ana.ticket(ticket.id).status.key == "postponed"

    shop.desk.as_customer(shop.mia.id).do(commands.SendMessage("Any news?"), on=ticket.id)

    assert shop.ana.ticket(ticket.id).status.key == "open"
    assert "wake" not in {it.occasion for it in shop.system.sweep()}


def test_resolved_tickets_close_after_a_time(shop):
    """TK-14: A rule closes what has been resolved for four days, unless the customer wrote again."""
    resolved = F.category == "resolved"
    four_days = StatusUnchangedFor(4 * DAY)
    shop.system.do(AddRule("Close", trigger=four_days, when=resolved, then=[commands.Close()]))
    quiet, other = shop.ticket(), shop.ticket()
    for ticket in (quiet, other):
        shop.ana.do(commands.Resolve(), on=ticket.id)
    shop.pass_time(3 * DAY)
    shop.desk.as_customer(shop.mia.id).do(commands.SendMessage("Not yet!"), on=other.id)

    shop.pass_time(2 * DAY)

    assert [shop.ana.ticket(it.id).status.key for it in (quiet, other)] == ["closed", "open"]


# Laws.


ACTS = {
    "answer": lambda shop, it: shop.ana.do(commands.SendAnswer("Here."), on=it),
    "ask": lambda shop, it: shop.desk.as_customer(shop.mia.id).do(commands.SendMessage("And now?"), on=it),
    "postpone": lambda shop, it: shop.ana.do(commands.Postpone(shop.clock() + 5 * HOUR), on=it),
    "resolve": lambda shop, it: shop.ana.do(commands.Resolve(), on=it),
    "reopen": lambda shop, it: shop.ana.do(commands.Reopen(), on=it),
    "delete": lambda shop, it: shop.ana.do(commands.Delete(), on=it),
    "restore": lambda shop, it: shop.ana.do(commands.Restore(), on=it),
    "hurry": lambda shop, it: shop.ana.do(commands.SetPriority(Priority.URGENT), on=it),
    "calm": lambda shop, it: shop.ana.do(commands.SetPriority(Priority.LOW), on=it),
    "transfer": lambda shop, it: shop.ana.do(commands.Transfer(shop.billing), on=it, seen=commands.ANY),
    "sweep": lambda shop, _: shop.sweep(),
}
"""What can happen to a ticket."""

TARGETS = (Target.FIRST_ANSWER, Target.NEXT_ANSWER, Target.RESOLUTION)


def busy_shop(pauses):
    """A shop with lunch, a holiday and two policies, whose departments have hours of their own."""
    shop = AgreedShop()
    hours = every(WORKDAYS, ("09:00", "12:30"), ("13:15", "17:00"))
    holiday = Holiday(shop.clock().date() + DAY)
    office = shop.system.do(commands.AddCalendar("Office", "Europe/Ljubljana", hours, holidays=[holiday])).id
    shop.system.do(commands.ChangeDepartment(shop.billing, calendar=shop.office_hours("America/New_York")))
    shop.agree(
        *(Agreement(it, HOUR, warnings=[HOUR / 2]) for it in TARGETS),
        when=F.priority == Priority.URGENT,
        calendar=office,
        pauses=pauses,
    )
    shop.agree(*(Agreement(it, 6 * HOUR) for it in TARGETS), when=F.department == shop.billing, pauses=pauses)
    shop.agree(*(Agreement(it, 3 * HOUR, warnings=[HOUR]) for it in TARGETS), calendar=office)
    return shop


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from(sorted(ACTS)), st.integers(0, 40)), min_size=1, max_size=12),
    st.dictionaries(st.sampled_from(["answered", "postponed"]), st.sampled_from(Pausing)),
    st.booleans(),
)
def test_deadlines_lie_in_business_time_and_misses_are_told_once(acts, pauses, punctual):
    """TK-7: Whatever happens, no deadline lies outside business time, and each missed target was told exactly once."""
    shop = busy_shop(pauses)
    ticket = shop.ticket()
    for act, hours in acts:
        with suppress(TicketcoreError):
            ACTS[act](shop, ticket.id)
        shop.pass_time(hours * HOUR) if punctual else shop.clock.advance(hours=hours)
    shop.sweep()

    for report in shop.ana.explain_deadlines(ticket.id):
        assert report.counted is not None
        assert report.counted.calendar.is_open(report.state.deadline - timedelta(microseconds=1))
        happened = shop.happened(ticket.id, report.target.value)
        course = happened[len(happened) - 1 - happened[::-1].index("started") :]
        assert course.count("missed") == (report.standing is Standing.MISSED)
        assert course.count("warned") <= 1
