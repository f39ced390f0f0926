"""
Rules: when something of a kind happens, and a condition holds, then do these things.

This module says what a rule is. How rules run is in `settling`; the commands to add and change them are in `commands`.
"""

from bisect import bisect
from collections.abc import Collection, Iterable, Mapping, Sequence
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
from ticketcore.model.values import FrozenValue


class Stop(Enum):
    """Which rules are not asked any more in this settling once a rule has done its work."""

    TICKET = "ticket"
    ALL = "all"


@attrs.frozen(kw_only=True)
class Rule(FrozenValue):
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
class Chapter(FrozenValue):
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
class RuleBook(FrozenValue):
    """
    All rules of a desk, ready to be asked.

    Args:
        rules: In their order.
        by_trigger: The active ones, in their order, by the class of events that sets them off; those that time sets off
            by `TimeTrigger`.
    """

    rules: tuple[Rule, ...]
    _by_trigger: Mapping[type[Event | TimeTrigger], tuple[Rule, ...]]

    @classmethod
    def of(cls, rules: Iterable[Rule]) -> "RuleBook":
        """The book of these rules, given in any order."""
        ordered = tuple(sorted(rules, key=_turn))
        by_trigger: dict[type[Event | TimeTrigger], list[Rule]] = {}
        for rule in ordered:
            if rule.active:
                by_trigger.setdefault(_set_off_by(rule), []).append(rule)
        return cls(ordered, {trigger: tuple(several) for trigger, several in by_trigger.items()})

    def revised(self, *, gone: Collection[RuleId], new: Iterable[Rule]) -> "RuleBook":
        """
        The book without some rules, and then with others: far cheaper than a book of all of them.

        Args:
            gone: Rules that are not there any more, or not as they were.
            new: Rules as they now are.
        """
        rules, by_trigger = self.rules, {**self._by_trigger}
        if gone:
            rules = _without(rules, gone)
            by_trigger = {trigger: _without(several, gone) for trigger, several in by_trigger.items()}
        for rule in new:
            rules = _with(rules, rule)
            if rule.active:
                trigger = _set_off_by(rule)
                by_trigger[trigger] = _with(by_trigger.get(trigger, ()), rule)
        return RuleBook(rules, by_trigger)

    @property
    def last_place(self) -> int:
        """The place of the last rule; 0 if there is none."""
        return self.rules[-1].place if self.rules else 0

    def for_event(self, event: Event) -> tuple[Rule, ...]:
        """The active rules that an event sets off, in their order."""
        return self.chapter(event).rules

    def chapter(self, event: Event) -> Chapter:
        """The active rules that an event sets off, ready to be matched."""
        about = (type(event), event.rule if isinstance(event, TimeReached) else None)
        chapter = self._chapters.get(about)
        if chapter is None:
            chapter = Chapter(tuple(rule for rule in self.rules if rule.active and rule.answers(event)))
            self._chapters[about] = chapter
        return chapter

    @property
    def watches_queues(self) -> bool:
        """Whether a rule waits for tickets to join or leave a queue."""
        return bool(self._by_trigger.get(QueueLengthChanged))

    @property
    def time_rules(self) -> tuple[Rule, ...]:
        """The active rules that time sets off, in their order."""
        return self._by_trigger.get(TimeTrigger, ())

    @cached_property
    def _chapters(self) -> dict[tuple[type[Event], RuleId | None], Chapter]:
        return {}


def _turn(rule: Rule) -> tuple[int, RuleId]:
    """What rules are ordered by."""
    return rule.place, rule.id


def _set_off_by(rule: Rule) -> type[Event | TimeTrigger]:
    return TimeTrigger if isinstance(rule.trigger, TimeTrigger) else rule.trigger


def _with(rules: tuple[Rule, ...], rule: Rule) -> tuple[Rule, ...]:
    at = bisect(rules, _turn(rule), key=_turn)
    return (*rules[:at], rule, *rules[at:])


def _without(rules: tuple[Rule, ...], gone: Collection[RuleId]) -> tuple[Rule, ...]:
    return tuple(rule for rule in rules if rule.id not in gone)
