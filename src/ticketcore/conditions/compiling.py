"""
Compiling: a condition as one quick function, for asking many records.

The same answer as `Condition.holds`, which stays the meaning. Nothing becomes program text: the functions are
closures over operands that were prepared once.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, TypeAlias, TypeVar

from ticketcore.conditions.answers import ANSWERS, answer
from ticketcore.conditions.comparisons import Comparison, Field
from ticketcore.conditions.expressions import All, AnyOf, Condition, Not
from ticketcore.conditions.facts import Facts
from ticketcore.conditions.fields import InstantField
from ticketcore.conditions.operands import compared_operand, current_operand, is_fixed
from ticketcore.conditions.operators import CHANGING, Operand, Operator
from ticketcore.conditions.placeholders import Placeholder
from ticketcore.conditions.reading import Read
from ticketcore.conditions.values import Value, is_compared_as_it_is

S = TypeVar("S", bound=Facts[Any])

Test: TypeAlias = Callable[[Any], bool]
"""From facts to the answer."""

COMPILED_LIMIT: Final = 10_000
"""How many conditions are kept compiled."""


def compile_condition(condition: Condition[S]) -> Callable[[S], bool]:
    """
    A function that tells of facts whether the condition holds.

    Args:
        condition: Equal ones are compiled once.
    """
    return _compiled(condition)


@lru_cache(maxsize=COMPILED_LIMIT)
def _compiled(condition: Condition[Any]) -> Test:
    match condition:
        case Comparison():
            return _comparison(condition)
        case All(parts):
            return _all([_compiled(part) for part in parts])
        case AnyOf(parts):
            return _any([_compiled(part) for part in parts])
        case Not(part):
            return _not(_compiled(part))
        case _:
            return condition.holds


# Groups. Two and three parts, which most have, are asked without a loop.


def _all(tests: list[Test]) -> Test:
    match tests:
        case [one, two]:
            return lambda facts: one(facts) and two(facts)
        case [one, two, three]:
            return lambda facts: one(facts) and two(facts) and three(facts)
        case _:
            return _every(tests)


def _every(tests: list[Test]) -> Test:
    def holds(facts: Value) -> bool:
        for test in tests:  # noqa: SIM110 - a generator for `all` would double the time
            if not test(facts):
                return False
        return True

    return holds


def _any(tests: list[Test]) -> Test:
    match tests:
        case [one, two]:
            return lambda facts: one(facts) or two(facts)
        case [one, two, three]:
            return lambda facts: one(facts) or two(facts) or three(facts)
        case _:
            return _some(tests)


def _some(tests: list[Test]) -> Test:
    def holds(facts: Value) -> bool:
        for test in tests:  # noqa: SIM110 - as above
            if test(facts):
                return True
        return False

    return holds


def _not(test: Test) -> Test:
    return lambda facts: not test(facts)


# Comparisons.


def _comparison(condition: Comparison[Any]) -> Test:
    field, operator = condition.field, condition.operator
    if operator in CHANGING:
        return condition.holds
    wanted = compared_operand(field.values, operator, condition.operand)
    if not is_fixed(operator, condition.operand):
        return _moving(field, operator, wanted)
    make = _WAYS.get(operator) if is_compared_as_it_is(field.values) else None
    return make(field.read, wanted) if make else _answering(field, operator, wanted)


def _equal(read: Read, wanted: Value) -> Test:
    return lambda facts: read(facts) == wanted


def _is_in(read: Read, wanted: frozenset[Value]) -> Test:
    # Hashing a member of an enumeration calls Python code, comparing it with a few others does not.
    quick = tuple(wanted) if len(wanted) <= _FEW else wanted
    return lambda facts: read(facts) in quick


def _has(read: Read, wanted: Value) -> Test:
    return lambda facts: wanted in (read(facts) or ())


def _has_any(read: Read, wanted: frozenset[Value]) -> Test:
    return lambda facts: not wanted.isdisjoint(read(facts) or ())


_FEW: Final = 8

# The shortest ways, for values that are compared as they are. Asking these of a missing value is harmless.
_WAYS: Final[Mapping[Operator, Callable[[Read, Value], Test]]] = {
    Operator.EQUAL: _equal,
    Operator.IS_IN: _is_in,
    Operator.HAS: _has,
    Operator.HAS_ANY: _has_any,
}


def _answering(field: Field[Any], operator: Operator, wanted: Value) -> Test:
    read, compared, says = field.read, field.compared, ANSWERS[operator]
    if_missing = answer(operator, compared(None), wanted)

    def holds(facts: Value) -> bool:
        value = read(facts)
        return if_missing if value is None else says(compared(value), wanted)

    return holds


def _moving(field: Field[Any], operator: Operator, wanted: Value) -> Test:
    only_time = isinstance(field, InstantField) and operator.operand is not Operand.CALENDAR
    current = _current_by_time if only_time else _current_by_facts
    read, compared, wanted_of = field.read, field.compared, current(operator, wanted)

    def holds(facts: Value) -> bool:
        return answer(operator, compared(read(facts)), wanted_of(facts))

    return holds


def _current_by_facts(operator: Operator, wanted: Value) -> Read:
    if isinstance(wanted, Placeholder):
        return wanted.value
    return lambda facts: current_operand(operator, wanted, facts)


def _current_by_time(operator: Operator, wanted: Value) -> Read:
    # In a listing all facts have one and the same now, so the last operand is kept with its time.
    latest: tuple[datetime | None, Value] = (None, None)

    def current(facts: Value) -> Value:
        nonlocal latest
        now, operand = latest
        if now is None or facts.now is not now:
            operand = current_operand(operator, wanted, facts)
            latest = (facts.now, operand)
        return operand

    return current
