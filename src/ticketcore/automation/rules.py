"""
Rules: when something of a kind happens, and a condition holds, then do these things.

This module says what a rule is. How rules run is in `settling`; the commands to add and change them are in `commands`.
"""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import attrs

from ticketcore.commands.command import TicketCommand
from ticketcore.conditions import Condition, always
from ticketcore.configuration import RULES_PART
from ticketcore.events import Event
from ticketcore.model.ids import RuleId
from ticketcore.model.kinds import Kind


@attrs.frozen(kw_only=True)
class Rule:
    """
    Trigger, condition, commands (requirements FL-2, DP-9).

    Args:
        name: What people call it; it is shown in the thread of every ticket that it changed.
        note: For one's own use.
        active: Whether it runs.
        place: Rules run by ascending place; those of one place by id.
        trigger: The class of events that it is asked for, subclasses included.
        when: What must hold of the ticket and the event.
        then: What is done on the ticket, in this order, as the desk itself.
        stop: Whether no later rule is asked for this ticket once this one has run.
    """

    id: RuleId
    version: int = 1
    name: str
    note: str = ""
    active: bool = True
    place: int
    trigger: type[Event]
    when: Condition[Any] = always
    then: tuple[TicketCommand[Any], ...]
    stop: bool = False


RULES: Kind[Rule] = Kind("rule", part=RULES_PART)


@attrs.frozen(slots=False, eq=False)
class RuleBook:
    """
    All rules of a desk, ready to be asked.

    Args:
        rules: In any order.
    """

    rules: tuple[Rule, ...]

    @classmethod
    def of(cls, rules: Iterable[Rule]) -> "RuleBook":
        """The book of these rules."""
        return cls(tuple(sorted(rules, key=lambda rule: (rule.place, rule.id))))

    def for_event(self, event: type[Event]) -> tuple[Rule, ...]:
        """The active rules that an event of this class sets off, in their order."""
        if event not in self._by_event:
            self._by_event[event] = tuple(it for it in self.rules if it.active and issubclass(event, it.trigger))
        return self._by_event[event]

    @cached_property
    def _by_event(self) -> dict[type[Event], tuple[Rule, ...]]:
        return {}
