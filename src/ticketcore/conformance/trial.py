"""
A trial: a storage that is being tested, with short ways to ask it.

What laws have to say about a storage they say through this, so that a law reads like its sentence.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import datetime
from typing import Any, Final, TypeAlias, TypeVar

import attrs

from ticketcore.conformance.blocking import BlockingStorage
from ticketcore.conformance.parcels import CODEC, PARCELS, STAMPS
from ticketcore.conformance.records import NOW
from ticketcore.model.kinds import Kind
from ticketcore.query import Page, Query
from ticketcore.serialization.tables import NATURAL_KEYS, RECORDS
from ticketcore.storage.protocols import Changes, Key, Put, Reading, Removal, Session, Storage, Tally

R = TypeVar("R")

Opener: TypeAlias = Callable[..., Any]
"""Opens a storage. It can be pickled where several processes are to use the storage."""

Adapt: TypeAlias = Callable[[Callable[[], Any]], Storage]
"""Makes a synchronous storage of what an opener opens."""

ALL_KINDS: Final[Sequence[Kind[Any]]] = (*RECORDS, *NATURAL_KEYS, PARCELS, STAMPS)
"""Every kind that records of laws are of."""


def opened(opener: Callable[[], Any]) -> Storage:
    """What an opener opens, where that is a synchronous storage."""
    storage: Storage = opener()
    return storage


def opened_on_a_loop(opener: Callable[[], Any]) -> Storage:
    """What an opener opens, where that is an asynchronous storage."""
    return BlockingStorage(opener)


def later(record: R, **changes: Any) -> R:
    """The next version of a record."""
    version: int = getattr(record, "version")  # noqa: B009 - every record has one, which `R` does not say
    return attrs.evolve(record, version=version + 1, **changes)  # type: ignore[misc]  # records are attrs classes


class Trial:
    """
    A storage that is being tested.

    Args:
        opener: Opens it.
        adapt: What makes a synchronous storage of that.
    """

    def __init__(self, opener: Opener, adapt: Adapt = opened) -> None:
        self.opener = opener
        self.adapt = adapt
        self._open: list[Any] = []
        self.storage = self.open()

    def open(self, **named: Any) -> Storage:
        """One more storage that the opener opens; it is closed with the trial."""
        storage = self.adapt(lambda: self.opener(**named))
        self._open.append(storage)
        return storage

    def close(self) -> None:
        """Closes every storage that was opened, if it can be closed."""
        while self._open:
            close = getattr(self._open.pop(), "close", None)
            if close is not None:
                close()

    def reopen(self) -> None:
        """Closes the storage and opens it again."""
        self.close()
        self.storage = self.open()

    # Sessions that ask for one thing.

    def session(self) -> AbstractContextManager[Session]:
        """A new session."""
        return self.storage.session(CODEC)

    def apply(self, *puts: Put, removals: Sequence[Removal] = (), readings: Sequence[Reading] = ()) -> None:
        """Makes changes."""
        with self.session() as session:
            session.apply(Changes(puts, removals, readings))

    def add(self, kind: Kind[R], *records: R) -> None:
        """Stores new records of a kind."""
        self.apply(*(Put(kind, record, None) for record in records))

    def get(self, kind: Kind[R], *ids: str) -> Mapping[str, R]:
        """The records of these ids, by id."""
        with self.session() as session:
            found = session.get([Key(kind, id) for id in ids])
        return {key.id: record for key, record in found.items()}

    def find(self, query: Query[R], *, now: datetime = NOW) -> Page[R]:
        """The page that a query asks for."""
        with self.session() as session:
            return session.find(query, now=now)

    def ids(self, query: Query[Any], *, now: datetime = NOW) -> list[str]:
        """The ids of that page."""
        return [record.id for record in self.find(query, now=now).items]

    def count(self, query: Query[Any], *, now: datetime = NOW) -> int:
        """How many records a query's condition holds of."""
        with self.session() as session:
            return session.count(query, now=now)

    def tally(self, query: Query[Any], by: str, *, now: datetime = NOW) -> Tally:
        """How many records a query's condition holds of, for each value of a field."""
        with self.session() as session:
            return session.tally(query, by, now=now)

    # All of it.

    def everything(self) -> Mapping[str, Sequence[Any]]:
        """All records of all kinds that laws use, by the names of the kinds."""
        with self.session() as session:
            found = {kind.name: session.find(Query(kind), now=NOW).items for kind in ALL_KINDS}
        return {name: records for name, records in found.items() if records}

    def totals(self) -> Mapping[str, Any]:
        """What counts and tallies say of all kinds that laws use, where it is more than nothing."""
        with self.session() as session:
            totals = {
                kind.name: (session.count(Query(kind), now=NOW), dict(session.tally(Query(kind), "version", now=NOW)))
                for kind in ALL_KINDS
            }
        return {name: total for name, total in totals.items() if total != (0, {})}

    def empty(self) -> None:
        """Removes every record."""
        with self.session() as session:
            removals = [
                Removal(Key(kind, record.id), record.version)
                for kind in ALL_KINDS
                for record in session.find(Query(kind), now=NOW).items
            ]
            session.apply(Changes(removals=removals))


class Interruption(Exception):
    """What a law raises inside a session, to see how the session takes it."""


def interrupted(session: AbstractContextManager[Session], work: Callable[[Session], object]) -> None:
    """Works in a session that then is left with an error."""
    with suppress(Interruption), session as open_session:
        work(open_session)
        raise Interruption
