"""
Conditions: what they are, how they are joined and negated, and the plain way of asking them.

A condition is a comparison (`comparisons`), all of some conditions, any of some, or the negation of one. Conditions are
values: frozen, equal by structure, hashable, picklable. `holds` is the meaning of the language; whatever is faster must
give the same answer.
"""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, NoReturn, TypeGuard, TypeVar, overload

import attrs

from ticketcore.conditions.errors import wrong
from ticketcore.conditions.explanation import Explanation
from ticketcore.conditions.facts import EventFacts, Facts, TicketFacts

if TYPE_CHECKING:
    from ticketcore.conditions.comparisons import Comparison, Field

S = TypeVar("S", bound=Facts[Any])
S_contra = TypeVar("S_contra", bound=Facts[Any], contravariant=True)

DEPTH_LIMIT: Final = 50
"""How many levels a condition may have, so that walking it is safe."""


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

    def explain_opposite(self, facts: S_contra, /) -> Explanation:
        """Why its negation is so or not."""
        part = self.explain(facts)
        return Explanation("not", not part.holds, None, (part,))

    @property
    def opposite_text(self) -> str:
        """Its negation as people read it."""
        return f"not {_inner_text(self)}"

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

    def comparisons(self) -> Iterator["Comparison[Any]"]:
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
        return self.part.explain_opposite(facts)

    def comparisons(self) -> Iterator["Comparison[Any]"]:
        """All comparisons in its part."""
        return self.part.comparisons()

    def __invert__(self) -> Condition[S_contra]:
        return self.part

    def __str__(self) -> str:
        return self.part.opposite_text

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
