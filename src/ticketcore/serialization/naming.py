"""By what names documents go: of kinds, and of classes."""

from collections.abc import Iterable
from typing import Any, TypeVar

from ticketcore.errors import Fault, InvalidInput
from ticketcore.extensions import Extensions
from ticketcore.model.keys import NaturalKey
from ticketcore.model.kinds import ENTRIES, Kind
from ticketcore.serialization.tables import NATURAL_KEYS, RECORDS

K = TypeVar("K", bound=type)


def by_name(classes: Iterable[K]) -> dict[str, K]:
    """
    Classes by their names.

    Raises:
        InvalidInput: Two are called alike.
    """
    named: dict[str, K] = {}
    for it in classes:
        if named.setdefault(it.__name__, it) is not it:
            raise InvalidInput("Extensions", [Fault("", f"one class called {it.__name__}", "several")])
    return named


def kinds_and_classes(extensions: Extensions) -> tuple[dict[str, Kind[Any]], dict[str, dict[str, type]]]:
    """
    The kinds by name, and by that name the classes of their records.

    Args:
        extensions: What the host adds.

    Raises:
        InvalidInput: It takes a name that is taken.
    """
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
