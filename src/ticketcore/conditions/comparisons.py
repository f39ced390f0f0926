"""
Comparisons: a field, an operator, and what the operator wants on its right; what all bigger conditions are made of.

Which operators a field has, its type says (`fields`); what they answer stands in one table (`answers`).
"""

from collections.abc import Iterator
from typing import Any, ClassVar, Final, Generic, TypeGuard, TypeVar

import attrs

from ticketcore.conditions.answers import answer
from ticketcore.conditions.errors import ConditionError, wrong
from ticketcore.conditions.explanation import Explanation
from ticketcore.conditions.expressions import Condition
from ticketcore.conditions.facts import Facts
from ticketcore.conditions.operands import checked_operand, compared_operand, current_operand, operand_text, value_text
from ticketcore.conditions.operators import CHANGING, OF_EVENTS, Operator
from ticketcore.conditions.reading import Change, Origin, Read, change_of, way_of
from ticketcore.conditions.values import Value, ValueType
from ticketcore.errors import Fault, listed, shown

S_contra = TypeVar("S_contra", bound=Facts[Any], contravariant=True)

SEEN_LIMIT: Final = 200
"""How many characters of a value an explanation shows."""


@attrs.frozen(eq=False, repr=False)
class Field(Generic[S_contra]):
    """
    Something that can be asked of a record. Its subclasses have the operators; here is what every field is.

    Args:
        scope: What it can be asked of: `"ticket"`, `"event"`, `"contact"`, …
        name: Its name in JSON and texts: `"subject"`, `"requester.groups"`.
        description: One sentence about it.
        values: The type of its values, or of its members where it has several.
        origin: What it is an attribute of: the record itself, its requester, …
        attribute: The name of that attribute, with dots for an attribute of an attribute.
        read: The way from facts to its value.
        told: What can be asked of it only where something has happened: of its changes, as far as events tell of them.
    """

    answers: ClassVar[frozenset[Operator]] = frozenset()
    type_name: ClassVar[str]

    scope: str
    name: str
    description: str
    values: ValueType
    origin: Origin
    attribute: str
    read: Read
    told: frozenset[Operator] = frozenset()

    @property
    def operators(self) -> frozenset[Operator]:
        """What it can be asked."""
        return self.answers | self.told

    @property
    def type(self) -> str:
        """What it holds, in words: `"text"`, `"set of ids"`."""
        return self.type_name

    def compare(self, operator: Operator, operand: object = None) -> Condition[S_contra]:
        """
        The condition that asks this field something; its methods do the same with less typing.

        Args:
            operator: One of `operators`.
            operand: What the operator wants on its right.

        Raises:
            ConditionError: The operator does not suit the field, or the operand does not suit both.
        """
        return Comparison(self, operator, operand)

    def compared(self, value: Value) -> Value:
        """A value of this field as it is compared."""
        return None if value is None else self.values.compared(value)

    def text(self, value: Value) -> str:
        """A value of this field as people read it."""
        return value_text(self.values, value)

    def is_same(self, other: object) -> bool:
        """Whether it is the same field: same scope, name and type, read in the same way."""
        return self is other or (_is_field(other) and self.identity == other.identity)

    @property
    def identity(self) -> tuple[object, ...]:
        """What makes it this field and no other."""
        # Two hosts in one program may have fields of one name; what was compiled for the one must not serve the other.
        return self.scope, self.name, self.type, self.attribute, way_of(self.read)

    def __repr__(self) -> str:
        return f"<{self.scope} field {self.name}: {self.type}>"


@attrs.frozen(cache_hash=True, repr=False)
class Comparison(Condition[S_contra]):
    """
    A field, an operator, and what the operator wants on its right.

    Args:
        field: What is asked.
        operator: One of the field's operators.
        operand: A value, a collection, a pair, a time zone or None, as the operator wants it. It stands here in its
            canonical form: choices as members of their enumeration, collections as frozen sets, instants in UTC.

    Raises:
        ConditionError: They do not go together.
    """

    field: Field[S_contra]
    operator: Operator
    operand: Any = None
    depth: int = attrs.field(init=False, eq=False, default=1)
    scope: str | None = attrs.field(init=False, eq=False, default=None)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "operand", _canonical_operand(self.field, self.operator, self.operand))
        object.__setattr__(self, "scope", "event" if self.operator in OF_EVENTS else self.field.scope)

    def holds(self, facts: S_contra, /) -> bool:
        """Whether it is so, found by reading the field and asking the table of answers."""
        return self._verdict(self._seen(facts), facts)

    def explain(self, facts: S_contra, /) -> Explanation:
        """The comparison with the value it saw."""
        seen = self._seen(facts)
        return Explanation(str(self), self._verdict(seen, facts), self._seen_text(seen))

    def explain_opposite(self, facts: S_contra, /) -> Explanation:
        """The negated comparison with the value it saw."""
        seen = self._seen(facts)
        return Explanation(self.opposite_text, not self._verdict(seen, facts), self._seen_text(seen))

    @property
    def opposite_text(self) -> str:
        """The negated comparison as people read it: `is not`, where the operator has such an opposite."""
        opposite = self.operator.opposite
        return self.text(opposite) if opposite else f"not {self}"

    def comparisons(self) -> Iterator["Comparison[Any]"]:
        """Itself."""
        yield self

    def text(self, operator: str) -> str:
        """The comparison as people read it, with its operator written in some way."""
        operand = operand_text(self.field.values, self.operator, self.operand)
        return f"{self.field.name} {operator} {operand}" if operand else f"{self.field.name} {operator}"

    def __str__(self) -> str:
        return self.text(self.operator.text)

    __repr__ = __str__

    def _seen(self, facts: Facts[Any]) -> Value:
        return change_of(facts, self.field.attribute) if self.operator in CHANGING else self.field.read(facts)

    def _verdict(self, seen: Value, facts: Facts[Any]) -> bool:
        wanted = current_operand(self.operator, compared_operand(self.field.values, self.operator, self.operand), facts)
        if self.operator not in CHANGING:
            return answer(self.operator, self.field.compared(seen), wanted)
        return seen is not None and (self.operator is Operator.CHANGED or self._is_told(seen, wanted))

    def _is_told(self, change: Change, wanted: Value) -> bool:
        value = change.before if self.operator is Operator.CHANGED_FROM else change.after
        return answer(self.operator, self.field.compared(value), wanted)

    def _seen_text(self, seen: Value) -> str:
        if self.operator not in CHANGING:
            return _shortened(self.field.text(seen))
        if seen is None or self.operator is Operator.CHANGED:
            return "unchanged" if seen is None else "changed"
        return f"{self.field.text(seen.before)} before, {self.field.text(seen.after)} since"


def wrong_operator(field: Field[Any], operator: str) -> ConditionError:
    """The error of asking a field what its type cannot answer."""
    able = listed(operator.key for operator in Operator if operator in field.operators)
    expected = f"an operator that fields of type {field.type} have: {able}"
    return ConditionError(f"condition on {field.name}", [Fault("", expected, operator)])


def _canonical_operand(field: object, operator: object, operand: object) -> object:
    if not _is_field(field):
        raise wrong("condition", "a field", field)
    if not isinstance(operator, Operator) or (operator not in field.answers and operator not in field.told):
        raise wrong_operator(field, operator.key if isinstance(operator, Operator) else shown(operator))
    canonical, faults = checked_operand(field.values, operator, operand)
    if faults:
        raise ConditionError(f"condition on {field.name}", faults)
    return canonical


def _shortened(text: str) -> str:
    return text if len(text) <= SEEN_LIMIT else f"{text[: SEEN_LIMIT - 1]}…"


def _is_field(it: object) -> TypeGuard[Field[Any]]:
    return isinstance(it, Field)
