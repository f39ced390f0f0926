"""All vectors of behaviour together: none is left unasked, and as many pass as did when they were written down."""

import json
import re

import pytest

from tests.conditions import test_vectors as of_conditions
from tests.vectors import test_assignment as of_assignment
from tests.vectors import test_merge as of_merging
from tests.vectors import test_rule_recursion as of_recursion
from tests.vectors import test_snooze as of_postponing
from tests.vectors.reading import HERE, differences, vectors

COUNTS = {
    **of_conditions.COUNTS,
    "assignment": of_assignment.COUNTS,
    "snooze": of_postponing.COUNTS,
    "rule_recursion": of_recursion.COUNTS,
    "merge": of_merging.COUNTS,
}
"""How many of each group pass, and how many differ on purpose; the group's own test makes sure of it."""


def groups(page):
    """The names of the groups of vectors on a page."""
    content = json.loads((HERE / page).read_text(encoding="utf-8"))
    return [name for name, it in content.items() if isinstance(it, list)]


def cases(group):
    """How many cases the vectors of a group are: a vector has several, or is one."""
    return sum(len(it["cases"]) if "cases" in it else 1 for it in vectors(group))


def test_every_group_is_asked():
    """No group of vectors is without a test, and none is tested that there is not."""
    assert set(COUNTS) == set(groups("behaviour.json"))


@pytest.mark.parametrize("group", COUNTS)
def test_every_vector_passes_or_is_accounted_for(group):
    """The vectors that pass and those on the page of differences are all there are."""
    passed, different = COUNTS[group]

    assert different == len(differences(group))
    assert passed + different == cases(group)


def test_as_many_pass_as_ever():
    """Of conditions, groups, relative times and recursion as many pass, and differ, as when they were written down."""
    of_rules = [COUNTS[it] for it in (*of_conditions.COUNTS, "rule_recursion")]

    assert [sum(it) for it in zip(*of_rules, strict=True)] == [39, 6]
    assert [sum(it) for it in zip(*COUNTS.values(), strict=True)] == [56, 8]


def test_page_of_differences_has_no_other_group():
    """Every section of the page of differences is about a group that there is, on one page of vectors or the other."""
    sections = re.findall(r"^## (\w+)$", (HERE / "differences.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert sorted(sections) == sorted([*groups("behaviour.json"), *groups("business_time.json")])
