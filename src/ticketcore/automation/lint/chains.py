"""
Cycles: rules that set each other off in a circle.

A rule sets off another one if it surely raises an event that the other waits for, and whose condition can hold then. A
circle counts only if it could go round again: what repeats itself without changing anything, such as adding a tag that
is there, raises no event. So each step must write something new, or set a field that another rule of the circle sets to
something else.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import attrs

from ticketcore.automation.effects import ASKED_AS, Effects
from ticketcore.automation.lint.findings import Code, Finding, found, named
from ticketcore.automation.lint.rule_set import RuleSet
from ticketcore.automation.occasions import waits_for
from ticketcore.automation.rules import Rule
from ticketcore.automation.triggers import TimeTrigger
from ticketcore.conditions import Comparison, Condition, EventF, F, Operator, always
from ticketcore.conditions.operators import CHANGING
from ticketcore.conditions.possibility import Given, can_hold
from ticketcore.events import EVENT_OF_FIELD, Event
from ticketcore.model.actors import ActorKind
from ticketcore.model.lifecycle import Category, Status
from ticketcore.model.mapping import FrozenMap

LONGEST: Final = 6
"""How many rules a circle has at most for it to be looked for."""

STEPS: Final = 100_000
"""How many steps are taken in looking for circles."""

BY_THE_DESK: Final = {
    EventF.actor.kind.name: frozenset({ActorKind.SYSTEM}),
    EventF.actor.id.name: frozenset({None}),
    EventF.actor.is_assignee.name: frozenset({False}),
    EventF.actor.is_requester.name: frozenset({False}),
}
"""What is known of an event that a rule raised."""


@attrs.frozen
class _Raised:
    """
    An event that a rule raises.

    Args:
        event: Its class.
        field: The field that it is a change of; None where something was written.
        such: What is so of the change.
    """

    event: type[Event]
    field: str | None = None
    such: Condition[Any] = always


def check_cycles(rules: RuleSet) -> Iterator[Finding]:
    """The circles in which rules set each other off, the shortest through each rule."""
    steps = _Steps(rules)
    seen: set[frozenset[int]] = set()
    for start in rules.indexes():
        circle = _circle_from(start, steps)
        if circle is not None and frozenset(circle) not in seen:
            seen.add(frozenset(circle))
            path = " → ".join(named(rules.rules[i]) for i in (*circle, start))
            yield found(Code.CYCLE, f"these rules set each other off: {path}", *(rules.rules[i] for i in circle))


class _Steps:
    """
    Which rule sets off which.

    Args:
        rules: The active rules.
    """

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules
        self.left = STEPS
        self._next: dict[int, list[tuple[int, _Raised]]] = {}

    def after(self, index: int) -> list[tuple[int, _Raised]]:
        """The rules that a rule can set off, each with the event that does it."""
        if index not in self._next:
            effects = self.rules.effects
            self._next[index] = [
                (other, raised)
                for raised in _raised_by(effects[index])
                if _is_renewed(raised, index, effects)
                for other, rule in enumerate(self.rules.rules)
                if waits_for(rule, raised.event) and self._is_set_off(rule, raised)
            ]
        return self._next[index]

    def _is_set_off(self, rule: Rule, raised: _Raised) -> bool:
        """Whether an event that a rule raised can set off another one. Nobody's time comes by what a rule does."""
        if isinstance(rule.trigger, TimeTrigger):
            return False
        known = self.rules.given_by(raised.event)
        given = Given(values=FrozenMap({**known.values, **BY_THE_DESK}), changes=known.changes)
        return can_hold(rule.when, raised.such, given=given)


def _circle_from(start: int, steps: _Steps) -> tuple[int, ...] | None:
    """The shortest circle that begins and ends with a rule."""
    paths: list[tuple[tuple[int, ...], tuple[_Raised, ...]]] = [((start,), ())]
    for _ in range(LONGEST):
        longer: list[tuple[tuple[int, ...], tuple[_Raised, ...]]] = []
        for path, events in paths:
            for other, raised in steps.after(path[-1]):
                steps.left -= 1
                if steps.left < 0:
                    return None
                if other == start and _goes_round(path, (*events, raised), steps):
                    return path
                if other not in path:
                    longer.append(((*path, other), (*events, raised)))
        paths = longer
    return None


def _goes_round(circle: Sequence[int], events: Sequence[_Raised], steps: _Steps) -> bool:
    """Whether a circle can go round again and again."""
    effects = [steps.rules.effects[i] for i in circle]
    renewed = all(_is_renewed(raised, i, effects) for i, raised in enumerate(events))
    return renewed and can_hold(
        *(steps.rules.rules[i].when for i in circle), given=Given(left_out=_changing_in(effects))
    )


def _changing_in(effects: Sequence[Effects]) -> Callable[[Comparison[Any]], bool]:
    """What may be otherwise at each step of a circle: what is asked of the event, and what the rules change."""

    def is_changing(comparison: Comparison[Any]) -> bool:
        if comparison.operator in CHANGING or comparison.field.scope == "event":
            return True
        return any(it.may_touch(comparison) for it in effects)

    return is_changing


def _is_renewed(raised: _Raised, index: int, effects: Sequence[Effects]) -> bool:
    """Whether an event is raised again each time that the circle goes round."""
    if raised.field is None:
        return True
    own = effects[index]
    if raised.field == "tags":
        others = [it for i, it in enumerate(effects) if i != index]
        return any(own.adds & it.removes or own.removes & it.adds for it in others)
    return any(raised.field in it.sets and it.sets[raised.field] != own.sets[raised.field] for it in effects)


def _raised_by(effects: Effects) -> Iterator[_Raised]:
    """The events that a rule surely raises, unless what it sets is so already."""
    for event in effects.writes:
        yield _Raised(event)
    for field, value in effects.sets.items():
        if field in EVENT_OF_FIELD:
            yield _Raised(EVENT_OF_FIELD[field], field, _such(field, value))
    if effects.adds or effects.removes:
        yield _Raised(EVENT_OF_FIELD["tags"], "tags")


def _such(field: str, value: object) -> Condition[Any]:
    """What conditions can know of a field's having been set to a value."""
    if isinstance(value, Status):
        others = [category for category in Category if category is not value.category]
        return F.status.changed_to(value.key) & ~F.category.changed_to(*others)
    asked = ASKED_AS.get(field)
    if asked is None or not (value is None or asked.values.accepts(value)):
        return always
    return asked.compare(Operator.CHANGED_TO, [value])
