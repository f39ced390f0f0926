"""Conditions that never hold, always hold, or have an alternative that never does."""

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from ticketcore.automation.lint.findings import Code, Finding, found, named
from ticketcore.automation.occasions import event_class, given_by
from ticketcore.automation.rules import Rule
from ticketcore.conditions import All, AnyOf, Condition, always
from ticketcore.conditions.possibility import Patience, can_hold

WHEN: Final = "when"

FOR_ALTERNATIVES: Final = 200_000
"""How many comparisons are looked at for all alternatives of a rule together, so that no rule holds lint up."""

Conditions: TypeAlias = tuple[Condition[Any], ...]


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
        patience = Patience(FOR_ALTERNATIVES)
        for alternative, beside, path in _alternatives(rule.when):
            if patience.is_over:
                return
            if not can_hold(alternative, *beside, given=given, patience=patience):
                yield found(
                    Code.DEAD_ALTERNATIVE, f"in {named(rule)} this can never hold: {alternative}", rule, path=path
                )


def _alternatives(condition: Condition[Any]) -> Iterator[tuple[Condition[Any], Conditions, str]]:
    """
    The alternatives that a condition has, and those that all conditions joined in it have.

    With each comes what must hold beside it, and its place. The other alternatives are not among that: asking them
    again for each would take as long as there are pairs.
    """
    path = f"{WHEN}.condition"
    match condition:
        case AnyOf(parts):
            yield from ((part, (), f"{path}.any[{index}]") for index, part in enumerate(parts))
        case All(parts):
            for place, inner in enumerate(parts):
                if isinstance(inner, AnyOf):
                    beside = (*parts[:place], *parts[place + 1 :])
                    yield from (
                        (part, beside, f"{path}.all[{place}].any[{index}]") for index, part in enumerate(inner.parts)
                    )
        case _:
            return
