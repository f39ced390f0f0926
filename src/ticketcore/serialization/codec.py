"""The codec: everything a desk stores or is asked for, as JSON and back."""

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any, TypeVar

from cattrs import Converter

from ticketcore.commands.command import Command
from ticketcore.conditions import VOCABULARIES, Condition, Vocabulary, from_json, to_json
from ticketcore.errors import Fault, InvalidInput, listed
from ticketcore.extensions import NO_EXTENSIONS, Extensions
from ticketcore.model.keys import NaturalKey
from ticketcore.model.kinds import ENTRIES, Kind
from ticketcore.model.lifecycle import STANDARD_LIFE_CYCLE, LifeCycle
from ticketcore.serialization.converter import make_converter
from ticketcore.serialization.documents import Documents, by_name, nest
from ticketcore.serialization.tables import (
    EVENT_FAMILIES,
    EVENTS,
    NATURAL_KEYS,
    RECORDS,
    TIME_TRIGGERS,
    UPGRADES,
)
from ticketcore.serialization.text import Json, canonical_text, read_text, write_text
from ticketcore.serialization.triggers import add_triggers
from ticketcore.serialization.values import Form, make_canonical, refused

T = TypeVar("T")


class Codec:
    """
    The JSON form of records, commands and conditions.

    A document names its class and its format: `{"command": "SetPriority", "format": 1, "priority": "high"}`. Choices
    and statuses stand in it by their keys, classes of events by their names, times in UTC, bytes in Base64. Documents
    may come from anybody: nothing is converted silently; what is unknown or wrong is refused, all of it at once.

    Args:
        extensions: What the host adds.
        life_cycle: The statuses.

    Raises:
        InvalidInput: What the host adds does not go with what there is.
    """

    def __init__(self, extensions: Extensions = NO_EXTENSIONS, *, life_cycle: LifeCycle = STANDARD_LIFE_CYCLE) -> None:
        self._life_cycle = life_cycle
        self._vocabularies = _vocabularies(extensions)
        self._kinds, self._classes = _kinds_and_classes(extensions)
        self._kind_of = {it: self._kinds[kind] for kind, classes in self._classes.items() for it in classes.values()}
        self._record_classes = by_name(self._kind_of)
        self._events = by_name((*EVENTS, *EVENT_FAMILIES, *extensions.events))
        self._time_triggers = by_name((*TIME_TRIGGERS, *extensions.triggers))
        self._upgrades = {**UPGRADES, **extensions.upgrades}
        self._added_commands = extensions.commands
        if extensions.commands or extensions.upgrades:
            _check_upgrades(extensions.upgrades, {*self._kind_of, *self._command_classes.values()})

    # Kinds of records.

    def kind_of(self, record: object) -> Kind[Any]:
        """
        The kind of a record.

        Raises:
            InvalidInput: It is no record, or a natural key, which does not tell its kind.
        """
        kind = self._kind_of.get(type(record))
        if kind is None or isinstance(record, NaturalKey):
            raise refused("a record that tells its kind", record, "record")
        return kind

    def kind(self, name: str) -> Kind[Any]:
        """
        The kind of that name.

        Raises:
            InvalidInput: There is none.
        """
        if name not in self._kinds:
            raise refused(listed(self._kinds), name, "kind")
        return self._kinds[name]

    # Records.

    def pack(self, record: object) -> Json:
        """
        The document of a record.

        Args:
            record: Of any kind; events are records of threads.

        Raises:
            InvalidInput: It is no record, or one with a time that has no zone.
        """
        return self._records.pack(record)

    def unpack(self, kind: Kind[T], data: object) -> T:
        """
        The record of a document.

        Args:
            kind: The kind that it must be of.
            data: What a decoder gave.

        Raises:
            InvalidInput: With everything that is wrong with it.
        """
        self.kind(kind.name)
        return self._records.unpack(data, self._classes[kind.name])  # type: ignore[no-any-return]  # these are the classes of the kind

    # Commands.

    def pack_command(self, command: Command[Any]) -> Json:
        """
        The document of a command.

        Raises:
            InvalidInput: It is of no known class; a host's own are listed in `Extensions`.
        """
        return self._commands.pack(command)

    def unpack_command(self, data: object) -> Command[Any]:
        """
        The command of a document. What its constructor would refuse is among the faults.

        Args:
            data: What a decoder gave.

        Raises:
            InvalidInput: With everything that is wrong with it.
        """
        return self._commands.unpack(data)  # type: ignore[no-any-return]  # these are the classes of commands

    def command_text(self, command: Command[Any]) -> str:
        """
        The canonical text of a command: the same for equal commands, digests in place of bytes. Nothing reads it back.

        Raises:
            InvalidInput: As for `pack_command`.
        """
        return canonical_text(self._canonical_commands.pack(command))

    # Conditions.

    def pack_condition(self, condition: Condition[Any]) -> Json:
        """The document of a condition."""
        return to_json(condition)

    def unpack_condition(self, data: object, scope: str = "event") -> Condition[Any]:
        """
        The condition of a document.

        Args:
            data: What a decoder gave.
            scope: What it is to be asked of: `"event"` for rules, `"ticket"` for views, or another root.

        Raises:
            InvalidInput: With everything that is wrong with it.
        """
        return from_json(data, self.vocabulary(scope))

    def vocabulary(self, scope: str) -> Vocabulary[Any]:
        """
        The fields that conditions of a scope may name, the host's own included.

        Raises:
            InvalidInput: There is no such scope.
        """
        if scope not in self._vocabularies:
            raise refused(listed(self._vocabularies), scope, "scope")
        return self._vocabularies[scope]

    # Text.

    def dumps(self, value: object) -> str:
        """
        A record or command as JSON text, in one line.

        Raises:
            InvalidInput: It is neither.
        """
        return write_text(self.pack_command(value) if isinstance(value, Command) else self.pack(value))

    def loads(self, text: str | bytes) -> object:
        """
        The record or command of JSON text; the document itself says what it is.

        Args:
            text: As `dumps` wrote it, or anybody else.

        Raises:
            InvalidInput: With everything that is wrong with it.
        """
        data = read_text(text)
        documents = self._commands if isinstance(data, dict) and self._commands.word in data else self._records
        return documents.unpack(data)

    # What it is made of. Most desks never read a document, so nothing is loaded or compiled before it is needed.

    @cached_property
    def _command_classes(self) -> dict[str, type[Command[Any]]]:
        from ticketcore.serialization.commands import COMMANDS  # noqa: PLC0415 - this loads every command there is

        return by_name((*COMMANDS, *self._added_commands))

    @cached_property
    def _records(self) -> Documents:
        return Documents("record", self._record_classes, self._upgrades, self._commands.converter)

    @cached_property
    def _commands(self) -> Documents:
        return self._documents_of_commands(self._converter())

    @cached_property
    def _canonical_commands(self) -> Documents:
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


def _kinds_and_classes(extensions: Extensions) -> tuple[dict[str, Kind[Any]], dict[str, dict[str, type]]]:
    """The kinds by name, and by that name the classes of their records."""
    kinds: dict[str, Kind[Any]] = {}
    classes: dict[str, list[type]] = {}
    natural_keys = ((kind, (NaturalKey,)) for kind in NATURAL_KEYS)
    added = ((kind, (record,)) for record, kind in extensions.records.items())
    for kind, records in (*RECORDS.items(), *natural_keys, *added):
        if kinds.setdefault(kind.name, kind) is not kind:
            raise InvalidInput("Extensions", [Fault("records", "kinds of names that are not taken", repr(kind))])
        classes.setdefault(kind.name, []).extend(records)
    classes[ENTRIES.name] += extensions.events
    return kinds, {name: by_name(records) for name, records in classes.items()}


def _vocabularies(extensions: Extensions) -> Mapping[str, Vocabulary[Any]]:
    """The vocabularies with the host's fields. What can be asked of a ticket can be asked of an event on it, too."""
    vocabularies = dict(VOCABULARIES)
    for field in extensions.fields:
        scopes = ("ticket", "event") if field.scope == "ticket" else (field.scope,)
        for scope in scopes:
            if scope not in vocabularies:
                raise InvalidInput("Extensions", [Fault("fields", f"fields of {listed(vocabularies)}", repr(field))])
            vocabularies[scope] = vocabularies[scope].with_fields(field)
    return vocabularies


def _check_upgrades(upgrades: Collection[type], classes: Collection[type]) -> None:
    """Makes sure that every upgrade of the host's is of a class that there is, and that the library has none for it."""
    if strange := [it.__name__ for it in upgrades if it not in classes or it in UPGRADES]:
        expected = "classes with a form of their own that the library does not upgrade itself"
        raise InvalidInput("Extensions", [Fault("upgrades", expected, listed(strange))])
