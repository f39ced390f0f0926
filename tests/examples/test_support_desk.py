"""The example of a support desk that works a mailbox, as `make demo` runs it."""

import json
import sys
from pathlib import Path

import pytest

pytest.importorskip("rich", reason="the examples' requirements are not installed")
pytest.importorskip("sqlalchemy", reason="the extras are not installed")

import support_desk

MAILBOX = Path(__file__).parents[2] / "examples" / "data" / "inbox.mbox"


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Runs it on a file, the same one each time, and gives what it printed."""

    def run_on_the_file(*options):
        asked = ["support_desk.py", str(MAILBOX), "--database", str(tmp_path / "build" / "demo.db"), *options]
        monkeypatch.setattr(sys, "argv", asked)
        assert support_desk.main() == 0
        return capsys.readouterr().out

    return run_on_the_file


def test_second_run_finds_the_same_desk(run):
    """What the first run has made of the mailbox is there in the second one, which knows every mail."""
    first, second = json.loads(run("--json")), json.loads(run("--json"))

    assert first["tickets"] > 50
    assert first["read"] == first["tickets"] + first["replies"] + sum(first["set_aside"].values())
    assert (second["tickets"], second["replies"], second["lost"]) == (0, 0, 0)
    assert second["set_aside"]["duplicate"] == second["read"] == first["read"]
    for figures in ("per_department", "per_agent"):
        assert second[figures] == first[figures]


def test_board_shows_what_is_so(run):
    """The tables show the departments, the agents and a ticket, as the desk has them; the second time, too."""
    for _ in range(2):
        board = run()
        assert all(name in board for name in ("Support", "Billing", "Greta", "Answer sent by"))
