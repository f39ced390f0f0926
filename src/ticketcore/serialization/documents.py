"""
Documents: the fields of a value under a head that says what it is, and in which format it is written.

`{"command": "SetPriority", "format": 1, "priority": "high"}`. The format of a class is one more than the number of its
upgrades; a document of an older one is upgraded, step by step, before it is read.
"""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final

from cattrs import Converter

from ticketcore.errors import Fault, InvalidInput, listed
from ticketcore.extensions import Upgrade
from ticketcore.serialization.text import Json, check_bounds, described, refused
from ticketcore.serialization.values import Form, Read, origin_of

FORMAT: Final = "format"


class Documents:
    """
    The documents of some classes.

    Args:
        word: The key under which a document names its class: `"record"`, `"command"`.
        classes: By name.
        upgrades: By class; what others it holds does not matter.
        converter: Reads and writes the fields.
    """

    def __init__(
        self,
        word: str,
        classes: Mapping[str, type],
        upgrades: Mapping[type, Sequence[Upgrade]],
        converter: Converter,
    ) -> None:
        self.word = word
        self.classes = classes
        self._upgrades = {name: tuple(upgrades.get(it, ())) for name, it in classes.items()}
        self.converter = converter
        self._heads = {it: {word: name, FORMAT: self._newest(name)} for name, it in classes.items()}

    def pack(self, value: object) -> Json:
        """
        The document of a value.

        Raises:
            InvalidInput: It is of none of the classes, or holds what cannot be written.
        """
        it = type(value)
        if it not in self._heads:
            raise refused(f"a {self.word} of a known class", value, self.word)
        return {**self._heads[it], **self.converter.get_unstructure_hook(it)(value)}

    def unpack(self, data: object, classes: Mapping[str, type] | None = None) -> Any:  # noqa: ANN401 - of those classes
        """
        The value of a document.

        Args:
            data: What a decoder gave.
            classes: Those that it may be of, by name; by default all.

        Raises:
            InvalidInput: With everything that is wrong with it.
        """
        check_bounds(data)
        return self.unpack_within(data, self.classes if classes is None else classes)

    def unpack_within(self, data: object, allowed: Mapping[str, type]) -> Any:  # noqa: ANN401 - of those classes
        """The value of a document that is known to be within bounds, because what it stands in is."""
        if type(data) is not dict:
            raise refused(f'an object {{"{self.word}": …, "{FORMAT}": …}}', data, self.word)
        name, number = data.get(self.word), data.get(FORMAT)
        if not isinstance(name, str) or name not in allowed:
            raise InvalidInput(self.word, [Fault(self.word, _names(self.word, name, allowed), described(name))])
        if type(number) is not int or not 1 <= number <= self._newest(name):
            raise InvalidInput(name, [Fault(FORMAT, f"a format from 1 to {self._newest(name)}", described(number))])
        fields = {key: value for key, value in data.items() if key not in (self.word, FORMAT)}
        it = allowed[name]
        return self.converter.get_structure_hook(it)(self._upgraded(name, number, fields), it)

    def _newest(self, name: str) -> int:
        return len(self._upgrades[name]) + 1

    def _upgraded(self, name: str, number: int, fields: Json) -> Json:
        for before, upgrade in enumerate(self._upgrades[name][number - 1 :], number):
            try:
                fields = upgrade(fields)
            except Exception as error:
                raise refused(f"what {name} holds in format {before}", fields, name) from error
        return fields


def nest(documents: Documents, base: type, converter: Converter) -> None:
    """Has a converter read and write documents where a field holds something of a base class: a rule its commands."""

    def is_nested(form: Form) -> bool:
        it = _class_of(form)
        return isinstance(it, type) and issubclass(it, base) and documents.classes.get(it.__name__) is not it

    def reader(form: Form) -> Read:
        allowed = {name: it for name, it in documents.classes.items() if issubclass(it, _class_of(form))}
        return lambda data, _: documents.unpack_within(data, allowed)

    converter.register_structure_hook_factory(is_nested, reader)
    converter.register_unstructure_hook_factory(is_nested, lambda _: documents.pack)


def _class_of(form: Form) -> Any:  # noqa: ANN401 - a class, or whatever an annotation may be
    return origin_of(form) or form


def _names(word: str, name: object, allowed: Mapping[str, type]) -> str:
    if len(allowed) <= _FEW:
        return listed(sorted(allowed))
    alike = get_close_matches(name[:100], allowed, n=3) if isinstance(name, str) else ()
    return f"the name of a {word}{f', such as {listed(alike)}' if alike else ''}"


_FEW: Final = 8
