"""Rules that are set off by time: when it has come for a ticket, the rule is asked in the usual way."""

from collections.abc import Iterator, Sequence

import attrs

from ticketcore._draft import Draft
from ticketcore.automation.rules import RULES, Rule
from ticketcore.automation.settling import event_facts
from ticketcore.automation.triggers import TimeTrigger
from ticketcore.conditions import compile_condition
from ticketcore.events import TimeReached
from ticketcore.model.dues import Due
from ticketcore.model.kinds import TICKETS
from ticketcore.model.tickets import AnyTicket
from ticketcore.model.values import FrozenValue
from ticketcore.sweep.occasion import NEVER, Times


@attrs.frozen
class TimeRule(FrozenValue):
    """
    An active rule with its time trigger.

    Args:
        rule: The rule.
        trigger: Its trigger.
    """

    rule: Rule
    trigger: TimeTrigger

    @classmethod
    def of(cls, rule: Rule | None) -> "TimeRule | None":
        """The rule, if it is one that time sets off."""
        if rule is None or not rule.active or not isinstance(rule.trigger, TimeTrigger):
            return None
        return cls(rule, rule.trigger)

    def reach(self, draft: Draft, ticket: AnyTicket) -> TimeReached:
        """Has the thread tell that the rule's time has come, which sets the rule off."""
        return draft.occur(
            ticket,
            TimeReached,
            rule=self.rule.id,
            rule_name=self.rule.name,
            trigger=type(self.trigger).__name__,
            duration=self.trigger.duration,
        )

    def applies(self, draft: Draft, ticket: AnyTicket) -> bool:
        """Whether the rule's condition holds of a ticket now, asked as settling would ask it."""
        mark = draft.mark()
        event = self.reach(draft, ticket)
        try:
            return compile_condition(self.rule.when)(event_facts(draft, event))
        finally:
            draft.rollback(mark)


def rule_times(ticket: AnyTicket, rules: Sequence[Rule]) -> Times:
    """When each time rule is to be asked for a ticket."""
    if not rules:
        return NEVER
    times = {it.rule.id: it.trigger.at(ticket) for it in _time_rules(rules)}
    return {id: at for id, at in times.items() if at is not None}


def reach_time(draft: Draft, due: Due) -> None:
    """Sets a rule off for a ticket; what does not meet its condition any more is left alone, without a word."""
    ticket = draft.get(TICKETS, due.ticket or "")
    found = TimeRule.of(draft.peek(RULES, due.about))
    if found is not None and found.applies(draft, ticket):
        found.reach(draft, ticket)


def _time_rules(rules: Sequence[Rule]) -> Iterator[TimeRule]:
    return (found for rule in rules if (found := TimeRule.of(rule)) is not None)
