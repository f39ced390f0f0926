"""Whether the benchmarks run; how long anything takes is no matter for tests."""

import json

import pytest

from benchmarks.__main__ import GROUPS, main
from benchmarks.figures import Figure, write

FAMILIES = {
    "core": {"core"},
    "rules": {"rules"},
    "assign": {"assign"},
    "time": {"business_time", "sweep", "to_solve"},
    "storage": {"open_ticket", "listing", "search", "round_robin", "bulk", "memory"},
}
"""What the names of each group's figures begin with."""

UNITS = {"x", "us", "per_s", "ms", "B"}


def test_every_group_runs_and_writes_its_figures(tmp_path, capsys):
    """The smallest size goes through every group, prints a line per figure and writes each in the agreed form."""
    results = tmp_path / "results.json"

    assert main(["--size", "smallest", "--results", str(results)]) == 0

    figures = json.loads(results.read_text(encoding="utf-8"))
    printed = capsys.readouterr().out.splitlines()
    assert FAMILIES.keys() == GROUPS.keys()
    assert {name.partition(".")[0] for name in figures} == set().union(*FAMILIES.values())
    assert {line.split()[0] for line in printed if "." in line.split()[0]} >= set(figures)
    for name, figure in figures.items():
        assert set(figure) == {"value", "unit", "goal"}
        assert figure["value"] > 0 or (figure["value"] == 0 and name.endswith(".spread"))
        assert figure["unit"] in UNITS
        assert figure["goal"] is None or figure["goal"].split()[0] in {"<=", ">="}


def test_unknown_group_is_refused(tmp_path, capsys):
    """Who misspells a group is told which there are, and nothing is written."""
    with pytest.raises(SystemExit):
        main(["cor", "--results", str(tmp_path / "results.json")])

    assert "there are core, rules" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_figures_of_other_groups_stay(tmp_path):
    """Running one group again leaves the figures of the others."""
    results = tmp_path / "results.json"
    write(results, [Figure("one.figure", 1, "us"), Figure("two.figure", 2, "us")])

    write(results, [Figure("two.figure", 3, "x", ">= 4")])

    assert json.loads(results.read_text(encoding="utf-8")) == {
        "one.figure": {"value": 1, "unit": "us", "goal": None},
        "two.figure": {"value": 3, "unit": "x", "goal": ">= 4"},
    }


@pytest.mark.parametrize(
    ("value", "goal", "verdict"),
    [(3.9, ">= 4", "goal >= 4, missed"), (4, ">= 4", "goal >= 4"), (5, "<= 4", "goal <= 4, missed"), (5, None, "us")],
)
def test_line_says_whether_the_goal_is_reached(value, goal, verdict):
    """A figure that misses its goal says so."""
    assert Figure("a.figure", value, "us", goal).line().endswith(verdict)
