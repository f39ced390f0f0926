"""
The script: a few conditions as one function, which asks them in turn.

Of few conditions nothing is quicker than asking them one after the other, as somebody would write it by hand: each
field read once, and only when somebody asks unless the record holds it ready; what settles most for its time first; and
what several conditions begin with asked once for all of them. The function is written when the matcher is built.

Text never becomes program text. A program is put together from the templates in this module and from names that are
numbered here, such as `seen3` and `given7`. Whatever comes from conditions and fields, their names included, stands in
no line of it: it is bound to such a name as a value, and the names of attributes take the place of such names when the
program is compiled. Nothing else can be reached from inside, no builtins either.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from types import FunctionType
from typing import Any, Final, NamedTuple, TypeAlias

from ticketcore.conditions.answers import ANSWERS
from ticketcore.conditions.compiling import compile_condition
from ticketcore.conditions.expressions import Condition
from ticketcore.conditions.matching.buckets import Match
from ticketcore.conditions.matching.literals import Literal, Question
from ticketcore.conditions.matching.parts import Part, Parts, Single, Together, Whole, literals_in
from ticketcore.conditions.matching.table import Remembered
from ticketcore.conditions.matching.weighing import Weights
from ticketcore.conditions.operators import TAKES_MISSING, Operator
from ticketcore.conditions.reading import own_attribute
from ticketcore.conditions.values import Value


def scripted(conditions: Iterable[Condition[Any]]) -> Match:
    """
    The way from facts to the places of the conditions that hold.

    Args:
        conditions: Few: what it takes to match, and to write the function, grows with each.
    """
    taken_apart = Parts()
    parts = [taken_apart.of(condition) for condition in conditions]
    literals = [literal for part in parts for literal in literals_in(part)]
    script = _Script(Weights(literals), literals)
    return script.function([_Way.of(place, part) for place, part in enumerate(parts)])


class _Way(NamedTuple):
    """What all must hold for the condition of a place to hold."""

    place: int
    parts: Sequence[Part]

    @classmethod
    def of(cls, place: int, part: Part) -> "_Way":
        return cls(place, part.parts if isinstance(part, Together) and part.all_of_them else [part])

    def without(self, part: Part) -> "_Way":
        return self._replace(parts=[it for it in self.parts if it is not part])


_Known: TypeAlias = set[str]
"""The names of the answers that have been read for certain when some place in the program is reached."""


class _Answer(NamedTuple):
    """
    Where the program keeps the answer to a question.

    Args:
        name: Its name.
        found: The expression that finds it.
    """

    name: str
    found: str


class _Script:
    """
    A function that is being written.

    Args:
        weights: What parts weigh.
        asked: All literals in them.
    """

    def __init__(self, weights: Weights, asked: Iterable[Literal]) -> None:
        self._weights = weights
        self._operators: defaultdict[Question, set[Operator]] = defaultdict(set)
        for literal in asked:
            self._operators[literal.question].add(literal.operator)
        self._values: dict[str, object] = {"__builtins__": {}, "unread": object(), "frozenset": frozenset, "map": map}
        self._attributes: dict[str, str] = {}
        self._answers: dict[Question, _Answer] = {}
        self._certain: _Known = set()
        self._first: list[str] = []
        self._late: dict[str, None] = {}

    def function(self, ways: Sequence[_Way]) -> Match:
        """The function, finished."""
        lines = [*self._lines(ways)]
        start = ["def matching(facts):", "    found = []", "    record = facts.record", *self._first]
        if self._late:
            start.append(f"    {' = '.join(self._late)} = unread")
        program = compile("\n".join([*start, *lines, "    return found"]), "<conditions>", "exec", dont_inherit=True)
        exec(program, self._values)  # noqa: S102 - of what others wrote there is nothing in it, only numbered names
        written: FunctionType = self._values.pop("matching")  # type: ignore[assignment]  # what was just defined
        code = written.__code__
        written.__code__ = code.replace(co_names=tuple(self._attributes.get(name, name) for name in code.co_names))
        return written

    def _lines(self, ways: Sequence[_Way]) -> Iterator[str]:
        """The lines that ask; what several conditions begin with stands above them."""
        groups = self._by_first_part(ways)
        for first, several in groups.items():
            if first is None or len(several) == 1:
                yield from (self._test(way, self._certain) for way in several)
            else:
                yield f"    if {self._part(first, self._certain)}:"
                read = set(self._certain)
                yield from (f"    {self._test(way.without(first), read)}" for way in several)
        if len(groups) < len(ways):
            yield "    found.sort()"

    def _by_first_part(self, ways: Sequence[_Way]) -> Mapping[Part | None, Sequence[_Way]]:
        times = Counter(part for way in ways for part in way.parts)
        groups: defaultdict[Part | None, list[_Way]] = defaultdict(list)
        for way in ways:
            first = min(way.parts, key=lambda part: self._weights.rank(part, times[part]), default=None)
            groups[first].append(way)
        return groups

    def _test(self, way: _Way, read: _Known) -> str:
        return f"    if {self._together(Together(way.parts, all_of_them=True), read)}: found.append({way.place})"

    def _together(self, whole: Together, read: _Known) -> str:
        # Whoever reaches a part has passed those before it; whoever is done with all may have passed the first alone.
        texts: list[str] = []
        passed = read
        for part in self._weights.in_order(whole):
            texts.append(self._part(part, passed))
            passed = set(passed) if passed is read else passed
        return (" and " if whole.all_of_them else " or ").join(texts) or str(whole.all_of_them)

    def _part(self, part: Part, read: _Known) -> str:
        match part:
            case Together():
                return f"({self._together(part, read)})"
            case Whole(condition):
                return f"{self._given(compile_condition(condition))}(facts)"
            case Single(literal):
                test = self._comparison(literal, read)
                return f"({test})" if literal.holds else f"(not ({test}))"

    def _comparison(self, literal: Literal, read: _Known) -> str:
        if not literal.is_fixed:
            return f"{self._given(compile_condition(literal.comparison))}(facts)"
        answer, operator = self._answer(literal.question), literal.operator
        return _TESTS.get(operator, _ANY_OTHER).format(
            seen=self._seen(answer, read),
            again=answer.name,
            wanted=self._given(_wanted(literal)),
            says="" if operator in _TESTS else self._given(ANSWERS[operator]),
        )

    def _seen(self, answer: _Answer, read: _Known) -> str:
        """The expression for an answer, which finds it unless it was found before."""
        name = answer.name
        if name in read or name in self._certain:
            return name
        read.add(name)
        if read is self._certain and name not in self._late:
            return f"({name} := {answer.found})"
        self._late[name] = None
        return f"({name} if {name} is not unread else ({name} := {answer.found}))"

    def _answer(self, question: Question) -> _Answer:
        if question not in self._answers:
            self._answers[question] = self._new_answer(question)
        return self._answers[question]

    def _new_answer(self, question: Question) -> _Answer:
        name, own = f"seen{len(self._answers)}", own_attribute(question.read)
        if own is None:
            stands = f"{self._given(question.read)}(facts)"
        else:
            stands = f"record.{'.'.join(map(self._attribute, own.split('.')))}"
        if question.is_of_members:
            return _Answer(name, self._members(stands, question.compared))
        if question.compared is None:
            if own is not None:
                self._read_first(name, stands)
            return _Answer(name, stands)
        if self._operators[question] <= _OF_THE_WHOLE:
            return _Answer(name, f"{self._given(Remembered(question.compared))}[{stands}]")
        if own is None:
            return _Answer(name, f"{self._given(question.ask)}(facts)")
        return _Answer(name, f"None if {stands} is None else {self._given(question.compared)}({stands})")

    def _read_first(self, name: str, stands: str) -> None:
        # To read what the record holds takes less time than to look whether it has been read.
        self._first.append(f"    {name} = {stands}")
        self._certain.add(name)

    def _members(self, stands: str, compared: Callable[[Value], Value] | None) -> str:
        if compared is None:
            return f"frozenset({stands} or ())"
        return f"frozenset(map({self._given(Remembered(compared).__getitem__)}, {stands} or ()))"

    def _attribute(self, attribute: str) -> str:
        """A name for an attribute, which takes its place only when the program is finished."""
        name = f"attribute{len(self._attributes)}"
        self._attributes[name] = attribute
        return name

    def _given(self, value: object) -> str:
        """A name that is bound to a value."""
        name = f"given{len(self._values)}"
        self._values[name] = value
        return name


_TESTS: Final[Mapping[Operator, str]] = {
    Operator.EQUAL: "{seen} == {wanted}",
    Operator.IS_IN: "{seen} in {wanted}",
    Operator.IS_SET: "{seen} is not None",
    Operator.LESS: "{seen} is not None and {again} < {wanted}",
    Operator.AT_MOST: "{seen} is not None and {again} <= {wanted}",
    Operator.MORE: "{seen} is not None and {again} > {wanted}",
    Operator.AT_LEAST: "{seen} is not None and {again} >= {wanted}",
    Operator.CONTAINS: "{seen} is not None and {wanted} in {again}",
    Operator.HAS: "{wanted} in {seen}",
    Operator.HAS_ANY: "not {wanted}.isdisjoint({seen})",
    Operator.EXACTLY: "{seen} == {wanted}",
    Operator.IS_EMPTY: "not {seen}",
    Operator.CHANGED: "{seen}",
    Operator.CHANGED_FROM: "{seen} in {wanted}",
    Operator.CHANGED_TO: "{seen} in {wanted}",
}
"""What the table of answers says, written out where that is as short as asking it."""

_ANY_OTHER: Final = "{seen} is not None and {says}({again}, {wanted})"

_OF_THE_WHOLE: Final = frozenset({Operator.EQUAL, Operator.IS_IN, Operator.IS_SET})
"""Operators whose values come again and again; texts that are searched seldom do."""

_FEW: Final = 8
"""Up to how many values one after the other is quicker than a set of them."""


def _wanted(literal: Literal) -> Value:
    # Hashing a member of an enumeration calls Python code, comparing it with a few others does not.
    wanted = literal.wanted
    is_slow = literal.operator in TAKES_MISSING and any(isinstance(it, Enum) for it in wanted)
    return tuple(wanted) if is_slow and len(wanted) <= _FEW else wanted
