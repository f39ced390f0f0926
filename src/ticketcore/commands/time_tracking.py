"""
Time tracking: timers that agents start, pause and stop on tickets, and entries by hand (requirement FL-8).

What is corrected leaves a trace in the ticket's thread. Customers see nothing of it.
"""

from datetime import datetime, timedelta
from typing import ClassVar, Final

import attrs

from ticketcore._draft import Draft
from ticketcore.commands.command import AddingTicketCommand, OverwritingTicketCommand
from ticketcore.commands.on_behalf import agent_meant
from ticketcore.commands.records import load_all
from ticketcore.conditions import RecordF
from ticketcore.errors import NotFound, OutOfPlace
from ticketcore.events import TimeCorrected, TimeLogged, TimeRemoved, TimerPaused, TimerStarted
from ticketcore.model import checks
from ticketcore.model.checks import IS_INSTANT, Unchanged, changed_fields, is_a, is_duration, is_text
from ticketcore.model.copying import copy_with
from ticketcore.model.ids import AgentId, TimeEntryId
from ticketcore.model.kinds import TICKETS, TIME_ENTRIES, TIMER_TURNS, TIMERS
from ticketcore.model.permissions import Permission
from ticketcore.model.tickets import AnyTicket
from ticketcore.model.time_entries import TimeEntry, Timer, timer_id
from ticketcore.query import Query
from ticketcore.storage.protocols import Key

TEXT_LIMIT: Final = 5_000
"""How long the text of an entry may be."""

IS_TIME_SPENT: Final = is_duration(at_least=timedelta(seconds=1), at_most=timedelta(days=31))


@attrs.frozen
class StartTimer(AddingTicketCommand[Timer]):
    """
    Starts an agent's timer on a ticket, or has it go on after a pause.

    Where the setup says that of each agent one timer runs at most, the agent's others are paused.

    Args:
        billable: Whether its time is to be billed; a timer that goes on keeps what was said at its start.
        agent: Whose timer; by default of who asks. For others it takes the permission to configure the desk.

    Raises:
        AccessDenied: It is for somebody else, without that permission.
        NotFound: There is no such agent.
        OutOfPlace: The agent is not active; or nobody is named, and it is no agent who asks.
    """

    permission: ClassVar[Permission] = Permission.NOTE

    billable: bool = checks.flag(default=True)
    agent: AgentId | None = checks.identifier(default=None, kw_only=True)

    def decide(self, draft: Draft, ticket: AnyTicket) -> Timer:
        """The timer, which runs."""
        agent = agent_meant(draft, self.agent, self.asked)
        record = draft.configuration.roster.agent(agent)
        if not record.active:
            raise OutOfPlace(self.asked, f"agent {record.name!r} is not active", ("ReactivateAgent",))
        if draft.setup.one_running_timer:
            draft.peek(TIMER_TURNS, agent)  # first, because it is read under lock
            _pause_others(draft, ticket, agent)
        timer = draft.peek(TIMERS, timer_id(ticket.id, agent))
        if timer is not None and timer.is_running:
            return timer
        draft.occur(ticket, TimerStarted, agent=agent)
        if timer is not None:
            return draft.put(TIMERS, copy_with(timer, running_since=draft.now))
        id = timer_id(ticket.id, agent)
        new = Timer(
            id=id, ticket=ticket.id, agent=agent, billable=self.billable, began=draft.now, running_since=draft.now
        )
        return draft.put(TIMERS, new)


@attrs.frozen
class PauseTimer(AddingTicketCommand[Timer]):
    """
    Pauses an agent's timer on a ticket; `StartTimer` has it go on.

    Args:
        agent: Whose timer; by default of who asks. For others it takes the permission to configure the desk.

    Raises:
        AccessDenied: It is somebody else's, without that permission.
        OutOfPlace: The agent has no timer on the ticket; or nobody is named, and it is no agent who asks.
    """

    permission: ClassVar[Permission] = Permission.NOTE

    agent: AgentId | None = checks.identifier(default=None)

    def decide(self, draft: Draft, ticket: AnyTicket) -> Timer:
        """The timer, which does not run."""
        return _pause(draft, ticket, _timer(draft, ticket, self.agent, self.asked))


@attrs.frozen
class StopTimer(AddingTicketCommand[TimeEntry]):
    """
    Stops an agent's timer on a ticket, and logs what it counted.

    Args:
        text: What was done.
        agent: Whose timer; by default of who asks. For others it takes the permission to configure the desk.

    Raises:
        AccessDenied: It is somebody else's, without that permission.
        OutOfPlace: The agent has no timer on the ticket; or nobody is named, and it is no agent who asks.
    """

    permission: ClassVar[Permission] = Permission.NOTE

    text: str = checks.text(at_most=TEXT_LIMIT, default="")
    agent: AgentId | None = checks.identifier(default=None, kw_only=True)

    def decide(self, draft: Draft, ticket: AnyTicket) -> TimeEntry:
        """The entry of the time that was spent."""
        return _stop(draft, ticket, _timer(draft, ticket, self.agent, self.asked), self.text)


@attrs.frozen
class LogTime(AddingTicketCommand[TimeEntry]):
    """
    Logs time that was spent on a ticket, by hand.

    Args:
        duration: How long, from a second to 31 days.
        began: When the work began; by default so that it ends now.
        billable: Whether it is to be billed.
        text: What was done.
        agent: Who spent it; by default who asks. For others it takes the permission to configure the desk.

    Raises:
        AccessDenied: It is for somebody else, without that permission.
        NotFound: There is no such agent.
        OutOfPlace: It would end in the future; or nobody is named, and it is no agent who asks.
    """

    permission: ClassVar[Permission] = Permission.NOTE

    duration: timedelta = checks.checked(IS_TIME_SPENT)
    began: datetime | None = checks.instant(default=None, kw_only=True)
    billable: bool = checks.flag(default=True, kw_only=True)
    text: str = checks.text(at_most=TEXT_LIMIT, default="", kw_only=True)
    agent: AgentId | None = checks.identifier(default=None, kw_only=True)

    def decide(self, draft: Draft, ticket: AnyTicket) -> TimeEntry:
        """The entry."""
        agent = agent_meant(draft, self.agent, self.asked)
        began = self.began or draft.now - self.duration
        _check_past(draft, began, self.duration, self.asked)
        return _log(
            draft,
            ticket,
            agent=agent,
            began=began,
            duration=self.duration,
            billable=self.billable,
            by_hand=True,
            text=self.text,
        )


@attrs.frozen
class CorrectTime(OverwritingTicketCommand[TimeEntry]):
    """
    Corrects an entry of time. What is not given stays; what it said before stands in the ticket's thread.

    Args:
        entry: Which entry; `seen` is its version.
        duration: How long it took.
        began: When the work began.
        billable: Whether it is to be billed.
        text: What was done.

    Raises:
        NotFound: The ticket has no such entry.
        AccessDenied: It is somebody else's, and who asks may not configure the desk.
        OutOfPlace: It would end in the future.
    """

    permission: ClassVar[Permission] = Permission.NOTE

    entry: TimeEntryId = checks.identifier()
    duration: timedelta | Unchanged = checks.changeable(IS_TIME_SPENT)
    began: datetime | Unchanged = checks.changeable(IS_INSTANT)
    billable: bool | Unchanged = checks.changeable(is_a(bool, "True or False"))
    text: str | Unchanged = checks.changeable(is_text(at_most=TEXT_LIMIT))

    def overwritten(self, ticket: AnyTicket) -> Key:
        """The entry."""
        del ticket
        return Key(TIME_ENTRIES, self.entry)

    def decide(self, draft: Draft, ticket: AnyTicket) -> TimeEntry:
        """The entry as it now is."""
        entry = _entry_of(draft, ticket, self.entry, self.asked)
        after = copy_with(entry, **changed_fields(self))
        if after == entry:
            return entry
        if after.spent != entry.spent:
            _check_past(draft, after.began, after.duration, self.asked)
            draft.occur(ticket, TimeCorrected, entry=entry.id, before=entry.spent, after=after.spent)
        return draft.put(TIME_ENTRIES, copy_with(after, changed_by=draft.principal.actor))


@attrs.frozen
class RemoveTime(OverwritingTicketCommand[None]):
    """
    Takes an entry of time away. What it said stands in the ticket's thread.

    Args:
        entry: Which entry; `seen` is its version.

    Raises:
        NotFound: The ticket has no such entry.
        AccessDenied: It is somebody else's, and who asks may not configure the desk.
    """

    permission: ClassVar[Permission] = Permission.NOTE

    entry: TimeEntryId = checks.identifier()

    def overwritten(self, ticket: AnyTicket) -> Key:
        """The entry."""
        del ticket
        return Key(TIME_ENTRIES, self.entry)

    def decide(self, draft: Draft, ticket: AnyTicket) -> None:
        """Nothing remains but the event that says so."""
        entry = _entry_of(draft, ticket, self.entry, self.asked)
        draft.remove(TIME_ENTRIES, entry.id)
        draft.occur(ticket, TimeRemoved, entry=entry.id, agent=entry.agent, before=entry.spent)


def move_time(draft: Draft, merged: AnyTicket, survivor: AnyTicket) -> None:
    """
    Has the time spent on a ticket go over to the one that took it over, and the timers that run on it.

    The timer of an agent who has one on both is stopped, so that nothing is counted twice.
    """
    for entry in draft.find(Query(TIME_ENTRIES, RecordF.id("ticket") == merged.id)).items:
        draft.put(TIME_ENTRIES, copy_with(entry, ticket=survivor.id))
    for timer in draft.find(Query(TIMERS, RecordF.id("ticket") == merged.id)).items:
        id = timer_id(survivor.id, timer.agent)
        if draft.peek(TIMERS, id) is None:
            draft.remove(TIMERS, timer.id)
            draft.put(TIMERS, copy_with(timer, id=id, version=1, ticket=survivor.id))
        else:
            _stop(draft, survivor, timer, "")


def _timer(draft: Draft, ticket: AnyTicket, named: AgentId | None, asked: str) -> Timer:
    agent = agent_meant(draft, named, asked)
    timer = draft.peek(TIMERS, timer_id(ticket.id, agent))
    if timer is None:
        raise OutOfPlace(asked, "the agent has no timer on this ticket", ("StartTimer",))
    return timer


def _pause(draft: Draft, ticket: AnyTicket, timer: Timer) -> Timer:
    if not timer.is_running:
        return timer
    draft.occur(ticket, TimerPaused, agent=timer.agent)
    return draft.put(TIMERS, copy_with(timer, running_since=None, before=timer.counted(draft.now)))


def _pause_others(draft: Draft, ticket: AnyTicket, agent: AgentId) -> None:
    for timer in load_all(draft, Query(TIMERS, RecordF.id("agent") == agent)):
        if timer.ticket != ticket.id:
            _pause(draft, draft.get(TICKETS, timer.ticket), timer)


def _stop(draft: Draft, ticket: AnyTicket, timer: Timer, text: str) -> TimeEntry:
    draft.remove(TIMERS, timer.id)
    return _log(
        draft,
        ticket,
        agent=timer.agent,
        began=timer.began,
        duration=timer.counted(draft.now),
        billable=timer.billable,
        by_hand=False,
        text=text,
    )


def _log(
    draft: Draft,
    ticket: AnyTicket,
    *,
    agent: AgentId,
    began: datetime,
    duration: timedelta,
    billable: bool,
    by_hand: bool,
    text: str,
) -> TimeEntry:
    entry = TimeEntry(
        id=TimeEntryId(draft.new_id()),
        ticket=ticket.id,
        agent=agent,
        department=ticket.department,
        began=began,
        duration=duration,
        billable=billable,
        by_hand=by_hand,
        text=text,
        logged_at=draft.now,
        changed_by=draft.principal.actor,
    )
    draft.occur(ticket, TimeLogged, entry=entry.id, agent=agent, spent=entry.spent)
    return draft.put(TIME_ENTRIES, entry)


def _check_past(draft: Draft, began: datetime, duration: timedelta, asked: str) -> None:
    if draft.now - began < duration:
        raise OutOfPlace(asked, "it would end in the future", ("log it once it is done", "let it begin earlier"))


def _entry_of(draft: Draft, ticket: AnyTicket, id: TimeEntryId, asked: str) -> TimeEntry:
    """The entry, if it is of this very ticket, and who asks may correct it."""
    entry = draft.peek(TIME_ENTRIES, id)
    if entry is None or entry.ticket not in (ticket.id, *ticket.merged_from):
        raise NotFound("time entry", id)
    if entry.agent != draft.principal.agent:
        draft.permit(Permission.CONFIGURE, None, asked)
    return entry
