"""
The order of rules: those that are never reached, those whose order nobody chose, and those whose work is undone.

All is asked of two rules and one event, with what lies between them. It is claimed only where no rule between can have
changed what the conditions ask.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from ticketcore.automation.effects import Effects
from ticketcore.automation.lint.findings import Code, Finding, found, named
from ticketcore.automation.lint.rule_set import RuleSet
from ticketcore.automation.occasions import answers_all_of, event_class
from ticketcore.automation.rules import Rule
from ticketcore.conditions import Condition
from ticketcore.conditions.possibility import can_hold, implies
from ticketcore.events import Event


def check_order(rules: RuleSet) -> Iterator[Finding]:
    """What is wrong with the order of rules."""
    shadowed: set[int] = set()
    for first, last in rules.pairs():
        if last not in shadowed and _is_shadowed(rules, first, last):
            shadowed.add(last)
            yield _shadowed(rules.rules[first], rules.rules[last])
        if rules.differ(first, last):
            yield from _contradicted(rules, first, last)


def _is_shadowed(rules: RuleSet, first: int, last: int) -> bool:
    earlier, rule = rules.rules[first], rules.rules[last]
    return (
        earlier.stop is not None
        and answers_all_of(earlier, rule)
        and _implies(rules, last, first)
        and _is_steady(rules, earlier.when, first + 1, last)
    )


def _shadowed(earlier: Rule, rule: Rule) -> Finding:
    sentence = f"{named(rule)} is not reached: {named(earlier)} stops all later rules wherever it would run"
    return found(Code.SHADOWED, sentence, rule, earlier)


def _contradicted(rules: RuleSet, first: int, last: int) -> Iterator[Finding]:
    earlier, later = rules.rules[first], rules.rules[last]
    what = ", ".join(_differences(rules.effects[first], rules.effects[last]))
    if earlier.place == later.place:
        if can_hold(earlier.when, later.when, given=rules.given_by(_narrower(earlier, later))):
            sentence = f"{named(earlier)} and {named(later)} are both at place {later.place} and set {what} differently"
            yield found(Code.ORDER_NOT_CHOSEN, sentence, earlier, later)
    elif (
        answers_all_of(later, earlier)
        and _implies(rules, first, last)
        and _is_steady(rules, later.when, first, last)
        and not _may_be_stopped(rules, first, last)
    ):
        sentence = f"what {named(earlier)} sets never stays: {named(later)} runs after it and sets {what} again"
        yield found(Code.UNDONE, sentence, earlier, later)


def _differences(first: Effects, second: Effects) -> Iterable[str]:
    """The fields that two rules set to different values."""
    return (field for field, value in first.sets.items() if field in second.sets and second.sets[field] != value)


def _narrower(one: Rule, other: Rule) -> type[Event]:
    first, second = event_class(one.trigger), event_class(other.trigger)
    return second if issubclass(second, first) else first


def _implies(rules: RuleSet, one: int, other: int) -> bool:
    """Whether one rule's condition surely holds wherever another's does, at the same moment."""
    if not rules.asked(other) <= rules.asked(one):  # what is not asked at all could hardly follow
        return False
    return implies(rules.rules[one].when, rules.rules[other].when, rules.given(one))


def _is_steady(rules: RuleSet, condition: Condition[Any], first: int, last: int) -> bool:
    """Whether a condition has the same answer before a rule's turn as at a later one's, whatever is done between."""
    acting = [rules.effects[i] for i in range(first, last) if rules.share(i, last)]
    return not any(effects.may_touch(it) for effects in acting for it in condition.comparisons())


def _may_be_stopped(rules: RuleSet, first: int, last: int) -> bool:
    """Whether a rule, from one to the one before another, may keep the other from its turn."""
    return any(rules.rules[i].stop is not None and rules.share(i, last) for i in range(first, last))
