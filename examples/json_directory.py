"""
A storage on a directory of JSON files: one file for each kind of records, and one session at a time.

It is the example of `docs/how-to/write-a-storage-adapter.md`: slow, simple and right. It locks with `fcntl`, which
Windows does not have.
"""

import fcntl
import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import quote

import attrs

from ticketcore.errors import InvalidInput, StaleRecord, StorageError
from ticketcore.model.kinds import Kind
from ticketcore.query import Page, Query, field_reader, members
from ticketcore.storage.directory import DirectoryBlobs
from ticketcore.storage.protocols import Changes, Found, Key, RecordCodec, Tally

T = TypeVar("T")


class JsonDirectory:
    """
    Records in JSON files, and beside them, in `blobs`, the bytes of attachments.

    Args:
        path: Where they lie.
        tenant: Whose they are; each tenant has a directory of its own.
    """

    def __init__(self, path: str | Path, tenant: str = "desk") -> None:
        self.folder = Path(path) / quote(tenant, safe="")
        with errors_of_the_disk():
            self.folder.mkdir(parents=True, exist_ok=True)
        self.blobs = DirectoryBlobs(self.folder / "blobs")

    def session(self, codec: RecordCodec) -> "JsonSession":
        """A new session. Entering it waits until no other one is open, in whatever thread or process."""
        return JsonSession(self.folder, codec)


class JsonSession:
    """One piece of work on the files."""

    def __init__(self, folder: Path, codec: RecordCodec) -> None:
        self.folder = folder
        self.codec = codec
        self.is_over = False
        self.read: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> Self:
        with errors_of_the_disk():
            self.lock = (self.folder / "lock").open("w")
            fcntl.flock(self.lock, fcntl.LOCK_EX)
            finish(self.folder)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.is_over = True
        self.lock.close()

    # Reading.

    def get(self, keys: Collection[Key]) -> Found:
        """The records of these keys, of any kinds at once."""
        return {key: found for key in keys if (found := self.record(key.kind, key.id)) is not None}

    def find(self, query: Query[T], *, now: datetime) -> Page[T]:
        """The page that a query asks for."""
        return query.run(self.records(query.kind).values(), now=now, get=self.record)

    def count(self, query: Query[Any], *, now: datetime) -> int:
        """How many records a query's condition holds of."""
        return len(self.matching(query, now))

    def tally(self, query: Query[Any], by: str, *, now: datetime) -> Tally:
        """How many records a query's condition holds of, for each value of the field `by`."""
        value_of = field_reader(by)
        return Counter(value for record in self.matching(query, now) for value in members(value_of(record)))

    def matching(self, query: Query[T], now: datetime) -> tuple[T, ...]:
        """All records of which a query's condition holds."""
        everything = attrs.evolve(query, order=(), limit=None, after=None)
        return self.find(everything, now=now).items

    def record(self, kind: Kind[T], id: str, /) -> T | None:
        """The record of a kind and id, or None."""
        return self.records(kind).get(id)

    def records(self, kind: Kind[T]) -> Mapping[str, T]:
        """All records of a kind by their ids, read once in a session."""
        self.check()
        if kind.name not in self.read:
            with errors_of_the_disk():
                documents = read(file_of(self.folder, kind.name))
                self.read[kind.name] = {id: self.codec.unpack(kind, it) for id, it in documents.items()}
        return self.read[kind.name]

    def check(self) -> None:
        """Sees to it that the session has neither applied nor been left."""
        if self.is_over:
            raise StorageError("this session has ended: open another one")

    # Writing.

    def apply(self, changes: Changes) -> None:
        """Makes the changes: once the journal has its name they are made, even if the program ends in this moment."""
        self.check()
        for kind, id, expected in versions(changes):
            stored = self.record(kind, id)
            if (None if stored is None else stored.version) != expected:
                raise StaleRecord(kind.name, id, expected)
        journal: dict[str, dict[str, object]] = {}
        for removal in changes.removals:
            journal.setdefault(removal.key.kind.name, {})[removal.key.id] = None
        for put in changes.puts:
            journal.setdefault(put.kind.name, {})[put.record.id] = self.codec.pack(put.record)
        self.is_over = True
        with errors_of_the_disk():
            write(self.folder / "journal", journal)
            finish(self.folder)


def versions(changes: Changes) -> Iterator[tuple[Kind[Any], str, int | None]]:
    """What must be stored for changes to be made: each kind and id with its version."""
    for put in changes.puts:
        yield put.kind, put.record.id, put.expected
    for removal in changes.removals:
        yield *removal.key, removal.expected
    for reading in changes.readings:
        yield *reading.key, reading.expected


def finish(folder: Path) -> None:
    """Brings into the files what the journal says, also after a crash; to do it again changes nothing."""
    journal = folder / "journal"
    for name, changed in read(journal).items():
        documents = {**read(file_of(folder, name)), **changed}
        write(file_of(folder, name), {id: it for id, it in documents.items() if it is not None})
    journal.unlink(missing_ok=True)


def file_of(folder: Path, kind: str) -> Path:
    """The file of a kind of records."""
    return folder / f"{quote(kind, safe='')}.json"


def read(file: Path) -> dict[str, Any]:
    """What is in a file; nothing if it is not there."""
    try:
        content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return content


def write(file: Path, content: Mapping[str, object]) -> None:
    """Writes a file, whole or not at all."""
    partly = file.with_suffix(".part")
    partly.write_text(json.dumps(content), encoding="utf-8")
    partly.replace(file)


@contextmanager
def errors_of_the_disk() -> Iterator[None]:
    """Errors of the disk, and of what others have damaged on it, as the caller knows them."""
    try:
        yield
    except (OSError, ValueError, InvalidInput) as error:
        raise StorageError(f"the directory cannot be used: {error}") from error
