from hypothesis import given

from ticketcore.conditions import F
from ticketcore.conditions.matching.parts import Parts, Single, Together, Whole, literals_in
from ticketcore.conformance.conditions import conditions
from ticketcore.conformance.conditions import facts as any_facts


def holds(part, known):
    """Whether a part holds, found by walking it."""
    match part:
        case Single(literal):
            return literal.comparison.holds(known) is literal.holds
        case Whole(condition):
            return condition.holds(known)
        case Together(parts, all_of_them):
            return (all if all_of_them else any)(holds(it, known) for it in parts)


@given(conditions(), any_facts)
def test_condition_holds_if_its_parts_say_so(condition, known):
    """Taking a condition apart changes no answer, whether it must hold or must not."""
    assert holds(Parts().of(condition), known) is condition.holds(known)
    assert holds(Parts().of(condition, holds=False), known) is not condition.holds(known)


@given(conditions())
def test_literals_are_those_of_the_comparisons(condition):
    """Each comparison is a literal, equal ones as often as they stand in the condition."""
    found = [it.comparison for it in literals_in(Parts().of(condition))]

    assert found == list(condition.comparisons())


def test_equal_comparisons_are_one_part():
    """What several conditions ask is one part in all of them, its negation another."""
    parts = Parts()

    assert parts.of(F.type == "x") is parts.of(F.type == "x")
    assert parts.of(F.type == "x") is not parts.of(F.type != "x")
