"""What a session knows of what is stored: what it has read, and what of it nobody else can change any more."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

import attrs

from ticketcore.model.kinds import Kind
from ticketcore.storage.protocols import Key, Reading

Name: TypeAlias = tuple[str, str]
"""A record by the name of its kind and its id: two values of `Kind` may share a name."""

_IN_DOUBT: Final = object()


@attrs.define(eq=False)
class Known:
    """
    What was read.

    Args:
        records: The records that were there, as they were read last.
        certain: The versions of those that nobody else can change before the session ends; None where there is none.
    """

    records: dict[Name, Any] = attrs.field(factory=dict)
    certain: dict[Name, int | None] = attrs.field(factory=dict)
    _asked: dict[Name, Kind[Any]] = attrs.field(factory=dict)

    def note(self, keys: Collection[Key], found: Mapping[Name, Any], *, is_certain: bool) -> None:
        """
        Notes what was read.

        Args:
            keys: What was asked for.
            found: The records that were there.
            is_certain: Whether nobody else can change any of it.
        """
        self.records.update(found)
        if is_certain:
            self.confirm(map(name_of, keys), {name: record.version for name, record in found.items()})
        else:
            self._asked.update((name_of(key), key.kind) for key in keys)

    def confirm(self, names: Iterable[Name], versions: Mapping[Name, int]) -> None:
        """Notes at which versions records are for certain; those of which none is given are not there."""
        self.certain.update((name, versions.get(name)) for name in names)

    def in_doubt(self) -> Sequence[Name]:
        """What changes can rest on, and others may have changed since it was read."""
        return [name for name, kind in self._asked.items() if kind.binding and not kind.part]

    def doubted(self, readings: Sequence[Reading]) -> Iterator[Reading]:
        """Those of some readings that the database has to be asked about."""
        return (it for it in readings if self.certain.get(name_of(it.key), _IN_DOUBT) != it.expected)


def name_of(key: Key) -> Name:
    """What a record is known by."""
    return key.kind.name, key.id
