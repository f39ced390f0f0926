import pkgutil
from importlib import import_module

import attrs
import pytest

import ticketcore
from ticketcore.commands.command import Command
from ticketcore.events import Event
from ticketcore.extensions import HEAD
from ticketcore.model.keys import NaturalKey
from ticketcore.model.kinds import Kind
from ticketcore.serialization.commands import COMMANDS
from ticketcore.serialization.tables import EVENT_FAMILIES, EVENTS, NATURAL_KEYS, RECORDS

WITH_EXTRAS = ("ticketcore.storage.sql", "ticketcore.conformance")
"""What may need more than is installed with the library; no commands, events or kinds are there."""


def everything():
    """Every value that a module of the package has under a name."""
    for module in pkgutil.walk_packages(ticketcore.__path__, "ticketcore."):
        if not module.name.startswith(WITH_EXTRAS):
            yield from vars(import_module(module.name)).values()


def classes_of(base):
    """Every class of attrs in the package that inherits another one, by name."""
    found = (it for it in everything() if isinstance(it, type) and issubclass(it, base) and attrs.has(it))
    return {it.__name__: it for it in found}


def test_every_command_is_in_the_table():
    """Every command of the package has a JSON form; what needs no permission is no command but a kind of them."""
    found = {name for name, it in classes_of(Command).items() if hasattr(it, "permission")}

    assert found == {it.__name__ for it in COMMANDS}


def test_every_event_is_in_the_table():
    """Every event of the package has a JSON form, and every family of events a name as a trigger."""
    assert classes_of(Event).keys() == {it.__name__ for it in (*EVENTS, *EVENT_FAMILIES)}


def test_every_kind_is_in_the_table():
    """Records of every kind of the package have a JSON form."""
    found = {it.name for it in everything() if isinstance(it, Kind)}

    assert found == {it.name for it in (*RECORDS, *NATURAL_KEYS)}


@pytest.mark.parametrize("table", [COMMANDS, EVENTS, NATURAL_KEYS])
def test_table_lists_nothing_twice(table):
    """What is listed once is enough."""
    assert len(set(table)) == len(table)


@pytest.mark.parametrize("cls", [NaturalKey, *COMMANDS, *(it for classes in RECORDS.values() for it in classes)])
def test_no_field_is_called_like_a_part_of_the_head(cls):
    """The head of a document leaves no room for fields of the same names."""
    assert not HEAD & {field.name for field in attrs.fields(cls)}
