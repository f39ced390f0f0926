"""
Alternatives: a condition as several ways in which it can hold, each a plain list of comparisons.

`(a | b) & ~(c | d)` is `a & ~c & ~d` or `b & ~c & ~d`. The language knows true and false and nothing between, so this
changes no answer. What would come to too many alternatives stays together, to be asked as it is.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from ticketcore.conditions.expressions import All, AnyOf, Comparison, Condition, Not
from ticketcore.conditions.operators import Operator

ALTERNATIVES_LIMIT: Final = 8
"""How many alternatives a condition may come to; each takes a bit, so more would make all others slower."""


class Literal(NamedTuple):
    """A comparison that must hold, or must not."""

    comparison: Comparison[Any]
    holds: bool

    @property
    def condition(self) -> Condition[Any]:
        """The same as a condition."""
        return self.comparison if self.holds else ~self.comparison


class Alternative(NamedTuple):
    """
    One way in which a condition can hold: everything in it is so.

    Args:
        literals: What may be tabulated.
        rest: What is asked as it is.
    """

    literals: tuple[Literal, ...] = ()
    rest: tuple[Condition[Any], ...] = ()

    def joined(self, other: "Alternative") -> "Alternative":
        """Both together."""
        return Alternative(self.literals + other.literals, self.rest + other.rest)

    def without(self, literal: Literal) -> "Alternative":
        """What is left when a literal is known to be so."""
        return Alternative(tuple([it for it in self.literals if it is not literal]), self.rest)


def alternatives(condition: Condition[Any]) -> Sequence[Alternative]:
    """
    The ways in which a condition can hold; it holds if one of them does.

    Args:
        condition: Any condition.
    """
    return _ways(condition, holds=True)


def _ways(condition: Condition[Any], *, holds: bool) -> Sequence[Alternative]:
    match condition:
        case Comparison():
            return _ways_of_comparison(condition, holds=holds)
        case Not(part):
            return _ways(part, holds=not holds)
        case All(parts):
            return _jointly(parts, holds=holds) if holds else _either(parts, holds=holds)
        case AnyOf(parts):
            return _either(parts, holds=holds) if holds else _jointly(parts, holds=holds)
        case _:
            return [_as_it_is(condition, holds=holds)]


def _jointly(parts: Iterable[Condition[Any]], *, holds: bool) -> Sequence[Alternative]:
    whole: Sequence[Alternative] = [Alternative()]
    for part in parts:
        ways = _ways(part, holds=holds)
        if len(whole) * len(ways) > ALTERNATIVES_LIMIT:
            ways = [_as_it_is(part, holds=holds)]
        whole = [one.joined(other) for one in whole for other in ways]
    return whole


def _either(parts: tuple[Condition[Any], ...], *, holds: bool) -> Sequence[Alternative]:
    ways = [way for part in parts for way in _ways(part, holds=holds)]
    if len(ways) <= ALTERNATIVES_LIMIT:
        return ways
    return [_as_it_is(AnyOf(parts) if holds else All(parts), holds=holds)]


def _as_it_is(condition: Condition[Any], *, holds: bool) -> Alternative:
    return Alternative(rest=(condition if holds else ~condition,))


_ALL_OF_EACH: Final = {Operator.CONTAINS_ALL: Operator.CONTAINS, Operator.HAS_ALL: Operator.HAS}
"""Operators that ask for each of several, and those that ask for one."""


def _ways_of_comparison(comparison: Comparison[Any], *, holds: bool) -> Sequence[Alternative]:
    one = _ALL_OF_EACH.get(comparison.operator)
    if one is None or not comparison.operand:  # of no members, all are there whenever there is something to look at
        return [Alternative((Literal(comparison, holds),))]
    each = [comparison.field.compare(one, member) for member in comparison.operand]
    return _jointly(each, holds=True) if holds else _either(tuple(each), holds=False)
