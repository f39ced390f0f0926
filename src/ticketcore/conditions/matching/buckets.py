"""Buckets: what wants one of very many values, kept by value, so that those of other values cost nothing."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import attrs

from ticketcore.conditions.facts import Facts
from ticketcore.conditions.matching.alternatives import Alternative, Literal
from ticketcore.conditions.matching.bitmap import Bitmap
from ticketcore.conditions.matching.questions import Question, Questions
from ticketcore.conditions.matching.table import wanted_by
from ticketcore.conditions.operands import is_fixed
from ticketcore.conditions.operators import Operator
from ticketcore.conditions.reading import Read

Numbered: TypeAlias = Sequence[tuple[int, Alternative]]
"""Alternatives with the places of their conditions, ascending."""

Match: TypeAlias = Callable[[Any], list[int]]
"""From facts to the places of conditions, ascending; one may be there more than once."""

MANY_VALUES: Final = 64
"""From how many values of one question on buckets pay: a bitmap would have a mask of all alternatives for each."""

FEW_VALUES: Final = 16
"""In how many buckets an alternative may stand."""


def matching(numbered: Numbered, questions: Questions) -> Match:
    """
    The way from facts to the places of the conditions that hold.

    Args:
        numbered: The conditions' alternatives.
        questions: What their comparisons ask.
    """
    wishes = _wishes(numbered, questions) if len(numbered) >= MANY_VALUES // FEW_VALUES else {}
    return _Buckets(numbered, questions, wishes).matching if wishes else Bitmap(numbered, questions).matching


def _wishes(numbered: Numbered, questions: Questions) -> Mapping[int, tuple[Question, Literal]]:
    """By place in the sequence: the question by whose answer an alternative is kept, and the literal it fulfils."""
    wishes: defaultdict[int, list[tuple[Question, Literal]]] = defaultdict(list)
    values: defaultdict[Question, set[Hashable]] = defaultdict(set)
    for index, (_, alternative) in enumerate(numbered):
        for literal in alternative.literals:
            if _wants_a_value(literal):
                question = questions.of(literal.comparison)
                wishes[index].append((question, literal))
                values[question].update(_values(literal))
    many = {question for question, several in values.items() if question.is_at_hand and len(several) >= MANY_VALUES}
    return {
        index: max(able, key=lambda wish: len(values[wish[0]]))
        for index, several in wishes.items()
        if (able := [wish for wish in several if wish[0] in many])
    }


def _wants_a_value(literal: Literal) -> bool:
    operator, operand = literal.comparison.operator, literal.comparison.operand
    if not literal.holds or not is_fixed(operator, operand):
        return False
    return operator is Operator.EQUAL or (operator is Operator.IS_IN and len(operand) <= FEW_VALUES)


def _values(literal: Literal) -> Sequence[Hashable]:
    wanted = wanted_by(literal.comparison)
    return (wanted,) if literal.comparison.operator is Operator.EQUAL else tuple(wanted)


class _Buckets:
    """Buckets for each of some questions, and a bitmap of the alternatives that are in none."""

    __slots__ = ("_by_question", "_others")

    def __init__(
        self, numbered: Numbered, questions: Questions, wishes: Mapping[int, tuple[Question, Literal]]
    ) -> None:
        contents: defaultdict[Question, defaultdict[Hashable, list[tuple[int, Alternative]]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for index, (question, literal) in wishes.items():
            place, alternative = numbered[index]
            for value in _values(literal):
                contents[question][value].append((place, alternative.without(literal)))
        others = [it for index, it in enumerate(numbered) if index not in wishes]
        self._others = Bitmap(others, questions) if others else None
        self._by_question: list[tuple[Read, Mapping[Hashable, _Bucket]]] = [
            (question.ask, {value: _Bucket(inside, questions) for value, inside in of_question.items()})
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
    questions: Questions
    _match: Match | None = None

    def matching(self, facts: Facts[Any]) -> list[int]:
        if self._match is None:
            self._match = matching(self.inside, self.questions)
        return self._match(facts)
