"""A small shop with something agreed on, and what its tests look at."""

from datetime import datetime, timedelta
from typing import Any

from tests.small_shop import SmallShop
from ticketcore import events
from ticketcore.business_time import WORKDAYS, every
from ticketcore.commands.calendars import AddCalendar
from ticketcore.commands.sla import AddSlaPolicy
from ticketcore.model.ids import CalendarId, TicketId
from ticketcore.model.targets import TargetState
from ticketcore.sla import Agreement, SlaPolicy

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class AgreedShop(SmallShop):
    """A small shop that agrees on answer times; its clock stands at nine on a Monday morning, in UTC."""

    def agree(self, *agreements: Agreement, **fields: Any) -> SlaPolicy:
        """A policy, brought to all tickets."""
        policy = self.system.do(AddSlaPolicy("Standard", agreements, **fields))
        self.sweep()
        return policy

    def office_hours(self, zone: str = "UTC") -> CalendarId:
        """A calendar of nine to five on weekdays."""
        return self.system.do(AddCalendar("Office", zone, every(WORKDAYS, ("09:00", "17:00")))).id

    def sweep(self) -> None:
        """Does all that is due."""
        while self.system.sweep():
            pass

    def pass_time(self, duration: timedelta) -> None:
        """Lets time go by, and does what became due at its time."""
        end = self.clock.now + duration
        while (due := self.system.next_due()) is not None and due <= end:
            self.clock.now = max(self.clock.now, due)
            self.sweep()
        self.clock.now = end

    def state(self, ticket: TicketId, target: str = "first_answer") -> TargetState:
        """How a ticket stands with a target."""
        return self.system.ticket(ticket).targets[target]

    def deadline(self, ticket: TicketId, target: str = "first_answer") -> datetime:
        """When a target of a ticket is missed."""
        return self.state(ticket, target).deadline

    def happened(self, ticket: TicketId, target: str = "first_answer") -> list[str]:
        """What happened to a target, in order."""
        entries = self.system.thread(ticket)
        found = (it for it in entries if isinstance(it, events.TargetChanged) and it.target.value == target)
        return [type(it).__name__.removeprefix("Target").lower() for it in found]
