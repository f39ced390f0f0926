"""
Deciding: whether a condition can hold at all.

"It cannot" is sure. "It can" may be too hopeful, because not everything is decided: not what a placeholder stands for,
not how fields depend on each other (a ticket without assignee has no assignee's name), not whether two times that are
months apart meet, no text with wildcards in its middle, and nothing where a condition has too many alternatives. What
values a field can have, missing ones among them, which texts and sets fit together, and what an event can be a change
of, is decided.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

import attrs

from ticketcore.conditions.answers import answer
from ticketcore.conditions.comparisons import Comparison, Field
from ticketcore.conditions.expressions import All, AnyOf, Condition, Not
from ticketcore.conditions.operators import CHANGING, Operator
from ticketcore.conditions.possibility.samples import can_be_missing, is_moving, samples, wanted
from ticketcore.conditions.possibility.spans import spans_meet
from ticketcore.conditions.values import Value
from ticketcore.model.mapping import FrozenMap

PATIENCE: Final = 20_000
"""How many comparisons a question looks at before its condition counts as possible."""

Literal: TypeAlias = tuple[Comparison[Any], bool]
"""A comparison, and whether it is to hold."""


def _nothing(_comparison: Comparison[Any]) -> bool:
    return False


@attrs.frozen(kw_only=True)
class Given:
    """
    What is known before a condition is asked.

    Args:
        values: By the names of fields all values that they can have, as records hold them; None for a missing one.
        changes: The fields of tickets one of which the event has changed, None among them where it may have changed
            none; None as a whole where anything can have happened.
        left_out: Comparisons that are not looked at: they may hold or not.
    """

    values: Mapping[str, frozenset[Value]] = FrozenMap()
    changes: frozenset[str | None] | None = None
    left_out: Callable[[Comparison[Any]], bool] = attrs.field(default=_nothing, eq=False)


ANYTHING: Final = Given()
"""Nothing is known beforehand."""


@attrs.define
class Patience:
    """
    How long is looked for an answer, by one question or by several that share it.

    Args:
        left: How many comparisons are still looked at.
    """

    left: int = PATIENCE

    @property
    def is_over(self) -> bool:
        """Whether every condition that does not contradict itself at first sight counts as possible from now on."""
        return self.left < 0


def can_hold(*conditions: Condition[Any], given: Given = ANYTHING, patience: Patience | None = None) -> bool:
    """
    Whether some record could make conditions hold, all at once.

    Args:
        conditions: The conditions.
        given: What is known beforehand.
        patience: How long is looked for an answer; this question uses some of it. None for its own.

    Returns:
        False only if surely none could.
    """
    patience = patience or Patience()
    states = [_State().narrowed((condition, True) for condition in conditions)]
    while states:
        state = states.pop()
        patience.left -= 1 + len(state.literals)
        if not _agree(state, given):
            continue
        if not state.choices or patience.is_over:
            return True
        states.extend(state.alternatives())
    return False


def implies(condition: Condition[Any], other: Condition[Any], given: Given = ANYTHING) -> bool:
    """
    Whether another condition surely holds wherever a condition does.

    Args:
        condition: The condition.
        other: The other one.
        given: What is known beforehand.
    """
    return not can_hold(condition, ~other, given=given)


@attrs.frozen
class _State:
    """
    What conditions come to after some choices.

    Args:
        literals: Comparisons that are all to be so.
        choices: Conditions one of which is to hold, or not to hold.
        agreed: How many of the literals are known to agree.
    """

    literals: tuple[Literal, ...] = ()
    choices: tuple[tuple[Sequence[Condition[Any]], bool], ...] = ()
    agreed: int = 0

    def narrowed(self, wanted: Iterable[tuple[Condition[Any], bool]]) -> "_State":
        """The state in which some conditions are to hold, too, or not to hold."""
        literals = list(self.literals)
        choices = list(self.choices)
        pending = list(wanted)
        while pending:
            node, holds = pending.pop()
            match node:
                case Comparison():
                    literals.append((node, holds))
                case Not(part):
                    pending.append((part, not holds))
                case All(parts) | AnyOf(parts) if isinstance(node, All) is holds:
                    pending.extend((part, holds) for part in parts)
                case All(parts) | AnyOf(parts):
                    choices.append((parts, holds))
                case _:  # a condition of another make, which may hold or not
                    pass
        return _State(tuple(literals), tuple(choices), self.agreed)

    def alternatives(self) -> Iterator["_State"]:
        """The states that the last choice leads to, the first one last."""
        *choices, (parts, holds) = self.choices
        rest = _State(self.literals, tuple(choices), agreed=len(self.literals))
        return (rest.narrowed([(part, holds)]) for part in reversed(parts))


def _agree(state: _State, given: Given) -> bool:
    """Whether all of a state's literals can be so at once."""
    verdicts: dict[Comparison[Any], bool] = {}
    for comparison, holds in state.literals:
        if not given.left_out(comparison) and verdicts.setdefault(comparison, holds) is not holds:
            return False
    added = [comparison for comparison, _ in state.literals[state.agreed :] if comparison in verdicts]
    if any(it.operator in CHANGING for it in added):
        changes = [it for it in verdicts.items() if it[0].operator in CHANGING]
        if not _changes_agree(changes, given):
            return False
    asked = {it.field.identity for it in added if it.operator not in CHANGING}
    states = [it for it in verdicts.items() if it[0].field.identity in asked and it[0].operator not in CHANGING]
    return all(_has_value(*it, given) for it in _by_field(states))


def _by_field(literals: Iterable[Literal]) -> Iterator[tuple[Field[Any], list[Literal]]]:
    groups: dict[object, list[Literal]] = {}
    for literal in literals:
        groups.setdefault(literal[0].field.identity, []).append(literal)
    return ((group[0][0].field, group) for group in groups.values())


# The value of one field.


def _has_value(field: Field[Any], literals: Sequence[Literal], given: Given) -> bool:
    """Whether the field can have a value of which all this is so."""
    if field.name in given.values:
        return any(_fits(field, value, literals) for value in given.values[field.name])
    if can_be_missing(field) and _fits(field, None, literals):
        return True
    found = samples(field, literals)
    return found is None or (any(_fits(field, value, literals) for value in found) and spans_meet(literals))


def _fits(field: Field[Any], value: Value, literals: Iterable[Literal]) -> bool:
    """Whether all this is so of a value; what is asked with a moving operand may be so of any value that is there."""
    compared = field.compared(value)
    return all(
        answer(comparison.operator, compared, wanted(comparison)) is holds
        for comparison, holds in literals
        if value is None or not is_moving(comparison)
    )


# What the event changed.


def _changes_agree(literals: Sequence[Literal], given: Given) -> bool:
    """Whether one event can be such a change: it changes one field of the ticket, or none."""
    possible = {_told(comparison.field) for comparison, _ in literals} if given.changes is None else given.changes
    needed = {_told(comparison.field) for comparison, holds in literals if holds}
    if len(needed) > 1 or not needed <= possible:
        return False
    (changed,) = needed or (_only(given.changes),)
    if changed is None:
        return True
    return all(_has_change(field, it) for field, it in _by_field(literals) if _told(field) == changed)


def _only(changes: frozenset[str | None] | None) -> str | None:
    return next(iter(changes)) if changes is not None and len(changes) == 1 else None


def _told(field: Field[Any]) -> str:
    """The field of the ticket whose changes tell of this one's."""
    return field.attribute.partition(".")[0]


def _has_change(field: Field[Any], literals: Sequence[Literal]) -> bool:
    """Whether a change of the ticket's field can be all this; of a part of it, it may have been none."""
    if "." in field.attribute and not any(holds for _, holds in literals):
        return True
    if any(comparison.operator is Operator.CHANGED and not holds for comparison, holds in literals):
        return False
    found = samples(field, literals)
    if found is None:
        return True
    values = [*found, *[None] * can_be_missing(field)]
    before = [value for value in values if _is_told(field, value, literals, Operator.CHANGED_FROM)]
    after = [value for value in values if _is_told(field, value, literals, Operator.CHANGED_TO)]
    return any(field.compared(one) != field.compared(other) for one in before for other in after)


def _is_told(field: Field[Any], value: Value, literals: Iterable[Literal], operator: Operator) -> bool:
    return _fits(field, value, [it for it in literals if it[0].operator is operator])
