"""
The pytest plugin: what is said of the laws of `ticketcore.conformance` beyond whether they hold.

A law that fails names its sentence, and `--ticketcore-report=FILE` writes down what came of every law. The plugin lives
outside the package, because pytest loads it wherever ticketcore is installed: so it imports nothing of it.
"""

import json
from collections.abc import Generator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

NOT_RUN = "not run"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the option."""
    parser.getgroup("ticketcore").addoption(
        "--ticketcore-report",
        metavar="FILE",
        help="write what came of the laws of ticketcore.conformance to FILE, as JSON",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Begins a report, if one is wanted."""
    file = config.getoption("--ticketcore-report")
    if file:
        config.pluginmanager.register(Report(Path(file)), "ticketcore-report")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Lets a law of `ticketcore.conformance` that failed name the sentence that was not kept, and quote it."""
    report = yield
    law = _law_of(item)
    if law is not None and report.failed:
        report.sections.append((law.id, law.sentence.text))
    return report


class Report:
    """
    What came of every law, for each class that inherits laws.

    Args:
        file: Where it is written in the end.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._outcomes: dict[type[Any], dict[str, dict[str, str]]] = {}

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Notes what came of a law, once pytest has made up its mind."""
        report = yield
        law = _law_of(item)
        if law is not None:
            came = self._outcomes.setdefault(item.cls, {})  # type: ignore[attr-defined]  # laws are methods
            if report.when == "call" or not report.passed:
                came[law.id] = _outcome(report)
        return report

    def pytest_sessionfinish(self) -> None:
        """Writes the report."""
        adapters = [_adapter(cls, outcomes) for cls, outcomes in self._outcomes.items()]
        document = {"ticketcore": version("ticketcore"), "adapters": adapters}
        self._file.write_text(json.dumps(document, indent=2, ensure_ascii=False), encoding="utf-8")


def _law_of(item: pytest.Item) -> Any:  # noqa: ANN401 - a law, of whose class nothing is imported here
    """The law that a test shows; None if it is any other test."""
    return getattr(getattr(item, "function", None), "ticketcore_law", None)


def _outcome(report: pytest.TestReport) -> dict[str, str]:
    """What came of a law, and why, if that is more than that it holds."""
    if hasattr(report, "wasxfail"):
        return {"outcome": "deviates", "reason": report.wasxfail}
    if isinstance(report.longrepr, tuple):  # so it is where something was skipped: file, line and reason
        return {"outcome": "skipped", "reason": report.longrepr[2].removeprefix("Skipped: ")}
    return {"outcome": report.outcome, "reason": report.longreprtext}


def _adapter(cls: type[Any], outcomes: Mapping[str, Mapping[str, str]]) -> dict[str, object]:
    """What is written of one class: what it declares, and every law, asked or not."""
    laws = {
        law.id: {
            "level": law.sentence.level.value,
            "sentence": law.sentence.text,
            **outcomes.get(law.id, {"outcome": NOT_RUN, "reason": "the run was filtered"}),
        }
        for law in cls.laws().values()
    }
    return {
        "adapter": f"{cls.__module__}.{cls.__qualname__}",
        "contract": cls.contract_version,
        "capabilities": sorted(it.name for it in cls.capabilities),
        "deviations": dict(cls.deviations),
        "filtered": any(it["outcome"] == NOT_RUN for it in laws.values()),
        "laws": laws,
    }
