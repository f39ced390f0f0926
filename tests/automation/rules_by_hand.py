"""Rules made by hand, in the order in which they are made."""

from itertools import count
from typing import Any

from ticketcore.automation.rules import Rule
from ticketcore.automation.triggers import Trigger
from ticketcore.commands.command import TicketCommand
from ticketcore.events import TicketOpened
from ticketcore.model.ids import RuleId

_NUMBERS = count(1)


def a_rule(
    name: str = "rule",
    trigger: Trigger = TicketOpened,
    *then: TicketCommand[Any],
    place: int | None = None,
    **fields: Any,
) -> Rule:
    """A rule; one made later has a later place."""
    number = next(_NUMBERS)
    return Rule(
        id=RuleId(f"{number:06}"),
        name=name,
        trigger=trigger,
        then=then,
        place=number if place is None else place,
        **fields,
    )
