"""The bitmap: alternatives as bits of an integer, of which tables of answers leave those that hold."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from ticketcore.conditions.compiling import compile_condition
from ticketcore.conditions.expressions import all_of
from ticketcore.conditions.facts import Facts
from ticketcore.conditions.matching.alternatives import Alternative, Literal
from ticketcore.conditions.matching.masks import numbers_in
from ticketcore.conditions.matching.naming import named_values
from ticketcore.conditions.matching.placing import ordered_values
from ticketcore.conditions.matching.questions import Question, Questions
from ticketcore.conditions.matching.searching import sought_members, sought_texts
from ticketcore.conditions.matching.table import Asked, LookUp, Table
from ticketcore.conditions.reading import Read

KINDS: Final = (named_values, ordered_values, sought_texts, sought_members)
"""The kinds of tables."""

Test = Callable[[Any], bool]


class Step(NamedTuple):
    """
    A question, and what its answer leaves.

    Args:
        needed_by: The mask of the alternatives that ask it; if all of them are gone, nobody asks.
        ask: The way from the facts to the answer.
        look_up: From the answer to the mask of the alternatives that it does not contradict.
        unnamed: The mask for an answer that no comparison names.
    """

    needed_by: int
    ask: Read
    look_up: LookUp
    unnamed: int


class Bitmap:
    """
    Some numbered alternatives, of which facts leave those that hold.

    Args:
        alternatives: Each with a number, ascending; several with one number are one condition's.
        questions: What the alternatives' comparisons ask.
    """

    __slots__ = ("_all", "_numbers", "_rest", "_steps", "_unsettled")

    def __init__(self, alternatives: Sequence[tuple[int, Alternative]], questions: Questions) -> None:
        size = len(alternatives)
        asked: defaultdict[Question, dict[int, list[Literal]]] = defaultdict(dict)
        for bit, (_, alternative) in enumerate(alternatives):
            for literal in alternative.literals:
                asked[questions.of(literal.comparison)].setdefault(bit, []).append(literal)
        tabulated = [
            _Tabulated(question, tables)
            for question, literals in asked.items()
            if (tables := [table for make in KINDS if (table := make(Asked(literals, size)))])
        ]
        settled = _settled(tabulated)
        rest = {bit: test for bit, (_, it) in enumerate(alternatives) if (test := _rest(it, settled.get(bit, ())))}
        self._all = (1 << size) - 1
        self._numbers = [number for number, _ in alternatives]
        self._steps = [_step(it, size) for it in _in_order(tabulated)]
        self._rest = rest
        self._unsettled = Asked({}, size).mask(rest)

    def matching(self, facts: Facts[Any]) -> list[int]:
        """The numbers of the alternatives that hold, ascending; one may be there more than once."""
        left = self._all
        for needed_by, ask, look_up, unnamed in self._steps:
            if left & needed_by:
                left &= look_up(ask(facts), unnamed)
                if not left:
                    return []
        numbers, rest = self._numbers, self._rest
        if left & self._unsettled:
            return [numbers[bit] for bit in numbers_in(left) if bit not in rest or rest[bit](facts)]
        return [numbers[bit] for bit in numbers_in(left)]


class _Tabulated(NamedTuple):
    """A question with all its tables."""

    question: Question
    tables: Sequence[Table]

    @property
    def effort(self) -> float:
        return 1 + sum(table.effort for table in self.tables)

    def chances(self) -> Mapping[int, float]:
        """How likely the answer leaves each alternative that asks."""
        if len(self.tables) == 1:
            return self.tables[0].chances
        whole: dict[int, float] = {}
        for table in self.tables:
            for bit, chance in table.chances.items():
                whole[bit] = whole.get(bit, 1) * chance
        return whole


def _settled(tabulated: Iterable[_Tabulated]) -> Mapping[int, Collection[Literal]]:
    """By alternative, the literals that tables answer."""
    settled: defaultdict[int, list[Literal]] = defaultdict(list)
    for one in tabulated:
        for table in one.tables:
            for bit, literals in table.settled.items():
                settled[bit].extend(literals)
    return settled


def _rest(alternative: Alternative, settled: Collection[Literal]) -> Test | None:
    """What must be asked of facts that the tables leave this alternative; None for nothing."""
    if len(settled) == len(alternative.literals) and not alternative.rest:
        return None
    left = [literal.condition for literal in alternative.literals if literal not in settled]
    return compile_condition(all_of(*left, *alternative.rest))


def _step(tabulated: _Tabulated, size: int) -> Step:
    look_up, unnamed = _joined([(table.look_up, table.unnamed) for table in tabulated.tables])
    needed_by = Asked({}, size).mask({bit for table in tabulated.tables for bit in table.settled})
    return Step(needed_by, tabulated.question.ask, look_up, unnamed)


def _joined(tables: Sequence[tuple[LookUp, int]]) -> tuple[LookUp, int]:
    """Several tables of one question as one, so that the question is asked once."""
    if len(tables) == 1:
        return tables[0]

    def look_up(answer: Any, _unnamed: int) -> int:  # noqa: ANN401 - any value
        left = -1
        for one, unnamed in tables:
            left &= one(answer, unnamed)
        return left

    return look_up, 0


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
