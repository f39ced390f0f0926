"""
Questions: what of the facts a comparison asks for, so that all comparisons that ask for the same share one look.

Most ask for the value of a field, as it is compared. Those of changes ask whether the event changed it, from what, or
to what.
"""

from collections.abc import Callable, Hashable
from typing import Any, Final

import attrs

from ticketcore.conditions.expressions import Comparison, Field
from ticketcore.conditions.facts import Facts
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
        is_at_hand: Whether that needs the facts alone, and no record that the ticket names.
    """

    ask: Read
    is_at_hand: bool


class Questions:
    """The questions of some comparisons, each of them once."""

    def __init__(self) -> None:
        self._by_identity: dict[tuple[object, ...], Question] = {}
        self._by_field: dict[tuple[int, str], tuple[Field[Any], Question]] = {}

    def of(self, comparison: Comparison[Any]) -> Question:
        """The question that a comparison asks."""
        field, of_change = comparison.field, _OF_CHANGES.get(comparison.operator, "")
        # A field's identity takes time to tell; most comparisons ask the very same few fields. The field is kept with
        # the question, for Python gives the number of a thing that is gone to another.
        known = self._by_field.get((id(field), of_change))
        if known is None:
            question = self._by_identity.setdefault((field.identity, of_change), _question(field, of_change))
            known = self._by_field[id(field), of_change] = field, question
        return known[1]


_OF_CHANGES: Final = {
    Operator.CHANGED: "changed",
    Operator.CHANGED_FROM: "before",
    Operator.CHANGED_TO: "after",
}


def _question(field: Field[Any], of_change: str) -> Question:
    if of_change == "changed":
        return Question(_whether_changed(field), is_at_hand=True)
    if of_change:
        return Question(_part_of_change(field, of_change), is_at_hand=True)
    return Question(_value(field), field.origin in _AT_HAND and field.read not in _COUNTED)


def _value(field: Field[Any]) -> Read:
    if type(field).compared is not Field.compared:  # a set, whose members are compared each
        read, whole = field.read, field.compared
        return lambda facts: whole(read(facts))
    if is_compared_as_it_is(field.values):
        return field.read
    return _prepared(field.read, field.values.compared)


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
