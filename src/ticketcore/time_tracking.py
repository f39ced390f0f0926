"""
Timesheets: the time spent on tickets, summed up by agent, ticket, department and day (requirements FL-8, FL-13).

The entries themselves are in `ticketcore.model.time_entries`, timers and corrections in
`ticketcore.commands.time_tracking`.
"""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

import attrs

from ticketcore.model.ids import AgentId, DepartmentId, TicketId
from ticketcore.model.time_entries import NO_TIME, TimeEntry
from ticketcore.model.values import FrozenValue


class TimesheetBy(Enum):
    """What the rows of a timesheet are kept apart by."""

    AGENT = "agent"
    TICKET = "ticket"
    DEPARTMENT = "department"
    DAY = "day"


@attrs.frozen(kw_only=True)
class TimesheetRow(FrozenValue):
    """
    A row of a timesheet. What it is not kept apart by is None.

    Args:
        day: The day, in the zone of the desk's calendar, on which the work began.
        total: All the time that was spent.
        billable: How much of it is to be billed.
        entries: How many entries it is the sum of.
    """

    agent: AgentId | None = None
    ticket: TicketId | None = None
    department: DepartmentId | None = None
    day: date | None = None
    total: timedelta = NO_TIME
    billable: timedelta = NO_TIME
    entries: int = 0


@attrs.frozen
class Timesheet(FrozenValue):
    """
    The time that was spent.

    Args:
        rows: By day, department, agent and ticket, as far as they are kept apart by it.
    """

    rows: tuple[TimesheetRow, ...]

    @property
    def total(self) -> timedelta:
        """All of it."""
        return sum((row.total for row in self.rows), NO_TIME)

    @property
    def billable(self) -> timedelta:
        """How much of it is to be billed."""
        return sum((row.billable for row in self.rows), NO_TIME)


def timesheet(entries: Iterable[TimeEntry], by: Collection[TimesheetBy], zone: str) -> Timesheet:
    """
    The timesheet of some entries.

    Args:
        entries: What was spent.
        by: What its rows are kept apart by; nothing makes one row of all.
        zone: The time zone whose days they are.
    """
    within = ZoneInfo(zone)
    rows: dict[TimesheetRow, TimesheetRow] = {}
    for entry in entries:
        head = TimesheetRow(**_head(entry, by, within))
        rows[head] = _added(rows.get(head, head), entry)
    return Timesheet(tuple(sorted(rows.values(), key=_order)))


def _head(entry: TimeEntry, by: Collection[TimesheetBy], zone: ZoneInfo) -> dict[str, Any]:
    day = entry.began.astimezone(zone).date() if TimesheetBy.DAY in by else None
    return {it.value: day if it is TimesheetBy.DAY else getattr(entry, it.value) for it in by}


def _added(row: TimesheetRow, entry: TimeEntry) -> TimesheetRow:
    billable = entry.duration if entry.billable else NO_TIME
    return attrs.evolve(
        row, total=row.total + entry.duration, billable=row.billable + billable, entries=row.entries + 1
    )


def _order(row: TimesheetRow) -> tuple[str, ...]:
    return tuple(str(it or "") for it in (row.day, row.department, row.agent, row.ticket))
