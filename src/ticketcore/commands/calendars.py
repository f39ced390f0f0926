"""Calendars of the desk: adding, changing and removing them."""

from collections.abc import Sequence
from typing import ClassVar

import attrs

from ticketcore._draft import Draft
from ticketcore.business_time import CALENDARS, Boundary, Calendar, DateHours, Holiday, Hours
from ticketcore.business_time.calendar import ARE_DATE_HOURS, ARE_HOLIDAYS, ARE_HOURS
from ticketcore.business_time.hours import faults_of_hours
from ticketcore.commands.command import AddingDeskCommand, OverwritingDeskCommand
from ticketcore.commands.records import alter
from ticketcore.conditions import RecordF
from ticketcore.errors import InvalidInput, OutOfPlace
from ticketcore.model import checks
from ticketcore.model.checks import IS_NAME, IS_ZONE, UNCHANGED, Unchanged, changed_fields, faults_of, is_a
from ticketcore.model.departments import Department
from ticketcore.model.ids import CalendarId
from ticketcore.model.kinds import AGENTS, DEPARTMENTS, Kind
from ticketcore.model.people import Agent
from ticketcore.model.permissions import Permission
from ticketcore.query import Query
from ticketcore.sla import SLA_POLICIES, SlaPolicy
from ticketcore.storage.protocols import Key


@attrs.frozen
class AddCalendar(AddingDeskCommand[Calendar]):
    """
    Adds a calendar: when departments are open, or agents work (requirement DP-6).

    Args:
        name: What people call it.
        zone: The time zone, such as `"Europe/Athens"`.
        hours: The hours of every week; `every(WORKDAYS, ("09:00", "17:00"))` makes some.
        exceptions: The hours of dates that have others than their weekday.
        breaks: What of a date does not count, whatever the hours say.
        holidays: The dates on which nothing counts, whatever the hours say.
        boundary: Where a budget of time ends that is used up exactly at closing time.

    Raises:
        InvalidInput: There are no hours at all, some are empty or overlap, or the zone is unknown.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    name: str = checks.name()
    zone: str = checks.checked(IS_ZONE)
    hours: Sequence[Hours] = checks.several(ARE_HOURS)
    exceptions: Sequence[DateHours] = checks.several(ARE_DATE_HOURS, default=(), kw_only=True)
    breaks: Sequence[DateHours] = checks.several(ARE_DATE_HOURS, default=(), kw_only=True)
    holidays: Sequence[Holiday] = checks.several(ARE_HOLIDAYS, default=(), kw_only=True)
    boundary: Boundary = checks.one_of(Boundary, default=Boundary.CLOSING, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if faults := [*faults_of(self), *faults_of_hours(self.hours, self.exceptions, self.breaks)]:
            raise InvalidInput(self.asked, faults)

    def decide(self, draft: Draft) -> Calendar:
        """The new calendar."""
        return draft.put(
            CALENDARS,
            Calendar(
                id=CalendarId(draft.new_id()),
                name=self.name,
                zone=self.zone,
                hours=tuple(self.hours),
                exceptions=tuple(self.exceptions),
                breaks=tuple(self.breaks),
                holidays=tuple(self.holidays),
                boundary=self.boundary,
            ),
        )


@attrs.frozen
class ChangeCalendar(OverwritingDeskCommand[Calendar]):
    """
    Changes a calendar. What is not given stays.

    Args:
        calendar: Which one.
        name: What people call it.
        zone: The time zone.
        hours: All hours of every week.
        exceptions: All hours of dates that have others than their weekday.
        breaks: All that does not count of some dates.
        holidays: All dates on which nothing counts.
        boundary: Where a budget of time ends that is used up exactly at closing time.

    Raises:
        InvalidInput: There are no hours at all, some are empty or overlap, or the zone is unknown.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    calendar: CalendarId = checks.identifier()
    name: str | Unchanged = checks.changeable(IS_NAME)
    zone: str | Unchanged = checks.changeable(IS_ZONE)
    hours: Sequence[Hours] | Unchanged = checks.several(ARE_HOURS, default=UNCHANGED, kw_only=True)
    exceptions: Sequence[DateHours] | Unchanged = checks.several(ARE_DATE_HOURS, default=UNCHANGED, kw_only=True)
    breaks: Sequence[DateHours] | Unchanged = checks.several(ARE_DATE_HOURS, default=UNCHANGED, kw_only=True)
    holidays: Sequence[Holiday] | Unchanged = checks.several(ARE_HOLIDAYS, default=UNCHANGED, kw_only=True)
    boundary: Boundary | Unchanged = checks.changeable(is_a(Boundary, "a Boundary"))

    def __attrs_post_init__(self) -> None:
        if faults := [*faults_of(self), *faults_of_hours(self.hours, self.exceptions, self.breaks)]:
            raise InvalidInput(self.asked, faults)

    def overwritten(self) -> Key:
        """The calendar."""
        return Key(CALENDARS, self.calendar)

    def decide(self, draft: Draft) -> Calendar:
        """The calendar as it now is."""
        return alter(draft, CALENDARS, draft.get(CALENDARS, self.calendar), **changed_fields(self))


@attrs.frozen
class RemoveCalendar(OverwritingDeskCommand[None]):
    """
    Removes a calendar that no department, no agent and no policy of the SLA has.

    Args:
        calendar: Which one.

    Raises:
        OutOfPlace: Somebody has it.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    calendar: CalendarId = checks.identifier()

    def overwritten(self) -> Key:
        """The calendar."""
        return Key(CALENDARS, self.calendar)

    def decide(self, draft: Draft) -> None:
        """Nothing remains of the calendar."""
        calendar = draft.get(CALENDARS, self.calendar)
        for kind, command in _HOLDERS:
            holders = draft.find(Query(kind, RecordF.id("calendar") == calendar.id)).items
            if holders:
                names = ", ".join(sorted(repr(it.name) for it in holders))
                raise OutOfPlace(self.asked, f"it is the calendar of {names}", (f"{command} first",))
        draft.remove(CALENDARS, calendar.id)


_HOLDERS: tuple[tuple[Kind[Department | Agent | SlaPolicy], str], ...] = (
    (DEPARTMENTS, "ChangeDepartment"),
    (AGENTS, "ChangeAgent"),
    (SLA_POLICIES, "ChangeSlaPolicy"),
)
"""What can have a calendar, and the command that gives it another one."""


def check_calendar(draft: Draft, calendar: CalendarId | Unchanged | None) -> None:
    """
    Makes sure that a calendar that somebody is to have is there.

    Raises:
        NotFound: There is none.
    """
    if calendar is not None and not isinstance(calendar, Unchanged):
        draft.get(CALENDARS, calendar)
