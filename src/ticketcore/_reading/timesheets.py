"""Reading what time was spent, on all tickets that may be seen."""

from collections.abc import Collection
from datetime import datetime

from ticketcore._draft import Draft
from ticketcore._reading.threads import BY_BEGINNING, thread_tickets
from ticketcore.conditions import RecordF, all_of
from ticketcore.errors import InvalidInput
from ticketcore.model.checks import IS_INSTANT
from ticketcore.model.ids import AgentId, DepartmentId, TicketId
from ticketcore.model.kinds import TICKETS, TIME_ENTRIES
from ticketcore.query import Query
from ticketcore.storage.protocols import Key
from ticketcore.time_tracking import Timesheet, TimesheetBy, timesheet


def timesheet_of(
    draft: Draft,
    since: datetime,
    until: datetime,
    by: Collection[TimesheetBy],
    *,
    agent: AgentId | None,
    department: DepartmentId | None,
    on: TicketId | None,
) -> Timesheet:
    """
    The time spent in a span on tickets that the principal sees.

    Raises:
        InvalidInput: The span does not begin and end at instants.
    """
    ends = {"since": since, "until": until}
    if faults := [fault for name, it in ends.items() for fault in IS_INSTANT.faults(name, it)]:
        raise InvalidInput("timesheet", faults)
    where = [RecordF.instant("began") >= since, RecordF.instant("began") < until]
    if agent is not None:
        where.append(RecordF.id("agent") == draft.configuration.roster.agent(agent).id)
    if department is not None:
        where.append(RecordF.id("department") == draft.configuration.roster.department(department).id)
    if on is not None:
        where.append(RecordF.id("ticket").is_in(thread_tickets(draft, on)))
    entries = draft.find(Query(TIME_ENTRIES, all_of(*where), BY_BEGINNING)).items
    worked_on = {it.ticket for it in entries}
    draft.want(*(Key(TICKETS, it) for it in worked_on))
    seen = {it for it in worked_on if (found := draft.peek(TICKETS, it)) is not None and draft.sees(found)}
    return timesheet((it for it in entries if it.ticket in seen), by, draft.setup.calendar.zone)
