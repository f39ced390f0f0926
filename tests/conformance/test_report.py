"""What `--ticketcore-report` writes down."""

import json
import tomllib
from pathlib import Path

import pytest

from tests.test_imports import loaded_by
from ticketcore import __version__
from ticketcore.conformance import CONTRACT_VERSION, SENTENCES, BlobStoreLaws, StorageLaws

pytest_plugins = ["pytester"]

REPOSITORY = Path(__file__).parents[2]
ADAPTERS = """
import pytest
from ticketcore.conformance import BlobStoreLaws, Capability, StorageLaws
from ticketcore.storage.memory import MemoryBlobs, MemoryStorage

class Forgetful(MemoryStorage):
    def get(self, keys):
        return {}

class TestForgetful(StorageLaws):
    capabilities = {Capability.THREADS}
    deviations = {"GET-1": "it forgets"}

    @pytest.fixture
    def opener(self):
        return Forgetful

class TestBlobs(BlobStoreLaws):
    capabilities = set()
    examples = 2

    @pytest.fixture
    def opener(self):
        return MemoryBlobs

    def test_of_its_own(self):
        pass
"""


@pytest.fixture
def report_of(pytester):
    """Runs laws of two adapters, and gives what the report says."""

    def run(*arguments):
        pytester.makepyfile(test_adapters=ADAPTERS)
        # By its own name, for the entry point may not be installed yet where somebody works on it.
        plugin = ("-p", "no:ticketcore", "-p", "_ticketcore_pytest", "-p", "no:cacheprovider")
        result = pytester.runpytest_inprocess(*plugin, "--ticketcore-report=report.json", *arguments)
        return result, json.loads((pytester.path / "report.json").read_text(encoding="utf-8"))

    return run


def test_report_tells_what_came_of_every_law(report_of):
    """The report names adapter, contract, capabilities and deviations, and what came of each law."""
    _, report = report_of("-k", "test_get or test_what_was_applied_outlives or TestBlobs")
    forgetful, blobs = report["adapters"]

    assert report["ticketcore"] == __version__
    assert forgetful["adapter"] == "test_adapters.TestForgetful"
    assert forgetful["contract"] == CONTRACT_VERSION
    assert forgetful["capabilities"] == ["THREADS"]
    assert forgetful["deviations"] == {"GET-1": "it forgets"}
    laws = forgetful["laws"]
    assert [*laws] == [law.id for law in StorageLaws.laws().values()]
    assert laws["GET-1"] == {
        "level": "must",
        "sentence": SENTENCES["GET-1"].text,
        "outcome": "deviates",
        "reason": "GET-1: it forgets",
    }
    assert laws["LOCK-5"]["level"] == "should"
    assert laws["GET-2"]["outcome"] == "failed"
    assert "what was got for 1500 keys" in laws["GET-2"]["reason"]
    assert laws["STORAGE-2"]["outcome"] == "skipped"
    assert laws["STORAGE-2"]["reason"] == "STORAGE-2 needs REOPENING; declared: THREADS"
    assert {it["outcome"] for it in blobs["laws"].values()} == {"passed", "skipped"}
    assert blobs["laws"]["BLOB-1"]["reason"] == ""


def test_report_tells_that_a_run_was_filtered(report_of):
    """A law that nobody asked is *not run*, and the report of its adapter says that it is not the whole one."""
    _, report = report_of("-k", "TestBlobs or test_get_takes")
    forgetful, blobs = report["adapters"]

    assert (forgetful["filtered"], blobs["filtered"]) == (True, False)
    assert forgetful["laws"]["FIND-1"]["outcome"] == "not run"


def test_law_that_fails_names_its_sentence(report_of):
    """Under what failed stands the sentence that was not kept, with its name; a deviation does not need one."""
    result, _ = report_of("-k", "TestForgetful and test_get")

    result.stdout.fnmatch_lines(["*- GET-2 -*", SENTENCES["GET-2"].text])
    result.stdout.no_fnmatch_line("*- GET-1 -*")


def test_simplest_laws_are_asked_first(report_of):
    """Whoever stops at the first failure learns of a lost field before a desk goes wrong by it."""
    result, _ = report_of("-k", "TestForgetful", "--collect-only", "-q")
    laws = {name: law.id for name, law in StorageLaws.laws().items()}
    asked = [laws[name] for line in result.outlines if (name := line.rpartition("::")[2]) in laws]

    groups = [*dict.fromkeys(id.partition("-")[0] for id in asked)]
    assert groups == ["RECORD", "GET", "LOCK", "FIND", "COUNT", "TALLY", "SEARCH", "APPLY", "SESSION", "STORAGE"]
    assert asked.index("STORAGE-6") < asked.index("STORAGE-7")


def test_law_that_cannot_even_begin_has_failed(report_of, monkeypatch):
    """An error of a fixture is a failure of the law."""
    monkeypatch.setitem(globals(), "ADAPTERS", ADAPTERS.replace("return MemoryBlobs", "return MemoryBlobs()"))
    _, report = report_of("-k", "TestBlobs and test_unknown")

    (blobs,) = report["adapters"]
    assert blobs["laws"]["BLOB-3"]["outcome"] == "failed"
    assert "not callable" in blobs["laws"]["BLOB-3"]["reason"]


def test_runs_without_laws_have_an_empty_report(report_of):
    """A run that asks no law reports no adapter, also where other tests ran."""
    result, report = report_of("-k", "test_of_its_own")

    result.assert_outcomes(passed=1, deselected=len(StorageLaws.laws()) + len(BlobStoreLaws.laws()))
    assert report["adapters"] == []


def test_plugin_loads_nothing_of_the_package():
    """Whoever has ticketcore installed and runs other tests loads neither it nor Hypothesis."""
    assert loaded_by("import _ticketcore_pytest") & {"ticketcore", "hypothesis", "attr", "cattrs"} == set()


def test_plugin_is_installed_with_the_package():
    """Pytest finds the plugin by an entry point, and its module is in the wheel."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))

    assert project["project"]["entry-points"]["pytest11"] == {"ticketcore": "_ticketcore_pytest"}
    assert "src/_ticketcore_pytest.py" in project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
