"""Events of the time that agents spend on a ticket. They tell who, when and how long, never what was done."""

import attrs

from ticketcore.events.event import Event
from ticketcore.model.ids import AgentId, TimeEntryId
from ticketcore.model.time_entries import TimeSpent


@attrs.frozen(kw_only=True)
class TimerStarted(Event):
    """An agent's timer began to run, or goes on after a pause."""

    agent: AgentId


@attrs.frozen(kw_only=True)
class TimerPaused(Event):
    """An agent's timer was paused."""

    agent: AgentId


@attrs.frozen(kw_only=True)
class TimeLogged(Event):
    """
    Time was logged, because a timer was stopped, or by hand.

    Args:
        entry: Which entry has it.
        agent: Who spent it.
        spent: When and how long.
    """

    entry: TimeEntryId
    agent: AgentId
    spent: TimeSpent


@attrs.frozen(kw_only=True)
class TimeCorrected(Event):
    """
    An entry of time was corrected.

    Args:
        entry: Which one.
        before: What it said.
        after: What it says now.
    """

    entry: TimeEntryId
    before: TimeSpent
    after: TimeSpent


@attrs.frozen(kw_only=True)
class TimeRemoved(Event):
    """
    An entry of time was taken away.

    Args:
        entry: Which one.
        agent: Whose it was.
        before: What it said.
    """

    entry: TimeEntryId
    agent: AgentId
    before: TimeSpent
