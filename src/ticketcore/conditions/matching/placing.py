"""
Placing: the tables of operators that compare a value with others by their order.

The values that alternatives compare with stand in a row. A value is at one of them, or between two, or outside; so with
so many there are twice as many places and one more, and for each place there is a mask.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from itertools import accumulate
from operator import and_, xor
from typing import Any, Final

from ticketcore.conditions.matching.alternatives import Literal
from ticketcore.conditions.matching.masks import numbers_in
from ticketcore.conditions.matching.table import TABLE_LIMIT, Asked, LookUp, Table, wanted_by
from ticketcore.conditions.operators import Operator
from ticketcore.conditions.values import Value


def ordered_values(asked: Asked) -> Table | None:
    """
    The table of the places that values can have among those compared with; None if there are none, or too many.

    Args:
        asked: Of one question.
    """
    chosen = asked.with_operators(_SPANS)
    row = sorted({value for literals in chosen.values() for it in literals for value in _compared_with(it)})
    places = 2 * len(row) + 1
    if not chosen or places * asked.size > TABLE_LIMIT:
        return None
    place_of = {value: 2 * number + 1 for number, value in enumerate(row)}
    likes = {
        alternative: reduce(and_, (_liked(literal, place_of, places) for literal in literals))
        for alternative, literals in chosen.items()
    }
    others = asked.mask_without(chosen)
    missing = others | asked.mask(
        it for it, literals in chosen.items() if not any(literal.holds for literal in literals)
    )
    return Table(
        look_up=_placing(row, [others | mask for mask in _masks(likes, places, asked)], missing),
        unnamed=0,
        settled=chosen,
        chances={alternative: liked.bit_count() / places for alternative, liked in likes.items()},
        effort=3,
    )


def _placing(row: Sequence[Value], masks: Sequence[int], missing: int) -> LookUp:
    lowest = row[0]
    known = {value: masks[2 * number + 1] for number, value in enumerate(row)}

    def look_up(value: Value, _unnamed: int) -> int:
        mask = missing if value is None else known.get(value)
        if mask is not None:
            return mask
        number = bisect_left(row, value)
        if not number and not value < lowest:
            raise ValueError(value)  # not a number: it is nowhere, and rules are asked one by one
        return masks[2 * number]

    return look_up


def _compared_with(literal: Literal) -> tuple[Value, ...]:
    wanted = wanted_by(literal.comparison)
    return wanted if literal.comparison.operator is Operator.BETWEEN else (wanted,)


# The places that an operator likes, from the first to the last, of a row whose last place is given.
_SPANS: Final[Mapping[Operator, Callable[[int, int, int], tuple[int, int]]]] = {
    Operator.LESS: lambda at, _to, _last: (0, at - 1),
    Operator.AT_MOST: lambda at, _to, _last: (0, at),
    Operator.MORE: lambda at, _to, last: (at + 1, last),
    Operator.AT_LEAST: lambda at, _to, last: (at, last),
    Operator.BETWEEN: lambda at, to, _last: (at, to),
}


def _liked(literal: Literal, place_of: Mapping[Any, int], places: int) -> int:
    """The mask of the places that a literal likes."""
    ends = [place_of[value] for value in _compared_with(literal)]
    first, last = _SPANS[literal.comparison.operator](ends[0], ends[-1], places - 1)
    span = (1 << last + 1) - (1 << first) if first <= last else 0
    return span if literal.holds else span ^ (1 << places) - 1


def _masks(likes: Mapping[int, int], places: int, asked: Asked) -> list[int]:
    """For each place, the mask of the alternatives that like it."""
    turns: defaultdict[int, list[int]] = defaultdict(list)
    for alternative, liked in likes.items():
        for place in numbers_in(liked ^ liked << 1):  # where it begins or ends to like it
            turns[place].append(alternative)
    return list(accumulate((asked.mask(turns.get(place, ())) for place in range(places)), xor))
