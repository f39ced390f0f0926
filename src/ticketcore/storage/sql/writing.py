"""
Writing: what one session changes, as few statements as there are kinds, in an order that all sessions share.

Versions are compared by the statements that write: one that writes fewer rows than it was given has met another
version. Records that were only read are locked until the commit where others write at the same time, and places where
there must be none are taken by a row that is gone again before it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from operator import itemgetter
from typing import Any, Final, TypeAlias

import attrs

from ticketcore.model.kinds import Kind
from ticketcore.model.passages import passage_of
from ticketcore.storage.protocols import Changes, Put, Removal
from ticketcore.storage.sql.known import Known
from ticketcore.storage.sql.lines import Line, Told
from ticketcore.storage.sql.reading import VERSION, AskedFor, Wanted, asked_for
from ticketcore.storage.sql.rows import Rows, members_of
from ticketcore.storage.sql.shapes import Shape, shape_of
from ticketcore.storage.sql.statements import Statements
from ticketcore.storage.sql.texts import text_of

Parameters: TypeAlias = list[tuple[Any, ...]]

_PLACEHOLDER: Final = -1
"""The version of a row that only keeps a place free: no record has it."""


class Mismatch(Exception):
    """A record was not at the version expected; which one is found out afterwards."""


@attrs.define(eq=False)
class _OfKind:
    """
    What is to be done with the records of one kind; ids in ascending order, so that nobody waits in a circle.

    Args:
        name: The kind's name.
        shape: How its records are kept.
        key: What stands before their ids.
    """

    name: str
    shape: Shape
    key: tuple[str, ...]
    inserts: Parameters = attrs.field(factory=list)
    updates: Parameters = attrs.field(factory=list)
    deletes: Parameters = attrs.field(factory=list)
    there: dict[str, int] = attrs.field(factory=dict)
    absent: list[str] = attrs.field(factory=list)

    @property
    def has_members(self) -> bool:
        """Whether its records hold several of something."""
        return bool(self.shape.sets) or self.shape.has_custom


class Writing:
    """
    The changes of a session, made ready before the transaction begins, so that others wait as short as can be.

    Args:
        changes: The changes.
        tenant: Whose records.
        statements: The statements.
        rows: Makes rows of records.
        known: What the session has read, so that what stays as it is is neither written nor compared.
    """

    def __init__(self, changes: Changes, *, tenant: str, statements: Statements, rows: Rows, known: Known) -> None:
        self._tenant = tenant
        self._statements = statements
        self._rows = rows
        self._known = known
        self._of_kinds: dict[str, _OfKind] = {}
        self._members: Parameters = []
        self._emptied: Parameters = []
        self._texts: Parameters = []
        self._silenced: Parameters = []
        self._counted: list[Told] = []
        self._compared: list[tuple[AskedFor, Told]] = []
        for put in sorted(changes.puts, key=lambda put: str(put.record.id)):
            self._put(put)
        for removal in sorted(changes.removals, key=lambda removal: removal.key.id):
            self._remove(removal)
        for reading in known.doubted(changes.readings):
            of_kind = self._of_kind(reading.key.kind)
            if reading.expected is None:
                of_kind.absent.append(reading.key.id)
            else:
                of_kind.there[reading.key.id] = reading.expected

    def run(self, line: Line) -> None:
        """
        Writes.

        Raises:
            Mismatch: A record is not at the version expected.
        """
        kinds = [self._of_kinds[name] for name in sorted(self._of_kinds)]
        if self._statements.dialect.for_share:
            for kind in kinds:
                self._compare(line, [kind], suffix=" ORDER BY id FOR SHARE")
                self._write(line, kind, kind.absent)
            for kind in kinds:
                self._free(line, kind)
        else:
            self._compare(line, kinds)
            for kind in kinds:
                self._write(line, kind, ())
        for statement, rows in self._of_several_kinds():
            if rows:
                line.tell(Told(statement(), rows))
        line.flush()
        self._check()

    # Making ready.

    def _of_kind(self, kind: Kind[Any]) -> _OfKind:
        name = kind.name
        if name not in self._of_kinds:
            self._of_kinds[name] = _OfKind(name, shape_of(kind), self._statements.key(self._tenant, name))
        return self._of_kinds[name]

    def _put(self, put: Put) -> None:
        record, of_kind = put.record, self._of_kind(put.kind)
        row = self._rows.row(of_kind.shape, record)
        if put.expected is None:
            of_kind.inserts.append((*of_kind.key, record.id, record.version, *row))
        else:
            of_kind.updates.append((record.version, *row, *of_kind.key, record.id, put.expected))
        if of_kind.has_members:
            self._put_members(put, of_kind.shape)
        self._put_text(put)

    def _put_members(self, put: Put, shape: Shape) -> None:
        kind, record, members = put.kind, put.record, members_of(shape, put.record)
        if put.expected is not None:
            before = self._known.records.get((kind.name, record.id))
            is_known = before is not None and before.version == put.expected
            if is_known and members_of(shape, before) == members:
                return
            self._emptied.append((self._tenant, kind.name, record.id))
        self._members += [(self._tenant, kind.name, record.id, *member) for member in members]

    def _put_text(self, put: Put) -> None:
        """Has the record say what it now says, unless it said just that."""
        kind, record, is_new = put.kind, put.record, put.expected is None
        passage = passage_of(record)
        before = None if is_new else self._known.records.get((kind.name, record.id))
        if before is not None and before.version == put.expected and passage_of(before) == passage:
            return
        if passage is not None:
            self._texts.append((self._tenant, kind.name, record.id, *text_of(passage)))
        elif not is_new:
            self._silenced.append((self._tenant, kind.name, record.id))

    def _remove(self, removal: Removal) -> None:
        kind, id = removal.key
        of_kind = self._of_kind(kind)
        of_kind.deletes.append((*of_kind.key, id, removal.expected))
        if of_kind.has_members:
            self._emptied.append((self._tenant, kind.name, id))
        before = self._known.records.get((kind.name, id))
        if before is None or passage_of(before) is not None:
            self._silenced.append((self._tenant, kind.name, id))

    # Writing.

    def _compare(self, line: Line, kinds: Iterable[_OfKind], *, suffix: str = "") -> None:
        """Asks for the versions of what was only read."""
        ids = {it.name: [*it.there, *(() if suffix else it.absent)] for it in kinds}
        wanted = (Wanted(VERSION, name, some) for name, some in ids.items())
        for asked in asked_for(self._statements, self._tenant, wanted, suffix=suffix):
            told = Told(asked.text, [asked.parameters], gives_rows=True)
            line.tell(told)
            self._compared.append((asked, told))

    def _write(self, line: Line, kind: _OfKind, absent: Collection[str]) -> None:
        inserts = kind.inserts
        if absent:
            inserts = sorted([*inserts, *self._placeholders(kind, absent)], key=itemgetter(len(kind.key)))
        self._run_all(line, self._statements.insert, kind, inserts)
        self._run_all(line, self._statements.update, kind, kind.updates)
        self._run_all(line, self._statements.delete, kind, kind.deletes)

    def _placeholders(self, kind: _OfKind, absent: Collection[str]) -> Iterator[tuple[Any, ...]]:
        """Rows that wait for whoever is adding these records, and that whoever wants to has to wait for."""
        empty = len(self._statements.table(kind.name).columns) - len(kind.key) - 2
        return ((*kind.key, id, _PLACEHOLDER, *[None] * empty) for id in absent)

    def _free(self, line: Line, kind: _OfKind) -> None:
        self._run_all(line, self._statements.delete, kind, [(*kind.key, id, _PLACEHOLDER) for id in kind.absent])

    def _run_all(self, line: Line, statement: Callable[[str], str], kind: _OfKind, rows: Parameters) -> None:
        if rows:
            told = Told(statement(kind.name), rows)
            line.tell(told)
            self._counted.append(told)

    def _of_several_kinds(self) -> Iterator[tuple[Callable[[], str], Parameters]]:
        yield self._statements.delete_members, self._emptied
        yield self._statements.insert_members, self._members
        yield self._statements.delete_text, self._silenced
        yield self._statements.put_text, self._texts

    def _check(self) -> None:
        """Makes sure that every record was at the version expected: what was not was not written."""
        if any(told.answer != len(told.rows) for told in self._counted):
            raise Mismatch
        found = {(kind, id): it for asked, told in self._compared for _, kind, id, it in asked.read(told.answer)}
        for kind in self._of_kinds.values():
            if any(found.get((kind.name, id)) != version for id, version in kind.there.items()):
                raise Mismatch
            if any((kind.name, id) in found for id in kind.absent):
                raise Mismatch
