"""
Parts: a condition taken apart as far as it is known what its parts ask, with its groups as they stand.

Unlike `alternatives`, nothing is multiplied out. Negations are moved to what asks something, which changes no answer:
the language knows true and false and nothing between.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeAlias

import attrs

from ticketcore.conditions.comparisons import Comparison
from ticketcore.conditions.expressions import All, AnyOf, Condition, Not
from ticketcore.conditions.matching.literals import Literal, Literals
from ticketcore.model.values import FrozenValue

PARTS_LIMIT: Final = 100
"""How many parts a group may have, those of its groups included, to be taken apart; what has more is asked as it is."""


@attrs.frozen(eq=False)
class Single:
    """
    A part that asks one question. Equal ones are one.

    Args:
        literal: The literal.
    """

    literal: Literal


@attrs.frozen(eq=False)
class Whole:
    """
    A part that is asked as it is.

    Args:
        condition: The condition.
    """

    condition: Condition[Any]


@attrs.frozen(eq=False)
class Together:
    """
    Several parts.

    Args:
        parts: The parts.
        all_of_them: Whether all must hold, or one of them is enough.
    """

    parts: Sequence["Part"]
    all_of_them: bool


Part: TypeAlias = Single | Whole | Together


@attrs.frozen
class Parts(FrozenValue):
    """Takes conditions apart."""

    _literals: Literals = attrs.field(factory=Literals, init=False)
    _singles: dict[Literal, Single] = attrs.field(factory=dict, init=False)

    def of(self, condition: Condition[Any], *, holds: bool = True) -> Part:
        """
        The parts of a condition.

        Args:
            condition: The condition.
            holds: Whether it must hold, or must not.
        """
        match condition:
            case Comparison():
                literal = self._literals.of(condition, holds=holds)
                return self._singles.setdefault(literal, Single(literal))
            case Not(part):
                return self.of(part, holds=not holds)
            case All(parts) | AnyOf(parts) if len(parts) <= PARTS_LIMIT:
                whole = Together([self.of(it, holds=holds) for it in parts], isinstance(condition, All) is holds)
                return whole if sum(1 for _ in literals_in(whole)) <= PARTS_LIMIT else _as_it_is(condition, holds=holds)
            case _:
                return _as_it_is(condition, holds=holds)


def literals_in(part: Part) -> Iterator[Literal]:
    """The literals in a part, equal ones as often as they are there."""
    match part:
        case Single(literal):
            yield literal
        case Together(parts):
            for it in parts:
                yield from literals_in(it)
        case Whole():
            pass


def _as_it_is(condition: Condition[Any], *, holds: bool) -> Whole:
    return Whole(condition if holds else ~condition)
