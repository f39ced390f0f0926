"""The codec: everything a desk stores or is asked for, as JSON and back."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from ticketcore.commands.command import Command
from ticketcore.conditions import VOCABULARIES, Condition, Vocabulary, from_json, to_json
from ticketcore.errors import Fault, InvalidInput, listed
from ticketcore.extensions import NO_EXTENSIONS, Extensions
from ticketcore.model.keys import NaturalKey
from ticketcore.model.kinds import Kind
from ticketcore.model.lifecycle import STANDARD_LIFE_CYCLE, LifeCycle
from ticketcore.serialization.naming import kinds_and_classes
from ticketcore.serialization.text import Json, canonical_text, read_text, refused, write_text

if TYPE_CHECKING:
    from ticketcore.serialization.forms import Forms

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
        self._extensions = extensions
        self._life_cycle = life_cycle
        self._vocabularies = _vocabularies(extensions)
        self._kinds, self._classes = kinds_and_classes(extensions)
        self._kind_of = {it: self._kinds[kind] for kind, classes in self._classes.items() for it in classes.values()}
        if extensions is not NO_EXTENSIONS:
            self._forms.check()

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
        return self._forms.records.pack(record)

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
        return self._forms.records.unpack(data, self._classes[kind.name])  # type: ignore[no-any-return]  # these are the classes of the kind

    # Commands.

    def pack_command(self, command: Command[Any]) -> Json:
        """
        The document of a command.

        Raises:
            InvalidInput: It is of no known class; a host's own are listed in `Extensions`.
        """
        return self._forms.commands.pack(command)

    def unpack_command(self, data: object) -> Command[Any]:
        """
        The command of a document. What its constructor would refuse is among the faults.

        Args:
            data: What a decoder gave.

        Raises:
            InvalidInput: With everything that is wrong with it.
        """
        return self._forms.commands.unpack(data)  # type: ignore[no-any-return]  # these are the classes of commands

    def command_text(self, command: Command[Any]) -> str:
        """
        The canonical text of a command: the same for equal commands, digests in place of bytes. Nothing reads it back.

        Raises:
            InvalidInput: As for `pack_command`.
        """
        return canonical_text(self._forms.canonical_commands.pack(command))

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
        documents = (
            self._forms.commands
            if isinstance(data, dict) and self._forms.commands.word in data
            else self._forms.records
        )
        return documents.unpack(data)

    # What it is made of. Most desks never read a document, so nothing is loaded or compiled before it is needed.

    @cached_property
    def _forms(self) -> "Forms":
        from ticketcore.serialization.forms import Forms  # noqa: PLC0415 - loads cattrs, and every command there is

        return Forms(self._kind_of, self._vocabularies, self._extensions, self._life_cycle)


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
