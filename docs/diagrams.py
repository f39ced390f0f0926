"""
The pictures of the documentation, drawn from the code that they show.

Plain SVG, put into the pages as it is, so that it takes the colours of the page, light or dark.
"""
# ruff: noqa: INP001 - run by Sphinx

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from html import escape
from pathlib import Path

import attrs

from tests.test_layers import LAYERS, MODULES, layer_of
from ticketcore.model.lifecycle import SET_ASIDE, STANDARD_LIFE_CYCLE, Category, LifeCycle, Status


@attrs.frozen
class Box:
    """
    A rectangle with a name in it.

    Args:
        x: Of its middle.
        y: Of its middle.
        is_dashed: Whether its border is.
    """

    name: str
    x: float
    y: float
    width: float = 116
    height: float = 34
    is_dashed: bool = False

    def svg(self) -> str:
        """The rectangle and the name."""
        left, top = self.x - self.width / 2, self.y - self.height / 2
        dashes = ' stroke-dasharray="5 4"' if self.is_dashed else ""
        return (
            f'<rect x="{left:g}" y="{top:g}" width="{self.width:g}" height="{self.height:g}" rx="6"{dashes}/>'
            f'<text x="{self.x:g}" y="{self.y + 5:g}" text-anchor="middle">{escape(self.name)}</text>'
        )

    def border_towards(self, x: float, y: float) -> tuple[float, float]:
        """Where the line from its middle to a point leaves it, and a little further."""
        across, down = x - self.x, y - self.y
        reach = min(
            (self.width / 2 + 4) / abs(across) if across else float("inf"),
            (self.height / 2 + 4) / abs(down) if down else float("inf"),
        )
        return self.x + across * reach, self.y + down * reach


def arrow(start: Box, end: Box, *, both_ways: bool = False) -> str:
    """A line with a head at its end, or at both."""
    (x1, y1), (x2, y2) = start.border_towards(end.x, end.y), end.border_towards(start.x, start.y)
    tail = ' marker-start="url(#head)"' if both_ways else ""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" marker-end="url(#head)"{tail}/>'


def picture(title: str, width: int, height: int, shapes: Iterable[str]) -> str:
    """The whole SVG."""
    return "\n".join(
        [
            f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}" style="max-width: {width}px"',
            '  font-family="sans-serif" font-size="13" fill="none" stroke="currentColor" stroke-width="1.2">',
            "<style>svg text { fill: currentColor; stroke: none }</style>",
            '<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7"',
            '  orient="auto-start-reverse">',
            '<path d="M0 1 10 5 0 9z" fill="currentColor" stroke="none"/></marker></defs>',
            *shapes,
            "</svg>\n",
        ]
    )


# The life cycle.

_PLACES: Mapping[Category, tuple[float, float]] = {
    Category.NEW: (105, 160),
    Category.POSTPONED: (340, 65),
    Category.RESOLVED: (600, 160),
    Category.ANSWERED: (470, 280),
    Category.OPEN: (220, 280),
    Category.CLOSED: (810, 160),
    Category.SPAM: (220, 420),
    Category.DELETED: (600, 420),
}
"""Where a category's status stands; no three of those inside the frame are in line, so no arrow crosses a box."""

_FRAME = Box("", 352, 172, width=640, height=290, is_dashed=True)


def life_cycle(cycle: LifeCycle) -> str:
    """
    The moves between statuses.

    What can be moved to every status that sets a ticket aside is framed, and the frame has these arrows.
    """
    boxes = {status: Box(status.key, *_PLACES[status.category]) for status in cycle.statuses}
    aside = [status for status in cycle.statuses if status.category in SET_ASIDE]
    framed = [status for status in cycle.statuses if status not in aside and set(aside) <= set(cycle.moves[status])]
    arrows = [
        arrow(boxes[start], boxes[end], both_ways=_leads(cycle, end, start))
        for start, end in _pairs(cycle)
        if not (start in framed and end in aside)
    ]
    from_frame = [arrow(_below_frame(boxes[status]), boxes[status], both_ways=True) for status in aside]
    shapes = [_FRAME.svg(), *(box.svg() for box in boxes.values()), *arrows, *from_frame]
    return picture("The life cycle of a ticket", 890, 450, shapes)


def _pairs(cycle: LifeCycle) -> list[tuple[Status, Status]]:
    """Each pair of statuses with a move, once; in the direction that exists."""
    pairs: dict[frozenset[Status], tuple[Status, Status]] = {}
    for start, targets in cycle.moves.items():
        for end in targets:
            pairs.setdefault(frozenset({start, end}), (start, end))
    return list(pairs.values())


def _leads(cycle: LifeCycle, start: Status, end: Status) -> bool:
    """Whether there is a move; what was set aside returns to where it was."""
    return end in cycle.moves[start] or start.category in SET_ASIDE


def _below_frame(box: Box) -> Box:
    """The place on the frame's lower edge right above a box."""
    return Box("", box.x, _FRAME.y + _FRAME.height / 2, width=0, height=0)


# The layers.

_ROW, _COLUMN = 44, 150
_MOST_IN_A_ROW = 6


def layers() -> str:
    """The parts of the package: each knows only some of those in the rows below it."""
    present = sorted({row for module in MODULES if (row := layer_of(module)) is not None})
    by_depth: dict[int, list[str]] = {}
    for name in present:
        by_depth.setdefault(_depth(name), []).append(name)
    rows = [
        names[start : start + _MOST_IN_A_ROW]
        for _, names in sorted(by_depth.items(), reverse=True)
        for start in range(0, len(names), _MOST_IN_A_ROW)
    ]
    width = max(map(len, rows)) * _COLUMN
    shapes = [shape for number, names in enumerate(rows) for shape in _row(names, number, width)]
    return picture("The layers of the package", width, len(rows) * _ROW, shapes)


def _row(names: Collection[str], number: int, width: int) -> list[str]:
    first = (width - (len(names) - 1) * _COLUMN) / 2
    return [
        Box(
            name,
            first + place * _COLUMN,
            (number + 0.5) * _ROW,
            width=_COLUMN - 14,
            height=28,
            is_dashed=not LAYERS[name].is_pure,
        ).svg()
        for place, name in enumerate(names)
    ]


@cache
def _depth(name: str) -> int:
    return 1 + max(map(_depth, LAYERS[name].knows - {name}), default=-1)


def write(folder: Path) -> None:
    """Draws all pictures into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "life-cycle.svg").write_text(life_cycle(STANDARD_LIFE_CYCLE), encoding="utf-8")
    (folder / "layers.svg").write_text(layers(), encoding="utf-8")
