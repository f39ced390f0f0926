from datetime import UTC, date, datetime, timedelta

import attrs
import pytest

from tests.fakes import unchanged
from tests.small_shop import SmallShop
from ticketcore.business_time import (
    ALWAYS_OPEN,
    CALENDARS,
    WORKDAYS,
    Boundary,
    DateHours,
    Holiday,
    Hours,
    Weekday,
    every,
)
from ticketcore.commands.agents import AddAgent, ChangeAgent
from ticketcore.commands.calendars import AddCalendar, ChangeCalendar, RemoveCalendar
from ticketcore.commands.command import ANY
from ticketcore.commands.departments import AddDepartment, ChangeDepartment, RemoveDepartment
from ticketcore.commands.terms import calendar_of
from ticketcore.configuration import Setup
from ticketcore.errors import AccessDenied, Conflict, InvalidInput, NotFound, OutOfPlace
from ticketcore.model.ids import CalendarId
from ticketcore.model.kinds import DEPARTMENTS

OFFICE = AddCalendar("Office", "Europe/Athens", every(WORKDAYS, ("09:00", "17:00")))
MISSING = CalendarId("nothing")


@pytest.fixture
def office(shop):
    """The hours of an office."""
    return shop.system.do(OFFICE)


def calendar_in(shop, department):
    """The calendar by which time counts in a department."""
    return shop.system._read(lambda draft: calendar_of(draft, department))


def test_a_calendar_is_kept(shop):
    """A calendar is kept with all that was given, and agents read it."""
    christmas = Holiday(date(2026, 12, 25), "Christmas", every="FREQ=YEARLY")
    eve = DateHours(date(2026, 12, 24), "09:00", "12:00")
    meeting = DateHours(date(2026, 3, 3), "09:00", "10:00")

    added = shop.system.do(
        attrs.evolve(OFFICE, exceptions=[eve], breaks=[meeting], holidays=[christmas], boundary=Boundary.NEXT_OPENING)
    )

    assert shop.ana.calendars() == (added,)
    assert (added.name, added.zone, added.hours) == ("Office", "Europe/Athens", tuple(OFFICE.hours))
    assert (added.exceptions, added.breaks, added.holidays) == ((eve,), (meeting,), (christmas,))
    assert added.boundary is Boundary.NEXT_OPENING


def test_changes_leave_the_rest_as_it_is(shop, office):
    """What is not given stays; what is given replaces all that was there."""
    holidays = [Holiday(date(2026, 5, 1))]

    changed = shop.system.do(ChangeCalendar(office.id, holidays=holidays), seen=office.version)

    assert changed == attrs.evolve(office, version=2, holidays=holidays)
    with unchanged(shop.storage):
        shop.system.do(ChangeCalendar(office.id, holidays=holidays), seen=ANY)


@pytest.mark.parametrize(
    "make",
    [
        lambda **fields: AddCalendar(
            **{"name": "Night", "zone": "UTC", "hours": every(WORKDAYS, ("22:00", "06:00")), **fields}
        ),
        lambda **fields: ChangeCalendar("c1", **fields),
    ],
)
def test_wrong_hours_are_refused_with_all_faults(make):
    """A command for a calendar that cannot be is refused when it is built, with everything that is wrong."""
    twice = [DateHours(date(2026, 3, 2), "09:00", "12:00")] * 2

    with pytest.raises(InvalidInput) as refused:
        make(zone="Mars", hours=[Hours(Weekday.MONDAY, "09:00", "09:00")], breaks=twice)
    assert [it.path for it in refused.value.faults] == ["zone", "hours[0]", "breaks[1]"]
    with pytest.raises(InvalidInput, match="hours: expected the hours of at least one day of the week"):
        make(hours=[])


def test_calendars_are_the_business_of_administrators(shop, office):
    """Agents without that permission neither add nor change nor remove calendars."""
    for command in (OFFICE, ChangeCalendar(office.id, name="Shop"), RemoveCalendar(office.id)):
        with shop.refusing(AccessDenied):
            shop.ana.do(command, **({} if command is OFFICE else {"seen": ANY}))


def test_a_change_since_is_a_conflict(shop, office):
    """Who changes a calendar says which version they saw."""
    shop.system.do(ChangeCalendar(office.id, name="Shop"), seen=ANY)

    with shop.refusing(Conflict):
        shop.system.do(ChangeCalendar(office.id, zone="UTC"), seen=office.version)


def test_departments_and_agents_have_calendars(shop, office):
    """DP-6: A department has operating hours, an agent working hours, from the beginning or later, or none."""
    sales = shop.system.do(AddDepartment("Sales", calendar=office.id))
    lea = shop.system.do(AddAgent("Lea", calendar=office.id))
    assert (sales.calendar, lea.calendar) == (office.id, office.id)

    assert shop.system.do(ChangeDepartment(sales.id, calendar=None), seen=ANY).calendar is None
    assert shop.system.do(ChangeAgent(lea.id, calendar=None), seen=ANY).calendar is None
    assert shop.system.do(ChangeDepartment(sales.id, calendar=office.id), seen=ANY).calendar == office.id
    assert shop.system.do(ChangeAgent(lea.id, calendar=office.id), seen=ANY).calendar == office.id


@pytest.mark.parametrize(
    "command",
    [
        lambda _: AddDepartment("Sales", calendar=MISSING),
        lambda shop: ChangeDepartment(shop.billing, calendar=MISSING),
        lambda _: AddAgent("Lea", calendar=MISSING),
        lambda shop: ChangeAgent(shop.ana.actor.id, calendar=MISSING),
    ],
)
def test_a_calendar_that_is_not_there_is_refused(shop, command):
    """Nobody gets a calendar that does not exist."""
    with shop.refusing(NotFound) as caught:
        shop.system.do(command(shop), seen=ANY)
    assert (caught.value.what, caught.value.id) == ("calendar", MISSING)


def test_a_calendar_in_use_is_not_removed(shop, office):
    """While a department or an agent has it, a calendar stays; the error names who."""
    sales = shop.system.do(AddDepartment("Sales", calendar=office.id))
    lea = shop.system.do(AddAgent("Lea", calendar=office.id))

    with shop.refusing(OutOfPlace) as caught:
        shop.system.do(RemoveCalendar(office.id), seen=ANY)
    assert str(caught.value) == (
        "RemoveCalendar is out of place: it is the calendar of 'Sales'; possible now: ChangeDepartment first"
    )
    shop.system.do(RemoveDepartment(sales.id), seen=ANY)
    with shop.refusing(OutOfPlace) as caught:
        shop.system.do(RemoveCalendar(office.id), seen=ANY)
    assert "'Lea'" in str(caught.value)
    shop.system.do(ChangeAgent(lea.id, calendar=None), seen=ANY)
    shop.system.do(RemoveCalendar(office.id), seen=ANY)
    assert shop.system.calendars() == ()


# Which calendar holds.


def test_a_department_without_calendar_has_the_desks(shop, office):
    """Time counts by the department's calendar, else by the desk's, which is always open unless the setup says more."""
    sales = shop.system.do(AddDepartment("Sales", calendar=office.id))
    closed = attrs.evolve(ALWAYS_OPEN, name="The desk's", zone="Europe/Athens")
    other = SmallShop(setup=Setup(calendar=closed))

    assert calendar_in(shop, sales.id) == office
    assert calendar_in(shop, shop.billing) is ALWAYS_OPEN
    assert calendar_in(shop, None) is ALWAYS_OPEN
    assert calendar_in(other, other.billing) is closed


def test_a_department_whose_calendar_is_gone_has_the_desks(shop, office):
    """Should a calendar vanish while a department gets it, time still counts."""
    shop.rewrite(DEPARTMENTS, shop.billing, calendar=MISSING)

    assert calendar_in(shop, shop.billing) is ALWAYS_OPEN


def test_a_calendar_is_kept_between_commands(shop, office):
    """Decisions see one and the same calendar until it changes, so that what it found out about a year is kept."""
    sales = shop.system.do(AddDepartment("Sales", calendar=office.id))
    first = calendar_in(shop, sales.id)
    shop.ticket()

    assert calendar_in(shop, sales.id) is first
    assert shop.system._read(lambda draft: draft.get(CALENDARS, office.id)) is first
    shop.system.do(ChangeCalendar(office.id, zone="UTC"), seen=ANY)
    nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert calendar_in(shop, sales.id).add(nine, timedelta(hours=1)) == nine + timedelta(hours=1)
    assert calendar_in(shop, sales.id) == attrs.evolve(office, version=2, zone="UTC")
    with pytest.raises(NotFound, match="no calendar 'nothing'"):
        shop.system._read(lambda draft: draft.configuration.calendar(MISSING))
