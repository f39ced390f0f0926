"""
What an adapter author writes: a `Storage` that opens sessions, and a `Session` that answers five questions.

This page is the whole contract. Its numbered sentences are what the desk relies on, and nothing else is; where one says
*should*, the desk only works better for it. Each has a law of that name in `ticketcore.conformance`, which shows
whether a storage keeps it. `ticketcore.storage.memory` is the reference to read beside it.

Records
    RECORD-1   A record is a frozen value with `id: str` and `version: int`; two records of a kind never share an id.
    RECORD-2   What a session gives back equals what was put, in every field, whatever class of records it is of.
    RECORD-3   Text comes back character by character: its case, how its accents are encoded, blanks at its ends, line
               breaks; an empty text is not a missing one.
    RECORD-4   An instant comes back with a time zone, and is the same to the microsecond.
    RECORD-5   What was read is a value: nobody's later change shows in it.
    RECORD-6   Ids are compared character by character: those that differ in case alone, or in how an accent is encoded,
               are two.
    RECORD-7   A kind is known by its name: two values of `Kind` that share one are the same kind, and one id can be
               that of a record of each kind.
    RECORD-8   A storage keeps kinds that it has never heard of, and has an answer for those of which it keeps nothing.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from datetime import datetime
from typing import Any, Final, NamedTuple, Protocol, TypeAlias, TypeVar

import attrs

from ticketcore.model.kinds import Kind
from ticketcore.model.values import FrozenValue
from ticketcore.query import Page, Query

T = TypeVar("T")

CONTRACT_VERSION: Final = "1.0"
"""
The version of the contract, apart from the package's: the first number rises when an adapter that kept the contract may
not keep it any more, the second one when there are more sentences that such an adapter keeps anyway.
"""


class Key(NamedTuple):
    """What a record is got by: its kind and its id."""

    kind: Kind[Any]
    id: str


@attrs.frozen
class Put(FrozenValue):
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
class Removal(FrozenValue):
    """
    A record to be removed.

    Args:
        key: Which one.
        expected: The version that must be stored now.
    """

    key: Key
    expected: int


@attrs.frozen
class Reading(FrozenValue):
    """
    A record that was only read, on whose state the changes rest.

    Args:
        key: Which one.
        expected: The version that must be stored now; None if there must be none.
    """

    key: Key
    expected: int | None


@attrs.frozen
class Changes(FrozenValue):
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

    Getting
        GET-1      `get` gives the record of each key, of any kinds at once; a key without a record is missing from the
                   answer.
        GET-2      `get` takes however many keys there are: none as well as a thousand.
        GET-3      `get` takes ids of any characters, since they come from anybody: what no record can have for its id
                   is missing from the answer.

    Getting under lock
        LOCK-1     `get` of a kind that is `locked` waits until no other open session has got that record, and keeps
                   others waiting until this session ends.
        LOCK-2     A record that is not there is locked like one that is.
        LOCK-3     What is got under lock is as the session before left it.
        LOCK-4     Sessions that ask for locked keys in ascending order of id, across calls too, never wait for each
                   other for ever. The desk asks in no other order.
        LOCK-5     Sessions that want different locked records should not wait for each other.

    Finding
        FIND-1     `find` gives the tickets of which a condition holds, whatever fields and operators it is made of:
                   those that `Query.run` would give.
        FIND-2     The same holds of every other kind, and of conditions made with `RecordF`.
        FIND-3     Texts are compared as `fold` folds them, in whatever script.
        FIND-4     What a condition asks of the records that a ticket names is asked of them as they are stored.
        FIND-5     Moments are reckoned from `now`, and the placeholder `current_agent` is the query's `viewer`.
        FIND-6     Records come in the order of the query's criteria: texts by code points, instants as instants, those
                   without a value last, whether ascending or descending, and what is equal by id.
        FIND-7     A page has at most as many records as the query's limit; its `next` is the place of the last one, and
                   None exactly if nothing follows.
        FIND-8     With a cursor `find` gives what comes behind it, whether or not a record still stands there.
        FIND-9     A cursor of another order raises `InvalidInput`.
        FIND-10    Paging gives every record that was there throughout, in the same place of the order, exactly once,
                   whatever is written meanwhile.

    Counting
        COUNT-1    `count` is the number of records that `find` would give without limit and cursor.
        TALLY-1    `tally` is that number for each value of a field that occurs, and for no other.
        TALLY-2    A record counts once for every value that the field holds, and for None if it holds none or the
                   record has no such field.

    Looking for words
        SEARCH-1   A query with `words` is answered, or refused with `StorageError` by a storage that has no index of
                   words; never is it answered as if it had none.
        SEARCH-2   Those tickets are found, counted and tallied of which the condition holds and all the words are said,
                   by records of whatever kind that have a `passage`: those that `Query.run` would give.
        SEARCH-3   Words are compared as `fold` folds them, in whatever script, and made of texts as `folded` makes
                   them.
        SEARCH-4   Where only what is public is looked through, nothing else changes any answer.
        SEARCH-5   What a record said before it was changed or removed is not found any more.
        SEARCH-6   What was not applied is not found.
        SEARCH-7   Order, limit and cursor mean the same with words as without.
        SEARCH-8   Texts of any length can be stored, and any words be looked for that `Words.parse` gives.

    Writing
        APPLY-1    `apply` writes what is put and takes away what is removed, of any kinds at once, and however many.
        APPLY-2    A put raises `StaleRecord` if another version than the expected one is stored, or none.
        APPLY-3    A put without an expected version raises `StaleRecord` if there is such a record.
        APPLY-4    A removal raises `StaleRecord` if another version than the expected one is stored, or none.
        APPLY-5    A reading raises `StaleRecord` if another version than the expected one is stored, or none; or,
                   without an expected version, if there is such a record.
        APPLY-6    `StaleRecord` names the kind, the id and the expected version of a record that differed.
        APPLY-7    After `StaleRecord` nothing of the changes is there.
        APPLY-8    After any other error, too, nothing of the changes is there.
        APPLY-9    Nobody ever reads a part of the changes.
        APPLY-10   Versions are compared with what is stored when `apply` is called, not when the session was opened: of
                   two sessions at once that change a record from the same version, one raises `StaleRecord`.

    Beginning and ending
        SESSION-1  A session that ends without `apply` leaves no trace.
        SESSION-2  A session applies at most once, as the last thing it does. Whatever is asked of it afterwards, or
                   after its context was left, raises `StorageError`.
        SESSION-3  When `apply` has returned, the changes are there to stay, however the session then ends.
        SESSION-4  What was applied is read by every session opened later, by `get`, `find`, `count` and `tally` alike.
        SESSION-5  Leaving the context gives back what the session held, locks included, also after an error.
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

    STORAGE-1  Sessions can be opened from several threads at once; a session is used by one. No update is lost.
    STORAGE-2  What was applied is there when the storage is opened again.
    STORAGE-3  Sessions can be opened from several processes at once, and no update is lost.
    STORAGE-4  Errors of the store itself reach the caller as `StorageError`, with their cause.
    STORAGE-5  A storage belongs to one tenant: nothing of another one is got, found, counted or changed through it.
    STORAGE-6  Whatever is written and asked, in whatever order, the answers are those of `MemoryStorage`.
    STORAGE-7  A desk on it comes to the same records, events and notifications as a desk in memory.
    STORAGE-8  A command that fails in its commit leaves no trace in records, threads, rotations and outbox.
    STORAGE-9  However many threads assign in turn at once, no two agents of a department differ by more than one.

    A storage that lacks a capability (threads, processes, reopening, tenants, an index of words) says so to the kit,
    and those sentences are not asked of it.

    A storage may bring a place for the bytes of attachments, which a desk on it uses when it is given no other: an
    attribute `blobs` with a `BlobStore` for the same tenant (an `AsyncBlobStore`, if the storage is asynchronous). To a
    desk on a storage that brings none, whoever makes it has to give one.
    """

    def session(self, codec: RecordCodec) -> AbstractContextManager[Session]:
        """
        A new session.

        Args:
            codec: Writes and reads its records; a desk gives its own.
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

    Digests are SHA-256 in hexadecimal.

    BLOB-1     What was put under its digest is got back unchanged.
    BLOB-2     Putting it again changes nothing but its time.
    BLOB-3     `get` of an unknown digest is None.
    BLOB-4     `put` has stored the bytes for good when it returns.
    BLOB-5     `stored_before` gives the digests of all that was last put before a time, and of nothing else.
    BLOB-6     `remove` forgets bytes that were last put before a time, and leaves those that were put since. Unknown
               digests are no error.
    BLOB-7     Of a `put` and a `remove` at once, either comes first: what was put at that time or later is there.
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
