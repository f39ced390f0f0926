"""Buckets: what wants one of very many values, kept by value, so that those of other values cost nothing."""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from typing import Any, Final, TypeAlias

import attrs

from ticketcore.conditions.expressions import Condition
from ticketcore.conditions.facts import Facts
from ticketcore.conditions.matching.alternatives import Alternative, Alternatives
from ticketcore.conditions.matching.bitmap import Bitmap, Numbered
from ticketcore.conditions.matching.literals import Literal, Question
from ticketcore.conditions.operators import Operator
from ticketcore.conditions.reading import Read

Match: TypeAlias = Callable[[Any], list[int]]
"""From facts to the places of conditions, ascending; one may be there more than once."""

MANY_VALUES: Final = 64
"""From how many values of one question on buckets pay: a bitmap would have a mask of all alternatives for each."""

FEW_VALUES: Final = 16
"""In how many buckets an alternative may stand."""


def tabulated(conditions: Iterable[Condition[Any]]) -> Match:
    """
    The way from facts to the places of the conditions that hold.

    Args:
        conditions: Any number.
    """
    alternatives = Alternatives()
    numbered = [(place, way) for place, condition in enumerate(conditions) for way in alternatives.of(condition)]
    match = matching(numbered)
    repeats = len(numbered) > len({place for place, _ in numbered})
    return (lambda facts: sorted(set(match(facts)))) if repeats else match


def matching(numbered: Numbered) -> Match:
    """
    The way from facts to the places of the conditions that hold.

    Args:
        numbered: The conditions' alternatives.
    """
    keys = _keys(numbered) if len(numbered) >= MANY_VALUES // FEW_VALUES else {}
    return _Buckets(numbered, keys).matching if keys else Bitmap(numbered).matching


def _keys(numbered: Numbered) -> Mapping[int, Literal]:
    """By place in the sequence, the literal for whose sake an alternative is kept in a bucket."""
    values: defaultdict[Question, set[Hashable]] = defaultdict(set)
    asked = {literal for _, alternative in numbered for literal in alternative.literals}
    wanting = {literal: wanted for literal in asked if (wanted := _values(literal))}
    for literal, wanted in wanting.items():
        values[literal.question].update(wanted)
    many = {question: len(several) for question, several in values.items() if len(several) >= MANY_VALUES}
    able = {literal: many[literal.question] for literal in wanting if literal.question in many}
    return {
        index: max(literals, key=able.__getitem__)
        for index, (_, alternative) in enumerate(numbered)
        if able and (literals := [literal for literal in alternative.literals if literal in able])
    }


def _values(literal: Literal) -> Collection[Hashable]:
    """The values that it wants, if they are few and can be told without loading anything."""
    if not (literal.holds and literal.is_fixed and literal.question.is_at_hand):
        return ()
    if literal.operator is Operator.EQUAL:
        return (literal.wanted,)
    return literal.wanted if literal.operator is Operator.IS_IN and len(literal.wanted) <= FEW_VALUES else ()


class _Buckets:
    """Buckets for each of some questions, and a bitmap of the alternatives that are in none."""

    __slots__ = ("_by_question", "_others")

    def __init__(self, numbered: Numbered, keys: Mapping[int, Literal]) -> None:
        contents: defaultdict[Question, defaultdict[Hashable, list[tuple[int, Alternative]]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for index, literal in keys.items():
            place, alternative = numbered[index]
            for value in _values(literal):
                contents[literal.question][value].append((place, alternative.without(literal)))
        others = [it for index, it in enumerate(numbered) if index not in keys]
        self._others = Bitmap(others) if others else None
        self._by_question: list[tuple[Read, Mapping[Hashable, _Bucket]]] = [
            (question.ask, {value: _Bucket(inside) for value, inside in of_question.items()})
            for question, of_question in contents.items()
        ]

    def matching(self, facts: Facts[Any]) -> list[int]:
        """The places of the conditions that hold, ascending."""
        places = self._others.matching(facts) if self._others else []
        for ask, buckets in self._by_question:
            bucket = buckets.get(ask(facts))
            if bucket is not None:
                places += bucket.matching(facts)
        places.sort()
        return places


@attrs.define
class _Bucket:
    """The alternatives of one value. Most are never asked, so it is made ready when it first is."""

    inside: Numbered
    _match: Match | None = None

    def matching(self, facts: Facts[Any]) -> list[int]:
        if self._match is None:
            self._match = matching(self.inside)
        return self._match(facts)
