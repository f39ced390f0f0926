"""
Explanations: why a condition holds or does not, node by node, with the values that were seen.

A value like any other: it can be printed, compared, and written as JSON. It shows what records hold, so it is for
agents.
"""

from collections.abc import Iterator

import attrs

from ticketcore.model.values import FrozenValue


@attrs.frozen
class Explanation(FrozenValue):
    """
    One node of a condition and what became of it.

    Args:
        text: The node as people read it; of a group what joins its parts.
        holds: Its verdict.
        seen: The value that the field had, as people read it; None for groups.
        parts: The nodes below it.
    """

    text: str
    holds: bool
    seen: str | None = None
    parts: tuple["Explanation", ...] = ()

    def to_json(self) -> dict[str, object]:
        """The explanation as JSON: the same four names, without the empty ones."""
        data: dict[str, object] = {"text": self.text, "holds": self.holds}
        if self.seen is not None:
            data["seen"] = self.seen
        if self.parts:
            data["parts"] = [part.to_json() for part in self.parts]
        return data

    def lines(self, depth: int = 0) -> Iterator[str]:
        """What is printed: a line for each node, those below another indented."""
        seen = "" if self.seen is None else f" — it is {self.seen}"
        yield f"{'  ' * depth}{'yes' if self.holds else 'no '} {self.text}{seen}"
        for part in self.parts:
            yield from part.lines(depth + 1)

    def __str__(self) -> str:
        return "\n".join(self.lines())
