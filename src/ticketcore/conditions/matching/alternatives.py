"""
Alternatives: a condition as several ways in which it can hold, each a plain list of literals.

`(a | b) & ~(c | d)` is `a & ~c & ~d` or `b & ~c & ~d`. The language knows true and false and nothing between, so this
changes no answer. What would come to too many alternatives stays together, to be asked as it is.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import attrs

from ticketcore.conditions.comparisons import Comparison
from ticketcore.conditions.expressions import All, AnyOf, Condition, Not
from ticketcore.conditions.matching.literals import Literal, Literals
from ticketcore.conditions.operators import Operator
from ticketcore.model.values import FrozenValue

ALTERNATIVES_LIMIT: Final = 8
"""How many alternatives a condition may come to; each takes a bit, so more would make all others slower."""


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


@attrs.frozen
class Alternatives(FrozenValue):
    """
    Takes conditions apart.

    Args:
        literals: Where literals are taken from, so that equal ones are one.
    """

    literals: Literals = attrs.field(factory=Literals)

    def of(self, condition: Condition[Any]) -> Sequence[Alternative]:
        """The ways in which a condition can hold; it holds if one of them does."""
        return self._ways(condition, holds=True)

    def _ways(self, condition: Condition[Any], *, holds: bool) -> Sequence[Alternative]:
        match condition:
            case Comparison():
                return self._ways_of_comparison(condition, holds=holds)
            case Not(part):
                return self._ways(part, holds=not holds)
            case All(parts):
                return self._jointly(parts, holds=True) if holds else self._either(parts, holds=False)
            case AnyOf(parts):
                return self._either(parts, holds=True) if holds else self._jointly(parts, holds=False)
            case _:
                return [_as_it_is(condition, holds=holds)]

    def _jointly(self, parts: Iterable[Condition[Any]], *, holds: bool) -> Sequence[Alternative]:
        literals: list[Literal] = []
        rest: list[Condition[Any]] = []
        several = []
        for part in parts:
            if isinstance(part, Comparison) and part.operator not in _ALL_OF_EACH:  # most are
                literals.append(self.literals.of(part, holds=holds))
                continue
            ways = self._ways(part, holds=holds)
            if len(ways) == 1:
                literals.extend(ways[0].literals)
                rest.extend(ways[0].rest)
            else:
                several.append((part, ways))
        whole: Sequence[Alternative] = [Alternative(tuple(literals), tuple(rest))]
        for part, ways in several:
            able = len(whole) * len(ways) <= ALTERNATIVES_LIMIT
            factor = ways if able else [_as_it_is(part, holds=holds)]
            whole = [one.joined(other) for one in whole for other in factor]
        return whole

    def _either(self, parts: tuple[Condition[Any], ...], *, holds: bool) -> Sequence[Alternative]:
        ways = [way for part in parts for way in self._ways(part, holds=holds)]
        if len(ways) <= ALTERNATIVES_LIMIT:
            return ways
        return [_as_it_is(AnyOf(parts) if holds else All(parts), holds=holds)]

    def _ways_of_comparison(self, comparison: Comparison[Any], *, holds: bool) -> Sequence[Alternative]:
        one = _ALL_OF_EACH.get(comparison.operator)
        if one is None or not comparison.operand:  # of no members, all are there whenever there is anything
            return [Alternative((self.literals.of(comparison, holds=holds),))]
        each = tuple(comparison.field.compare(one, member) for member in comparison.operand)
        return self._jointly(each, holds=True) if holds else self._either(each, holds=False)


def _as_it_is(condition: Condition[Any], *, holds: bool) -> Alternative:
    return Alternative(rest=(condition if holds else ~condition,))


_ALL_OF_EACH: Final = {Operator.CONTAINS_ALL: Operator.CONTAINS, Operator.HAS_ALL: Operator.HAS}
"""Operators that ask for each of several, and those that ask for one."""
