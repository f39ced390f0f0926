"""
What an adapter author writes: a `Storage` that opens sessions, and a `Session` that answers five questions.

This page is the whole contract. Its numbered sentences are what the desk relies on, and nothing else is.
`ticketcore.storage.memory` is the reference to read beside it.

Records
    R-1  A record is a frozen value with `id: str` and `version: int`; two records of a kind never share an id.
    R-2  What a session gives back equals what was put, every field of it, and nobody's later change shows in it.
    R-3  A kind is known by its name. A storage keeps kinds that it has never heard of.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from datetime import datetime
from typing import Any, NamedTuple, Protocol, TypeAlias, TypeVar

import attrs

from ticketcore.model.kinds import Kind
from ticketcore.query import Page, Query

T = TypeVar("T")


class Key(NamedTuple):
    """What a record is got by: its kind and its id."""

    kind: Kind[Any]
    id: str


@attrs.frozen
class Put:
    """
    A record to be written.

    Args:
        kind: Its kind.
        record: The record, with its new version.
        expected: The version that must be stored now; None if there must be none.
    """

    kind: Kind[Any]
    record: Any
    expected: int | None


@attrs.frozen
class Removal:
    """
    A record to be removed.

    Args:
        key: Which one.
        expected: The version that must be stored now.
    """

    key: Key
    expected: int


@attrs.frozen
class Reading:
    """
    A record that was only read, on whose state the changes rest.

    Args:
        key: Which one.
        expected: The version that must be stored now; None if there must be none.
    """

    key: Key
    expected: int | None


@attrs.frozen
class Changes:
    """
    What one unit of work changes, all or nothing, and what it rests on.

    Args:
        puts: Records to be written.
        removals: Records to be removed. No record is both, or is there twice.
        readings: Records that were only read.
    """

    puts: Sequence[Put] = ()
    removals: Sequence[Removal] = ()
    readings: Sequence[Reading] = ()


Found: TypeAlias = Mapping[Key, Any]
Tally: TypeAlias = Mapping[Hashable, int]


class RecordCodec(Protocol):
    """
    What writes records as JSON values, and reads them again: the desk's `Codec`, which knows the host's records too.

    Storages that keep records as they are need none.
    """

    def pack(self, record: object) -> object:
        """A record as what `json.dumps` takes."""
        ...

    def unpack(self, kind: Kind[T], data: object) -> T:
        """The record of a kind that was packed."""
        ...


class Session(Protocol):
    """
    One piece of work on a storage.

    Reading
        S-1  `get` gives the record of each key; a key without a record is missing from the answer.
        S-2  `get` of a kind that is `locked` waits until no other open session has got that record, present or not,
             and keeps others waiting until this session ends. What it gives is as the session before left it. Callers
             ask for locked keys in ascending order of id, across calls too.
        S-3  `find` gives what `Query.run` would give of all records of the kind; its `next` cursor is where the page
             ended, and is None exactly if nothing follows. A cursor of another order raises `InvalidInput`.
        S-4  Paging by cursor gives every record that was there throughout, in the same place of the order, exactly
             once, whatever is written meanwhile.
        S-5  `count` is the number that `find` without limit and cursor would give; `tally` is that number for each
             value of a field that occurs. A record counts for every value that the field holds, and for None if it
             holds none or the record has no such field.
        S-6  What was applied by an ended session is read by every session opened later.

    Writing
        S-7  `apply` compares all expected versions, of puts, removals and readings, with what is stored, and raises
             `StaleRecord` for one that differs; no expected version means *must not exist*.
        S-8  `apply` is atomic: after an error nothing of it is there, and nobody ever reads a part of it.
        S-9  A session applies at most once, as the last thing it does. When `apply` returns, the changes are there to
             stay.
        S-10 A session that ends without `apply` leaves no trace.
    """

    def get(self, keys: Collection[Key]) -> Found:
        """The records of these keys, of any kinds at once."""
        ...

    def find(self, query: Query[T], *, now: datetime) -> Page[T]:
        """The page that a query asks for."""
        ...

    def count(self, query: Query[Any], *, now: datetime) -> int:
        """How many records a query's condition holds of; its limit and cursor do not matter."""
        ...

    def tally(self, query: Query[Any], by: str, *, now: datetime) -> Tally:
        """How many records a query's condition holds of, for each value of the field `by`."""
        ...

    def apply(self, changes: Changes) -> None:
        """Makes the changes, all or nothing."""
        ...


class Storage(Protocol):
    """
    Where records live.

    T-1  Sessions can be opened from several threads at once; a session is used by one.
    T-2  Leaving the context ends the session and gives back what it held, locks included, also after an error.
    T-3  Errors of the store itself reach the caller as `StorageError`, with their cause.
    """

    def session(self, codec: RecordCodec) -> AbstractContextManager[Session]:
        """
        A new session.

        Args:
            codec: Writes and reads its records. A desk gives its own, always the same one.
        """
        ...


class AsyncSession(Protocol):
    """`Session` for asynchronous programs: the same sentences hold."""

    async def get(self, keys: Collection[Key]) -> Found:
        """The records of these keys, of any kinds at once."""
        ...

    async def find(self, query: Query[T], *, now: datetime) -> Page[T]:
        """The page that a query asks for."""
        ...

    async def count(self, query: Query[Any], *, now: datetime) -> int:
        """How many records a query's condition holds of; its limit and cursor do not matter."""
        ...

    async def tally(self, query: Query[Any], by: str, *, now: datetime) -> Tally:
        """How many records a query's condition holds of, for each value of the field `by`."""
        ...

    async def apply(self, changes: Changes) -> None:
        """Makes the changes, all or nothing."""
        ...


class AsyncStorage(Protocol):
    """`Storage` for asynchronous programs: the same sentences hold, with tasks for threads."""

    def session(self, codec: RecordCodec) -> AbstractAsyncContextManager[AsyncSession]:
        """A new session; `codec` writes and reads its records."""
        ...


class BlobStore(Protocol):
    """
    Where the bytes of attachments live, each under its digest.

    B-1  What was put under a digest is got back unchanged; putting it again changes nothing but its time.
    B-2  `get` of an unknown digest is None.
    B-3  `put` has stored the bytes for good when it returns.
    B-4  `remove` forgets bytes that were last put before a time, and leaves those that were put since: of a `put` and a
         `remove` at once, either comes first. Unknown digests are no error.
    """

    def put(self, digest: str, content: bytes, *, now: datetime) -> None:
        """Stores bytes."""
        ...

    def get(self, digest: str) -> bytes | None:
        """The bytes, if they are there."""
        ...

    def stored_before(self, limit: datetime) -> Sequence[str]:
        """The digests of all that was last put before a time."""
        ...

    def remove(self, digest: str, *, before: datetime) -> None:
        """Forgets the bytes, if they were last put before a time."""
        ...


class AsyncBlobStore(Protocol):
    """`BlobStore` for asynchronous programs: the same sentences hold."""

    async def put(self, digest: str, content: bytes, *, now: datetime) -> None:
        """Stores bytes."""
        ...

    async def get(self, digest: str) -> bytes | None:
        """The bytes, if they are there."""
        ...

    async def stored_before(self, limit: datetime) -> Sequence[str]:
        """The digests of all that was last put before a time."""
        ...

    async def remove(self, digest: str, *, before: datetime) -> None:
        """Forgets the bytes, if they were last put before a time."""
        ...
