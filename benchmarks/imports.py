"""
How long imports take, each in a process of its own.

Installers compile what they install, and so the first turn, which does not count, compiles everything here: into a
folder of its own, since an environment may forbid to write any beside the sources.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from tempfile import TemporaryDirectory

from benchmarks.timing import in_turns

DEPENDENCIES = "import attrs, cattrs, dateutil.relativedelta"
"""What ticketcore imports of the three distributions that it depends on."""

DESK = "from ticketcore import HelpDesk; HelpDesk()"
"""What every program with a desk waits for. `import ticketcore` alone loads next to nothing."""

FIRST_TICKET = """
from ticketcore import HelpDesk
from ticketcore.commands import AddContact, SubmitTicket
desk = HelpDesk()
mia = desk.as_system().do(AddContact("Mia", email="mia@example.org"))
desk.as_customer(mia.id).do(SubmitTicket("Invoice 7", "You charged me twice."))
"""
"""What a program waits for until the first ticket is there."""

EVERYTHING = "from ticketcore import *; from ticketcore.commands import *; HelpDesk().codec.dumps(Purge())"
"""Whatever a desk can be asked, and what reading and writing documents takes: what a large program comes to load."""

_PROGRAM = """
from time import process_time
start = process_time()
{statement}
print(process_time() - start)
"""


def import_times(repeats: int) -> Mapping[str, float]:
    """How many milliseconds each of the four takes; what ticketcore depends on is in all of them."""
    with TemporaryDirectory() as compiled:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = compiled
        statements = (DEPENDENCIES, DESK, FIRST_TICKET, EVERYTHING)
        return in_turns({it: partial(_milliseconds, it, environment) for it in statements}, repeats)


def _milliseconds(statement: str, environment: Mapping[str, str]) -> float:
    program = [sys.executable, "-P", "-c", _PROGRAM.format(statement=statement)]
    run = subprocess.run(program, capture_output=True, check=True, env=environment, text=True)  # noqa: S603 - our own program
    return float(run.stdout) * 1_000
