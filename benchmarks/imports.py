"""How long imports take, each in a process of its own."""

import subprocess
import sys
from functools import partial

from benchmarks.timing import in_turns

OWN = "from ticketcore import *"
"""The whole desk: `import ticketcore` alone loads next to nothing, and would tell of no wait that a host has."""

DEPENDENCIES = "import attrs, cattrs, dateutil.relativedelta"
"""What ticketcore imports of the three distributions that it depends on."""

_PROGRAM = """
from time import perf_counter
start = perf_counter()
{statement}
print(perf_counter() - start)
"""


def import_times(repeats: int) -> tuple[float, float]:
    """How many milliseconds ticketcore takes, with its dependencies, and these alone."""
    taken = in_turns({statement: partial(_milliseconds, statement) for statement in (OWN, DEPENDENCIES)}, repeats)
    return taken[OWN], taken[DEPENDENCIES]


def _milliseconds(statement: str) -> float:
    program = [sys.executable, "-P", "-c", _PROGRAM.format(statement=statement)]
    run = subprocess.run(program, capture_output=True, check=True, text=True)  # noqa: S603 - our own program
    return float(run.stdout) * 1_000
