"""
A month of a desk: what must be so of every ticket, whatever came in which order.

Twelve agents in three time zones, with shifts, lunch, meetings, a holiday, leave, an illness and a departure; three
departments with hours of their own; agreed times; four sweepers at once. How it is played is in `tests.month`.

The suite plays it with as many tickets as take seconds. The whole month of 20,000 tickets takes minutes:
`TICKETCORE_TEST_MONTH=20000 python -m pytest tests/acceptance/test_month.py`.
"""

import os
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import attrs
import pytest

from tests.month import END, Month
from ticketcore import events
from ticketcore.model.lifecycle import DONE
from ticketcore.model.targets import Target
from ticketcore.model.tickets import Priority

TICKETS = int(os.environ.get("TICKETCORE_TEST_MONTH", "1000"))
INSTANT = timedelta(microseconds=1)


@attrs.frozen
class Played:
    """
    A month that is over.

    Args:
        month: The month.
        tickets: All tickets, oldest first.
        threads: Their threads.
    """

    month: Month
    tickets: object
    threads: object

    def told(self, *classes):
        """All events of these classes."""
        return [entry for thread in self.threads.values() for entry in thread if isinstance(entry, classes)]

    def number(self, *classes):
        """How many there are."""
        return len(self.told(*classes))


@attrs.frozen
class Given:
    """
    A ticket's being given to somebody automatically.

    Args:
        queue: The department that it was in.
        at: When.
        ticket: The ticket.
        agent: To whom.
    """

    queue: str | None
    at: datetime
    ticket: str
    agent: str


@attrs.frozen
class Wait:
    """
    A ticket's waiting for somebody to be available.

    Args:
        queue: The department that it was in.
        since: From when.
        until: Until when.
        ticket: The ticket.
    """

    queue: str | None
    since: datetime
    until: datetime
    ticket: str


@pytest.fixture(scope="module")
def played():
    """The month, played once for all tests."""
    month = Month(TICKETS).play()
    return Played(month, month.all_tickets(), month.threads())


def test_the_month_has_everything(played):
    """What the other tests look for did happen: nothing of what they say is true only because there was nothing."""
    started = [it.target for it in played.told(events.TargetStarted)]
    by_cause = Counter(it.cause.command for it in played.told(events.Assigned))

    assert len(played.tickets) >= TICKETS
    assert min(Counter(started)[it] for it in (Target.FIRST_ANSWER, Target.NEXT_ANSWER, Target.RESOLUTION)) > 20
    assert min(played.number(it) for it in (events.TargetMissed, events.TargetMet, events.TargetMetLate)) > 20
    assert min(played.number(it) for it in (events.TargetWarned, events.TargetPaused, events.TargetResumed)) > 20
    assert played.number(events.NobodyAvailable) > 20
    assert by_cause["DeactivateAgent"] > 0
    assert {"wake", "sla", "rule", "backlog"} <= {it.occasion for it in played.month.done}
    assert played.month.looks > 20
    assert len(played.month.turns) > 20


# Nobody starves.


def test_every_ticket_is_answered_in_the_end(played):
    """FL-3, TK-7: However busy it was, nobody was forgotten: every ticket was given to somebody, and is done."""
    assert {it.status.category for it in played.tickets} <= DONE
    assert [it for it in played.tickets if it.in_backlog_since is not None] == []
    given = {it.ticket for it in given_out(played)}
    assert {it.id for it in played.tickets if not it.internal} <= given <= {it.id for it in played.tickets}


def test_no_ticket_waits_while_somebody_could_have_it(played):
    """DP-5: Whenever somebody looks, nobody is eligible for what waits first in any department."""
    assert played.month.overlooked == []


def test_nobody_who_is_eligible_is_passed_over(played):
    """FL-3: The next ticket goes to the one of those eligible whose last turn is longest ago, as was foretold."""
    turns = defaultdict(list)
    for it in given_out(played):
        if it.queue == played.month.support:
            turns[it.agent].append(it.at)
    got = {(it.ticket, it.at): it.agent for it in given_out(played)}
    came_back = {it.id for it in played.month.system.agents() if it.name == "Agent 11"}  # whose turns began anew

    for turn in played.month.turns:
        last = {it: last_before(turns[it], turn.at) for it in turn.able - came_back}
        assert got[turn.ticket, turn.at] == turn.foretold
        assert last.get(turn.foretold, NEVER) <= min(last.values())


def test_tickets_are_given_to_those_at_work_alone(played):
    """DP-5: Nobody is given a ticket automatically outside their shift, on a holiday or leave, ill, or in a meeting."""
    workers, offline = played.month.workers, played.month.offline
    given = given_out(played)

    assert len(given) >= 0.9 * TICKETS
    assert [it for it in given if not workers[it.agent].works(it.at)] == []
    assert [it for it in given if any(since < it.at < until for since, until in offline[it.agent])] == []


# Nobody overtakes.


def test_newer_tickets_never_overtake_older_ones(played):
    """TK-7: While a ticket waits for an agent, none that is newer and no more urgent is given out before it."""
    opened = {it.id: it.created_at for it in played.tickets}
    waits = [wait for it in played.tickets for wait in waits_of(it.id, played.threads[it.id], it.department)]
    given = sorted(given_out(played), key=lambda it: it.at)
    overtaken = []
    for wait in waits:
        first = bisect_right(given, wait.since, key=lambda it: it.at)
        last = bisect_left(given, wait.until, key=lambda it: it.at)
        overtaken += [
            (wait, other)
            for other in given[first:last]
            if other.queue == wait.queue
            and opened[other.ticket] > opened[wait.ticket]
            and urgency(played.threads[other.ticket], other.at, max)
            <= urgency(played.threads[wait.ticket], other.at, min)
        ]

    assert len(waits) > 20
    assert overtaken == []


# By when.


def test_no_deadline_lies_outside_business_time(played):
    """TK-7: Every deadline that ever counted lies within the hours of the ticket's department, as its door has them."""
    offices, zones = played.month.offices, Counter()
    for ticket in played.tickets:
        thread = played.threads[ticket.id]
        department = first_department(thread, ticket.department)
        for entry in thread:
            if isinstance(entry, events.Transferred):
                department = entry.after
            if isinstance(entry, COUNTING) and department is not None and not entry.state.missed:
                deadline = entry.state.deadline
                zones[offices[department].zone] += 1
                assert offices[department].is_open(deadline - INSTANT), entry

    assert len(zones) == 2
    assert min(zones.values()) > 20


def test_every_missed_target_is_told_exactly_once(played):
    """TK-7: A target was missed if its deadline passed before it was done, and then its event is there, once."""
    courses = [course for thread in played.threads.values() for course in courses_of(thread)]
    ended = [course for course in courses if isinstance(course[-1], events.TargetMet | events.TargetMetLate)]

    for course in courses:
        names = [type(it).__name__ for it in course]
        state = next(it.state for it in reversed(course) if it.state is not None)
        counts_until = state.ended_at or END
        if state.pauses and state.pauses[-1].end == state.ended_at:  # it was done while its time stood still
            counts_until = state.pauses[-1].start
        is_late = counts_until >= state.deadline
        if not isinstance(course[-1], events.TargetDropped):
            assert names.count("TargetMissed") == is_late, names
        assert names.count("TargetMissed") <= 1
        assert "TargetMissed" in names or "TargetMetLate" not in names
    assert len(ended) > 20


# Once.


def test_four_sweepers_do_nothing_twice(played):
    """TK-14: What was due was done by one of four sweepers, once: each postponed ticket came back once, and so on."""
    done = [(it.id, it.at) for it in played.month.done if it.ticket is not None]
    times_reached = Counter((it.ticket, it.cause.rule, it.at) for it in played.told(events.TimeReached))
    warned = Counter((it.ticket, it.target, it.state.started_at, it.before) for it in played.told(events.TargetWarned))

    assert [it for it, times in Counter(done).items() if times > 1] == []
    assert set(times_reached.values()) == {1}
    assert set(warned.values()) == {1}
    for thread in played.threads.values():
        statuses = [it for it in thread if isinstance(it, events.StatusChanged)]
        assert all(before.after == after.before != after.after for before, after in pairwise(statuses))


# What the threads say.

COUNTING = (events.TargetStarted, events.TargetMoved, events.TargetResumed)
"""The events after which another deadline counts."""

AUTOMATICALLY = {"AssignNext", "DeactivateAgent"}
"""The commands that have somebody be chosen."""

NEVER = datetime.min.replace(tzinfo=UTC)


def first_department(thread, now):
    """Where a ticket was opened, of one that is in a department now."""
    return next((it.before for it in thread if isinstance(it, events.Transferred)), now)


def given_out(played):
    """Whatever was given to somebody automatically."""
    found = []
    for ticket in played.tickets:
        thread = played.threads[ticket.id]
        queue = first_department(thread, ticket.department)
        for it in thread:
            if isinstance(it, events.Transferred):
                queue = it.after
            elif isinstance(it, events.Assigned) and it.after and it.cause.command in AUTOMATICALLY:
                found.append(Given(queue, it.at, ticket.id, it.after))
    return found


def waits_of(ticket, thread, department):
    """Every time for which a ticket waited for somebody to be available, in one department after the other."""
    queue, since = first_department(thread, department), None
    for it in thread:
        ends = isinstance(it, events.LeftBacklog | events.Transferred | events.Assigned)
        if since is not None and ends:
            yield Wait(queue, since, it.at, ticket)
        if isinstance(it, events.NobodyAvailable) or (since is not None and isinstance(it, events.Transferred)):
            since = it.at
        elif ends:
            since = None
        if isinstance(it, events.Transferred):
            queue = it.after


def urgency(thread, at, of_several):
    """A ticket's priority at a time; of those that it had in that very moment, the one asked for."""
    priorities, now = [Priority.NORMAL], Priority.NORMAL
    for it in thread:
        if isinstance(it, events.PriorityChanged) and it.at <= at:
            priorities = [now, it.after] if it.at == at else [it.after]
            now = it.after
    return of_several(priorities)


def last_before(times, at):
    """The last of some times before another one."""
    return max((it for it in times if it < at), default=NEVER)


def courses_of(thread):
    """What happened to each target of a ticket, from each start to its end."""
    courses = defaultdict(list)
    for it in thread:
        if isinstance(it, events.TargetChanged):
            if isinstance(it, events.TargetStarted):
                courses[it.target].append([])
            courses[it.target][-1].append(it)
    return [course for several in courses.values() for course in several]
