from hypothesis import given

from ticketcore.conditions import F, all_of, any_of, groups
from ticketcore.conditions.matching.alternatives import ALTERNATIVES_LIMIT, Alternatives
from ticketcore.conformance.conditions import conditions
from ticketcore.conformance.conditions import facts as any_facts


def holds(alternative, known):
    """Whether everything in an alternative is so."""
    return all(it.comparison.holds(known) is it.holds for it in alternative.literals) and all(
        it.holds(known) for it in alternative.rest
    )


@given(conditions(), any_facts)
def test_condition_holds_if_one_of_its_alternatives_does(condition, known):
    """Taking a condition apart changes no answer."""
    assert any(holds(it, known) for it in Alternatives().of(condition)) is condition.holds(known)


@given(conditions())
def test_alternatives_are_few(condition):
    """However a condition is nested, it comes to no more alternatives than a bitmap should have bits for it."""
    assert len(Alternatives().of(condition)) <= ALTERNATIVES_LIMIT


def test_groups_are_alternatives():
    """Condition groups (requirement DP-9) are what alternatives are: all within a group, any of the groups."""
    one, two, three = F.type == "a", F.answers > 1, F.tags.has("vip")

    found = Alternatives().of(groups([one, two], [~three]))

    assert [[(it.comparison, it.holds) for it in way.literals] for way in found] == [
        [(one, True), (two, True)],
        [(three, False)],
    ]


def test_what_comes_to_too_many_stays_together():
    """A product of groups that would need a bit for each combination is asked as it is, what stands beside it not."""
    pairs = [any_of(F.tags.has(f"a{number}"), F.tags.has(f"b{number}")) for number in range(10)]

    found = Alternatives().of(all_of(F.type == "x", *pairs))

    assert len(found) == ALTERNATIVES_LIMIT
    assert all(len(it.literals) == 4 and len(it.rest) == 7 for it in found)
