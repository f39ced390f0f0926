"""
Runs the benchmarks: `python -m benchmarks [GROUP …] [--size SIZE] [--results FILE]`.

Prints one line per figure, and writes all of them into benchmarks/results.json. They are measurements, not tests: read
ratios, and figures of one run beside each other.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from benchmarks import assign, business_time, core, rules, storage, sweeping, to_solve
from benchmarks.core import FULL, SMALLEST, Size
from benchmarks.figures import Figure, Remark, write

Group: TypeAlias = Callable[[Size], Iterator[Figure | Remark]]


def measure_time(size: Size) -> Iterator[Figure | Remark]:
    """All figures of business time, of what time makes due, and of the order of work."""
    yield from business_time.measure(size)
    yield from sweeping.measure(size)
    yield from to_solve.measure(size)


GROUPS: Mapping[str, Group] = {
    "core": core.measure,
    "rules": rules.measure,
    "assign": assign.measure,
    "time": measure_time,
    "storage": storage.measure,
}
SIZES: Mapping[str, Size] = {"full": FULL, "smallest": SMALLEST}
RESULTS = Path(__file__).with_name("results.json")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs groups of benchmarks."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="The benchmarks of ticketcore.")
    parser.add_argument("groups", nargs="*", metavar="group", help=f"of {', '.join(GROUPS)}; all by default")
    parser.add_argument("--size", choices=SIZES, default="full", help="smallest only shows that everything runs")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where the figures are written")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.groups) - GROUPS.keys():
        parser.error(f"no group {', '.join(sorted(unknown))}; there are {', '.join(GROUPS)}")
    figures: list[Figure] = []
    for name in chosen.groups or GROUPS:
        for measured in GROUPS[name](SIZES[chosen.size]):
            print(measured.line(), flush=True)
            if isinstance(measured, Figure):
                figures.append(measured)
    write(chosen.results, figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
