"""
Naming: the tables of operators that look at a value as a whole, and name those that they like.

For each value that any alternative names there is a mask, and one for all that nobody names.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Mapping
from typing import Any, Final, NamedTuple

from ticketcore.conditions.answers import answer
from ticketcore.conditions.matching.alternatives import Literal
from ticketcore.conditions.matching.questions import UNCHANGED
from ticketcore.conditions.matching.table import TABLE_LIMIT, Asked, Table, wanted_by
from ticketcore.conditions.operators import Operator
from ticketcore.conditions.values import Value

NAMED_LIMIT: Final = 64
"""How many values a comparison may name to be tabulated; whether a value is among many is quickly asked by itself."""


def named_values(asked: Asked) -> Table | None:
    """
    The table of the values that are named; None if none is, or too many are.

    Args:
        asked: Of one question.
    """
    wishes = {
        alternative: kept
        for alternative, literals in asked.with_operators(_NAMES).items()
        if (kept := [wish for wish in map(_wish, literals) if len(wish.named) <= NAMED_LIMIT])
    }
    named = {value for several in wishes.values() for wish in several for value in wish.named}
    if not wishes or len(named) * asked.size > TABLE_LIMIT:
        return None
    pleased, others = _pleased(wishes)
    unnamed = asked.mask(pleased) | asked.mask_without(wishes)
    return Table(
        look_up={value: unnamed ^ asked.mask(which) for value, which in others.items()}.get,
        unnamed=unnamed,
        settled={alternative: [wish.literal for wish in several] for alternative, several in wishes.items()},
        chances=_chances(wishes, pleased, others, len(named)),
        effort=1,
    )


class _Wish(NamedTuple):
    """What a literal makes of values: of which ones it speaks, and what its operator says of one."""

    literal: Literal
    named: Collection[Hashable]
    says: Callable[[Hashable], bool]

    def likes(self, value: Hashable) -> bool:
        return self.says(value) is self.literal.holds


def _wish(literal: Literal) -> _Wish:
    operator, wanted = literal.comparison.operator, wanted_by(literal.comparison)
    return _Wish(
        literal, _NAMES[operator](wanted), lambda value: value is not UNCHANGED and _says(operator, value, wanted)
    )


def _says(operator: Operator, value: Hashable, wanted: Value) -> bool:
    return bool(value) if operator is Operator.CHANGED else answer(operator, value, wanted)


_MISSING: Final = (None,)
_NOTHING_DONE: Final = (None, UNCHANGED)

# Beside the values themselves every operator has an opinion on a missing one, and those of changes on no change.
_NAMES: Final[Mapping[Operator, Callable[[Value], Collection[Hashable]]]] = {
    Operator.EQUAL: lambda wanted: (wanted, *_MISSING),
    Operator.IS_IN: lambda wanted: (*wanted, *_MISSING),
    Operator.IS_SET: lambda _nothing: _MISSING,
    Operator.EXACTLY: lambda wanted: (wanted,),
    Operator.IS_EMPTY: lambda _nothing: (frozenset(),),
    Operator.CHANGED: lambda _nothing: (True, False),
    Operator.CHANGED_FROM: lambda wanted: (*wanted, *_NOTHING_DONE),
    Operator.CHANGED_TO: lambda wanted: (*wanted, *_NOTHING_DONE),
}

_UNNAMED: Any = object()
"""Stands for all values that nobody names: it equals none of them, and is not missing."""


def _pleased(wishes: Mapping[int, list[_Wish]]) -> tuple[list[int], Mapping[Hashable, list[int]]]:
    """The alternatives that like what nobody names; and by value those that think otherwise of it."""
    pleased: list[int] = []
    others: defaultdict[Hashable, list[int]] = defaultdict(list)
    for alternative, several in wishes.items():
        likes_unnamed = all(wish.likes(_UNNAMED) for wish in several)
        if likes_unnamed:
            pleased.append(alternative)
        for value in {value for wish in several for value in wish.named}:
            if all(wish.likes(value) for wish in several) is not likes_unnamed:
                others[value].append(alternative)
    return pleased, others


def _chances(
    wishes: Mapping[int, list[_Wish]], pleased: list[int], others: Mapping[Hashable, list[int]], named: int
) -> dict[int, float]:
    """How many of the values that are named each alternative likes, all that are not named counting as one."""
    odd = dict.fromkeys(wishes, 0)
    for several in others.values():
        for alternative in several:
            odd[alternative] += 1
    chances = {alternative: number / (named + 1) for alternative, number in odd.items()}
    chances.update((alternative, 1 - chances[alternative]) for alternative in pleased)
    return chances
