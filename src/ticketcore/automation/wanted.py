"""What is to be simulated: the changes to the rules, and the tickets to try them on."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias

import attrs

from ticketcore.automation.commands import AddRule, ChangeRule, RemoveRule
from ticketcore.conditions import Condition
from ticketcore.errors import InvalidInput
from ticketcore.events import Event
from ticketcore.model.checks import Check, is_a, is_number, optional
from ticketcore.model.values import FrozenValue

Change: TypeAlias = AddRule | ChangeRule | RemoveRule
"""What makes other rules of today's."""

SIMULATED: Final = 1_000
"""How many tickets are looked at, where the caller does not say."""


@attrs.frozen(kw_only=True)
class Wanted(FrozenValue):
    """
    What is to be simulated.

    Args:
        changes: What makes other rules of today's, in this order.
        where: Which tickets: a condition.
        as_if: The class of events of which one is to happen now, on each ticket; None for what happened in the past.
        since: From when on the past counts; None for all of it.
        limit: How many tickets at most, the newest first; None for all.
    """

    changes: Sequence[Change] = ()
    where: Condition[Any]
    as_if: type[Event] | None = None
    since: datetime | None = None
    limit: int | None = None


_CHECKS: Final[Mapping[str, Check]] = {
    "changes": Check(
        "a list of AddRule, ChangeRule and RemoveRule",
        lambda value: (
            isinstance(value, Sequence) and all(isinstance(it, (AddRule, ChangeRule, RemoveRule)) for it in value)
        ),
    ),
    "where": is_a(Condition, "a condition on tickets"),
    "as_if": Check(
        "a class of events, or None for the past",
        lambda value: value is None or (isinstance(value, type) and issubclass(value, Event)),
    ),
    "since": Check(
        "a datetime with a time zone, or None",
        lambda value: value is None or (isinstance(value, datetime) and value.tzinfo is not None),
    ),
    "limit": optional(is_number(at_least=1, at_most=10**9)),
}


def check_wanted(wanted: Wanted) -> None:
    """
    Makes sure that what is wanted is what it should be.

    Raises:
        InvalidInput: It is not; all faults are listed.
    """
    faults = [fault for name, check in _CHECKS.items() for fault in check.faults(name, getattr(wanted, name))]
    if wanted.as_if is not None and wanted.since is not None:
        faults += Check("None where `as_if` is given: that is about now", lambda _: False).faults("since", wanted.since)
    if faults:
        raise InvalidInput("simulate", faults)
