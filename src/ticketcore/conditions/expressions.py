"""
Conditions: the nodes they are made of, and the plain way of asking them.

A condition is a comparison, all of some conditions, any of some, or the negation of one. Nodes are values: frozen, equal by
structure, hashable, picklable. `holds` is the meaning of the language; whatever is faster must give the same answer.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Final, Generic, NoReturn, TypeVar

import attrs

from ticketcore.conditions.answers import answer
from ticketcore.conditions.errors import ConditionError, wrong
from ticketcore.conditions.explanation import Explanation
from ticketcore.conditions.facts import Facts
from ticketcore.conditions.operands import (
    canonical_operand,
    compared_operand,
    current_operand,
    operand_text,
    value_text,
)
from ticketcore.conditions.operators import CHANGES, Operator
from ticketcore.conditions.reading import Origin, Read, change_of
from ticketcore.conditions.values import ValueType
from ticketcore.errors import Fault, listed, shown

S = TypeVar("S", bound=Facts[Any])
S_contra = TypeVar("S_contra", bound=Facts[Any], contravariant=True)

DEPTH_LIMIT: Final = 50


class Condition(ABC, Generic[S_contra]):
    """
    Something that holds for a record or does not.

    Combine conditions with `&`, `|` and `~`. A condition of tickets serves where one of events is wanted.
    """

    __slots__ = ()

    depth: int
    """How many nodes lie on the longest way down."""

    @abstractmethod
    def holds(self, facts: S_contra, /) -> bool:
        """Whether it is so, found by plainly walking the nodes."""

    @abstractmethod
    def explain(self, facts: S_contra, /) -> Explanation:
        """Why it is so or not: every node with the value it saw and its verdict."""

    @abstractmethod
    def comparisons(self) -> Iterator["Comparison[Any]"]:
        """All comparisons in it, from left to right."""

    def fields(self) -> frozenset["Field[Any]"]:
        """The fields that it asks."""
        return frozenset(comparison.field for comparison in self.comparisons())

    def __and__(self: "Condition[S]", other: "Condition[S]") -> "Condition[S]":
        return all_of(self, other)

    def __or__(self: "Condition[S]", other: "Condition[S]") -> "Condition[S]":
        return any_of(self, other)

    def __invert__(self) -> "Condition[S_contra]":
        return Not(self)

    def __bool__(self) -> NoReturn:
        raise wrong(
            "a condition as a truth value",
            "holds(facts), or conditions joined by &, | and ~ with each comparison in parentheses, as in "
            "(F.priority == 'high') & ~F.tags.has('vip')",
            self,
        )


@attrs.frozen(eq=False, repr=False)
class Field(Generic[S_contra]):
    """
    Something that can be asked of a record.

    Args:
        scope: What it can be asked of: `"ticket"`, `"event"`, `"contact"`, …
        name: Its name in JSON and texts: `"subject"`, `"requester.groups"`.
        description: One sentence about it.
        values: The type of its values, or of its members where it has several.
        origin: What it is an attribute of: the record itself, its requester, …
        attribute: The name of that attribute, with dots where it is part of another.
        read: The way from facts to its value.
    """

    operators: ClassVar[frozenset[Operator]] = frozenset()
    type_name: ClassVar[str | None] = None

    scope: str
    name: str
    description: str
    values: ValueType
    origin: Origin
    attribute: str
    read: Read

    @property
    def type(self) -> str:
        """What it holds, in a word: `"text"`, `"set of ids"`."""
        return self.type_name or self.values.name

    def compare(self, operator: Operator, operand: object = None) -> Condition[S_contra]:
        """
        The condition that asks this field something.

        Args:
            operator: One of `operators`.
            operand: What the operator wants on its right.

        Raises:
            ConditionError: The operator does not suit the field, or the operand does not suit either.
        """
        return Comparison(self, operator, operand)

    def compared(self, value: Any) -> Any:
        """A value of this field as it is compared."""
        return None if value is None else self.values.compared(value)

    def text(self, value: Any) -> str:
        """A value of this field as people read it."""
        return value_text(self.values, value)

    def __eq__(self, other: object) -> bool:
        return self.is_same(other)

    def __hash__(self) -> int:
        return hash((self.scope, self.name))

    def is_same(self, other: object) -> bool:
        """Whether it is the same field: same scope, same name, same type."""
        return isinstance(other, Field) and (other.scope, other.name, other.type) == (self.scope, self.name, self.type)

    def __repr__(self) -> str:
        return f"<{self.scope} field {self.name}: {self.type}>"


@attrs.frozen(cache_hash=True, repr=False)
class Comparison(Condition[S_contra]):
    """
    A field, an operator, and what the operator wants on its right.

    Args:
        field: What is asked.
        operator: One of the field's operators.
        operand: A value, a collection, a pair, a time zone or None, as the operator wants it; it stands here in its
            canonical form.

    Raises:
        ConditionError: They do not go together.
    """

    field: Field[S_contra]
    operator: Operator
    operand: Any = None
    depth: ClassVar[int] = 1

    def __attrs_post_init__(self) -> None:
        operand, faults = self._checked()
        if faults:
            raise ConditionError(f"condition on {getattr(self.field, 'name', self.field)}", faults)
        object.__setattr__(self, "operand", operand)

    def _checked(self) -> tuple[object, list[Fault]]:
        if not isinstance(self.field, Field):
            return None, [Fault("field", "a field", shown(self.field))]
        if self.operator not in self.field.operators:
            return None, [wrong_operator(self.field, getattr(self.operator, "key", shown(self.operator)))]
        return canonical_operand(self.field.values, self.operator, self.operand)

    def holds(self, facts: S_contra, /) -> bool:
        """Whether it is so, found by reading the field and asking the table of answers."""
        return self._verdict(self._seen(facts), facts)

    def explain(self, facts: S_contra, /) -> Explanation:
        """The comparison with the value it saw."""
        seen = self._seen(facts)
        return Explanation(str(self), self._verdict(seen, facts), self._seen_text(seen))

    def comparisons(self) -> Iterator["Comparison[Any]"]:
        """Itself."""
        yield self

    def _seen(self, facts: Facts[Any]) -> Any:
        if self.operator in CHANGES:
            return change_of(facts, self.field.name, self.field.attribute)
        return self.field.read(facts)

    def _verdict(self, seen: Any, facts: Facts[Any]) -> bool:
        wanted = current_operand(self.operator, compared_operand(self.field.values, self.operator, self.operand), facts)
        if wanted is None and self.operand is not None:
            return False
        if self.operator not in CHANGES:
            return answer(self.operator, self.field.compared(seen), wanted)
        if seen is None:
            return False
        value = seen.before if self.operator is Operator.CHANGED_FROM else seen.after
        return self.operator is Operator.CHANGED or answer(self.operator, self.field.compared(value), wanted)

    def _seen_text(self, seen: Any) -> str:
        if self.operator not in CHANGES:
            return self.field.text(seen)
        return "unchanged" if seen is None else f"{self.field.text(seen.before)} → {self.field.text(seen.after)}"

    def __str__(self) -> str:
        return self.text(self.operator.text)

    def text(self, operator: str) -> str:
        """The comparison as people read it, with an operator written in some way."""
        operand = operand_text(self.field.values, self.operator, self.operand)
        return f"{self.field.name} {operator}{' ' if operand else ''}{operand}"

    __repr__ = __str__


@attrs.frozen(cache_hash=True, repr=False)
class _Group(Condition[S_contra]):
    """Some conditions, joined."""

    joint: ClassVar[str]
    name: ClassVar[str]
    empty: ClassVar[str]

    parts: tuple[Condition[S_contra], ...] = attrs.field(converter=tuple)
    depth: int = attrs.field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "parts", tuple(_flattened(type(self), self.parts)))
        object.__setattr__(self, "depth", _depth_above(self.parts))

    def explain(self, facts: S_contra, /) -> Explanation:
        """The group, with every part explained."""
        parts = tuple(part.explain(facts) for part in self.parts)
        return Explanation(self.name if parts else self.empty, self.holds(facts), None, parts)

    def comparisons(self) -> Iterator[Comparison[Any]]:
        """All comparisons in its parts."""
        for part in self.parts:
            yield from part.comparisons()

    def __invert__(self) -> Condition[S_contra]:
        return Not(self) if self.parts else _EMPTY_OPPOSITES[type(self)](())

    def __str__(self) -> str:
        return self.joint.join(map(_inner_text, self.parts)) if self.parts else self.empty

    __repr__ = __str__


@attrs.frozen(cache_hash=True, repr=False)
class All(_Group[S_contra]):
    """
    Holds if all its parts do; without parts it always holds.

    Args:
        parts: Conditions; parts of an `All` among them become its own.
    """

    joint = " and "
    name = "all of"
    empty = "always"

    def holds(self, facts: S_contra, /) -> bool:
        """Whether all parts hold."""
        return all(part.holds(facts) for part in self.parts)


@attrs.frozen(cache_hash=True, repr=False)
class AnyOf(_Group[S_contra]):
    """
    Holds if one of its parts does; without parts it never holds.

    Args:
        parts: Conditions; parts of an `AnyOf` among them become its own.
    """

    joint = " or "
    name = "any of"
    empty = "never"

    def holds(self, facts: S_contra, /) -> bool:
        """Whether any part holds."""
        return any(part.holds(facts) for part in self.parts)


@attrs.frozen(cache_hash=True, repr=False)
class Not(Condition[S_contra]):
    """
    Holds if its part does not. `~` makes it, and takes it away again.

    Args:
        part: A condition.
    """

    part: Condition[S_contra]
    depth: int = attrs.field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "depth", _depth_above([self.part]))

    def holds(self, facts: S_contra, /) -> bool:
        """Whether its part does not hold."""
        return not self.part.holds(facts)

    def explain(self, facts: S_contra, /) -> Explanation:
        """The negation with its part explained; of a comparison the opposite one."""
        part = self.part.explain(facts)
        if isinstance(self.part, Comparison):
            return Explanation(str(self), not part.holds, part.seen)
        return Explanation("not", not part.holds, None, (part,))

    def comparisons(self) -> Iterator[Comparison[Any]]:
        """All comparisons in its part."""
        return self.part.comparisons()

    def __invert__(self) -> Condition[S_contra]:
        return self.part

    def __str__(self) -> str:
        if isinstance(self.part, Comparison) and self.part.operator.opposite:
            return self.part.text(self.part.operator.opposite)
        return f"not {_inner_text(self.part)}"

    __repr__ = __str__


def always() -> Condition[Facts[Any]]:
    """The condition that always holds."""
    return All(())


def never() -> Condition[Facts[Any]]:
    """The condition that never holds."""
    return AnyOf(())


def all_of(*conditions: Condition[S]) -> Condition[S]:
    """
    The condition that holds if all of these do.

    Args:
        conditions: Any number; with none it always holds.

    Raises:
        ConditionError: Something else than a condition is among them.
    """
    parts = All(conditions).parts
    if any(part == AnyOf(()) for part in parts):
        return AnyOf(())
    return parts[0] if len(parts) == 1 else All(parts)


def any_of(*conditions: Condition[S]) -> Condition[S]:
    """
    The condition that holds if any of these does.

    Args:
        conditions: Any number; with none it never holds.

    Raises:
        ConditionError: Something else than a condition is among them.
    """
    parts = AnyOf(conditions).parts
    if any(part == All(()) for part in parts):
        return All(())
    return parts[0] if len(parts) == 1 else AnyOf(parts)


def groups(*alternatives: Iterable[Condition[S]]) -> Condition[S]:
    """
    Condition groups as routing rules have them: all conditions within a group, any of the groups (requirement DP-9).

    Args:
        alternatives: Each a group of conditions.
    """
    return any_of(*(all_of(*group) for group in alternatives))


def wrong_operator(field: Field[Any], operator: str) -> Fault:
    """The fault of asking a field what its type cannot answer."""
    able = listed(sorted(it.key for it in field.operators))
    return Fault("", f"an operator for {field.name}, which is of type {field.type}: {able}", operator)


def _flattened(kind: type[_Group[S]], parts: Iterable[Condition[S]]) -> dict[Condition[S], None]:
    # A dict, because it keeps the order and drops what is said twice.
    flat: dict[Condition[S], None] = {}
    for part in parts:
        if not isinstance(part, Condition):
            raise wrong(kind.name, "conditions", part)
        flat.update(dict.fromkeys(part.parts if isinstance(part, kind) else (part,)))
    return flat


def _depth_above(parts: Iterable[Condition[Any]]) -> int:
    depth = 1 + max((part.depth for part in parts), default=0)
    if depth > DEPTH_LIMIT:
        raise wrong("condition", f"at most {DEPTH_LIMIT} levels of nesting", depth)
    return depth


def _inner_text(part: Condition[Any]) -> str:
    return f"({part})" if isinstance(part, _Group) and part.parts else str(part)


_EMPTY_OPPOSITES: Final[dict[type, type[_Group[Any]]]] = {All: AnyOf, AnyOf: All}
