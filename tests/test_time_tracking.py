from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.small_shop import SmallShop
from ticketcore import commands
from ticketcore.business_time import WORKDAYS, Calendar, every
from ticketcore.configuration import Setup
from ticketcore.errors import NotFound
from ticketcore.model.actors import SYSTEM
from ticketcore.model.time_entries import NO_TIME, TimeEntry
from ticketcore.time_tracking import TimesheetBy, TimesheetRow, timesheet

HOUR = timedelta(hours=1)
FIRST = datetime(2026, 3, 2, 9, tzinfo=UTC)

ENTRIES = st.lists(
    st.builds(
        TimeEntry,
        id=st.just("1"),
        ticket=st.sampled_from("ab"),
        agent=st.sampled_from("xy"),
        department=st.sampled_from(["billing", None]),
        began=st.datetimes(datetime(2026, 3, 1), datetime(2026, 3, 5), timezones=st.just(UTC)),  # noqa: DTZ001
        duration=st.timedeltas(NO_TIME, timedelta(days=1)),
        billable=st.booleans(),
        by_hand=st.booleans(),
        logged_at=st.just(FIRST),
        changed_by=st.just(SYSTEM),
    )
)


@given(ENTRIES, st.sets(st.sampled_from(TimesheetBy)))
def test_however_it_is_kept_apart_it_is_the_same_time(entries, by):
    """Whatever the rows are kept apart by, they come to all that was spent, and no two of them say the same."""
    sheet = timesheet(entries, by, "Europe/Athens")

    assert sheet.total == sum((it.duration for it in entries), NO_TIME)
    assert sheet.billable == sum((it.duration for it in entries if it.billable), NO_TIME)
    assert sum(row.entries for row in sheet.rows) == len(entries)
    heads = [(row.agent, row.ticket, row.department, row.day) for row in sheet.rows]
    assert len(set(heads)) == len(heads)
    if not by:
        assert len(sheet.rows) <= 1


@pytest.fixture
def shop():
    """A small shop's desk, whose days are those of Athens."""
    office = Calendar(id="office", name="Office", zone="Europe/Athens", hours=every(WORKDAYS, ("09:00", "17:00")))
    return SmallShop(setup=Setup(calendar=office))


def test_timesheet_sums_up_by_what_is_asked(shop):
    """A timesheet has a row for each agent, ticket, department or day, as asked; a day is one of the desk's zone."""
    ticket = shop.ticket()
    shop.ana.do(commands.LogTime(HOUR), on=ticket.id)
    shop.ana.do(commands.Transfer(shop.billing), on=ticket.id, **shop.seen(commands.Transfer()))
    shop.clock.now = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    shop.ana.do(commands.LogTime(HOUR, billable=False), on=ticket.id)
    until = shop.clock() + HOUR

    by_day = shop.ana.timesheet(FIRST - HOUR, until, {TimesheetBy.DAY})
    by_department = shop.ana.timesheet(FIRST - HOUR, until, {TimesheetBy.DEPARTMENT})

    assert by_day.rows == (
        TimesheetRow(day=date(2026, 3, 2), total=HOUR, billable=HOUR, entries=1),
        TimesheetRow(day=date(2026, 3, 3), total=HOUR, entries=1),
    )
    assert {row.department: row.total for row in by_department.rows} == {None: HOUR, shop.billing: HOUR}
    assert shop.ana.timesheet(FIRST, until).total == HOUR
    assert shop.ana.timesheet(FIRST - HOUR, until, department=shop.billing).total == HOUR


def test_timesheet_of_an_agent_and_of_a_ticket(shop):
    """The time of one agent, or of one ticket, can be asked for alone."""
    one, other = shop.ticket(), shop.ticket()
    for ticket in (one, other):
        shop.ana.do(commands.LogTime(HOUR), on=ticket.id)
    shop.system.do(commands.LogTime(HOUR, agent=shop.dora.actor.id), on=one.id)
    span = FIRST - HOUR, FIRST + HOUR

    by_agent = {row.agent: row.total for row in shop.ana.timesheet(*span).rows}

    assert by_agent == {shop.ana.actor.id: 2 * HOUR, shop.dora.actor.id: HOUR}
    assert shop.ana.timesheet(*span, agent=shop.dora.actor.id).total == HOUR
    assert [row.ticket for row in shop.ana.timesheet(*span, {TimesheetBy.TICKET}, on=one.id).rows] == [one.id]
    for unknown in ({"agent": "nobody"}, {"department": "none"}, {"on": "none"}):
        with pytest.raises(NotFound):
            shop.ana.timesheet(*span, **unknown)


def test_timesheet_shows_no_time_on_what_may_not_be_seen(shop):
    """On tickets that an agent does not see, no time was spent, their own included."""
    ticket = shop.ticket()
    shop.ana.do(commands.LogTime(HOUR), on=ticket.id)
    shop.system.do(commands.Transfer(shop.legal), on=ticket.id)
    span = FIRST - HOUR, FIRST + HOUR

    assert shop.ana.timesheet(*span).rows == ()
    assert shop.dora.timesheet(*span).total == HOUR
