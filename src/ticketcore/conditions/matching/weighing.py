"""
Weighing: what it takes to ask a part of a condition, and how likely it holds, so that parts are asked in a good order.

What needs the facts alone always comes before what may have to be loaded. Otherwise that comes first which settles most
for the time it takes. These are estimates, judged by what else is asked; they decide how long an answer takes, never
what it is.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Mapping
from functools import cached_property
from math import prod
from typing import Final

import attrs

from ticketcore.conditions.matching.literals import Literal, Question
from ticketcore.conditions.matching.parts import Part, Single, Together
from ticketcore.conditions.operators import SEARCHING, Operand, Operator
from ticketcore.conditions.values import Value
from ticketcore.model.values import FrozenValue


@attrs.frozen(slots=False)
class Weights(FrozenValue):
    """
    What parts weigh among others.

    Args:
        literals: All that are asked, equal ones as often as they are.
    """

    literals: Collection[Literal]

    def in_order(self, part: Together) -> list[Part]:
        """Parts in the order in which they are best asked."""
        return sorted(part.parts, key=self.rank if part.all_of_them else self._rank_of_alternative)

    def rank(self, part: Part, asked: int = 1) -> tuple[bool, float]:
        """
        The place of a part among others that must hold, too; the lowest is asked first.

        Args:
            part: The part.
            asked: How many conditions share what it takes to ask it.
        """
        return not self.is_at_hand(part), self.effort(part) / asked / max(1 - self.chance(part), _LEAST)

    def _rank_of_alternative(self, part: Part) -> tuple[bool, float]:
        return not self.is_at_hand(part), self.effort(part) / max(self.chance(part), _LEAST)

    def is_at_hand(self, part: Part) -> bool:
        """Whether a part needs the facts alone, and nothing that may have to be loaded."""
        match part:
            case Single(literal):
                return literal.question.is_at_hand and literal.operator.operand is not Operand.CALENDAR
            case Together(parts):
                return all(map(self.is_at_hand, parts))
            case _:
                return False

    def effort(self, part: Part) -> float:
        """An estimate of how long a part takes, in look-ups into a dict."""
        match part:
            case Single(literal):
                reading = literal.question.effort / self._asking[literal.question]
                return reading + _EFFORTS.get(literal.operator, 1) + (0 if literal.is_fixed else _EFFORT_OF_MOVING)
            case Together(parts):
                return sum(map(self.effort, parts))
            case _:
                return _EFFORT_OF_ANYTHING

    def chance(self, part: Part) -> float:
        """An estimate of how likely a part holds."""
        match part:
            case Single(literal):
                return self._chance(literal) if literal.holds else 1 - self._chance(literal)
            case Together(parts, all_of_them):
                chances = list(map(self.chance, parts))
                return prod(chances) if all_of_them else 1 - prod(1 - chance for chance in chances)
            case _:
                return _EVEN

    def _chance(self, literal: Literal) -> float:
        operator = literal.operator
        if literal.is_fixed and operator in _NAMED:
            return len(_NAMED[operator](literal.wanted)) / (len(self._named[literal.question]) + _UNNAMED)
        if literal.is_fixed and operator in _SIDES:
            row = self._rows[literal.question]
            below = (bisect_left(row, literal.wanted) + 1) / (len(row) + 1)
            return _SIDES[operator](below)
        return _LIKELY_FOUND if operator in _SOUGHT else _EVEN

    @cached_property
    def _asking(self) -> Mapping[Question, int]:
        return Counter(literal.question for literal in self.literals)

    @cached_property
    def _named(self) -> Mapping[Question, set[Hashable]]:
        named: defaultdict[Question, set[Hashable]] = defaultdict(set)
        for literal in self.literals:
            if literal.is_fixed and literal.operator in _NAMED:
                named[literal.question].update(_NAMED[literal.operator](literal.wanted))
        return named

    @cached_property
    def _rows(self) -> Mapping[Question, list[Value]]:
        rows: defaultdict[Question, set[Value]] = defaultdict(set)
        for literal in self.literals:
            if literal.is_fixed and literal.operator in _SIDES:
                rows[literal.question].add(literal.wanted)
        return {question: sorted(row) for question, row in rows.items()}


_NAMED: Final[Mapping[Operator, Callable[[Value], frozenset[Hashable]]]] = {
    Operator.EQUAL: lambda wanted: frozenset({wanted}),
    Operator.IS_IN: lambda wanted: wanted,
}
"""Operators that name values, and the values."""

_SIDES: Final[Mapping[Operator, Callable[[float], float]]] = {
    Operator.LESS: lambda below: below,
    Operator.AT_MOST: lambda below: below,
    Operator.MORE: lambda below: 1 - below,
    Operator.AT_LEAST: lambda below: 1 - below,
}
"""Operators that like one side of a value, and which share of all that is."""

_SOUGHT: Final = SEARCHING | {Operator.HAS, Operator.HAS_ANY, Operator.HAS_ALL}
"""Operators that look for a part of a value, which is found as likely as any other."""

_EFFORTS: Final = dict.fromkeys(SEARCHING, 2.0)
"""What operators take that take longer than a look-up."""

_EFFORT_OF_MOVING: Final = 10
"""What it takes to find an operand that is another one for other facts."""

_EFFORT_OF_ANYTHING: Final = 20
"""What it takes to ask what was not taken apart."""

_LIKELY_FOUND: Final = 0.15
_EVEN: Final = 0.5
_UNNAMED: Final = 3
"""How many values there are beside those that are named."""

_LEAST: Final = 0.01
"""What stands for a chance of zero, so that nothing is divided by it."""
