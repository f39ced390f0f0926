"""
Triggers: what a rule waits for.

A rule is set off by an event of a class, or by a state becoming true with time (requirement FL-2). This module says
when the latter is; that somebody looks then is the sweep's business, and what the rules see is the event `TimeReached`.
"""

from datetime import datetime, timedelta
from typing import ClassVar, Final, TypeAlias

import attrs

from ticketcore.events import Event
from ticketcore.model import checks
from ticketcore.model.checks import Checked
from ticketcore.model.tickets import AnyTicket

SHORTEST: Final = timedelta(minutes=1)
LONGEST: Final = timedelta(days=3_650)


@attrs.frozen
class TimeTrigger(Checked):
    """
    A state that becomes true with time. It sets its rule off once per ticket for each moment that `at` gives.

    Args:
        duration: From a minute to ten years.
    """

    depends_on: ClassVar[str]
    """The field of the ticket from which the time is counted: while it stays the same, so does the moment."""

    duration: timedelta = checks.checked(checks.is_duration(at_least=SHORTEST, at_most=LONGEST))

    def at(self, ticket: AnyTicket) -> datetime | None:
        """
        When the state becomes true for a ticket, if nothing changes until then; it may be past.

        Args:
            ticket: As it now is.

        Returns:
            None if it never does: the ticket has no such time.
        """
        raise NotImplementedError


class OlderThan(TimeTrigger):
    """The ticket was opened longer ago than this."""

    __slots__ = ()

    depends_on: ClassVar[str] = "created_at"

    def at(self, ticket: AnyTicket) -> datetime | None:
        """That long after it was opened."""
        return _moved(ticket.created_at, self.duration)


class StatusUnchangedFor(TimeTrigger):
    """The ticket has stood in its status for longer than this."""

    __slots__ = ()

    depends_on: ClassVar[str] = "status_changed_at"

    def at(self, ticket: AnyTicket) -> datetime | None:
        """That long after the last change of its status."""
        return _moved(ticket.status_changed_at, self.duration)


class DueWithin(TimeTrigger):
    """The ticket is due in less than this."""

    __slots__ = ()

    depends_on: ClassVar[str] = "due_at"

    def at(self, ticket: AnyTicket) -> datetime | None:
        """That long before it is due; None while nobody waits for an agent."""
        return _moved(ticket.due_at, -self.duration)


class OverdueBy(TimeTrigger):
    """The ticket should have been acted on longer ago than this."""

    __slots__ = ()

    depends_on: ClassVar[str] = "due_at"

    def at(self, ticket: AnyTicket) -> datetime | None:
        """That long after it was due; None while nobody waits for an agent."""
        return _moved(ticket.due_at, self.duration)


Trigger: TypeAlias = type[Event] | TimeTrigger
"""What sets a rule off: a class of events, subclasses included, or a state that becomes true with time."""

IS_TRIGGER: Final = checks.Check(
    "a class of events, or a time trigger such as OlderThan(timedelta(days=7))",
    lambda value: _is_time_trigger(value) or (isinstance(value, type) and issubclass(value, Event)),
)


def _is_time_trigger(value: object) -> bool:
    return isinstance(value, TimeTrigger) and type(value) is not TimeTrigger


def _moved(start: datetime | None, by: timedelta) -> datetime | None:
    """The moment that far from another; None where there is none, or no calendar reaches so far."""
    try:
        return None if start is None else start + by
    except OverflowError:
        return None
