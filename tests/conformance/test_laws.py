"""How laws are asked of an adapter: what is skipped, what is expected to fail, and what nobody can leave out."""

import pytest

from ticketcore.conformance import Capability, StorageLaws
from ticketcore.errors import InvalidInput

pytest_plugins = ["pytester"]

OTHERS = len(StorageLaws.laws()) - 1
"""How many laws are not asked where one is."""

HEAD = """
import pytest
from ticketcore.conformance import Capability, StorageLaws
from ticketcore.storage.memory import MemoryStorage

class Opening:
    @pytest.fixture
    def opener(self):
        return MemoryStorage
"""


@pytest.fixture
def run(pytester):
    """Runs a law of a test class, and gives what came of it."""

    def run_law(source, law="test_get_gives_what_is_there"):
        pytester.makepyfile(HEAD + source)
        return pytester.runpytest_inprocess("-p", "no:cacheprovider", "-rsxX", "-k", law)

    return run_law


def test_one_fixture_is_enough(run):
    """An adapter's author declares capabilities and says how the storage is opened; the kit does the rest."""
    result = run("class TestIt(Opening, StorageLaws):\n    capabilities = set()")

    result.assert_outcomes(passed=1, deselected=OTHERS)


def test_undeclared_capability_is_skipped(run):
    """A law that needs what the adapter does not declare is skipped, and says what is needed and what is declared."""
    source = "class TestIt(Opening, StorageLaws):\n    capabilities = {Capability.THREADS}"
    result = run(source, "test_what_was_applied_outlives_the_storage")

    result.assert_outcomes(skipped=1, deselected=OTHERS)
    result.stdout.fnmatch_lines(["*STORAGE-2 needs REOPENING; declared: THREADS*"])


def test_capabilities_must_be_declared(run):
    """A class that says nothing of its capabilities fails: nothing is skipped by mistake."""
    result = run("class TestIt(Opening, StorageLaws): pass")

    result.assert_outcomes(errors=1, deselected=OTHERS)
    result.stdout.fnmatch_lines(["*capabilities: expected*what the adapter can do, be it nothing*"])


def test_opener_must_be_given(run):
    """A class without an opener fails, and says what is missing."""
    result = run("class TestIt(StorageLaws):\n    capabilities = set()")

    result.assert_outcomes(errors=1, deselected=OTHERS)
    result.stdout.fnmatch_lines(["*expected a fixture `opener` in the test class*"])


BROKEN = """
class Forgetful(MemoryStorage):
    def get(self, keys):
        return {}

class TestIt(Opening, StorageLaws):
    capabilities = set()
    deviations = {%s}

    @pytest.fixture
    def opener(self):
        return Forgetful
"""


def test_broken_law_fails_with_both_values(run):
    """A law that does not hold shows what was expected beside what came."""
    result = run(BROKEN % "")

    result.assert_outcomes(failed=1, deselected=OTHERS)
    result.stdout.fnmatch_lines(
        ["*records of several kinds, got at once*", "*expected:*", "*Ticket(*", "*came:*", "*{}*"]
    )


def test_known_deviation_is_expected_to_fail(run):
    """A deviation that is declared with its reason is no failure."""
    result = run(BROKEN % '"GET-1": "it forgets"')

    result.assert_outcomes(xfailed=1, deselected=OTHERS)
    result.stdout.fnmatch_lines(["*GET-1: it forgets*"])


def test_deviation_that_is_none_fails(run):
    """A law that holds although it is declared a deviation fails, so that the declaration goes away."""
    source = "class TestIt(Opening, StorageLaws):\n    capabilities = set()\n    deviations = {'GET-1': 'no reason'}"
    result = run(source)

    result.assert_outcomes(failed=1, deselected=OTHERS)
    result.stdout.fnmatch_lines(["*XPASS(strict)*GET-1: no reason*"])


NAME = "test_get_gives_what_is_there"


@pytest.mark.parametrize("replacement", [None, lambda _: None])
def test_law_cannot_be_removed_or_overridden(replacement):
    """A class that takes a law away, or puts another test in its place, is refused, and told what to do instead."""
    with pytest.raises(InvalidInput, match="GET-1 as the kit has it; what the adapter breaks goes into `deviations`"):
        type("TestIt", (StorageLaws,), {"capabilities": set(), NAME: replacement})


def test_law_cannot_be_overridden_from_the_side():
    """A class that brings another test of the name along is found, too."""
    beside = type("Beside", (), {NAME: lambda _: None})

    with pytest.raises(InvalidInput, match="GET-1"):
        type("TestIt", (beside, StorageLaws), {"capabilities": set()})


@pytest.mark.parametrize(
    ("declared", "path"),
    [
        ({"capabilities": {"threads"}}, "capabilities"),
        ({"deviations": {"GET-99": "no such law"}}, "deviations"),
        ({"deviations": {"GET-1": " "}}, "deviations['GET-1']"),
    ],
)
def test_wrong_declarations_are_refused(declared, path):
    """Unknown capabilities, unknown laws and missing reasons are faults of the class."""
    with pytest.raises(InvalidInput) as caught:
        type("TestIt", (StorageLaws,), declared)
    assert [fault.path for fault in caught.value.faults] == [path]


def test_own_tests_of_a_class_are_left_alone(run):
    """A class of laws may have tests of its own; capabilities are none of their business."""
    result = run("class TestIt(Opening, StorageLaws):\n    def test_mine(self):\n        pass", "test_mine")

    result.assert_outcomes(passed=1, deselected=OTHERS + 1)


def test_every_capability_is_needed_by_a_law():
    """No capability is declared for nothing."""
    assert {it for law in StorageLaws.laws().values() for it in law.needs} == {*Capability}
