from datetime import timedelta
from functools import partial

import pytest

from tests.fakes import records_of, unchanged
from tests.small_shop import SmallShop
from tests.threads import at_once
from ticketcore import commands
from ticketcore.access import DepartmentAccessPolicy
from ticketcore.commands import CorrectTime, LogTime, PauseTimer, RemoveTime, StartTimer, StopTimer
from ticketcore.commands.agents import AddAgent
from ticketcore.commands.command import ANY
from ticketcore.configuration import Setup
from ticketcore.errors import AccessDenied, Conflict, InvalidInput, NotFound, OutOfPlace
from ticketcore.events import TimeCorrected, TimeLogged, TimeRemoved, TimerPaused, TimerStarted
from ticketcore.model.people import Role
from ticketcore.model.time_entries import TimeSpent

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def olga(shop):
    """An administrator's seat."""
    return shop.desk.as_agent(shop.system.do(AddAgent("Olga", role=Role.ADMIN)).id)


def told(shop, ticket, kind):
    """The events of a class in a ticket's thread."""
    return [it for it in shop.system.thread(ticket.id) if isinstance(it, kind)]


# Timers.


def test_timer_counts_what_it_ran(shop):
    """What a timer ran is logged when it is stopped; the time in which it was paused is not."""
    ticket = shop.ticket()
    began = shop.clock()
    shop.ana.do(StartTimer(), on=ticket.id)
    shop.clock.advance(20 * MINUTE)
    assert shop.ana.do(PauseTimer(), on=ticket.id).counted(shop.clock()) == 20 * MINUTE
    shop.clock.advance(HOUR)
    shop.ana.do(StartTimer(), on=ticket.id)
    shop.clock.advance(10 * MINUTE)

    [timer] = shop.ana.timers(ticket.id)
    entry = shop.ana.do(StopTimer("Looked it up"), on=ticket.id)

    assert (timer.is_running, timer.counted(shop.clock())) == (True, 30 * MINUTE)
    assert (entry.agent, entry.began, entry.duration) == (shop.ana.actor.id, began, 30 * MINUTE)
    assert (entry.billable, entry.by_hand, entry.text) == (True, False, "Looked it up")
    assert shop.ana.timers(ticket.id) == ()
    assert shop.ana.time_entries(ticket.id) == (entry,)


def test_thread_tells_of_timers(shop):
    """A ticket's thread tells who started and paused a timer, and what was logged; what was done it does not tell."""
    ticket = shop.ticket()
    for command in (StartTimer(billable=False), PauseTimer(), StartTimer(), StopTimer("PRIVATE")):
        shop.ana.do(command, on=ticket.id)
        shop.clock.advance(MINUTE)

    ana = shop.ana.actor.id
    assert [it.agent for it in told(shop, ticket, (TimerStarted, TimerPaused))] == [ana] * 3
    [logged] = told(shop, ticket, TimeLogged)
    assert (logged.agent, logged.spent.duration, logged.spent.billable) == (ana, 2 * MINUTE, False)
    assert "PRIVATE" not in repr(shop.system.thread(ticket.id))


def test_starting_and_pausing_twice_changes_nothing(shop):
    """A timer that runs is not started again, and one that is paused is not paused again."""
    ticket = shop.ticket()
    running = shop.ana.do(StartTimer(), on=ticket.id)
    with unchanged(shop.storage):
        assert shop.ana.do(StartTimer(), on=ticket.id) == running
    paused = shop.ana.do(PauseTimer(), on=ticket.id)
    with unchanged(shop.storage):
        assert shop.ana.do(PauseTimer(), on=ticket.id) == paused


def test_what_does_not_run_is_not_stopped(shop):
    """Without a timer nothing is paused or stopped; the error says what to do."""
    ticket = shop.ticket()
    shop.system.do(StartTimer(agent=shop.dora.actor.id), on=ticket.id)

    for command in (PauseTimer(), StopTimer()):
        with shop.refusing(OutOfPlace) as caught:
            shop.ana.do(command, on=ticket.id)
        assert caught.value.allowed == ("StartTimer",)


def test_several_timers_of_an_agent_run_by_default(shop):
    """Where nothing else is set, an agent's timers on several tickets run side by side."""
    one, other = shop.ticket(), shop.ticket()
    for ticket in (one, other):
        shop.ana.do(StartTimer(), on=ticket.id)

    assert all(shop.ana.timers(it.id)[0].is_running for it in (one, other))


def test_one_timer_runs_where_it_is_so_set():
    """Where the setup says so, starting a timer pauses the agent's others, and nobody else's."""
    shop = SmallShop(setup=Setup(one_running_timer=True))
    one, other = shop.ticket(), shop.ticket()
    shop.ana.do(StartTimer(), on=one.id)
    shop.system.do(StartTimer(agent=shop.dora.actor.id), on=one.id)
    shop.clock.advance(HOUR)

    shop.ana.do(StartTimer(), on=other.id)

    running = {it.agent: it.is_running for it in shop.ana.timers(one.id)}
    assert running == {shop.ana.actor.id: False, shop.dora.actor.id: True}
    assert shop.ana.timers(other.id)[0].is_running
    assert [it.agent for it in told(shop, one, TimerPaused)] == [shop.ana.actor.id]
    shop.clock.advance(HOUR)
    assert shop.ana.do(StopTimer(), on=one.id).duration == HOUR


def test_one_timer_runs_however_many_are_started_at_once():
    """An agent who starts timers in several windows at once is left with one that runs, where it is so set."""
    shop = SmallShop(setup=Setup(one_running_timer=True))
    tickets = [shop.ticket() for _ in range(6)]

    at_once([partial(shop.ana.do, StartTimer(), on=it.id) for it in tickets])

    assert [it.is_running for ticket in tickets for it in shop.ana.timers(ticket.id)].count(True) == 1


# Entries by hand.


def test_time_is_logged_by_hand(shop):
    """What an agent says was spent is logged as ending now, unless they say when it began."""
    ticket = shop.ticket()

    now = shop.ana.do(LogTime(HOUR, billable=False), on=ticket.id)
    earlier = shop.ana.do(LogTime(HOUR, began=shop.clock() - 5 * HOUR, text="By phone"), on=ticket.id)

    assert (now.began, now.by_hand, now.billable) == (shop.clock() - HOUR, True, False)
    assert shop.ana.time_entries(ticket.id) == (earlier, now)


@pytest.mark.parametrize("began", [timedelta(), -HOUR + MINUTE])
def test_no_time_is_spent_in_the_future(shop, began):
    """What would end in the future was not spent."""
    ticket = shop.ticket()
    with shop.refusing(OutOfPlace):
        shop.ana.do(LogTime(HOUR, began=shop.clock() + began), on=ticket.id)


def test_bad_entries_are_refused_at_the_door():
    """A duration is some time, and its text of bounded length; all faults come at once."""
    with pytest.raises(InvalidInput) as caught:
        LogTime(timedelta(), text="x" * 5_001)
    assert [it.path for it in caught.value.faults] == ["duration", "text"]


# Corrections.


def test_corrections_leave_a_trace(shop):
    """What an entry said before it was corrected stands in the thread, with who corrected it."""
    ticket = shop.ticket()
    entry = shop.ana.do(LogTime(HOUR), on=ticket.id)
    shop.clock.advance(MINUTE)

    after = shop.ana.do(CorrectTime(entry.id, duration=MINUTE, billable=False), on=ticket.id, seen=entry.version)

    assert (after.duration, after.billable, after.began) == (MINUTE, False, entry.began)
    [event] = told(shop, ticket, TimeCorrected)
    assert (event.entry, event.actor) == (entry.id, shop.ana.actor)
    assert event.before == TimeSpent(entry.began, HOUR, billable=True)
    assert event.after == TimeSpent(entry.began, MINUTE, billable=False)


def test_removing_leaves_a_trace(shop):
    """An entry that was taken away is gone from the ticket's time, and stands in its thread."""
    ticket = shop.ticket()
    entry = shop.ana.do(LogTime(HOUR), on=ticket.id)

    shop.ana.do(RemoveTime(entry.id), on=ticket.id, seen=entry.version)

    assert shop.ana.time_entries(ticket.id) == ()
    [event] = told(shop, ticket, TimeRemoved)
    assert (event.entry, event.agent, event.before) == (entry.id, shop.ana.actor.id, entry.spent)


def test_two_corrections_at_once_lose_none(shop):
    """Who corrects what somebody else corrected meanwhile is told."""
    ticket = shop.ticket()
    entry = shop.ana.do(LogTime(HOUR), on=ticket.id)
    shop.ana.do(CorrectTime(entry.id, text="By phone"), on=ticket.id, seen=entry.version)

    for command in (CorrectTime(entry.id, text="By mail"), RemoveTime(entry.id)):
        with shop.refusing(Conflict):
            shop.ana.do(command, on=ticket.id, seen=entry.version)


def test_correction_that_corrects_nothing_is_none(shop):
    """What is so already is no correction; a text alone is corrected without an event, for events tell no text."""
    ticket = shop.ticket()
    entry = shop.ana.do(LogTime(HOUR), on=ticket.id)
    with unchanged(shop.storage):
        shop.ana.do(CorrectTime(entry.id, duration=HOUR), on=ticket.id, seen=ANY)

    shop.ana.do(CorrectTime(entry.id, text="By phone"), on=ticket.id, seen=ANY)

    assert told(shop, ticket, TimeCorrected) == []
    with shop.refusing(OutOfPlace):
        shop.ana.do(CorrectTime(entry.id, duration=2 * HOUR), on=ticket.id, seen=ANY)


# Whose it is.


def test_agents_track_their_own_time(shop, olga):
    """For others nobody starts timers, logs or corrects time but who may configure the desk."""
    ticket = shop.ticket()
    dora, ana = shop.dora.actor.id, shop.ana.actor.id
    entry = olga.do(LogTime(HOUR, agent=dora), on=ticket.id)
    for command in (
        StartTimer(agent=dora),
        PauseTimer(dora),
        StopTimer(agent=dora),
        LogTime(HOUR, agent=dora),
        CorrectTime(entry.id, duration=MINUTE),
        RemoveTime(entry.id),
    ):
        with shop.refusing(AccessDenied):
            shop.ana.do(command, on=ticket.id, **shop.seen(command))

    shop.ana.do(StartTimer(), on=ticket.id)
    shop.clock.advance(MINUTE)
    stopped = olga.do(StopTimer(agent=ana), on=ticket.id)
    assert (stopped.agent, stopped.changed_by) == (ana, olga.actor)


def test_the_desk_itself_spends_no_time(shop):
    """The desk itself has no timer: it names an agent, who is active."""
    ticket = shop.ticket()
    for command in (StartTimer(), StopTimer(), LogTime(HOUR)):
        with shop.refusing(OutOfPlace):
            shop.system.do(command, on=ticket.id)
    with shop.refusing(NotFound):
        shop.system.do(StartTimer(agent="nobody"), on=ticket.id)
    shop.system.do(commands.DeactivateAgent(shop.dora.actor.id))
    with shop.refusing(OutOfPlace):
        shop.system.do(StartTimer(agent=shop.dora.actor.id), on=ticket.id)


def test_entries_of_another_ticket_are_not_found(shop):
    """An entry is corrected on its own ticket."""
    entry = shop.ana.do(LogTime(HOUR), on=shop.ticket().id)
    other = shop.ticket()

    for command in (CorrectTime(entry.id, text="By phone"), RemoveTime(entry.id)):
        with shop.refusing(NotFound):
            shop.ana.do(command, on=other.id, seen=ANY)


# Merging and purging.


def test_time_goes_over_to_the_survivor(shop):
    """What was spent on a ticket was spent on the one that took it over, and timers go on there, each once."""
    merged, survivor = shop.ticket(), shop.ticket()
    dora = shop.dora.actor.id
    entry = shop.ana.do(LogTime(HOUR), on=merged.id)
    shop.system.do(StartTimer(agent=dora), on=merged.id)
    for ticket in (merged, survivor):
        shop.ana.do(StartTimer(), on=ticket.id)
    shop.clock.advance(MINUTE)

    shop.ana.do(commands.MergeInto(survivor.id), on=merged.id)

    timers = {it.agent: it.counted(shop.clock()) for it in shop.ana.timers(survivor.id)}
    assert timers == {dora: MINUTE, shop.ana.actor.id: MINUTE}
    assert {(it.ticket, it.duration) for it in shop.ana.time_entries(survivor.id)} == {
        (survivor.id, entry.duration),
        (survivor.id, MINUTE),
    }
    assert shop.ana.do(CorrectTime(entry.id, text="By phone"), on=survivor.id, seen=ANY).ticket == survivor.id


def test_time_goes_with_a_purged_ticket(shop):
    """Of a purged ticket no timer and no time remains."""
    ticket = shop.ticket()
    shop.ana.do(LogTime(HOUR), on=ticket.id)
    shop.ana.do(StartTimer(), on=ticket.id)
    shop.ana.do(commands.Delete(), on=ticket.id)

    shop.system.do(commands.Purge(), on=ticket.id)

    assert not {"timer", "time_entry"} & records_of(shop.storage).keys()


def test_timer_runs_on_where_its_agent_sees_the_ticket_no_more():
    """A timer on a ticket that its agent does not see any more is paused when another one starts, and stays hidden."""
    shop = SmallShop(setup=Setup(one_running_timer=True, access=DepartmentAccessPolicy()))
    hidden, other = shop.ticket(), shop.ticket()
    shop.ana.do(StartTimer(), on=hidden.id)
    shop.system.do(commands.Transfer(shop.legal), on=hidden.id)

    shop.ana.do(StartTimer(), on=other.id)

    assert not shop.system.timers(hidden.id)[0].is_running
    with pytest.raises(NotFound):
        shop.ana.timers(hidden.id)
