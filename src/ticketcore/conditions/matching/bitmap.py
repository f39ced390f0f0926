"""
The bitmap: alternatives as bits of an integer, of which tables of answers leave those that hold.

Every alternative has a bit. For each question that alternatives ask, such as the value of a field, it is tabulated once
which of them each answer does not contradict, as one big integer. Facts are then a handful of look-ups whose integers
are joined by `&`: what is left are the alternatives that hold. The order of the questions is chosen so that few are
left soon, and a question that nothing left asks is not asked at all. What cannot be tabulated, such as a time that
moves with now, is asked of what is left, in the plain compiled way.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from ticketcore.conditions.compiling import compile_condition
from ticketcore.conditions.expressions import all_of
from ticketcore.conditions.facts import Facts
from ticketcore.conditions.matching.alternatives import Alternative
from ticketcore.conditions.matching.literals import Literal, Question, Wish
from ticketcore.conditions.matching.masks import mask_of, numbers_in
from ticketcore.conditions.matching.naming import named_values
from ticketcore.conditions.matching.placing import ordered_values
from ticketcore.conditions.matching.searching import sought_members, sought_texts
from ticketcore.conditions.matching.table import Asked, Find, LookUp, Table, nowhere
from ticketcore.conditions.reading import Read

KINDS: Final = (named_values, ordered_values, sought_texts, sought_members)
"""The kinds of tables."""

SAMPLE: Final = 1_000
"""How many alternatives are looked at to find a good order of questions."""

Numbered: TypeAlias = Sequence[tuple[int, Alternative]]
"""Alternatives with the places of their conditions, ascending."""


class Step(NamedTuple):
    """
    A question, and what its answer leaves.

    Args:
        needed_by: The mask of the alternatives that ask it; if all of them are gone, nobody asks.
        ask: The way from the facts to the answer.
        look_up: From an answer, and `unnamed`, to the mask of the alternatives that it does not contradict.
        unnamed: The mask of answers that `look_up` does not know; None if that depends on the answer.
        find: The way from the answer to the mask then.
    """

    needed_by: int
    ask: Read
    look_up: LookUp
    unnamed: int | None
    find: Find


class Bitmap:
    """
    Some numbered alternatives, of which facts leave those that hold.

    Args:
        numbered: The alternatives.
    """

    __slots__ = ("_all", "_numbers", "_rest", "_steps", "_unsettled")

    def __init__(self, numbered: Numbered) -> None:
        size = len(numbered)
        looked_up = [*_tabulated(numbered)]
        rest = {bit: [*alternative.rest] for bit, (_, alternative) in enumerate(numbered) if alternative.rest}
        for one in looked_up:
            for bit, literal in one.unsettled():
                rest.setdefault(bit, []).append(literal.condition)
        self._numbers = [number for number, _ in numbered]
        self._all = (1 << size) - 1
        self._steps = [one.step() for one in _in_order([one for one in looked_up if one.tables])]
        self._rest = {bit: compile_condition(all_of(*conditions)) for bit, conditions in rest.items()}
        self._unsettled = mask_of(rest, size)

    def matching(self, facts: Facts[Any]) -> list[int]:
        """The numbers of the alternatives that hold, ascending; one may be there more than once."""
        left = self._all
        for needed_by, ask, look_up, unnamed, find in self._steps:
            if left & needed_by:
                answer = ask(facts)
                mask = look_up(answer, unnamed)
                left &= find(answer) if mask is None else mask
                if not left:
                    return []
        numbers, rest = self._numbers, self._rest
        if left & self._unsettled:
            return [numbers[bit] for bit in numbers_in(left) if bit not in rest or rest[bit](facts)]
        return [numbers[bit] for bit in numbers_in(left)]


class _Tabulated(NamedTuple):
    """A question with all that alternatives ask of it, and the tables that answer it."""

    question: Question
    asked: Asked
    tables: Sequence[Table]

    @property
    def effort(self) -> float:
        return self.question.effort + sum(table.effort for table in self.tables)

    def unsettled(self) -> Iterator[tuple[int, Literal]]:
        """The literals that no table answers, by alternative."""
        for wish, alternatives in self.asked.wishes.items():
            settled = [literal for table in self.tables for literal in table.settled.get(wish, ())]
            for literal in wish:
                if literal not in settled:
                    yield from ((bit, literal) for bit in alternatives)

    def chances(self) -> Mapping[int, float]:
        """How likely an answer leaves each alternative that asks, of a sample of them."""
        every = self.asked.size // SAMPLE + 1
        chances: dict[int, float] = {}
        for wish, alternatives in self.asked.wishes.items():
            whole = 1.0
            for table in self.tables:
                whole *= table.chances.get(wish, 1)
            chances.update((bit, whole) for bit in alternatives if bit % every == 0)
        return chances

    def step(self) -> Step:
        """The step that asks it."""
        wishes = {wish for table in self.tables for wish in table.settled}
        needed_by = mask_of((bit for wish in wishes for bit in self.asked.wishes[wish]), self.asked.size)
        if len(self.tables) > 1:
            return Step(needed_by, self.question.ask, _joined(self.tables), None, nowhere)
        (table,) = self.tables
        ask = self.question.read if table.is_comparing else self.question.ask
        return Step(needed_by, ask, table.look_up, table.unnamed, table.find)


def _tabulated(numbered: Numbered) -> Iterator[_Tabulated]:
    """All questions that alternatives ask."""
    asked: defaultdict[Question, defaultdict[Wish, list[int]]] = defaultdict(lambda: defaultdict(list))
    for bit, (_, alternative) in enumerate(numbered):
        wishes: dict[Question, Wish] = {}
        for literal in alternative.literals:
            wishes[literal.question] = (*wishes.get(literal.question, ()), literal)
        for question, wish in wishes.items():
            asked[question][wish].append(bit)
    for question, of_question in asked.items():
        whole = Asked(question, of_question, len(numbered))
        yield _Tabulated(question, whole, [table for make in KINDS if (table := make(whole))])


def _joined(tables: Sequence[Table]) -> LookUp:
    """Several tables of one question as one, so that the question is asked once."""
    ways = [(table.look_up, table.unnamed, table.find) for table in tables]

    def look_up(answer: Any, _unnamed: int | None) -> int:  # noqa: ANN401 - any value
        left = -1
        for look_up, unnamed, find in ways:
            mask = look_up(answer, unnamed)
            left &= find(answer) if mask is None else mask
        return left

    return look_up


def _in_order(tabulated: Collection[_Tabulated]) -> list[_Tabulated]:
    """
    The order in which questions are asked: what is at hand first, and always the one that should do most for its cost.

    What a question does is the number of alternatives that it should take away, of those that the questions before it
    should leave. So each alternative is soon taken away by something, and then nobody asks for its sake any more.
    """
    chances = {it.question: it.chances() for it in tabulated}
    asking: defaultdict[int, list[Question]] = defaultdict(list)
    for question, of_question in chances.items():
        for bit in of_question:
            asking[bit].append(question)
    likely = dict.fromkeys(asking, 1.0)
    gains = {question: sum(1 - chance for chance in of_one.values()) for question, of_one in chances.items()}
    waiting = list(tabulated)
    order: list[_Tabulated] = []
    while waiting:
        best = max(waiting, key=lambda it: (it.question.is_at_hand, gains[it.question] / it.effort))
        waiting.remove(best)
        order.append(best)
        for bit, chance in chances[best.question].items():
            lost = likely[bit] * (1 - chance)
            likely[bit] -= lost
            for question in asking[bit]:
                gains[question] -= lost * (1 - chances[question][bit])
    return order
