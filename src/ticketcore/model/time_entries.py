"""The time that agents spend on tickets: timers that run, and entries of what was spent (requirement FL-8)."""

from datetime import datetime, timedelta

import attrs

from ticketcore.model.actors import Actor
from ticketcore.model.ids import AgentId, DepartmentId, TicketId, TimeEntryId
from ticketcore.model.passages import FoundBy, Passage
from ticketcore.model.values import FrozenValue

NO_TIME = timedelta()


@attrs.frozen(kw_only=True)
class Timer(FrozenValue):
    """
    A timer of an agent on a ticket. It is there from its start until it is stopped, and may be paused in between.

    Args:
        id: Made of ticket and agent, so that nobody has two on one ticket.
        billable: Whether its time is to be billed.
        began: When it was started.
        running_since: Since when it runs; None while it is paused.
        before: What it counted until then.
    """

    id: str
    version: int = 1
    ticket: TicketId
    agent: AgentId
    billable: bool
    began: datetime
    running_since: datetime | None
    before: timedelta = NO_TIME

    @property
    def is_running(self) -> bool:
        """Whether it runs."""
        return self.running_since is not None

    def counted(self, now: datetime) -> timedelta:
        """What it has counted at a time; a clock that was put back takes nothing away."""
        return self.before if self.running_since is None else self.before + max(now - self.running_since, NO_TIME)


@attrs.frozen
class TimeSpent(FrozenValue):
    """
    Some time that was spent, as events tell it.

    Args:
        began: From when.
        duration: How long.
        billable: Whether it is to be billed.
    """

    began: datetime
    duration: timedelta
    billable: bool


@attrs.frozen(kw_only=True)
class TimeEntry(FrozenValue):
    """
    Some time that an agent spent on a ticket. Whatever is corrected on it stands in the ticket's thread.

    Args:
        department: The department of the ticket when it was logged.
        began: When the work began.
        duration: How long it took.
        billable: Whether it is to be billed.
        by_hand: Whether somebody said it, rather than a timer.
        text: What was done.
        logged_at: When it was logged.
        changed_by: Who logged it, or corrected it last.
    """

    id: TimeEntryId
    version: int = 1
    ticket: TicketId
    agent: AgentId
    department: DepartmentId | None = None
    began: datetime
    duration: timedelta
    billable: bool
    by_hand: bool
    text: str = ""
    logged_at: datetime
    changed_by: Actor

    @property
    def spent(self) -> TimeSpent:
        """What events tell of it."""
        return TimeSpent(self.began, self.duration, self.billable)

    def passage(self) -> Passage:
        """What it says, to agents alone."""
        return Passage(FoundBy.THREAD, self.ticket, private=(self.text,))


def timer_id(ticket: TicketId, agent: AgentId) -> str:
    """The id of an agent's timer on a ticket."""
    return f"{ticket}/{agent}"
