"""
Bulk: what comes of one command that is done on many tickets.

`do_on_each` of a seat asks it. Each ticket is a unit of work of its own, so that what goes wrong on one stops no other.
"""

from collections.abc import Callable, Collection, Mapping
from enum import Enum
from typing import Any, Final, TypeAlias

import attrs

from ticketcore.conditions import Condition
from ticketcore.errors import TicketcoreError
from ticketcore.model.ids import TicketId
from ticketcore.model.values import FrozenValue

MOST_PROBLEMS: Final = 1_000
"""How many tickets a report names at most with what was wrong."""


class BulkOutcome(Enum):
    """What came of the command on one ticket."""

    DONE = "done"
    NOTHING_TO_DO = "nothing_to_do"
    REFUSED = "refused"
    NOT_FOUND = "not_found"


@attrs.frozen
class TicketOutcome(FrozenValue):
    """
    What came of the command on a ticket.

    Args:
        ticket: Which one.
        outcome: What came of it. There is nothing to do if everything is so already, or the condition does not hold any
            more when it is the ticket's turn.
        error: Why it was refused; of what was not found, that.
    """

    ticket: TicketId
    outcome: BulkOutcome
    error: TicketcoreError | None = None


@attrs.frozen(kw_only=True)
class BulkReport(FrozenValue):
    """
    What came of a command on many tickets.

    Args:
        done: On how many it was done.
        nothing_to_do: On how many there was nothing to do.
        refused: On how many it was refused.
        not_found: How many do not exist, or may not be seen.
        problems: Those that were refused or not found, in their order, with the error: the first thousand.
    """

    done: int = 0
    nothing_to_do: int = 0
    refused: int = 0
    not_found: int = 0
    problems: tuple[TicketOutcome, ...] = ()

    @property
    def total(self) -> int:
        """How many tickets it was asked on."""
        return self.done + self.nothing_to_do + self.refused + self.not_found


Tickets: TypeAlias = Collection[TicketId] | Condition[Any]
"""The tickets that something is done on: their ids, or a condition on tickets."""

Versions: TypeAlias = Mapping[TicketId, int]
"""The versions of tickets that somebody saw."""

BulkProgress: TypeAlias = Callable[[TicketOutcome, int, int], object]
"""Is told after each ticket what came of it, how many had their turn, and how many there were at the beginning."""
