"""
Conditions: the nodes they are made of, and the plain way of asking them.

A condition is a comparison, all of some conditions, any of some, or the negation of one. Nodes are values: frozen,
equal by structure, hashable, picklable. `holds` is the meaning of the language; whatever is faster must give the same
answer.
"""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, NoReturn, TypeGuard, TypeVar, overload

import attrs

from ticketcore.conditions.answers import answer
from ticketcore.conditions.errors import ConditionError, wrong
from ticketcore.conditions.explanation import Explanation
from ticketcore.conditions.facts import EventFacts, Facts, TicketFacts
from ticketcore.conditions.operands import checked_operand, compared_operand, current_operand, operand_text, value_text
from ticketcore.conditions.operators import CHANGING, OF_EVENTS, Operator
from ticketcore.conditions.reading import Change, Origin, Read, change_of, way_of
from ticketcore.conditions.values import Value, ValueType
from ticketcore.errors import Fault, listed, shown

S = TypeVar("S", bound=Facts[Any])
S_contra = TypeVar("S_contra", bound=Facts[Any], contravariant=True)

DEPTH_LIMIT: Final = 50
"""How many levels a condition may have, so that walking it is safe."""


SEEN_LIMIT: Final = 200
"""How many characters of a value an explanation shows."""


class Condition(Generic[S_contra]):
    """
    Something that holds for a record or does not.

    Combine conditions with `&`, `|` and `~`. A condition of tickets serves where one of events is wanted.
    Every condition is a `Comparison`, an `All`, an `AnyOf` or a `Not`.
    """

    # No ABC, whose way of telling instances would cost a fifth of the time that it takes to build a condition.

    __slots__ = ()

    depth: int
    """How many levels it has."""

    scope: str | None
    """What it can be asked of: `"ticket"`, `"event"`, …; None for anything."""

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

    # The whole can be asked wherever both parts can; type checkers do not find that out by themselves.

    @overload
    def __and__(self, other: "Condition[S_contra]") -> "Condition[S_contra]": ...
    @overload
    def __and__(self: "Condition[TicketFacts]", other: "Condition[EventFacts]") -> "Condition[EventFacts]": ...
    @overload
    def __and__(self: "Condition[Facts[Any]]", other: "Condition[S]") -> "Condition[S]": ...
    def __and__(self, other: "Condition[Any]") -> "Condition[Any]":
        return all_of(self, other)

    @overload
    def __or__(self, other: "Condition[S_contra]") -> "Condition[S_contra]": ...
    @overload
    def __or__(self: "Condition[TicketFacts]", other: "Condition[EventFacts]") -> "Condition[EventFacts]": ...
    @overload
    def __or__(self: "Condition[Facts[Any]]", other: "Condition[S]") -> "Condition[S]": ...
    def __or__(self, other: "Condition[Any]") -> "Condition[Any]":
        return any_of(self, other)

    if not TYPE_CHECKING:  # type checkers shall refuse it by themselves

        def __rand__(self, other: object) -> NoReturn:
            """Refuses `F.a == b & F.c == d`, in which `&` comes before `==`."""
            raise wrong("a condition after & or |", f"each comparison in parentheses: {EXAMPLE}", other)

        __ror__ = __rand__

    def __invert__(self) -> "Condition[S_contra]":
        return Not(self)

    def __bool__(self) -> NoReturn:
        raise wrong(
            "a condition as a truth value", f"holds(facts), or conditions joined by &, | and ~: {EXAMPLE}", self
        )


EXAMPLE: Final = "(F.type == 'billing') & ~F.tags.has('vip')"
"""How conditions are joined, for messages."""


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


@attrs.frozen(cache_hash=True, repr=False)
class _Group(Condition[S_contra]):
    joint: ClassVar[str]
    heading: ClassVar[str]
    empty: ClassVar[str]

    parts: tuple[Condition[S_contra], ...]
    depth: int = attrs.field(init=False, eq=False, default=1)
    scope: str | None = attrs.field(init=False, eq=False, default=None)

    def __attrs_post_init__(self) -> None:
        parts = _flattened(type(self), self.parts)
        object.__setattr__(self, "parts", parts)
        object.__setattr__(self, "depth", _depth_above(parts))
        object.__setattr__(self, "scope", _scope_of(parts))

    def explain(self, facts: S_contra, /) -> Explanation:
        """The group, with every part explained."""
        parts = tuple(part.explain(facts) for part in self.parts)
        return Explanation(self.heading if parts else self.empty, self.holds(facts), None, parts)

    def comparisons(self) -> Iterator[Comparison[Any]]:
        """All comparisons in its parts."""
        for part in self.parts:
            yield from part.comparisons()

    def __invert__(self) -> Condition[S_contra]:
        return Not(self) if self.parts else _OPPOSITES[type(self)](())

    def __str__(self) -> str:
        return self.joint.join(map(_inner_text, self.parts)) or self.empty

    __repr__ = __str__


@attrs.frozen(cache_hash=True, repr=False)
class All(_Group[S_contra]):
    """
    Holds if all its parts do; without parts it always holds. `all_of` and `&` make it in its simplest form.

    Args:
        parts: Conditions; the parts of an `All` among them become its own.
    """

    joint = " and "
    heading = "all of"
    empty = "always"

    def holds(self, facts: S_contra, /) -> bool:
        """Whether all parts hold."""
        return all(part.holds(facts) for part in self.parts)


@attrs.frozen(cache_hash=True, repr=False)
class AnyOf(_Group[S_contra]):
    """
    Holds if one of its parts does; without parts it never holds. `any_of` and `|` make it in its simplest form.

    Args:
        parts: Conditions; the parts of an `AnyOf` among them become its own.
    """

    joint = " or "
    heading = "any of"
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
    depth: int = attrs.field(init=False, eq=False, default=1)
    scope: str | None = attrs.field(init=False, eq=False, default=None)

    def __attrs_post_init__(self) -> None:
        (part,) = _flattened(type(self), (self.part,))
        object.__setattr__(self, "depth", _depth_above((part,)))
        object.__setattr__(self, "scope", part.scope)

    def holds(self, facts: S_contra, /) -> bool:
        """Whether its part does not hold."""
        return not self.part.holds(facts)

    def explain(self, facts: S_contra, /) -> Explanation:
        """The negation with its part explained; a negated comparison is explained as one."""
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


def all_of(*conditions: Condition[S]) -> Condition[S]:
    """
    The condition that holds if all of these do.

    Args:
        conditions: Any number; with none it always holds.

    Raises:
        ConditionError: Something else than a condition is among them, or they are of different scopes.
    """
    whole = All(conditions)
    if any(isinstance(part, AnyOf) and not part.parts for part in whole.parts):
        return never
    return whole.parts[0] if len(whole.parts) == 1 else whole


def any_of(*conditions: Condition[S]) -> Condition[S]:
    """
    The condition that holds if any of these does.

    Args:
        conditions: Any number; with none it never holds.

    Raises:
        ConditionError: Something else than a condition is among them, or they are of different scopes.
    """
    whole = AnyOf(conditions)
    if any(isinstance(part, All) and not part.parts for part in whole.parts):
        return always
    return whole.parts[0] if len(whole.parts) == 1 else whole


def groups(*alternatives: Iterable[Condition[S]]) -> Condition[S]:
    """
    Condition groups as routing rules have them: all conditions within a group, any of the groups (requirement DP-9).

    Args:
        alternatives: The groups, each some conditions.
    """
    return any_of(*(all_of(*group) for group in alternatives))


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


def _is_condition(it: object) -> TypeGuard[Condition[Any]]:
    return isinstance(it, Condition)


def _flattened(kind: type[Condition[Any]], parts: Iterable[object]) -> tuple[Condition[Any], ...]:
    # A dict, because it keeps the order and drops what is said twice.
    flat: dict[Condition[Any], None] = {}
    for part in parts:
        if not _is_condition(part):
            raise wrong(kind.__name__, f"conditions: {EXAMPLE}", part)
        flat.update(dict.fromkeys(part.parts if isinstance(part, _Group) and isinstance(part, kind) else (part,)))
    return tuple(flat)


def _depth_above(parts: Iterable[Condition[Any]]) -> int:
    depth = 1 + max((part.depth for part in parts), default=0)
    if depth > DEPTH_LIMIT:
        raise wrong("condition", f"at most {DEPTH_LIMIT} levels", depth)
    return depth


def _scope_of(parts: Iterable[Condition[Any]]) -> str | None:
    scopes = {part.scope for part in parts if part.scope is not None}
    if len(scopes) > 1 and scopes != {"ticket", "event"}:
        raise wrong("condition", "conditions of one scope", ", ".join(sorted(scopes)))
    return "event" if len(scopes) > 1 else next(iter(scopes), None)


def _inner_text(part: Condition[Any]) -> str:
    return f"({part})" if isinstance(part, _Group) and part.parts else str(part)


always: Final[Condition[Facts[Any]]] = All(())
"""The condition that always holds."""

never: Final[Condition[Facts[Any]]] = AnyOf(())
"""The condition that never holds."""

_OPPOSITES: Final[Mapping[type, type[_Group[Any]]]] = {All: AnyOf, AnyOf: All}
