"""Reading how the desk is set up, and asking what its rules do, asynchronously."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ticketcore import _reading, _rehearsing
from ticketcore.async_seats.seat import AsyncSeat
from ticketcore.automation import lint
from ticketcore.automation.explanation import Happening, RulesExplanation
from ticketcore.automation.lint.findings import Finding
from ticketcore.automation.lint.saving import Saving
from ticketcore.automation.rules import RULES, Rule
from ticketcore.automation.simulation import Progress, Simulation
from ticketcore.automation.wanted import SIMULATED, Change, Wanted
from ticketcore.business_time import CALENDARS, Calendar
from ticketcore.commands.macro import Macro
from ticketcore.conditions import Condition, always
from ticketcore.events import Event
from ticketcore.model.canned import CannedResponse
from ticketcore.model.fields import CustomField
from ticketcore.model.ids import CannedResponseId, TicketId
from ticketcore.model.kinds import CUSTOM_FIELDS
from ticketcore.sla import SlaPolicy


class AsyncReadsConfiguration(AsyncSeat):
    """What agents and the host's program read of how the desk is set up."""

    async def calendars(self) -> tuple[Calendar, ...]:
        """All calendars: the hours of departments and agents."""
        return await self._read(_reading.all_of_desk, CALENDARS)

    async def custom_fields(self) -> tuple[CustomField, ...]:
        """The definitions of all custom fields."""
        return await self._read(_reading.all_of_desk, CUSTOM_FIELDS)

    async def canned_responses(self) -> tuple[CannedResponse, ...]:
        """The canned responses that can be used here: those of restricted departments by members alone."""
        return await self._read(_reading.canned_responses)

    async def filled_response(self, response: CannedResponseId, *, on: TicketId) -> str:
        """What a canned response says on a ticket: to be looked at before it is sent (requirement TK-8)."""
        return await self._read(_reading.filled_response, response, on)

    async def macros(self) -> tuple[Macro, ...]:
        """The macros that can be applied here: those of restricted departments by members alone."""
        return await self._read(_reading.macros)

    async def rules(self) -> tuple[Rule, ...]:
        """All rules, in the order in which they run."""
        rules = await self._read(_reading.all_of_desk, RULES)
        return tuple(sorted(rules, key=lambda rule: (rule.place, rule.id)))

    async def lint(self, saving: Saving | None = None) -> tuple[Finding, ...]:
        """What may be wrong with the desk's rules, or with one that a command would save."""
        return await self._read(lint.lint, saving)

    async def explain_rules(self, *, on: TicketId, event: Happening) -> RulesExplanation:
        """What every rule made of an event of a ticket, or would make of one."""
        return await self._way.take(_rehearsing.explain_rules(self._way.flow, self.actor, on, event))

    async def simulate(
        self,
        changes: Sequence[Change] = (),
        *,
        where: Condition[Any] = always,
        as_if: type[Event] | None = None,
        since: datetime | None = None,
        limit: int | None = SIMULATED,
        progress: Progress | None = None,
    ) -> Simulation:
        """What other rules would have done to tickets, and what of that is otherwise than with today's."""
        wanted = Wanted(changes=changes, where=where, as_if=as_if, since=since, limit=limit)
        return await self._way.take(_rehearsing.simulate(self._way.flow, self.actor, wanted, progress))

    async def sla_policies(self) -> tuple[SlaPolicy, ...]:
        """All policies of the SLA, in the order in which they are asked."""
        return await self._read(_reading.sla_policies)
