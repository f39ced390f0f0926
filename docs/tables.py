"""The tables of the reference, and its lists of commands and events, made of the classes themselves."""
# ruff: noqa: INP001 - run by Sphinx

from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from inspect import getdoc
from itertools import groupby
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from ticketcore import commands, events
from ticketcore.automation import commands as rule_commands
from ticketcore.automation.lint import Code
from ticketcore.commands.command import (
    Command,
    CustomerCommand,
    CustomerTicketCommand,
    OverwritingDeskCommand,
    OverwritingTicketCommand,
    SystemCommand,
    TicketCommand,
)
from ticketcore.conformance import (
    CONTRACT_VERSION,
    SENTENCES,
    BlobStoreLaws,
    Capability,
    Law,
    StorageLaws,
)
from ticketcore.events import EVENT_OF_FIELD, TOLD_BY_DIGEST, Event
from ticketcore.letters import STANDARD_LETTERS
from ticketcore.model.lifecycle import SET_ASIDE, STANDARD_LIFE_CYCLE, Status
from ticketcore.templates import KNOWN, KNOWN_IN_MAIL


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """The lines of a Markdown table."""
    names = list(head)
    for cells in (names, ["---"] * len(names), *rows):
        yield f"| {' | '.join(cells)} |"
    yield ""


def first_sentence(documented: object) -> str:
    """The first sentence of a docstring, on one line."""
    paragraph = " ".join((getdoc(documented) or "").partition("\n\n")[0].split())
    return f"{paragraph.partition('. ')[0].rstrip('.')}."


def described(classes: Iterable[type]) -> Iterator[str]:
    """Directives that show classes with their docstrings."""
    yield "```{eval-rst}"
    for it in classes:
        yield f".. autoclass:: {it.__module__}.{it.__name__}"
        yield ""
    yield "```"
    yield ""


# Statuses.


def statuses() -> Iterator[str]:
    """The standard life cycle as a table."""
    yield from table(
        ("status", "category", "may move to"),
        ((f"`{it}`", it.category.value, _targets(it)) for it in STANDARD_LIFE_CYCLE.statuses),
    )


def _targets(status: Status) -> str:
    if status.category in SET_ASIDE:
        return "the status that it had before"
    return ", ".join(f"`{target}`" for target in STANDARD_LIFE_CYCLE.moves[status])


# Commands.


def command_modules() -> list[ModuleType]:
    """The modules that have commands, one per noun."""
    names = [it.name for it in iter_modules(commands.__path__, f"{commands.__name__}.")]
    modules = [import_module(name) for name in names if name != Command.__module__]
    return [it for it in (*modules, rule_commands) if commands_of(it)]


def commands_of(module: ModuleType) -> list[type[Command[Any]]]:
    """The commands that a module defines, in its order."""
    return [
        it
        for it in vars(module).values()
        if isinstance(it, type) and issubclass(it, Command) and it.__module__ == module.__name__
    ]


def command_pages() -> Iterator[str]:
    """A section for each noun: a table of its commands, and each in full."""
    for module in command_modules():
        found = commands_of(module)
        yield f"## {first_sentence(module).rstrip('.').partition(':')[0]}"
        yield ""
        yield f"In `{module.__name__}`."
        yield ""
        yield from table(
            ("command", "asked by", "on a ticket", "`seen`", "permission"), (_command_row(it) for it in found)
        )
        yield from described(found)


def _command_row(command: type[Command[Any]]) -> tuple[str, ...]:
    return (
        f"{{py:obj}}`{command.__name__} <{command.__module__}.{command.__name__}>`",
        _asked_by(command),
        "yes" if issubclass(command, TicketCommand | CustomerTicketCommand) else "",
        "yes" if issubclass(command, OverwritingTicketCommand | OverwritingDeskCommand) else "",
        command.permission.value,
    )


def _asked_by(command: type[Command[Any]]) -> str:
    if issubclass(command, CustomerCommand | CustomerTicketCommand):
        return "customers"
    return "the system" if issubclass(command, SystemCommand) else "agents, the system"


# Events.


def event_pages() -> Iterator[str]:
    """Which event tells of which field, and all events."""
    yield "## Which event tells of which field"
    yield ""
    yield from table(
        ("field", "event", "told as"),
        (
            (f"`{field}`", f"`{event.__name__}`", "digest" if field in TOLD_BY_DIGEST else "value")
            for field, event in EVENT_OF_FIELD.items()
        ),
    )
    yield "## All events"
    yield ""
    found = [it for it in vars(events).values() if isinstance(it, type) and issubclass(it, Event)]
    yield from described([events.Cause, *found])


# Rules.


def findings() -> Iterator[str]:
    """What lint finds."""
    yield from table(
        ("code", "severity", "what is found"), ((f"`{it.key}`", it.severity.value, it.description) for it in Code)
    )


# Templates.


def placeholders() -> Iterator[str]:
    """The placeholders that templates can name."""
    yield from table(
        ("placeholder", "where"),
        ((f"`{{{it}}}`", "everywhere" if it in KNOWN else "in templates of mail") for it in KNOWN_IN_MAIL),
    )


def letters() -> Iterator[str]:
    """What mails say where a department has no template of its own."""
    yield from table(("mail", "template"), ((f"`{it}`", f"`{text!r}`") for it, text in STANDARD_LETTERS.items()))


# The contract of storage.


def laws() -> Iterator[str]:
    """A table for each group of laws."""
    yield f"This is version {CONTRACT_VERSION} of the contract."
    yield ""
    every = {it.id: it for of in (StorageLaws, BlobStoreLaws) for it in of.laws().values()}
    for group, ids in groupby(SENTENCES, lambda id: id.partition("-")[0]):
        yield f"## {group}"
        yield ""
        yield from table(("law", "", "sentence", "asked of adapters with"), (_law_row(every[id]) for id in ids))


def _law_row(law: Law) -> tuple[str, ...]:
    needs = ", ".join(f"`{it.name}`" for it in law.needs)
    return f"`{law.id}`", law.sentence.level.value, law.sentence.text, needs


def capabilities() -> Iterator[str]:
    """What adapters can declare."""
    yield from table(("capability", "what it says"), ((f"`{it.name}`", it.value) for it in Capability))


PAGES: Mapping[str, Callable[[], Iterator[str]]] = {
    "statuses": statuses,
    "commands": command_pages,
    "events": event_pages,
    "findings": findings,
    "placeholders": placeholders,
    "letters": letters,
    "laws": laws,
    "capabilities": capabilities,
}


def write(folder: Path) -> None:
    """Writes everything into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (folder / f"{name}.md").write_text("\n".join(page()), encoding="utf-8")
