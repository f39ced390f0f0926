"""What benchmarks come to: figures with units and goals, printed one to a line and written as one JSON object."""

import json
from collections.abc import Callable, Iterable, Mapping
from operator import ge, le
from pathlib import Path
from typing import Literal, TypeAlias

import attrs

Unit: TypeAlias = Literal["x", "us", "per_s", "ms", "B"]

_COMPARED: Mapping[str, Callable[[float, float], bool]] = {">=": ge, "<=": le}


@attrs.frozen
class Figure:
    """
    One thing measured.

    Args:
        name: With the group before a dot, such as `"core.answer"`.
        value: How much.
        unit: Of what: times, microseconds, per second, milliseconds, bytes.
        goal: What it should be, such as `">= 4"`; None where no goal is set.
    """

    name: str
    value: float
    unit: Unit
    goal: str | None = None

    def line(self) -> str:
        """What is printed."""
        return f"{self.name:<44}{self.value:>12,.2f} {self.unit:<6}{self._verdict()}".rstrip()

    def _verdict(self) -> str:
        if self.goal is None:
            return ""
        sign, _, bound = self.goal.partition(" ")
        reached = _COMPARED[sign](self.value, float(bound))
        return f"goal {self.goal}{'' if reached else ', missed'}"


@attrs.frozen
class Remark:
    """
    Something to be printed among the figures, and not written with them.

    Args:
        text: One line.
    """

    text: str

    def line(self) -> str:
        """What is printed."""
        return self.text


def write(path: Path, figures: Iterable[Figure]) -> None:
    """Writes figures into a file; those of other names that are in it already stay."""
    present = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    measured = {it.name: {"value": round(it.value, 4), "unit": it.unit, "goal": it.goal} for it in figures}
    path.write_text(json.dumps({**present, **measured}, indent=2) + "\n", encoding="utf-8")
