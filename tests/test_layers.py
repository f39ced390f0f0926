"""
What may import what.

The table is the plan of the package: whoever wants an import that it does not allow changes the plan first. It is read
against the source, so it also sees imports inside functions and those that only type checkers follow.
"""

import ast
import sys
from collections.abc import Iterable, Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import attrs
import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "ticketcore"


def names(several: Iterable[str]) -> frozenset[str]:
    """The names as a set that cannot change."""
    return frozenset(several)


@attrs.frozen
class Layer:
    """
    A module of the package, or a folder with all that is in it.

    Attributes:
        knows: The layers it may import; itself it always may.
        uses: The distributions it may import, by the name they are imported with.
        for_types: Layers it may import under `if TYPE_CHECKING`, and nowhere else.
        is_pure: Whether it must do without clock, randomness, files, network and threads.
    """

    knows: frozenset[str] = attrs.field(converter=names)
    uses: frozenset[str] = attrs.field(default=frozenset({"attrs"}), converter=names, kw_only=True)
    for_types: frozenset[str] = attrs.field(default=frozenset(), converter=names, kw_only=True)
    is_pure: bool = attrs.field(default=True, kw_only=True)


RECORDS = {"errors", "model"}
LANGUAGE = RECORDS | {"business_time", "conditions", "query", "words"}
SUBJECTS = {"access", "assignment", "sla", "templates", "time_tracking", "to_solve"}
DRAFT = LANGUAGE | SUBJECTS | {"_loaded", "_undo", "configuration", "events", "storage.protocols"}
DECISIONS = DRAFT | {"_draft", "letters", "notices", "notifications", "receipts", "commands"}
WRITING = DECISIONS | {"automation", "sweep", "extensions"}
WAY = WRITING | {"serialization"}
DESK = WAY | {
    "_blobs",
    "_bulk",
    "bulk",
    "_delivery",
    "_flow",
    "_ids",
    "_reading",
    "_rehearsing",
    "_request",
    "_steps",
    "storage",
}

# A longer name goes before a shorter one: `storage.sql` is not ruled by `storage`.
LAYERS = {
    "_contents": Layer([]),
    "errors": Layer([]),
    "model": Layer({"errors"}),
    "business_time": Layer(RECORDS, uses={"attrs", "dateutil", "holidays"}),
    "conditions": Layer(RECORDS | {"business_time"}, uses={"attrs", "dateutil"}),
    "words": Layer(RECORDS | {"conditions"}),
    "query": Layer(RECORDS | {"conditions", "words"}),
    "access": Layer(LANGUAGE),
    "assignment": Layer(LANGUAGE),
    "sla": Layer(LANGUAGE),
    "templates": Layer(LANGUAGE),
    "time_tracking": Layer(LANGUAGE),
    "to_solve": Layer(LANGUAGE),
    "events": Layer(LANGUAGE | SUBJECTS),
    "configuration": Layer(LANGUAGE | SUBJECTS),
    # Values and protocols alone: the draft says in its words what it read and what it wants written.
    "storage.protocols": Layer(LANGUAGE),
    "_loaded": Layer(LANGUAGE | {"storage.protocols"}),
    "_undo": Layer([]),
    "_draft": Layer(DRAFT),
    "letters": Layer(DRAFT | {"_draft"}),
    # Values and protocols alone, for those who write notifiers.
    "notices": Layer(RECORDS),
    "notifications": Layer(DRAFT | {"_draft", "letters", "notices"}),
    "commands": Layer(DRAFT | {"_contents", "_draft", "letters", "notices", "notifications", "receipts"}),
    "automation": Layer(DECISIONS | {"_contents"}, uses={"attrs", "dateutil"}),
    "receipts": Layer(RECORDS),
    # Time sets off rules, too.
    "sweep": Layer(DECISIONS | {"automation"}),
    "extensions": Layer(DECISIONS | {"automation"}),
    # Every record and command by name: this is where they are written down, and nothing else needs all of them.
    "serialization": Layer(WRITING, uses={"attrs", "cattrs"}),
    "storage": Layer(LANGUAGE | {"serialization", "storage.protocols"}, is_pure=False),
    "storage.sql": Layer(
        LANGUAGE | {"serialization", "storage", "storage.protocols"},
        uses={"aiosqlite", "attrs", "greenlet", "psycopg", "sqlalchemy"},
        is_pure=False,
    ),
    "_ids": Layer([], is_pure=False),
    "_steps": Layer(WRITING),
    "_known": Layer(WRITING | {"_steps"}),
    "_request": Layer(WRITING),
    "_reading": Layer(DECISIONS),
    "_flow": Layer(WAY | {"_known", "_request", "_steps"}),
    "_blobs": Layer(WAY | {"_flow", "_steps"}),
    "_delivery": Layer(WAY | {"_flow", "_request", "_steps"}),
    # Values alone: what a bulk came to.
    "bulk": Layer(LANGUAGE),
    "_bulk": Layer(WAY | {"_flow", "_reading", "_request", "_steps", "bulk"}),
    "_rehearsing": Layer(WAY | {"_contents", "_flow", "_reading", "_steps"}),
    "seats": Layer(DESK),
    "async_seats": Layer(DESK),
    "desk": Layer(DESK | {"seats"}, is_pure=False),
    "async_desk": Layer(DESK | {"async_seats", "desk"}, is_pure=False),
    "channels": Layer(DESK | {"desk", "seats"}, is_pure=False),
    "conformance": Layer(DESK | {"desk", "seats"}, uses={"attrs", "hypothesis", "pytest"}, is_pure=False),
}

IMPURE = {
    "asyncio", "concurrent", "glob", "http", "io", "multiprocessing", "os", "pathlib", "random", "secrets", "shutil",
    "smtplib", "socket", "sqlite3", "subprocess", "tempfile", "threading", "time", "urllib",
}  # fmt: skip
NOWHERE = {"pickle": "no stored form may run code", "zenpy": "its licence is not ours"}


@attrs.frozen
class Import:
    """One name that a module imports, and whether type checkers alone follow it."""

    name: str
    line: int
    is_for_types: bool


MODULES = {
    ".".join(("ticketcore", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}


def layer_of(module: str) -> str | None:
    """The name of the row that rules a module: the longest that fits."""
    name = module.removeprefix("ticketcore").removeprefix(".")
    fitting = [row for row in LAYERS if f"{name}.".startswith(f"{row}.")]
    return max(fitting, key=len, default=None)


def imports_of(module: str, source: str, *, is_package: bool = False) -> Iterator[Import]:
    """Everything a module imports, wherever in the file."""
    tree = ast.parse(source)
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}
        for statement in node.body
        for inner in ast.walk(statement)
    }
    package = module if is_package else module.rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name in _imported(node, package):
                yield Import(name, node.lineno, id(node) in for_types)


def _imported(node: ast.Import | ast.ImportFrom, package: str) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    above = ".".join(package.split(".")[: len(package.split(".")) + 1 - node.level]) if node.level else ""
    origin = ".".join(filter(None, [above, node.module]))
    submodules = [name for alias in node.names if (name := f"{origin}.{alias.name}") in MODULES]
    return submodules or [origin]


def faults(module: str, source: str, *, is_package: bool = False) -> list[str]:
    """What a module imports against the table, each as a sentence."""
    return [
        f"{module}, line {imported.line}: imports {imported.name}, {fault}"
        for imported in imports_of(module, source, is_package=is_package)
        if (fault := _fault(module, imported))
    ]


def _fault(module: str, imported: Import) -> str | None:
    top = imported.name.partition(".")[0]
    if top in NOWHERE:
        return NOWHERE[top]
    own = layer_of(module)
    if module == "ticketcore":
        return None if top in {"ticketcore", *sys.stdlib_module_names} else "which the contents page need not"
    if own is None:
        return "but is itself in no layer"
    if top == "ticketcore":
        return _fault_inside(own, imported)
    if top not in sys.stdlib_module_names:
        return None if top in LAYERS[own].uses else f"but {own} may use {sorted(LAYERS[own].uses)} alone"
    return f"but {own} must not touch the world" if LAYERS[own].is_pure and top in IMPURE else None


def _fault_inside(own: str, imported: Import) -> str | None:
    if imported.name == "ticketcore":
        return "the contents page, which imports everything"
    target = layer_of(imported.name)
    allowed = LAYERS[own].knows | {own} | (LAYERS[own].for_types if imported.is_for_types else frozenset())
    return None if target in allowed else f"but {own} may know {sorted(allowed - {own}) or 'nothing'} alone"


@pytest.mark.parametrize("module", MODULES)
def test_imports_are_allowed(module):
    """A module imports only what its layer may know."""
    path = MODULES[module]

    assert faults(module, path.read_text(encoding="utf-8"), is_package=path.name == "__init__.py") == []


def test_every_module_has_a_layer():
    """No module is outside the plan."""
    assert [module for module in MODULES if module != "ticketcore" and layer_of(module) is None] == []


def test_every_layer_has_a_module():
    """The plan, and the picture that is drawn of it, show nothing that is not there."""
    assert set(LAYERS) <= {layer_of(module) for module in MODULES}


def test_plan_names_only_layers():
    """A layer that another one may know is itself in the plan."""
    assert {name for layer in LAYERS.values() for name in layer.knows | layer.for_types} <= set(LAYERS)


def test_plan_has_no_circles():
    """Layers can be put in an order in which each knows only those before it."""
    order = TopologicalSorter({name: layer.knows for name, layer in LAYERS.items()}).static_order()

    assert set(order) == set(LAYERS)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("ticketcore.model.tickets", "import cattrs"),
        ("ticketcore.model.tickets", "import ticketcore"),
        ("ticketcore.model.tickets", "from ticketcore import desk"),
        ("ticketcore.model.tickets", "from ticketcore.conditions import F"),
        ("ticketcore.model.tickets", "from ..conditions import F"),
        ("ticketcore.model.tickets", "def late():\n    from ticketcore.desk import HelpDesk"),
        ("ticketcore.model.tickets", "if TYPE_CHECKING:\n    from ticketcore.desk import HelpDesk"),
        ("ticketcore.commands.answering", "import ticketcore.automation.rules"),
        ("ticketcore.commands.answering", "from time import time"),
        ("ticketcore.commands.answering", "import os.path"),
        ("ticketcore.commands.answering", "from ticketcore.automation import AddRule"),
        ("ticketcore.storage.memory", "import sqlalchemy"),
        ("ticketcore.storage.memory", "from ticketcore.desk import HelpDesk"),
        ("ticketcore.desk", "import pickle"),
        ("ticketcore", "import sqlalchemy"),
    ],
)
def test_forbidden_import_is_found(module, source):
    """An import against the plan is found, in whatever form it is written."""
    assert len(faults(module, source)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("ticketcore.model.tickets", "import attrs\nfrom datetime import datetime\nfrom .people import Contact"),
        ("ticketcore.model.tickets", "from ticketcore.errors import InvalidInput"),
        ("ticketcore.commands.answering", "from ticketcore._draft import Draft\nfrom ticketcore.model import tickets"),
        (
            "ticketcore.storage.sql.tables",
            "from sqlalchemy import Table\nfrom ticketcore.storage.protocols import Session",
        ),
        ("ticketcore", "from ticketcore.desk import HelpDesk"),
    ],
)
def test_allowed_import_passes(module, source):
    """What the plan allows is not complained of."""
    assert faults(module, source) == []
