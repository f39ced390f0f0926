"""What imports load, seen in an interpreter of its own, and what the contents page leads to."""

import json
import subprocess
import sys

import pytest

import ticketcore
from ticketcore.commands.command import ANY
from ticketcore.conditions import EventF, F

ALLOWED = {
    "attr",
    "attrs",
    "cattrs",
    "dateutil",
    "six",  # of python-dateutil 2
    "ticketcore",
    "typing_extensions",  # of cattrs
}
PROGRAM = """
import json, sys
before = set(sys.modules)
{import_}
loaded = {{name.partition(".")[0] for name in set(sys.modules) - before}}
standard = {{name for name in loaded if name in sys.stdlib_module_names or name.startswith("_sysconfigdata")}}
print(json.dumps(sorted(loaded - standard)))
"""


def loaded_by(import_: str) -> set[str]:
    """The packages that an interpreter of its own loads for an import, apart from the standard library."""
    program = PROGRAM.format(import_=import_)
    run = subprocess.run(
        [sys.executable, "-I", "-W", "error", "-c", program], capture_output=True, check=True, text=True
    )
    return set(json.loads(run.stdout))


def test_import_loads_the_core_alone():
    """Neither an optional dependency nor a test tool is loaded, only what every installation has."""
    loaded = loaded_by("from ticketcore import *")

    assert {"ticketcore", "attrs", "cattrs"} <= loaded
    assert loaded <= ALLOWED


def test_the_contents_page_alone_loads_nothing():
    """Whoever needs one module of the package does not wait for the others."""
    assert loaded_by("import ticketcore") == {"ticketcore"}


def test_everything_on_the_contents_page_is_there():
    """Each name leads to what has that name in the module where it lives."""
    for name in set(ticketcore.__all__) - {"ANY", "F", "EventF", "__version__"}:
        assert getattr(ticketcore, name).__name__ == name
    assert ticketcore.ANY is ANY
    assert (ticketcore.F, ticketcore.EventF) == (F, EventF)


def test_modules_are_reached_through_the_package():
    """`import ticketcore` is enough to write `ticketcore.events`."""
    assert loaded_by("import ticketcore; ticketcore.events.TicketOpened, ticketcore.HelpDesk") <= ALLOWED


def test_what_does_not_exist_is_refused():
    """A misspelt name is an `AttributeError` that names it."""
    with pytest.raises(AttributeError, match="'ticketcore' has no attribute 'HelpDisk'"):
        getattr(ticketcore, "HelpDisk")  # noqa: B009 - type checkers would refuse it as well
