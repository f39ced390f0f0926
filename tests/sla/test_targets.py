from datetime import UTC, datetime, timedelta

import pytest

from tests.replay import replayed, told
from tests.sla.situations import DAY, HOUR, AgreedShop
from ticketcore import commands, events
from ticketcore.automation import AddRule
from ticketcore.commands.assignment import Assign, Transfer
from ticketcore.commands.calendars import ChangeCalendar
from ticketcore.commands.command import ANY
from ticketcore.commands.departments import ChangeDepartment
from ticketcore.commands.messages import SendAnswer, SendInternalMessage, SendMessage
from ticketcore.commands.sla import ChangeSlaPolicy, RemoveSlaPolicy, SetSlaLevel
from ticketcore.commands.status import Close, Delete, MarkAnswered, MoveTo, Postpone, Reopen, Resolve, Restore
from ticketcore.commands.tickets import AddTags, OpenTicket, SetPriority
from ticketcore.conditions import EventF, F
from ticketcore.model.targets import Standing, Target
from ticketcore.model.tickets import Channel, Priority
from ticketcore.sla import Agreement, Pausing

FIRST = Agreement(Target.FIRST_ANSWER, 4 * HOUR, warnings=[HOUR])
NEXT = Agreement(Target.NEXT_ANSWER, 2 * HOUR)
RESOLUTION = Agreement(Target.RESOLUTION, 8 * HOUR)


@pytest.fixture
def shop():
    """A small shop's desk."""
    return AgreedShop()


def standing(shop, ticket, target="first_answer"):
    """How a ticket stands with a target now."""
    return shop.state(ticket.id, target).standing(shop.clock())


def customer(shop):
    """Mia's seat."""
    return shop.desk.as_customer(shop.mia.id)


# What starts and ends each target.


def test_first_answer(shop):
    """The first answer is due an agreed time after the ticket was opened, and is met by the first answer."""
    shop.agree(FIRST)
    ticket = shop.ticket()
    assert ticket.due_at == shop.deadline(ticket.id) == shop.clock() + 4 * HOUR
    assert standing(shop, ticket) is Standing.RUNNING

    shop.clock.advance(3 * HOUR)
    shop.ana.do(SendAnswer("Here."), on=ticket.id)

    assert standing(shop, ticket) is Standing.MET
    assert shop.state(ticket.id).ended_at == shop.clock()
    assert shop.happened(ticket.id) == ["started", "met"]
    assert shop.system.ticket(ticket.id).due_at is None


def test_ticket_that_begins_with_an_answer_has_been_answered(shop):
    """Where an agent wrote first, the first answer is met at once."""
    shop.agree(FIRST)
    ticket = shop.ana.do(OpenTicket([shop.mia.id], "Your order", "It is on its way."))

    assert standing(shop, ticket) is Standing.MET


def test_next_answer(shop):
    """The next answer is due an agreed time after the customer's first message since the last answer."""
    shop.agree(FIRST, NEXT)
    ticket = shop.ticket()
    assert "next_answer" not in ticket.targets
    shop.ana.do(SendAnswer("Here."), on=ticket.id)
    shop.clock.advance(DAY)
    customer(shop).do(SendMessage("And the other one?"), on=ticket.id)
    deadline = shop.clock() + 2 * HOUR
    assert shop.deadline(ticket.id, "next_answer") == deadline

    shop.clock.advance(HOUR)
    customer(shop).do(SendMessage("Hello?"), on=ticket.id)
    assert shop.deadline(ticket.id, "next_answer") == shop.system.ticket(ticket.id).due_at == deadline

    shop.ana.do(SendAnswer("There."), on=ticket.id)
    assert standing(shop, ticket, "next_answer") is Standing.MET


def test_each_next_answer_is_a_time_of_its_own(shop):
    """After an answer, the next message starts the time anew, even in the same instant."""
    shop.agree(NEXT)
    ticket = shop.ticket()
    for _ in range(3):
        shop.ana.do(SendAnswer("Here."), on=ticket.id)
        customer(shop).do(SendMessage("And now?"), on=ticket.id)
        assert standing(shop, ticket, "next_answer") is Standing.RUNNING

    assert shop.happened(ticket.id, "next_answer") == ["started", "met", "started", "met", "started"]


def test_next_answer_among_agents(shop):
    """On an internal ticket the agent who raised it asks, and colleagues answer (IT-8)."""
    shop.agree(FIRST, NEXT)
    ours = shop.internal_ticket()
    shop.dora.do(SendInternalMessage("Which till?"), on=ours.id)
    assert standing(shop, ours) is Standing.MET

    shop.clock.advance(HOUR)
    shop.ana.do(SendInternalMessage("The left one."), on=ours.id)
    assert shop.deadline(ours.id, "next_answer") == shop.clock() + 2 * HOUR

    shop.dora.do(SendInternalMessage("It is right now."), on=ours.id)
    assert standing(shop, ours, "next_answer") is Standing.MET


def test_first_assignment(shop):
    """The first assignment is met as soon as somebody is responsible, for good."""
    shop.agree(Agreement(Target.FIRST_ASSIGNMENT, HOUR))
    ticket = shop.ticket()
    shop.clock.advance(minutes=59)

    shop.ana.do(Assign(shop.ana.actor.id), on=ticket.id, seen=ANY)

    assert standing(shop, ticket, "first_assignment") is Standing.MET


def test_resolution_goes_on_when_the_ticket_is_opened_again(shop):
    """A resolved ticket met its resolution; opened again, the time goes on, without that in between."""
    shop.agree(RESOLUTION)
    ticket = shop.ticket()
    shop.clock.advance(3 * HOUR)
    shop.ana.do(Resolve(), on=ticket.id)
    assert standing(shop, ticket, "resolution") is Standing.MET

    shop.clock.advance(DAY)
    customer(shop).do(SendMessage("It is broken again."), on=ticket.id)

    assert standing(shop, ticket, "resolution") is Standing.RUNNING
    assert shop.deadline(ticket.id, "resolution") == shop.clock() + 5 * HOUR


@pytest.mark.parametrize(("channel", "target"), [(Channel.CHAT, "chat_answer"), (Channel.CALL, "call_answer")])
def test_chats_and_calls_have_times_of_their_own(shop, channel, target):
    """What came by chat or by phone is to be answered, or taken on, sooner; other tickets have no such target."""
    shop.agree(Agreement(Target.CHAT_ANSWER, timedelta(minutes=1)), Agreement(Target.CALL_ANSWER, timedelta(minutes=1)))
    ticket, other = shop.ticket(channel=channel), shop.ticket()
    assert [*shop.system.ticket(ticket.id).targets] == [target]
    assert not other.targets

    shop.ana.do(Assign(shop.ana.actor.id), on=ticket.id, seen=ANY)
    shop.ana.do(SendAnswer("Hello!"), on=ticket.id)

    assert standing(shop, ticket, target) is Standing.MET


@pytest.mark.parametrize("command", [MarkAnswered(), Resolve(), Resolve(silently=True)])
def test_answering_by_other_means_counts(shop, command):
    """Whoever marks a ticket as answered, or solves it without a word, has answered it."""
    shop.agree(FIRST)
    ticket = shop.ticket()

    shop.ana.do(command, on=ticket.id)

    assert standing(shop, ticket) is Standing.MET


def test_closing_ends_all(shop):
    """A closed ticket has nothing that runs, and nothing that is due."""
    shop.agree(FIRST, NEXT, RESOLUTION, Agreement(Target.FIRST_ASSIGNMENT, HOUR))
    ticket = shop.ticket()
    for command in (Resolve(), Close()):
        shop.ana.do(command, on=ticket.id)

    assert {it.standing(shop.clock()) for it in shop.system.ticket(ticket.id).targets.values()} == {Standing.MET}
    assert shop.system.next_due() is None


# Warnings and misses.


def test_target_warns_and_is_missed_once(shop):
    """However often the desk is swept, a target warns once and is missed once, each at its time."""
    shop.agree(FIRST)
    ticket = shop.ticket()

    shop.pass_time(9 * HOUR)
    shop.sweep()

    told = [it for it in shop.system.thread(ticket.id) if isinstance(it, events.TargetChanged)]
    assert [(type(it).__name__, it.at - ticket.created_at) for it in told] == [
        ("TargetStarted", timedelta()),
        ("TargetWarned", 3 * HOUR),
        ("TargetMissed", 4 * HOUR),
    ]
    assert standing(shop, ticket) is Standing.MISSED


def test_late_is_late_whenever_somebody_looks(shop):
    """An answer after the deadline is late, though nobody swept in between; an answer just before it is not."""
    shop.agree(FIRST)
    late, timely = shop.ticket(), shop.ticket()
    shop.clock.advance(4 * HOUR - timedelta(seconds=1))
    shop.ana.do(SendAnswer("Here."), on=timely.id)
    shop.clock.advance(seconds=1)
    assert standing(shop, late) is Standing.MISSED
    shop.ana.do(SendAnswer("Here."), on=late.id)
    shop.sweep()

    assert shop.happened(late.id) == ["started", "missed", "metlate"]
    assert (standing(shop, late), standing(shop, timely)) == (Standing.MISSED, Standing.MET)
    assert shop.happened(timely.id) == ["started", "met"]


def test_missed_target_stays_due_until_it_is_done(shop):
    """What is late stays in front of the queue."""
    shop.agree(FIRST)
    ticket = shop.ticket()

    shop.pass_time(DAY)

    assert shop.system.ticket(ticket.id).due_at == ticket.created_at + 4 * HOUR
    shop.ana.do(SendAnswer("Here."), on=ticket.id)
    assert shop.happened(ticket.id)[-2:] == ["missed", "metlate"]
    assert shop.system.ticket(ticket.id).due_at is None


def test_warnings_and_misses_start_rules(shop):
    """Rules answer a warning and a miss, and can ask of which target."""
    shop.agree(FIRST, RESOLUTION)
    raised = F.priority < Priority.URGENT
    shop.system.do(
        AddRule(
            "Hurry",
            trigger=events.TargetWarned,
            when=(EventF.target == Target.FIRST_ANSWER) & raised,
            then=[SetPriority(Priority.URGENT)],
        )
    )
    shop.system.do(AddRule("Late", trigger=events.TargetMissed, then=[AddTags({"late"})]))
    ticket = shop.ticket()

    shop.pass_time(3 * HOUR)
    assert shop.system.ticket(ticket.id).priority is Priority.URGENT
    shop.pass_time(HOUR)
    assert shop.system.ticket(ticket.id).tags == {"late"}


# Pauses.


def test_excluded_status_moves_the_deadline(shop):
    """Where the time of a status is excluded, the deadline moves by what passed in it."""
    shop.agree(RESOLUTION, pauses={"postponed": Pausing.EXCLUDE})
    ticket = shop.ticket()
    shop.clock.advance(2 * HOUR)
    shop.ana.do(Postpone(shop.clock() + DAY), on=ticket.id)
    assert standing(shop, ticket, "resolution") is Standing.PAUSED
    assert shop.system.ticket(ticket.id).due_at is None

    shop.pass_time(DAY)

    assert standing(shop, ticket, "resolution") is Standing.RUNNING
    assert shop.deadline(ticket.id, "resolution") == shop.clock() + 6 * HOUR
    assert shop.happened(ticket.id, "resolution") == ["started", "paused", "resumed"]


def test_ignored_status_restores_the_same_deadline(shop):
    """Where a status is ignored, nothing is missed in it, and afterwards the same deadline counts."""
    shop.agree(RESOLUTION, pauses={"postponed": Pausing.IGNORE})
    ticket, other = shop.ticket(), shop.ticket()
    before = shop.deadline(ticket.id, "resolution")
    shop.ana.do(Postpone(shop.clock() + 2 * HOUR), on=ticket.id)
    shop.ana.do(Postpone(shop.clock() + DAY), on=other.id)
    shop.pass_time(2 * HOUR)
    assert (standing(shop, ticket, "resolution"), shop.deadline(ticket.id, "resolution")) == (Standing.RUNNING, before)

    shop.pass_time(21 * HOUR)
    assert standing(shop, other, "resolution") is Standing.PAUSED
    assert "missed" not in shop.happened(other.id, "resolution")

    shop.pass_time(HOUR)
    assert standing(shop, other, "resolution") is Standing.MISSED
    assert shop.happened(other.id, "resolution") == ["started", "paused", "resumed", "missed"]


@pytest.mark.parametrize("pauses", [{}, {"postponed": Pausing.KEEP_RUNNING}])
def test_time_runs_on_in_other_statuses(shop, pauses):
    """In a status of which nothing is said, time runs on, and so it does where that is said."""
    shop.agree(RESOLUTION, pauses=pauses)
    ticket = shop.ticket()
    shop.ana.do(Postpone(shop.clock() + DAY), on=ticket.id)

    shop.pass_time(8 * HOUR)

    assert shop.happened(ticket.id, "resolution") == ["started", "missed"]


def test_two_ways_of_pausing_in_a_row(shop):
    """From an excluded status into an ignored one, the time of the first is excluded, that of the second is not."""
    shop.agree(RESOLUTION, pauses={"postponed": Pausing.EXCLUDE, "answered": Pausing.IGNORE})
    ticket = shop.ticket()
    before = shop.deadline(ticket.id, "resolution")
    shop.ana.do(Postpone(shop.clock() + DAY), on=ticket.id)
    shop.clock.advance(3 * HOUR)
    shop.ana.do(SendAnswer("Still looking."), on=ticket.id)
    shop.clock.advance(HOUR)

    shop.ana.do(Reopen(), on=ticket.id)

    assert shop.deadline(ticket.id, "resolution") == before + 3 * HOUR


def test_answer_within_a_pause_is_in_time(shop):
    """What is done while a target is paused is not late."""
    shop.agree(FIRST, pauses={"postponed": Pausing.IGNORE})
    ticket = shop.ticket()
    shop.ana.do(Postpone(shop.clock() + 3 * DAY), on=ticket.id)
    shop.clock.advance(DAY)

    shop.ana.do(SendAnswer("Here."), on=ticket.id)

    assert standing(shop, ticket) is Standing.MET


def test_what_was_missed_before_a_pause_stays_missed(shop):
    """A pause that begins after the deadline does not undo it, though nobody had looked."""
    shop.agree(FIRST, pauses={"postponed": Pausing.EXCLUDE})
    ticket = shop.ticket()
    shop.clock.advance(5 * HOUR)

    shop.ana.do(Postpone(shop.clock() + DAY), on=ticket.id)

    assert shop.happened(ticket.id) == ["started", "missed", "paused"]
    assert standing(shop, ticket) is Standing.MISSED


def test_deleted_ticket_stands_still_until_it_is_restored(shop):
    """What was deleted is not missed; once it is restored, the time goes on without that in between."""
    shop.agree(FIRST)
    ticket = shop.ticket()
    shop.ana.do(Delete(), on=ticket.id)
    shop.pass_time(DAY)
    assert standing(shop, ticket) is Standing.PAUSED

    shop.ana.do(Restore(), on=ticket.id)

    assert shop.deadline(ticket.id) == shop.clock() + 4 * HOUR


# Other terms.


def test_change_of_policy_keeps_the_pauses(shop):
    """A ticket that gets another policy keeps the pauses that it had."""
    shop.agree(RESOLUTION, pauses={"postponed": Pausing.EXCLUDE})
    shop.agree(
        Agreement(Target.RESOLUTION, 2 * HOUR),
        when=F.priority == Priority.URGENT,
        place=1,
        pauses={"postponed": Pausing.EXCLUDE},
    )
    ticket = shop.ticket()
    shop.clock.advance(HOUR)
    shop.ana.do(Postpone(shop.clock() + 5 * HOUR), on=ticket.id)
    shop.pass_time(5 * HOUR)

    shop.ana.do(SetPriority(Priority.URGENT), on=ticket.id)

    assert shop.deadline(ticket.id, "resolution") == ticket.created_at + 7 * HOUR
    assert shop.happened(ticket.id, "resolution")[-1] == "moved"


def test_change_of_policy_within_a_pause_keeps_it(shop):
    """A pause that was going on when the policy changed counts as far as it had come."""
    shop.agree(RESOLUTION, pauses={"postponed": Pausing.EXCLUDE})
    running_on = shop.agree(Agreement(Target.RESOLUTION, 2 * HOUR), when=F.tags.has("never"))
    ticket = shop.ticket()
    shop.ana.do(Postpone(shop.clock() + DAY), on=ticket.id)
    shop.clock.advance(3 * HOUR)

    shop.ana.do(SetSlaLevel(running_on.id), on=ticket.id)

    assert standing(shop, ticket, "resolution") is Standing.RUNNING
    assert shop.deadline(ticket.id, "resolution") == ticket.created_at + 5 * HOUR


def test_change_of_calendar_keeps_the_pauses(shop):
    """When the opening hours change, deadlines move with the next sweep, and the pauses stay."""
    office = shop.office_hours()
    shop.agree(RESOLUTION, calendar=office, pauses={"postponed": Pausing.EXCLUDE})
    ticket = shop.ticket()
    shop.clock.advance(HOUR)
    shop.ana.do(Postpone(shop.clock() + HOUR), on=ticket.id)
    shop.pass_time(HOUR)
    assert shop.deadline(ticket.id, "resolution") == datetime(2026, 3, 3, 10, tzinfo=UTC)

    shop.system.do(ChangeCalendar(office, zone="Europe/Athens"))
    shop.sweep()

    assert shop.deadline(ticket.id, "resolution") == datetime(2026, 3, 3, 10, tzinfo=UTC)
    assert shop.state(ticket.id, "resolution").pauses


def test_changed_policy_moves_deadlines_of_tickets_in_work(shop):
    """When a policy changes, the tickets in work follow with the next sweep; what is done does not."""
    policy = shop.agree(FIRST)
    ticket, done = shop.ticket(), shop.ticket()
    shop.ana.do(Resolve(), on=done.id)
    before = shop.state(done.id)

    shop.system.do(ChangeSlaPolicy(policy.id, agreements=[Agreement(Target.FIRST_ANSWER, HOUR)]))
    shop.sweep()

    assert shop.deadline(ticket.id) == ticket.created_at + HOUR
    assert shop.state(done.id) == before


def test_removed_policy_leaves_the_internal_answer_time(shop):
    """A ticket without a policy any more is due after seven days, counted from when it began to wait."""
    policy = shop.agree(FIRST)
    ticket = shop.ticket()
    shop.clock.advance(HOUR)

    shop.system.do(RemoveSlaPolicy(policy.id))
    shop.sweep()

    after = shop.system.ticket(ticket.id)
    assert (after.sla, after.due_at) == (None, ticket.created_at + 7 * DAY)
    assert shop.happened(ticket.id) == ["started", "dropped"]


def test_missed_target_stays_missed_under_other_terms(shop):
    """A longer time that is agreed on later does not undo a miss."""
    policy = shop.agree(FIRST)
    ticket = shop.ticket()
    shop.pass_time(5 * HOUR)

    shop.system.do(ChangeSlaPolicy(policy.id, agreements=[Agreement(Target.FIRST_ANSWER, DAY)]))
    shop.pass_time(2 * DAY)

    assert shop.happened(ticket.id) == ["started", "warned", "missed"]


def test_new_policy_comes_to_tickets_in_work(shop):
    """Tickets that were there before a policy get it with the next sweep; what is late by it already is missed."""
    ticket = shop.ticket()
    shop.clock.advance(5 * HOUR)

    policy = shop.agree(FIRST)

    assert shop.system.ticket(ticket.id).sla == policy.id
    assert shop.happened(ticket.id) == ["started", "missed"]


# What was told.


def test_replay_gives_targets_and_due_time(shop):
    """The events of a ticket tell its policy, its targets and when it is due."""
    shop.agree(FIRST, NEXT, RESOLUTION, pauses={"answered": Pausing.EXCLUDE, "postponed": Pausing.IGNORE})
    ticket = shop.ticket()
    for command in (SendAnswer("Here."), Postpone(shop.clock() + DAY), MoveTo("open"), Resolve(), Reopen()):
        shop.ana.do(command, on=ticket.id)
        shop.pass_time(3 * HOUR)
        state, stored = replayed(shop.system.thread(ticket.id)), told(shop.system.ticket(ticket.id))
        assert {name: stored[name] for name in state} == state


def test_desk_itself_is_the_actor(shop):
    """What follows from an agreement is nobody's doing; the cause says what it follows from."""
    shop.agree(FIRST)
    ticket = shop.ticket()
    shop.ana.do(SendAnswer("Here."), on=ticket.id)

    told = [it for it in shop.system.thread(ticket.id) if isinstance(it, events.TargetChanged | events.SlaChanged)]

    assert {it.actor.kind.value for it in told} == {"system"}
    assert [it.cause.command for it in told] == ["SubmitTicket", "SubmitTicket", "SendAnswer"]


# What rules do in between.


def test_what_a_rule_does_counts_at_once(shop):
    """Each rule's turn moves what it concerns, and leaves the rest: here the calendar, then who is responsible."""
    shop.agree(FIRST, Agreement(Target.FIRST_ASSIGNMENT, HOUR))
    shop.system.do(ChangeDepartment(shop.billing, calendar=shop.office_hours("America/New_York")), seen=ANY)
    transfer, assign = [Transfer(shop.billing)], [Assign(shop.ana.actor.id)]
    shop.system.do(AddRule("Bills", trigger=events.TicketOpened, when=F.subject.contains("bill"), then=transfer))
    shop.system.do(AddRule("Ana", trigger=events.Transferred, then=assign))

    ticket = customer(shop).do(commands.SubmitTicket("My bill", "Is wrong."))

    assert shop.deadline(ticket.id) == shop.clock().replace(hour=14) + 4 * HOUR
    assert shop.happened(ticket.id) == ["started", "moved"]
    assert shop.happened(ticket.id, "first_assignment") == ["started", "moved", "met"]
    assert shop.system.ticket(ticket.id).due_at == shop.deadline(ticket.id)


# Chats and calls.


def test_chat_is_to_be_picked_up_in_time(shop):
    """The time of a chat runs until somebody picks it up; the next chat on the ticket has its own."""
    shop.agree(Agreement(Target.CHAT_ANSWER, HOUR))
    mia = shop.desk.as_customer(shop.mia.id)
    chat = mia.do(commands.StartChat("Hello"))
    assert shop.deadline(chat.ticket, "chat_answer") == shop.clock() + HOUR
    shop.pass_time(HOUR / 2)
    shop.ana.do(commands.PickUpChat(chat.id), on=chat.ticket)
    assert shop.state(chat.ticket, "chat_answer").standing(shop.clock()) is Standing.MET
    shop.ana.do(commands.EndChat(chat.id), on=chat.ticket)
    shop.pass_time(HOUR)

    mia.do(commands.StartChatOnTicket("Hello again"), on=chat.ticket)
    shop.pass_time(2 * HOUR)

    assert shop.state(chat.ticket, "chat_answer").standing(shop.clock()) is Standing.MISSED
    assert shop.happened(chat.ticket, "chat_answer") == ["started", "met", "started", "missed"]


@pytest.mark.parametrize("left_after", [HOUR / 2, 2 * HOUR])
def test_chat_that_is_missed_is_late_until_the_customer_is_answered(shop, left_after):
    """Who left a chat that nobody picked up still waits: the target is missed, until the customer is answered."""
    shop.agree(Agreement(Target.CHAT_ANSWER, HOUR))
    mia = shop.desk.as_customer(shop.mia.id)
    chat = mia.do(commands.StartChat("Hello"))
    shop.pass_time(left_after)
    mia.do(commands.LeaveChat(chat.id), on=chat.ticket)
    shop.pass_time(3 * HOUR)

    shop.ana.do(commands.SendAnswer("Sorry, we were out."), on=chat.ticket)

    assert shop.happened(chat.ticket, "chat_answer") == ["started", "missed", "metlate"]


def test_call_is_to_be_picked_up_in_time(shop):
    """The time of a call runs while it rings, whoever is assigned meanwhile."""
    shop.agree(Agreement(Target.CALL_ANSWER, HOUR))
    call = shop.system.do(commands.StartCall(shop.mia.id))
    shop.ana.do(commands.Assign(shop.ana.actor.id), on=call.ticket, seen=ANY)
    shop.pass_time(HOUR / 2)
    assert shop.state(call.ticket, "call_answer").standing(shop.clock()) is Standing.RUNNING

    shop.ana.do(commands.PickUpCall(call.id), on=call.ticket)
    shop.ana.do(commands.EndCall(call.id), on=call.ticket)
    shop.pass_time(2 * HOUR)

    assert shop.happened(call.ticket, "call_answer") == ["started", "met"]


def test_outgoing_call_has_no_target(shop):
    """Nobody waits while an agent calls."""
    shop.agree(Agreement(Target.CALL_ANSWER, HOUR))
    ticket = shop.ticket()
    shop.ana.do(commands.StartCallOnTicket(incoming=False), on=ticket.id)

    assert "call_answer" not in shop.system.ticket(ticket.id).targets
