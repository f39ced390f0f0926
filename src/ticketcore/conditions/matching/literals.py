"""
Literals: comparisons made ready to be tabulated, each of them once, however many conditions have it.

What a comparison asks of the facts is its question: the value of a field, as it is compared, or what the event made of
it. All comparisons that ask the same share one question, so that the facts are looked at once.
"""

from collections.abc import Callable, Hashable
from typing import Any, Final, NamedTuple, TypeAlias

import attrs

from ticketcore.conditions.comparisons import Comparison, Field
from ticketcore.conditions.expressions import Condition
from ticketcore.conditions.facts import Facts
from ticketcore.conditions.operands import compared_operand, is_fixed
from ticketcore.conditions.operators import Operator
from ticketcore.conditions.reading import ACTOR, EVENT, MESSAGE, RECORD, Read, change_of, queue_length
from ticketcore.conditions.values import Value, is_compared_as_it_is

UNCHANGED: Final = object()
"""The answer of what the event made of a field that it did not change."""

_AT_HAND: Final = (RECORD, EVENT, ACTOR, MESSAGE)
"""What the facts hold themselves; everything else is found by following a reference, and may have to be loaded."""

_COUNTED: Final = (queue_length,)
"""Ways to values that may have to be counted first."""


@attrs.frozen(eq=False)
class Question:
    """
    Something that is looked up in the facts.

    Args:
        ask: The way from the facts to the answer, as it is compared.
        read: The way to the answer as it stands there.
        compared: The way from there to what is compared, of a set's members each; None where they are the same.
        is_at_hand: Whether that needs the facts alone, and nothing that may have to be loaded.
        effort: An estimate of how long it takes, in look-ups into a dict.
        is_of_members: Whether the answer is a set.
    """

    ask: Read
    read: Read
    compared: Callable[[Value], Value] | None
    is_at_hand: bool
    effort: float
    is_of_members: bool = False


@attrs.frozen(eq=False)
class Literal:
    """
    A comparison that must hold, or must not.

    Args:
        comparison: The comparison.
        operator: Its operator.
        holds: Whether it must hold.
        question: What it asks of the facts.
        wanted: Its operand as it is compared.
        is_fixed: Whether that is the same for all facts.
    """

    comparison: Comparison[Any]
    operator: Operator
    holds: bool
    question: Question
    wanted: Value
    is_fixed: bool

    @property
    def condition(self) -> Condition[Any]:
        """The same as a condition."""
        return self.comparison if self.holds else ~self.comparison


Wish: TypeAlias = tuple[Literal, ...]
"""All that an alternative asks of one question. Those with the same wish are treated as one."""


class Literals:
    """The literals of some conditions, equal ones once."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], _OfField] = {}
        self._by_object: dict[int, _OfField] = {}
        self._questions: dict[tuple[object, ...], Question] = {}

    def of(self, comparison: Comparison[Any], *, holds: bool) -> Literal:
        """The literal that a comparison must hold, or must not."""
        # Mostly it is the very same field, so nobody need ask it whether it equals another.
        known = self._by_object.get(id(comparison.field)) or self._of_field(comparison.field)
        asked = (comparison.operator, comparison.operand)
        literals = known.literals.get(asked)
        if literals is None:
            literals = known.literals[asked] = self._made(comparison)
        return literals[holds]

    def _of_field(self, field: Field[Any]) -> "_OfField":
        literals = self._known.setdefault(field.identity, _OfField(field, {})).literals
        known = self._by_object[id(field)] = _OfField(field, literals)
        return known

    def _made(self, comparison: Comparison[Any]) -> tuple[Literal, Literal]:
        field, operator, operand = comparison.field, comparison.operator, comparison.operand
        about = (field.identity, _OF_CHANGES.get(operator, ""))
        if about not in self._questions:
            self._questions[about] = _question(field, about[1])
        question, wanted = self._questions[about], compared_operand(field.values, operator, operand)
        fixed = is_fixed(operator, operand)
        return (
            Literal(comparison, operator, holds=False, question=question, wanted=wanted, is_fixed=fixed),
            Literal(comparison, operator, holds=True, question=question, wanted=wanted, is_fixed=fixed),
        )


class _OfField(NamedTuple):
    """What is known of a field, and the field itself, so that no other comes to stand in its place in memory."""

    field: Field[Any]
    literals: dict[tuple[Operator, Value], tuple[Literal, Literal]]


_OF_CHANGES: Final = {
    Operator.CHANGED: "changed",
    Operator.CHANGED_FROM: "before",
    Operator.CHANGED_TO: "after",
}


def _question(field: Field[Any], of_change: str) -> Question:
    if of_change:
        ask = _whether_changed(field) if of_change == "changed" else _part_of_change(field, of_change)
        return Question(ask, ask, None, is_at_hand=True, effort=5)
    read, compared = field.read, field.values.compared
    at_hand = field.origin in _AT_HAND and read not in _COUNTED
    if type(field).compared is not Field.compared:  # a set, whose members are compared each
        return Question(_whole(field), read, compared, at_hand, effort=8, is_of_members=True)
    if is_compared_as_it_is(field.values):
        return Question(read, read, None, at_hand, effort=2)
    return Question(_prepared(read, compared), read, compared, at_hand, effort=5)


def _whole(field: Field[Any]) -> Read:
    read, compared = field.read, field.compared
    return lambda facts: compared(read(facts))


def _prepared(read: Read, compared: Callable[[Value], Value]) -> Read:
    def value(facts: Facts[Any]) -> Value:
        seen = read(facts)
        return None if seen is None else compared(seen)

    return value


def _whether_changed(field: Field[Any]) -> Read:
    attribute = field.attribute
    return lambda facts: change_of(facts, attribute) is not None


def _part_of_change(field: Field[Any], part: str) -> Read:
    attribute, compared = field.attribute, field.compared

    def value(facts: Facts[Any]) -> Hashable:
        change = change_of(facts, attribute)
        return UNCHANGED if change is None else compared(getattr(change, part))

    return value
