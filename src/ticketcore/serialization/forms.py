"""The forms of everything: what a codec needs to write and read documents, put together from the modules beside."""

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any

from cattrs import Converter

from ticketcore.commands.command import Command
from ticketcore.conditions import Vocabulary
from ticketcore.errors import Fault, InvalidInput, listed
from ticketcore.extensions import Extensions
from ticketcore.model.kinds import Kind
from ticketcore.model.lifecycle import LifeCycle
from ticketcore.serialization.commands import COMMANDS
from ticketcore.serialization.converter import make_converter
from ticketcore.serialization.documents import Documents, nest
from ticketcore.serialization.naming import by_name
from ticketcore.serialization.tables import EVENT_FAMILIES, EVENTS, TIME_TRIGGERS, UPGRADES
from ticketcore.serialization.triggers import add_triggers
from ticketcore.serialization.values import Form, make_canonical


class Forms:
    """
    The documents of records and commands. Nothing is compiled before it is needed.

    Args:
        kind_of: The kinds by the classes of their records.
        vocabularies: The fields that conditions may name, by scope.
        extensions: What the host adds.
        life_cycle: The statuses.
    """

    def __init__(
        self,
        kind_of: Mapping[type, Kind[Any]],
        vocabularies: Mapping[str, Vocabulary[Any]],
        extensions: Extensions,
        life_cycle: LifeCycle,
    ) -> None:
        self._vocabularies = vocabularies
        self._extensions = extensions
        self._life_cycle = life_cycle
        self._record_classes = by_name(kind_of)
        self._command_classes = by_name((*COMMANDS, *extensions.commands))
        self._events = by_name((*EVENTS, *EVENT_FAMILIES, *extensions.events))
        self._time_triggers = by_name((*TIME_TRIGGERS, *extensions.triggers))
        self._upgrades = {**UPGRADES, **extensions.upgrades}

    def check(self) -> None:
        """
        Makes sure that what the host adds goes with what there is.

        Raises:
            InvalidInput: It does not.
        """
        _check_upgrades(self._extensions.upgrades, {*self._record_classes.values(), *self._command_classes.values()})

    @cached_property
    def records(self) -> Documents:
        """The documents of records."""
        return Documents("record", self._record_classes, self._upgrades, self.commands.converter)

    @cached_property
    def commands(self) -> Documents:
        """The documents of commands."""
        return self._documents_of_commands(self._converter())

    @cached_property
    def canonical_commands(self) -> Documents:
        """The documents of commands that are the same for equal ones, with digests in place of bytes."""
        converter = self._converter()
        make_canonical(converter)
        return self._documents_of_commands(converter)

    def _documents_of_commands(self, converter: Converter) -> Documents:
        documents = Documents("command", self._command_classes, self._upgrades, converter)
        nest(documents, Command, converter)
        return documents

    def _converter(self) -> Converter:
        by_facts: dict[Form, Vocabulary[Any]] = {it.facts: it for it in self._vocabularies.values()}
        # A rule's condition does not say what it is asked of.
        by_facts[Any] = self._vocabularies["event"]
        converter = make_converter(self._life_cycle, by_facts)
        add_triggers(converter, self._events, self._time_triggers)
        return converter


def _check_upgrades(upgrades: Collection[type], classes: Collection[type]) -> None:
    """Makes sure that every upgrade of the host's is of a class that there is, and that the library has none for it."""
    if strange := [it.__name__ for it in upgrades if it not in classes or it in UPGRADES]:
        expected = "classes with a form of their own that the library does not upgrade itself"
        raise InvalidInput("Extensions", [Fault("upgrades", expected, listed(strange))])
