"""One piece of work on the tables: what `Session` promises, kept on one connection."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Row

from ticketcore.errors import LostRace, StaleRecord, StorageError
from ticketcore.model.kinds import Kind
from ticketcore.query import Page, Query
from ticketcore.storage.protocols import Changes, Found, Key, RecordCodec, Tally
from ticketcore.storage.sql.border import errors_of_ours
from ticketcore.storage.sql.questions import Questions, tally_of
from ticketcore.storage.sql.reading import documents_of, versions_of
from ticketcore.storage.sql.rows import Rows
from ticketcore.storage.sql.statements import Statements
from ticketcore.storage.sql.transactions import Transaction
from ticketcore.storage.sql.wordings import Asking, Wording
from ticketcore.storage.sql.writing import Mismatch, Writing

T = TypeVar("T")


class SqlSession:
    """
    One piece of work on a storage in a database.

    Args:
        transaction: What it writes in.
        statements: The statements of its tables.
        questions: The questions that were put to them before.
        tenant: Whose records.
        codec: Writes and reads documents.
    """

    def __init__(
        self,
        transaction: Transaction,
        statements: Statements,
        questions: Questions,
        *,
        tenant: str,
        codec: RecordCodec,
    ) -> None:
        self._transaction = transaction
        self._connection = transaction.connection
        self._statements = statements
        self._questions = questions
        self._tenant = tenant
        self._rows = Rows(codec, statements.dialect)
        self._read: dict[tuple[str, str], Any] = {}
        self._is_over = False

    def get(self, keys: Collection[Key]) -> Found:
        """The records of these keys, of any kinds at once."""
        self._check()
        wanted: dict[str, list[str]] = {}
        kinds: dict[str, Kind[Any]] = {}
        for key in keys:
            wanted.setdefault(key.kind.name, []).append(key.id)
            kinds[key.kind.name] = key.kind
        with errors_of_ours():
            self._lock([key for key in keys if key.kind.locked])
            documents = documents_of(self._connection, self._statements, self._tenant, wanted)
        for (kind, id), document in documents.items():
            self._read[kind, id] = self._rows.record(kinds[kind], document)
        return {key: self._read[key.kind.name, key.id] for key in keys if (key.kind.name, key.id) in documents}

    def find(self, query: Query[T], *, now: datetime) -> Page[T]:
        """The page that a query asks for."""
        rows = self._answer(self._questions.page, query, now)
        page = query.page([self._rows.record(query.kind, document) for (document,) in rows])
        self._read.update(((query.kind.name, record.id), record) for record in page.items)  # type: ignore[attr-defined]  # every record has an id
        return page

    def count(self, query: Query[Any], *, now: datetime) -> int:
        """How many records a query's condition holds of; its limit and cursor do not matter."""
        ((number,),) = self._answer(self._questions.count, query, now)
        return int(number)

    def tally(self, query: Query[Any], by: str, *, now: datetime) -> Tally:
        """How many records a query's condition holds of, for each value of the field `by`."""
        rows = self._answer(partial(self._questions.tally, by=by), query, now)
        return tally_of(rows, by, partial(self._rows.record, query.kind))

    def apply(self, changes: Changes) -> None:
        """Makes the changes, all or nothing."""
        self._check()
        self._is_over = True
        writing = Writing(changes, tenant=self._tenant, statements=self._statements, rows=self._rows, known=self._read)
        with errors_of_ours():
            try:
                with self._transaction.all_or_nothing():
                    writing.run(self._connection)
            except Mismatch:
                raise self._first_stale(changes) from None

    def end(self) -> None:
        """Ends the session, and gives back what it held."""
        self._is_over = True
        with errors_of_ours():
            self._transaction.end()

    def _check(self) -> None:
        if self._is_over:
            raise StorageError("this session has ended: open another one")

    def _lock(self, keys: Sequence[Key]) -> None:
        """Waits until no other session has got these records, there or not, and keeps others waiting."""
        if not keys:
            return
        self._transaction.begin()
        table = self._statements.table
        names = [
            f"{table(it.kind.name).fullname}\n{self._tenant}\n{it.kind.name}\n{it.id}" for it in sorted(keys, key=_id)
        ]
        self._statements.dialect.lock(self._connection, names)

    def _answer(
        self, question: Callable[[Query[Any]], Wording], query: Query[Any], now: datetime
    ) -> Sequence[Row[Any]]:
        self._check()
        wording = question(query)
        parameters = wording.parameters(Asking(now, query.viewer, query.after))
        with errors_of_ours():
            return self._connection.exec_driver_sql(wording.text, parameters).all()

    def _first_stale(self, changes: Changes) -> LostRace:
        """The error that names the first record that is not at the version expected."""
        expected = [
            *((put.kind.name, put.record.id, put.expected) for put in changes.puts),
            *((it.key.kind.name, it.key.id, it.expected) for it in changes.removals),
            *((it.key.kind.name, it.key.id, it.expected) for it in changes.readings),
        ]
        wanted: dict[str, list[str]] = {}
        for kind, id, _ in expected:
            wanted.setdefault(kind, []).append(id)
        stored = versions_of(self._connection, self._statements, self._tenant, wanted)
        stale = (StaleRecord(kind, id, it) for kind, id, it in expected if stored.get((kind, id)) != it)
        return next(stale, LostRace("what was in the way is gone again"))


def _id(key: Key) -> str:
    return key.id
