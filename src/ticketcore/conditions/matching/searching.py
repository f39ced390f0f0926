"""
Searching: the tables of operators that look for parts of a value, texts in a text or members of a set.

Each part is looked for once for all alternatives. One search per alternative and question is tabulated; others that it
has are asked of what is left then.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from typing import Any, Final, TypeAlias

from ticketcore.conditions.answers import ANSWERS
from ticketcore.conditions.matching.alternatives import Literal
from ticketcore.conditions.matching.table import Asked, LookUp, Table, wanted_by
from ticketcore.conditions.operators import Operator
from ticketcore.conditions.values import Value

LIKELY: Final = 0.1
"""The estimated chance that a part is found."""


def sought_texts(asked: Asked) -> Table | None:
    """
    The table of the texts that are looked for in a text.

    Args:
        asked: Of one question.
    """
    return _table(asked, _TEXTS, _find_texts)


def sought_members(asked: Asked) -> Table | None:
    """
    The table of the members that are looked for in a set.

    Args:
        asked: Of one question.
    """
    return _table(asked, _MEMBERS, _find_members)


def _alone(wanted: Value) -> tuple[Value, ...]:
    return (wanted,)


# What operators look for: an operator that asks for one part, and the parts.
_TEXTS: Final[Mapping[Operator, tuple[Operator, Callable[[Value], Iterable[Hashable]]]]] = {
    Operator.CONTAINS: (Operator.CONTAINS, _alone),
    Operator.CONTAINS_ANY: (Operator.CONTAINS, iter),
    Operator.CONTAINS_WORD: (Operator.CONTAINS_WORD, _alone),
    Operator.STARTS_WITH: (Operator.STARTS_WITH, _alone),
    Operator.ENDS_WITH: (Operator.ENDS_WITH, _alone),
    Operator.LIKE: (Operator.LIKE, _alone),
}
_MEMBERS: Final[Mapping[Operator, tuple[Operator, Callable[[Value], Iterable[Hashable]]]]] = {
    Operator.HAS: (Operator.HAS, _alone),
    Operator.HAS_ANY: (Operator.HAS, iter),
}

_Finder: TypeAlias = Callable[[Mapping[tuple[Operator, Hashable], int]], Callable[[Any], int]]
"""From the masks of those who look for each part, to the way from a value to the mask of those who found one."""


def _table(
    asked: Asked,
    operators: Mapping[Operator, tuple[Operator, Callable[[Value], Iterable[Hashable]]]],
    finder: _Finder,
) -> Table | None:
    chosen = {alternative: _best(literals) for alternative, literals in asked.with_operators(operators).items()}
    if not chosen:
        return None
    sought: defaultdict[tuple[Operator, Hashable], list[int]] = defaultdict(list)
    for alternative, literal in chosen.items():
        operator, parts = operators[literal.comparison.operator]
        for part in parts(wanted_by(literal.comparison)):
            sought[operator, part].append(alternative)
    find = finder({part: asked.mask(several) for part, several in sought.items()})
    unwanted = asked.mask(alternative for alternative, literal in chosen.items() if not literal.holds)
    return Table(
        look_up=_searching(find, asked.mask_without(chosen), unwanted),
        unnamed=0,
        settled={alternative: [literal] for alternative, literal in chosen.items()},
        chances={alternative: LIKELY if literal.holds else 1 - LIKELY for alternative, literal in chosen.items()},
        effort=2 + len(sought) / 3,
    )


def _best(literals: Iterable[Literal]) -> Literal:
    """The literal that excludes most: that something be there, rather than that it be not."""
    return max(literals, key=lambda literal: literal.holds)


def _searching(find: Callable[[Any], int], others: int, unwanted: int) -> LookUp:
    def look_up(value: Value, _unnamed: int) -> int:
        # Whoever found what it looks for says yes; who looks for what must not be there says the opposite.
        return others | (0 if value is None else find(value)) ^ unwanted

    return look_up


def _find_texts(masks: Mapping[tuple[Operator, Hashable], int]) -> Callable[[str], int]:
    within = [(part, mask) for (operator, part), mask in masks.items() if operator is Operator.CONTAINS]
    tests = [(ANSWERS[it], part, mask) for (it, part), mask in masks.items() if it is not Operator.CONTAINS]

    def find(text: str) -> int:
        found = 0
        for part, mask in within:
            if part in text:  # type: ignore[operator]  # what is looked for in a text is one
                found |= mask
        for says, part, mask in tests:
            if says(text, part):
                found |= mask
        return found

    return find


def _find_members(masks: Mapping[tuple[Operator, Hashable], int]) -> Callable[[Collection[Hashable]], int]:
    look_up = {member: mask for (_, member), mask in masks.items()}.get

    def find(members: Collection[Hashable]) -> int:
        found = 0
        for member in members:
            found |= look_up(member, 0)
        return found

    return find
