"""One piece of work on the tables: what `Session` promises, kept on one connection."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from ticketcore.errors import LostRace, StaleRecord, StorageError
from ticketcore.query import Page, Query
from ticketcore.storage.protocols import Changes, Found, Key, Tally
from ticketcore.storage.sql.border import errors_of_ours
from ticketcore.storage.sql.known import Known, Name, name_of
from ticketcore.storage.sql.questions import Questions, tally_of
from ticketcore.storage.sql.reading import DOCUMENT, VERSION, Wanted, by_kind, columns_of, versions_of
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
        rows: Makes rows of records, and records of documents.
        tenant: Whose records.
    """

    def __init__(
        self,
        transaction: Transaction,
        statements: Statements,
        questions: Questions,
        *,
        rows: Rows,
        tenant: str,
    ) -> None:
        self._transaction = transaction
        self._line = transaction.line
        self._statements = statements
        self._questions = questions
        self._tenant = tenant
        self._rows = rows
        self._known = Known()
        self._is_over = False

    def get(self, keys: Collection[Key]) -> Found:
        """The records of these keys, of any kinds at once."""
        self._check()
        with errors_of_ours():
            in_doubt = self._lock([key for key in keys if key.kind.locked])
            documents = self._read(keys, in_doubt)
        kinds = {key.kind.name: key.kind for key in keys}
        found = {name: self._rows.record(kinds[name[0]], document) for name, document in documents.items()}
        self._known.note(keys, found, is_certain=self._transaction.is_alone)
        return {key: found[name] for key in keys if (name := name_of(key)) in found}

    def find(self, query: Query[T], *, now: datetime) -> Page[T]:
        """The page that a query asks for."""
        rows = self._answer(self._questions.page, query, now)
        page = query.page([self._rows.record(query.kind, document) for (document,) in rows])
        found = {Key(query.kind, record.id): record for record in page.items}  # type: ignore[attr-defined]  # every record has an id
        self._known.note(
            found, {name_of(key): record for key, record in found.items()}, is_certain=self._transaction.is_alone
        )
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
        writing = Writing(changes, tenant=self._tenant, statements=self._statements, rows=self._rows, known=self._known)
        with errors_of_ours():
            try:
                with self._transaction.all_or_nothing():
                    writing.run(self._line)
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

    def _lock(self, keys: Sequence[Key]) -> Sequence[Name]:
        """
        Waits until no other session has got these records, there or not, and keeps others waiting.

        Returns:
            Of what was read before, and from now on nobody can change, what others may have changed meanwhile.
        """
        if not keys:
            return ()
        was_alone = self._transaction.is_alone
        self._transaction.begin()
        table = self._statements.table
        names = [
            f"{table(it.kind.name).fullname}\n{self._tenant}\n{it.kind.name}\n{it.id}" for it in sorted(keys, key=_id)
        ]
        self._statements.dialect.lock(self._line, names)
        return self._known.in_doubt() if self._transaction.is_alone and not was_alone else ()

    def _read(self, keys: Collection[Key], in_doubt: Sequence[Name]) -> dict[Name, str]:
        """The documents of those of some records that are there; what is in doubt is looked at on the way."""
        ids = by_kind(map(name_of, keys))
        wanted = [Wanted(DOCUMENT, kind, some) for kind, some in ids.items()]
        wanted += [Wanted(VERSION, kind, some) for kind, some in by_kind(in_doubt).items()]
        documents, versions = dict[Name, str](), dict[Name, int]()
        for column, kind, id, value in columns_of(self._line, self._statements, self._tenant, wanted):
            (documents if column == DOCUMENT else versions)[kind, id] = value
        self._known.confirm(in_doubt, versions)
        return documents

    def _answer(self, question: Callable[[Query[Any]], Wording], query: Query[Any], now: datetime) -> Sequence[Any]:
        self._check()
        wording = question(query)
        parameters = wording.parameters(Asking(now, query.viewer, query.after, query.words))
        with errors_of_ours():
            return self._line.ask(wording.text, parameters)

    def _first_stale(self, changes: Changes) -> LostRace:
        """The error that names the first record that is not at the version expected."""
        expected = [
            *((put.kind.name, put.record.id, put.expected) for put in changes.puts),
            *((it.key.kind.name, it.key.id, it.expected) for it in changes.removals),
            *((it.key.kind.name, it.key.id, it.expected) for it in changes.readings),
        ]
        ids = by_kind((kind, id) for kind, id, _ in expected)
        stored = versions_of(self._line, self._statements, self._tenant, ids)
        stale = (StaleRecord(kind, id, it) for kind, id, it in expected if stored.get((kind, id)) != it)
        return next(stale, LostRace("what was in the way is gone again"))


def _id(key: Key) -> str:
    return key.id
