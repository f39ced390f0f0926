"""
Documents: the fields of a value under a head that says what it is and in which format it is written.

`{"command": "SetPriority", "format": 1, "priority": "high"}`. The format of a class is one more than the number of its
upgrades; a document of an older one is upgraded step by step before it is read.
"""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final, get_origin

from cattrs import Converter

from ticketcore.errors import Fault, InvalidInput, listed
from ticketcore.extensions import Upgrade
from ticketcore.serialization.hooks import Form, Read, refused
from ticketcore.serialization.text import Json, described

FORMAT: Final = "format"


class Documents:
    """
    The documents of some classes.

    Args:
        word: The key under which a document names its class: `"record"`, `"command"`.
        classes: By name.
        upgrades: By the name of a class.
        converter: Reads and writes the fields.
    """

    def __init__(
        self,
        word: str,
        classes: Mapping[str, type],
        upgrades: Mapping[str, Sequence[Upgrade]],
        converter: Converter,
    ) -> None:
        self.word = word
        self.classes = classes
        self._upgrades = upgrades
        self._converter = converter
        self._heads = {it: {word: name, FORMAT: self._format(name)} for name, it in classes.items()}

    def pack(self, value: object) -> Json:
        """
        The document of a value.

        Raises:
            InvalidInput: It is of none of the classes, or holds what cannot be written.
        """
        kind = type(value)
        if kind not in self._heads:
            raise refused(f"a {self.word} of a known class", value)
        return {**self._heads[kind], **self._converter.get_unstructure_hook(kind)(value)}

    def unpack(self, data: object, classes: Mapping[str, type] | None = None) -> Any:  # noqa: ANN401 - of those classes
        """
        The value of a document.

        Args:
            data: What a decoder gave, within bounds.
            classes: Those that it may be of, by name; by default all.

        Raises:
            InvalidInput: With everything that is wrong with it.
        """
        if type(data) is not dict:
            raise refused(f'an object {{"{self.word}": …, "{FORMAT}": …}}', data)
        allowed = self.classes if classes is None else classes
        if faults := self._faults_of_head(data, allowed):
            raise InvalidInput(self.word, faults)
        name, format_number = data[self.word], data[FORMAT]
        fields = {key: value for key, value in data.items() if key not in (self.word, FORMAT)}
        kind = allowed[name]
        return self._converter.get_structure_hook(kind)(self._upgraded(name, format_number, fields), kind)

    def _format(self, name: str) -> int:
        return len(self._upgrades.get(name, ())) + 1

    def _faults_of_head(self, data: Json, allowed: Mapping[str, type]) -> list[Fault]:
        name, format_number = data.get(self.word), data.get(FORMAT)
        if not isinstance(name, str) or name not in allowed:
            return [Fault(self.word, _names(self.word, name, allowed), described(name))]
        newest = self._format(name)
        if type(format_number) is not int or not 1 <= format_number <= newest:
            return [Fault(FORMAT, f"a format from 1 to {newest}", described(format_number))]
        return []

    def _upgraded(self, name: str, format_number: int, fields: Json) -> Json:
        for number, upgrade in enumerate(self._upgrades.get(name, ())[format_number - 1 :], format_number):
            try:
                fields = upgrade(dict(fields))
            except Exception as error:
                raise refused(f"what a {name} of format {number} holds", fields) from error
        return fields


def by_name(classes: Iterable[type]) -> dict[str, type]:
    """
    Classes by their names.

    Raises:
        InvalidInput: Two are called alike.
    """
    named: dict[str, type] = {}
    for it in classes:
        if named.setdefault(it.__name__, it) is not it:
            raise InvalidInput("Codec", [Fault(it.__name__, "one class of this name", "several")])
    return named


def _names(word: str, name: object, allowed: Mapping[str, type]) -> str:
    if len(allowed) <= _FEW:
        return listed(sorted(allowed))
    alike = get_close_matches(name[:100], allowed, n=3) if isinstance(name, str) else ()
    return f"the name of a {word}{f', such as {listed(alike)}' if alike else ''}"


_FEW: Final = 8


def nest(documents: Documents, base: type, converter: Converter) -> None:
    """Has a converter read and write documents where a field holds something of a base class: the commands of a rule."""

    def is_nested(form: Form) -> bool:
        it = get_origin(form) or form
        return isinstance(it, type) and issubclass(it, base) and it not in documents.classes.values()

    def reader(form: Form) -> Read:
        kind = get_origin(form) or form
        allowed = {name: it for name, it in documents.classes.items() if issubclass(it, kind)}
        return lambda data, _: documents.unpack(data, allowed)

    converter.register_structure_hook_factory(is_nested, reader)
    converter.register_unstructure_hook_factory(is_nested, lambda _: documents.pack)
