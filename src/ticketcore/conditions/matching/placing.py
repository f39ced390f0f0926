"""
Placing: the tables of operators that compare a value with others by their order.

The values that alternatives compare with stand in a row. A value is at one of them, or between two, or outside; so with
so many there are twice as many places and one more, and for each place there is a mask.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from itertools import accumulate
from operator import and_, or_, xor
from typing import Any, Final

from ticketcore.conditions.matching.literals import Literal, Wish
from ticketcore.conditions.matching.masks import numbers_in
from ticketcore.conditions.matching.table import TABLE_LIMIT, Asked, Find, Table
from ticketcore.conditions.operators import Operator
from ticketcore.conditions.values import Value

NUMBERS_LIMIT: Final = 100
"""Between numbers that lie no further apart than this, the masks of all whole ones are known beforehand."""


def ordered_values(asked: Asked) -> Table | None:
    """
    The table of the places that values can have among those compared with; None if there are none, or too many.

    Args:
        asked: Of one question.
    """
    parts = asked.parts(_SPANS)
    row = sorted({value for part in parts.values() for literal in part for value in _compared_with(literal)})
    places = 2 * len(row) + 1
    if not parts or places * asked.size > TABLE_LIMIT:
        return None
    place_of = {value: 2 * number + 1 for number, value in enumerate(row)}
    likes = {wish: reduce(and_, (_liked(it, place_of, places) for it in part)) for wish, part in parts.items()}
    others = asked.mask_of_others(parts)
    masks = [others | mask for mask in _masks(likes, places, asked)]
    find = _placing(row, masks)
    known: dict[Any, int] = {value: masks[place] for value, place in place_of.items()}
    known.update((value, find(value)) for value in _neighbours(row) if value not in known)
    known[None] = reduce(or_, (asked.mask(wish) for wish, part in parts.items() if _likes_missing(part)), others)
    chances = {wish: liked.bit_count() / places for wish, liked in likes.items()}
    return Table(known.get, None, find, settled=parts, chances=chances, effort=3)


def _placing(row: Sequence[Value], masks: Sequence[int]) -> Find:
    """The way from a value that is none of the row to the mask of its place."""
    lowest = row[0]

    def find(value: Value) -> int:
        number = bisect_left(row, value)
        if not number and not value < lowest:
            raise ValueError(value)  # no number: it is neither here nor there, and conditions are asked one by one
        return masks[2 * number]

    return find


def _neighbours(row: Sequence[Value]) -> Iterable[int]:
    """The whole numbers from just below a row of numbers to just above it, if they are few."""
    first, last = row[0], row[-1]
    if not isinstance(first, (int, float)) or last - first > NUMBERS_LIMIT:
        return ()
    return range(int(first) - 1, int(last) + 2)


# The places that an operator likes, from the first to the last, of a row whose last place is given.
_SPANS: Final[Mapping[Operator, Callable[[int, int, int], tuple[int, int]]]] = {
    Operator.LESS: lambda at, _to, _last: (0, at - 1),
    Operator.AT_MOST: lambda at, _to, _last: (0, at),
    Operator.MORE: lambda at, _to, last: (at + 1, last),
    Operator.AT_LEAST: lambda at, _to, last: (at, last),
    Operator.BETWEEN: lambda at, to, _last: (at, to),
}


def _compared_with(literal: Literal) -> tuple[Value, ...]:
    return literal.wanted if literal.operator is Operator.BETWEEN else (literal.wanted,)


def _liked(literal: Literal, place_of: Mapping[Any, int], places: int) -> int:
    """The mask of the places that a literal likes."""
    ends = [place_of[value] for value in _compared_with(literal)]
    first, last = _SPANS[literal.operator](ends[0], ends[-1], places - 1)
    span = (1 << last + 1) - (1 << first) if first <= last else 0
    return span if literal.holds else span ^ (1 << places) - 1


def _likes_missing(part: Wish) -> bool:
    return not any(literal.holds for literal in part)


def _masks(likes: Mapping[Wish, int], places: int, asked: Asked) -> list[int]:
    """For each place, the mask of the alternatives that like it."""
    turns = defaultdict[int, int](int)
    for wish, liked in likes.items():
        for place in numbers_in(liked ^ liked << 1):  # where it begins or ends to like it
            turns[place] ^= asked.mask(wish)
    return list(accumulate((turns[place] for place in range(places)), xor))
