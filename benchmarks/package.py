"""How large the package is: lines of Python, by the parts that a reader meets."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import ticketcore

ROOT = Path(ticketcore.__file__).parent


def lines_per_package() -> Iterator[str]:
    """A line for each folder of the package, and for the modules beside them."""
    lines: Counter[str] = Counter()
    for path in sorted(ROOT.rglob("*.py")):
        inside = path.relative_to(ROOT).parts
        name = "ticketcore" if len(inside) == 1 else f"ticketcore.{inside[0]}"
        lines[name] += len(path.read_text(encoding="utf-8").splitlines())
    for name, number in sorted(lines.items()):
        yield f"{name:<44}{number:>12,} lines"
    yield f"{'all':<44}{lines.total():>12,} lines"
