"""What imports load, seen in an interpreter of its own, and what the contents pages lead to."""

import ast
import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import ticketcore

ALLOWED = {
    "attr",
    "attrs",
    "cattrs",
    "dateutil",
    "six",  # of python-dateutil 2
    "ticketcore",
    "typing_extensions",  # of cattrs
}
PAGES = [
    "ticketcore",
    "ticketcore._rehearsing",
    "ticketcore.automation",
    "ticketcore.automation.lint",
    "ticketcore.commands",
]
PROGRAM = """
import json, sys
before = set(sys.modules)
{import_}
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def loaded_by(import_: str) -> set[str]:
    """The packages that an interpreter of its own loads for an import, apart from the standard library."""
    loaded = {name.partition(".")[0] for name in modules_loaded_by(import_)}
    return {it for it in loaded - sys.stdlib_module_names if not it.startswith("_sysconfigdata")}


def modules_loaded_by(import_: str) -> set[str]:
    """The modules that an interpreter of its own loads for an import."""
    program = PROGRAM.format(import_=import_)
    run = subprocess.run(
        [sys.executable, "-I", "-W", "error", "-c", program], capture_output=True, check=True, text=True
    )
    return set(json.loads(run.stdout))


def test_import_loads_the_core_alone():
    """Neither an optional dependency nor a test tool is loaded, only what every installation has."""
    loaded = loaded_by("from ticketcore import *; from ticketcore.commands import *; HelpDesk().codec.dumps(Purge())")

    assert {"ticketcore", "attrs", "cattrs"} <= loaded
    assert loaded <= ALLOWED


def test_the_contents_page_alone_loads_nothing():
    """Whoever needs one module of the package does not wait for the others."""
    assert loaded_by("import ticketcore") == {"ticketcore"}


@pytest.fixture(scope="module")
def desk():
    """The modules that are loaded for a desk in memory."""
    return modules_loaded_by("from ticketcore import HelpDesk; HelpDesk()")


@pytest.mark.parametrize("page", PAGES)
def test_type_checkers_see_what_is_on_a_contents_page(page):
    """What a page leads to is what its imports tell type checkers of, name by name."""
    module = import_module(page)
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    told = [
        (imported.module, alias.name)
        for block in tree.body
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for imported in block.body
        for alias in imported.names
    ]

    assert sorted({"__version__"} & {*module.__all__} | {name for _, name in told}) == sorted(module.__all__)
    assert dir(module) == sorted(module.__all__)
    for home, name in told:
        assert getattr(module, name) is getattr(import_module(home), name)


def test_a_page_keeps_what_it_has_led_to():
    """What has been asked for once is found without asking again."""
    assert ticketcore.Order is vars(ticketcore)["Order"]


@pytest.mark.parametrize(
    "module",
    [
        "cattrs",
        "ticketcore.automation.effects",
        "ticketcore.automation.explaining",
        "ticketcore.automation.lint.linting",
        "ticketcore.automation.simulating",
        "ticketcore.commands.chats",
        "ticketcore.commands.merging",
        "ticketcore.serialization.forms",
    ],
)
def test_a_desk_waits_for_little(desk, module):
    """Commands are loaded by those who ask them, and so is what most desks do without: documents, lint, rehearsals."""
    assert "ticketcore.desk" in desk
    assert module not in desk


def test_modules_are_reached_through_the_package():
    """`import ticketcore` is enough to write `ticketcore.events`."""
    assert loaded_by("import ticketcore; ticketcore.events.TicketOpened, ticketcore.HelpDesk") <= ALLOWED


def test_what_does_not_exist_is_refused():
    """A misspelt name is an `AttributeError` that names it."""
    with pytest.raises(AttributeError, match="'ticketcore' has no attribute 'HelpDisk'"):
        getattr(ticketcore, "HelpDisk")  # noqa: B009 - type checkers would refuse it as well
