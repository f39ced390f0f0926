"""Conditions that never hold, always hold, or have an alternative that never does."""

from collections.abc import Iterator
from typing import Any

from ticketcore.automation.lint.findings import Code, Finding, found, named
from ticketcore.automation.occasions import event_class, given_by
from ticketcore.automation.rules import Rule
from ticketcore.conditions import All, AnyOf, Condition, always
from ticketcore.conditions.possibility import can_hold

WHEN = "when"


def check_condition(rule: Rule) -> Iterator[Finding]:
    """What is wrong with the condition of a rule in itself."""
    if rule.when == always:
        return
    trigger = event_class(rule.trigger)
    given = given_by(trigger)
    if not can_hold(rule.when, given=given):
        yield found(
            Code.NEVER_HOLDS,
            f"{named(rule)} never runs: no {trigger.__name__} can be such that {rule.when}",
            rule,
            path=WHEN,
        )
    elif not can_hold(~rule.when, given=given):
        yield found(
            Code.ALWAYS_HOLDS,
            f"{named(rule)} always runs: every {trigger.__name__} is such that {rule.when}",
            rule,
            path=WHEN,
        )
    else:
        for alternative, path in _alternatives(rule.when, f"{WHEN}.condition"):
            if not can_hold(rule.when, alternative, given=given):
                yield found(
                    Code.DEAD_ALTERNATIVE, f"in {named(rule)} this can never hold: {alternative}", rule, path=path
                )


def _alternatives(condition: Condition[Any], path: str) -> Iterator[tuple[Condition[Any], str]]:
    """The alternatives that a condition has, and those that all conditions joined in it have."""
    match condition:
        case AnyOf(parts):
            yield from ((part, f"{path}.any[{index}]") for index, part in enumerate(parts))
        case All(parts):
            for index, part in enumerate(parts):
                if isinstance(part, AnyOf):
                    yield from _alternatives(part, f"{path}.all[{index}]")
        case _:
            return
