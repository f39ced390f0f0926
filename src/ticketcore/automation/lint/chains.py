"""
Cycles: rules that set each other off in a circle.

A rule sets off another one if it surely raises an event that the other waits for, and whose condition can hold then. A
circle counts only if it could go round again: what repeats itself without changing anything, such as adding a tag that
is there, raises no event. So each step must write something new, or set a field that another rule of the circle sets to
something else.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
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
        if steps.left < 0:
            return
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
        self._all = _Together.of(rules.effects)
        self._next: dict[int, list[tuple[int, _Raised]]] = {}
        self._set_off: dict[_Raised, list[tuple[int, _Raised]]] = {}

    def after(self, index: int) -> list[tuple[int, _Raised]]:
        """The rules that a rule can set off, each with the event that does it."""
        if index not in self._next:
            own = self.rules.effects[index]
            renewed = [raised for raised in _raised_by(own) if self._all.renew(raised, own)]
            self._next[index] = [step for raised in renewed for step in self._set_off_by(raised)]
        return self._next[index]

    def _set_off_by(self, raised: _Raised) -> list[tuple[int, _Raised]]:
        """The rules that an event can set off; many rules raise the same."""
        if raised not in self._set_off:
            self._set_off[raised] = [
                (other, raised)
                for other, rule in enumerate(self.rules.rules)
                if waits_for(rule, raised.event) and self._is_set_off(rule, raised)
            ]
        return self._set_off[raised]

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
    together = _Together.of(effects)
    renewed = all(together.renew(raised, own) for raised, own in zip(events, effects, strict=True))
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


@attrs.frozen
class _Together:
    """
    What some rules set, add and take away among them.

    Args:
        values: By the names of fields, what each is set to.
        adds: Tags that are added.
        removes: Tags that are taken away.
    """

    values: Mapping[str, AbstractSet[Any]]
    adds: frozenset[str]
    removes: frozenset[str]

    @classmethod
    def of(cls, effects: Iterable[Effects]) -> "_Together":
        """What comes of these effects."""
        values: dict[str, set[Any]] = {}
        adds: set[str] = set()
        removes: set[str] = set()
        for it in effects:
            adds |= it.adds
            removes |= it.removes
            for field, value in it.sets.items():
                values.setdefault(field, set()).add(value)
        return cls(values, frozenset(adds), frozenset(removes))

    def renew(self, raised: _Raised, own: Effects) -> bool:
        """Whether an event that one of them raises is raised again each time that they go round."""
        if raised.field is None:
            return True
        if raised.field == "tags":
            return not (own.adds.isdisjoint(self.removes) and own.removes.isdisjoint(self.adds))
        return len(self.values[raised.field]) > 1


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
