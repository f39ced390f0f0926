"""
Searching: the tables of operators that look for parts of a value, texts in a text or members of a set.

Each part is looked for once for all alternatives. One search per alternative and question is tabulated; others that it
has are asked of what is left then.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from functools import partial, reduce
from operator import or_
from typing import Any, Final, TypeAlias

from ticketcore.conditions.answers import ANSWERS
from ticketcore.conditions.matching.literals import Literal, Wish
from ticketcore.conditions.matching.table import Asked, Find, LookUp, Table, nowhere, remembering
from ticketcore.conditions.operators import Operator
from ticketcore.conditions.values import Value

LIKELY: Final = 0.15
"""The estimated chance that a part is found."""

_Parts: TypeAlias = Mapping[tuple[Operator, Any], int]
"""By an operator that looks for one part, and the part, the mask of the alternatives that look for it."""

_Sought: TypeAlias = Mapping[Operator, tuple[Operator, Callable[[Value], Iterable[Hashable]]]]
"""What operators look for: an operator that looks for one part, and the parts."""


def sought_texts(asked: Asked) -> Table | None:
    """
    The table of the texts that are looked for in a text; None if none is.

    Args:
        asked: Of one question.
    """
    return _table(asked, _TEXTS, _find_texts)


def sought_members(asked: Asked) -> Table | None:
    """
    The table of the members that are looked for in a set; None if none is.

    Args:
        asked: Of one question.
    """
    table = _table(asked, _MEMBERS, partial(_find_members, asked.question.compared))
    return table and table._replace(is_comparing=True)


def _alone(wanted: Value) -> tuple[Value, ...]:
    return (wanted,)


_TEXTS: Final[_Sought] = {
    Operator.CONTAINS: (Operator.CONTAINS, _alone),
    Operator.CONTAINS_ANY: (Operator.CONTAINS, iter),
    Operator.CONTAINS_WORD: (Operator.CONTAINS_WORD, _alone),
    Operator.STARTS_WITH: (Operator.STARTS_WITH, _alone),
    Operator.ENDS_WITH: (Operator.ENDS_WITH, _alone),
    Operator.LIKE: (Operator.LIKE, _alone),
}
_MEMBERS: Final[_Sought] = {
    Operator.HAS: (Operator.HAS, _alone),
    Operator.HAS_ANY: (Operator.HAS, iter),
}


def _table(asked: Asked, operators: _Sought, finder: Callable[[_Parts], Find]) -> Table | None:
    chosen = {wish: _best(part) for wish, part in asked.parts(operators).items()}
    if not chosen:
        return None
    parts = defaultdict[tuple[Operator, Any], int](int)
    for wish, literal in chosen.items():
        operator, sought = operators[literal.operator]
        for part in sought(literal.wanted):
            parts[operator, part] |= asked.mask(wish)
    others = asked.mask_of_others(chosen)
    unwanted = reduce(or_, (asked.mask(wish) for wish, literal in chosen.items() if not literal.holds), 0)
    return Table(
        look_up=_searching(finder(parts), others, unwanted),
        unnamed=None,
        find=nowhere,
        settled={wish: (literal,) for wish, literal in chosen.items()},
        chances={wish: LIKELY if literal.holds else 1 - LIKELY for wish, literal in chosen.items()},
        effort=3 + len(parts),
    )


def _searching(find: Find, others: int, unwanted: int) -> LookUp:
    def look_up(value: Value, _unnamed: int | None) -> int:
        # Whoever finds what it looks for says yes; who looks for what must not be there says the opposite.
        return others | (0 if value is None else find(value)) ^ unwanted

    return look_up


def _best(part: Wish) -> Literal:
    """The literal that excludes most: that something be there, rather than that it be not."""
    return max(part, key=lambda literal: literal.holds)


def _find_texts(parts: _Parts) -> Find:
    within = [(part, mask) for (operator, part), mask in parts.items() if operator is Operator.CONTAINS]
    tests = [(ANSWERS[it], part, mask) for (it, part), mask in parts.items() if it is not Operator.CONTAINS]

    def find(text: str) -> int:
        found = 0
        for part, mask in within:
            if part in text:
                found |= mask
        for says, part, mask in tests:
            if says(text, part):
                found |= mask
        return found

    return find


def _find_members(compared: Callable[[Any], Any] | None, parts: _Parts) -> Find:
    masks = {member: mask for (_, member), mask in parts.items()}
    known, find_one = remembering(lambda member: masks.get(compared(member) if compared else member, 0))
    look_up = known.get

    def find(members: Collection[Hashable]) -> int:
        found = 0
        for member in members:
            mask = look_up(member)
            found |= find_one(member) if mask is None else mask
        return found

    return find
