"""
Storage in memory: the reference adapter, to be read beside the contract in `ticketcore.storage.protocols`.

Correct, indexed, thread-safe, and gone with the process. Records are frozen, so they are shared and never copied.
"""

import threading
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Self, TypeVar

from ticketcore.errors import StaleRecord, StorageError
from ticketcore.model.kinds import Kind
from ticketcore.query import Page, Query
from ticketcore.storage._search import Search
from ticketcore.storage._shelf import Shelf
from ticketcore.storage._turn import Turn
from ticketcore.storage._words import WordIndex
from ticketcore.storage.protocols import Changes, Found, Key, RecordCodec, Tally

T = TypeVar("T")


class MemoryStorage:
    """
    Records in memory, one shelf for each kind.

    Every method does one thing, and does it alone: while it runs no other thread reads or writes. The bytes of
    attachments are beside them, in `blobs`.
    """

    def __init__(self) -> None:
        self.blobs = MemoryBlobs()
        self._shelves: dict[str, Shelf] = {}
        self._words: WordIndex | None = None
        self._alone = threading.RLock()
        self.turn = Turn()

    def session(self, codec: RecordCodec | None = None) -> "MemorySession":
        """A new session. It keeps records as they are, so it needs no codec."""
        del codec
        return MemorySession(self)

    def get(self, keys: Collection[Key]) -> Found:
        """The records of these keys."""
        with self._alone:
            found: dict[Key, Any] = {}
            shelves = {kind: self._shelf(kind).records for kind in {key.kind for key in keys}}
            for key in keys:
                record = shelves[key.kind].get(key.id)
                if record is not None:
                    found[key] = record
            return found

    def find(self, query: Query[T], *, now: datetime) -> Page[T]:
        """The page that a query asks for."""
        with self._alone:
            return self._search(query, now).page()

    def count(self, query: Query[Any], *, now: datetime) -> int:
        """How many records a query's condition holds of."""
        with self._alone:
            return self._search(query, now).count()

    def tally(self, query: Query[Any], by: str, *, now: datetime) -> Tally:
        """How many records a query's condition holds of, for each value of the field `by`."""
        with self._alone:
            return self._search(query, now).tally(by)

    def apply(self, changes: Changes) -> None:
        """Makes the changes, all or nothing."""
        with self._alone:
            self._compare(changes)
            self._write(changes)

    def _shelf(self, kind: Kind[Any]) -> Shelf:
        shelf = self._shelves.get(kind.name)
        if shelf is None:
            shelf = self._shelves[kind.name] = Shelf(kind)
        return shelf

    def _record(self, kind: Kind[Any], id: str) -> Any:  # noqa: ANN401 - a record of the kind
        return self._shelf(kind).records.get(id)

    def _search(self, query: Query[T], now: datetime) -> Search[T]:
        shelf = self._shelf(query.kind)
        index = None if query.words is None else self._index_of_words()
        return Search(shelf, query, now=now, get=self._record, index=index)

    def _index_of_words(self) -> WordIndex:
        if self._words is None:
            self._words = WordIndex(self._shelves)
        return self._words

    def _compare(self, changes: Changes) -> None:
        """Raises `StaleRecord` for the first record that is not at the version expected."""
        for kind, id, expected in _expectations(changes):
            stored = self._shelf(kind).records.get(id)
            if (None if stored is None else stored.version) != expected:
                raise StaleRecord(kind.name, id, expected)

    def _write(self, changes: Changes) -> None:
        """Writes records and indexes; what cannot be indexed takes back what was written before it."""
        written: list[tuple[Shelf, str, Any]] = []
        try:
            for removal in changes.removals:
                shelf = self._shelf(removal.key.kind)
                written.append((shelf, removal.key.id, shelf.remove(removal.key.id)))
            for put in changes.puts:
                shelf = self._shelf(put.kind)
                written.append((shelf, put.record.id, shelf.put(put.record)))
        except BaseException:
            for shelf, id, old in reversed(written):
                shelf.remove(id) if old is None else shelf.put(old)
            raise
        if self._words is not None:
            self._words.note(changes)


def _expectations(changes: Changes) -> Iterator[tuple[Kind[Any], str, int | None]]:
    """Which records must be at which version, puts before removals and these before readings."""
    for put in changes.puts:
        yield put.kind, put.record.id, put.expected
    for removal in changes.removals:
        yield removal.key.kind, removal.key.id, removal.expected
    for reading in changes.readings:
        yield reading.key.kind, reading.key.id, reading.expected


class MemorySession:
    """
    One piece of work on a `MemoryStorage`.

    Records of locked kinds are had by one session at a time: whoever reads the first one waits for the storage's turn,
    and has it until the session ends. That is coarser than the contract asks for, and cannot deadlock.
    """

    def __init__(self, storage: MemoryStorage) -> None:
        self._storage = storage
        self.has_turn = False
        self._is_over = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over = True
        if self.has_turn:
            self.has_turn = False
            self._storage.turn.give_back()

    def get(self, keys: Collection[Key]) -> Found:
        """The records of these keys, of any kinds at once."""
        self._check()
        if self.needs_turn(keys):
            self._storage.turn.take()
            self.has_turn = True
        return self._storage.get(keys)

    def needs_turn(self, keys: Collection[Key]) -> bool:
        """Whether reading these keys has to wait for the turn first."""
        return not self.has_turn and any(kind.locked for kind in {key.kind for key in keys})

    def find(self, query: Query[T], *, now: datetime) -> Page[T]:
        """The page that a query asks for."""
        self._check()
        return self._storage.find(query, now=now)

    def count(self, query: Query[Any], *, now: datetime) -> int:
        """How many records a query's condition holds of; its limit and cursor do not matter."""
        self._check()
        return self._storage.count(query, now=now)

    def tally(self, query: Query[Any], by: str, *, now: datetime) -> Tally:
        """How many records a query's condition holds of, for each value of the field `by`."""
        self._check()
        return self._storage.tally(query, by, now=now)

    def apply(self, changes: Changes) -> None:
        """Makes the changes, all or nothing."""
        self._check()
        self._is_over = True
        self._storage.apply(changes)

    def _check(self) -> None:
        if self._is_over:
            raise StorageError("this session has ended: open another one")


class AsyncMemoryStorage:
    """
    `MemoryStorage` for programs that run on asyncio.

    Nothing in memory is worth waiting for, but for the turn to read locked records.

    Args:
        storage: Where the records live; a new one if not given.
    """

    def __init__(self, storage: MemoryStorage | None = None) -> None:
        self._storage = MemoryStorage() if storage is None else storage
        self.blobs = AsyncMemoryBlobs(self._storage.blobs)

    def session(self, codec: RecordCodec | None = None) -> "AsyncMemorySession":
        """A new session. It keeps records as they are, so it needs no codec."""
        del codec
        return AsyncMemorySession(self._storage)


class AsyncMemorySession:
    """One piece of work on an `AsyncMemoryStorage`."""

    def __init__(self, storage: MemoryStorage) -> None:
        self._storage = storage
        self._session = storage.session()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.__exit__(kind, error, trace)

    async def get(self, keys: Collection[Key]) -> Found:
        """The records of these keys, of any kinds at once."""
        if self._session.needs_turn(keys):
            await self._storage.turn.take_in_task()
            self._session.has_turn = True
        return self._session.get(keys)

    async def find(self, query: Query[T], *, now: datetime) -> Page[T]:
        """The page that a query asks for."""
        return self._session.find(query, now=now)

    async def count(self, query: Query[Any], *, now: datetime) -> int:
        """How many records a query's condition holds of; its limit and cursor do not matter."""
        return self._session.count(query, now=now)

    async def tally(self, query: Query[Any], by: str, *, now: datetime) -> Tally:
        """How many records a query's condition holds of, for each value of the field `by`."""
        return self._session.tally(query, by, now=now)

    async def apply(self, changes: Changes) -> None:
        """Makes the changes, all or nothing."""
        self._session.apply(changes)


class MemoryBlobs:
    """The bytes of attachments in memory."""

    def __init__(self) -> None:
        self._blobs: dict[str, tuple[bytes, datetime]] = {}
        self._alone = threading.Lock()

    def put(self, digest: str, content: bytes, *, now: datetime) -> None:
        """Stores bytes."""
        with self._alone:
            self._blobs[digest] = (content, now)

    def get(self, digest: str) -> bytes | None:
        """The bytes, if they are there."""
        content, _ = self._blobs.get(digest, (None, None))
        return content

    def stored_before(self, limit: datetime) -> Sequence[str]:
        """The digests of all that was last put before a time."""
        with self._alone:
            return [digest for digest, (_, at) in self._blobs.items() if at < limit]

    def remove(self, digest: str, *, before: datetime) -> None:
        """Forgets the bytes, if they were last put before a time."""
        with self._alone:
            if digest in self._blobs and self._blobs[digest][1] < before:
                del self._blobs[digest]


class AsyncMemoryBlobs:
    """
    `MemoryBlobs` for asynchronous programs.

    Args:
        blobs: Where the bytes live; a new one if not given.
    """

    def __init__(self, blobs: MemoryBlobs | None = None) -> None:
        self._blobs = MemoryBlobs() if blobs is None else blobs

    async def put(self, digest: str, content: bytes, *, now: datetime) -> None:
        """Stores bytes."""
        self._blobs.put(digest, content, now=now)

    async def get(self, digest: str) -> bytes | None:
        """The bytes, if they are there."""
        return self._blobs.get(digest)

    async def stored_before(self, limit: datetime) -> Sequence[str]:
        """The digests of all that was last put before a time."""
        return self._blobs.stored_before(limit)

    async def remove(self, digest: str, *, before: datetime) -> None:
        """Forgets the bytes, if they were last put before a time."""
        self._blobs.remove(digest, before=before)
