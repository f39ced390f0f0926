"""
Naming: the tables of operators that look at a value as a whole, and name those that they like.

For each value that any alternative names there is a mask, and one for all that nobody names.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Mapping
from typing import Any, Final

from ticketcore.conditions.answers import answer
from ticketcore.conditions.matching.literals import UNCHANGED, Literal, Wish
from ticketcore.conditions.matching.table import TABLE_LIMIT, Asked, Table, nowhere, remembering
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
    parts = {
        wish: kept
        for wish, part in asked.parts(_NAMES).items()
        if (kept := tuple([literal for literal in part if len(_named(literal)) <= NAMED_LIMIT]))
    }
    named = {value for part in parts.values() for value in _named_in(part)}
    if not parts or len(named) * asked.size > TABLE_LIMIT:
        return None
    unnamed, odd = asked.mask_of_others(parts), defaultdict[Hashable, int](int)
    chances = {}
    for wish, part in parts.items():
        mask, likes_unnamed = asked.mask(wish), _likes(part, _UNNAMED)
        others = [value for value in _named_in(part) if _likes(part, value) is not likes_unnamed]
        if likes_unnamed:
            unnamed |= mask
        for value in others:
            odd[value] |= mask
        share = len(others) / (len(named) + 1)
        chances[wish] = 1 - share if likes_unnamed else share
    known = {value: unnamed ^ mask for value, mask in odd.items()}
    compared = asked.question.compared
    if compared is None or asked.question.is_of_members:
        return Table(known.get, unnamed, nowhere, settled=parts, chances=chances, effort=1)
    remembered, find = remembering(lambda value: known.get(value if value is None else compared(value), unnamed))
    return Table(remembered.get, None, find, settled=parts, chances=chances, effort=1, is_comparing=True)


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


def _named(literal: Literal) -> Collection[Hashable]:
    return _NAMES[literal.operator](literal.wanted)


def _named_in(part: Wish) -> set[Hashable]:
    return {value for literal in part for value in _named(literal)}


def _likes(part: Wish, value: Hashable) -> bool:
    return all(_says(literal, value) is literal.holds for literal in part)


def _says(literal: Literal, value: Hashable) -> bool:
    if literal.operator is Operator.CHANGED:
        return value is True
    return value is not UNCHANGED and answer(literal.operator, value, literal.wanted)
