"""
Rules: when something of a kind happens, and a condition holds, then do these things.

This module says what a rule is. How rules run is in `settling`; the commands to add and change them are in `commands`.
"""

from collections.abc import Iterable, Sequence
from enum import Enum
from functools import cached_property
from typing import Any

import attrs

from ticketcore.automation.triggers import TimeTrigger, Trigger
from ticketcore.commands.command import TicketCommand
from ticketcore.conditions import Condition, EventFacts, Matcher, always
from ticketcore.configuration import RULES_PART
from ticketcore.events import Event, QueueLengthChanged, TimeReached
from ticketcore.model.ids import RuleId
from ticketcore.model.kinds import Kind


class Stop(Enum):
    """Which rules are not asked any more in this settling once a rule has done its work."""

    TICKET = "ticket"
    ALL = "all"


@attrs.frozen(kw_only=True)
class Rule:
    """
    Trigger, condition, commands (requirements FL-2, DP-9).

    Args:
        name: What people call it; it is shown in the thread of every ticket that it changed.
        note: For one's own use.
        active: Whether it runs.
        place: Rules run by ascending place; those of one place by id.
        trigger: The class of events that it is asked for, subclasses included; or a time trigger.
        when: What must hold of the ticket and the event.
        then: What is done on the ticket, in this order, as the desk itself.
        stop: Whether no later rule is asked for this ticket, or for any, once this one has run; None for neither.
    """

    id: RuleId
    version: int = 1
    name: str
    note: str = ""
    active: bool = True
    place: int
    trigger: Trigger
    when: Condition[Any] = always
    then: tuple[TicketCommand[Any], ...]
    stop: Stop | None = None

    def answers(self, event: Event) -> bool:
        """Whether an event sets it off, whatever its condition says; of times reached, its own alone."""
        if isinstance(self.trigger, TimeTrigger):
            return isinstance(event, TimeReached) and event.rule == self.id
        return isinstance(event, self.trigger)


RULES: Kind[Rule] = Kind("rule", part=RULES_PART)


@attrs.frozen(slots=False, eq=False)
class Chapter:
    """
    The active rules that some events set off, whatever their conditions say, in their order.

    Args:
        rules: In their order.
    """

    rules: tuple[Rule, ...]

    def matching(self, facts: EventFacts) -> Sequence[int]:
        """
        The places of the rules whose conditions hold, ascending.

        If a condition raises an error, these are all places, and each rule is to be asked by itself: one that cannot be
        asked is no matter for the others.

        Args:
            facts: The event, and the ticket as it now is.
        """
        try:
            return self._matcher.matching(facts)
        except Exception:  # noqa: BLE001 - any error at all; whoever asks the rule meets it again
            return range(len(self.rules))

    @cached_property
    def _matcher(self) -> Matcher[EventFacts]:
        return Matcher(rule.when for rule in self.rules)


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

    def for_event(self, event: Event) -> tuple[Rule, ...]:
        """The active rules that an event sets off, in their order."""
        return self.chapter(event).rules

    def chapter(self, event: Event) -> Chapter:
        """The active rules that an event sets off, ready to be matched."""
        about = (type(event), event.rule if isinstance(event, TimeReached) else None)
        if about not in self._chapters:
            self._chapters[about] = Chapter(tuple(rule for rule in self.rules if rule.active and rule.answers(event)))
        return self._chapters[about]

    @cached_property
    def watches_queues(self) -> bool:
        """Whether a rule waits for tickets to join or leave a queue."""
        return any(it.active and it.trigger is QueueLengthChanged for it in self.rules)

    @cached_property
    def time_rules(self) -> tuple[Rule, ...]:
        """The active rules that time sets off, in their order."""
        return tuple(rule for rule in self.rules if rule.active and isinstance(rule.trigger, TimeTrigger))

    @cached_property
    def _chapters(self) -> dict[tuple[type[Event], RuleId | None], Chapter]:
        return {}
