"""Reading how the desk is set up, and asking what its rules do."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ticketcore import _reading, _rehearsing
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
from ticketcore.seats.seat import Seat
from ticketcore.sla import SlaPolicy


class ReadsConfiguration(Seat):
    """What agents and the host's program read of how the desk is set up."""

    def calendars(self) -> tuple[Calendar, ...]:
        """All calendars: the hours of departments and agents."""
        return self._read(_reading.all_of_desk, CALENDARS)

    def custom_fields(self) -> tuple[CustomField, ...]:
        """The definitions of all custom fields."""
        return self._read(_reading.all_of_desk, CUSTOM_FIELDS)

    def canned_responses(self) -> tuple[CannedResponse, ...]:
        """The canned responses that can be used here: those of restricted departments by members alone."""
        return self._read(_reading.canned_responses)

    def filled_response(self, response: CannedResponseId, *, on: TicketId) -> str:
        """What a canned response says on a ticket: to be looked at before it is sent (requirement TK-8)."""
        return self._read(_reading.filled_response, response, on)

    def macros(self) -> tuple[Macro, ...]:
        """The macros that can be applied here: those of restricted departments by members alone."""
        return self._read(_reading.macros)

    def rules(self) -> tuple[Rule, ...]:
        """All rules, in the order in which they run."""
        rules = self._read(_reading.all_of_desk, RULES)
        return tuple(sorted(rules, key=lambda rule: (rule.place, rule.id)))

    def lint(self, saving: Saving | None = None) -> tuple[Finding, ...]:
        """
        What may be wrong with the desk's rules: contradictions, cycles, what they name that is not there.

        Args:
            saving: An `AddRule` or `ChangeRule`, not yet done: then what concerns that rule, as if it were.

        Raises:
            AccessDenied: The agent may not configure the desk.
            NotFound: There is no such rule to be changed.
            InvalidInput: It is no such command, or what it would save is no rule; with all faults.
        """
        return self._read(lint.lint, saving)

    def explain_rules(self, *, on: TicketId, event: Happening) -> RulesExplanation:
        """
        What every rule made of an event of a ticket: it acted, did not hold and what it saw, was not reached and why.

        Nothing is changed. What an explanation of the past cannot know, it says.

        Args:
            on: The ticket.
            event: An event of its thread: what became of it then, on the ticket as it stood. Or a class of events, such
                as `TicketOpened`: what would become of it now; asked of the last such event in the thread, if any.

        Raises:
            NotFound: The ticket or the event does not exist, or may not be seen.
            InvalidInput: It is no event.
        """
        return self._way.take(_rehearsing.explain_rules(self._way.flow, self.actor, on, event))

    def simulate(
        self,
        changes: Sequence[Change] = (),
        *,
        where: Condition[Any] = always,
        as_if: type[Event] | None = None,
        since: datetime | None = None,
        limit: int | None = SIMULATED,
        progress: Progress | None = None,
    ) -> Simulation:
        """
        What other rules would have done to tickets, and what of that is otherwise than with today's.

        It tells how often each rule acts, and every case that goes otherwise.

        Nothing is changed. Rules run by the same code as ever, once with today's and once with the others, batch by
        batch. Of the past, what nobody knows any more is asked as it is today, and the answer says what that is.

        Args:
            changes: What makes other rules of today's, in this order: `AddRule`, `ChangeRule`, `RemoveRule`.
            where: Which tickets.
            as_if: A class of events, such as `TicketOpened`, of which one is to happen on each ticket now; None for
                everything that happened in the past.
            since: From when on the past counts; None for all of it.
            limit: How many tickets at most, the newest first; None for all.
            progress: Is told after each batch how many tickets are done, and how many there are.

        Raises:
            AccessDenied: The agent may not configure the desk.
            NotFound: There is no such rule to be changed or removed.
            InvalidInput: An argument is not what it should be; with all faults.
        """
        wanted = Wanted(changes=changes, where=where, as_if=as_if, since=since, limit=limit)
        return self._way.take(_rehearsing.simulate(self._way.flow, self.actor, wanted, progress))

    def sla_policies(self) -> tuple[SlaPolicy, ...]:
        """All policies of the SLA, in the order in which they are asked."""
        return self._read(_reading.sla_policies)
