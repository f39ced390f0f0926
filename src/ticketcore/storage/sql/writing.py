"""
Writing: what one session changes, as few statements as there are kinds, in an order that all sessions share.

Versions are compared by the statements that write: one that writes fewer rows than it was given has met another
version. Records that were only read are locked until the commit where others write at the same time, and places where
there must be none are taken by a row that is gone again before it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, TypeAlias

import attrs
from sqlalchemy import Connection

from ticketcore.model.kinds import Kind
from ticketcore.storage.protocols import Changes, Put
from ticketcore.storage.sql.known import Known
from ticketcore.storage.sql.reading import versions_of
from ticketcore.storage.sql.rows import Member, Rows, members_of
from ticketcore.storage.sql.shapes import shape_of
from ticketcore.storage.sql.statements import Statements

Parameters: TypeAlias = list[tuple[Any, ...]]

_PLACEHOLDER: Final = -1
"""The version of a row that only keeps a place free: no record has it."""


class Mismatch(Exception):
    """A record was not at the version expected; which one is found out afterwards."""


@attrs.define(eq=False)
class _OfKind:
    """What is to be done with the records of one kind; ids in ascending order, so that nobody waits in a circle."""

    inserts: Parameters = attrs.field(factory=list)
    updates: Parameters = attrs.field(factory=list)
    deletes: Parameters = attrs.field(factory=list)
    there: dict[str, int] = attrs.field(factory=dict)
    absent: list[str] = attrs.field(factory=list)


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
        self._of_kinds: dict[str, _OfKind] = defaultdict(_OfKind)
        self._members: Parameters = []
        self._emptied: Parameters = []
        for put in sorted(changes.puts, key=lambda put: str(put.record.id)):
            self._put(put)
        for removal in sorted(changes.removals, key=lambda removal: removal.key.id):
            self._remove(removal.key.kind, removal.key.id, removal.expected)
        for reading in known.doubted(changes.readings):
            of_kind = self._of_kinds[reading.key.kind.name]
            if reading.expected is None:
                of_kind.absent.append(reading.key.id)
            else:
                of_kind.there[reading.key.id] = reading.expected

    def run(self, connection: Connection) -> None:
        """
        Writes.

        Raises:
            Mismatch: A record is not at the version expected.
        """
        kinds = sorted(self._of_kinds.items())
        if self._statements.dialect.for_share:
            for kind, of_kind in kinds:
                self._compare(connection, {kind: of_kind}, suffix=" ORDER BY id FOR SHARE")
                self._write(connection, kind, of_kind, of_kind.absent)
            for kind, of_kind in kinds:
                self._free(connection, kind, of_kind.absent)
        else:
            self._compare(connection, self._of_kinds)
            for kind, of_kind in kinds:
                self._write(connection, kind, of_kind, ())
        self._write_members(connection)

    # Making ready.

    def _put(self, put: Put) -> None:
        kind, record, of_kind = put.kind, put.record, self._of_kinds[put.kind.name]
        shape = shape_of(kind)
        key = self._key(kind, record.id)
        row = self._rows.row(shape, record)
        if put.expected is None:
            of_kind.inserts.append((*key, record.version, *row))
        else:
            of_kind.updates.append((record.version, *row, *key, put.expected))
        if shape.sets or shape.has_custom:
            self._put_members(put, members_of(shape, record))

    def _put_members(self, put: Put, members: Sequence[Member]) -> None:
        kind, record = put.kind, put.record
        if put.expected is not None:
            before = self._known.records.get((kind.name, record.id))
            is_known = before is not None and before.version == put.expected
            if is_known and members_of(shape_of(kind), before) == members:
                return
            self._emptied.append((self._tenant, kind.name, record.id))
        self._members += [(self._tenant, kind.name, record.id, *member) for member in members]

    def _remove(self, kind: Kind[Any], id: str, expected: int) -> None:
        self._of_kinds[kind.name].deletes.append((*self._key(kind, id), expected))
        shape = shape_of(kind)
        if shape.sets or shape.has_custom:
            self._emptied.append((self._tenant, kind.name, id))

    def _key(self, kind: Kind[Any], id: str) -> tuple[str, ...]:
        return (*self._statements.key(self._tenant, kind.name), id)

    # Writing.

    def _compare(self, connection: Connection, of_kinds: Mapping[str, _OfKind], *, suffix: str = "") -> None:
        """Compares the versions of what was only read."""
        wanted = {kind: [*it.there, *(() if suffix else it.absent)] for kind, it in of_kinds.items()}
        found = versions_of(connection, self._statements, self._tenant, wanted, suffix=suffix)
        for kind, it in of_kinds.items():
            if any(found.get((kind, id)) != version for id, version in it.there.items()):
                raise Mismatch
            if not suffix and any((kind, id) in found for id in it.absent):
                raise Mismatch

    def _write(self, connection: Connection, kind: str, of_kind: _OfKind, absent: Collection[str]) -> None:
        place = len(self._statements.key(self._tenant, kind))
        inserts = sorted([*of_kind.inserts, *self._placeholders(kind, absent)], key=itemgetter(place))
        _run_all(connection, self._statements.insert(kind), inserts)
        _run_all(connection, self._statements.update(kind), of_kind.updates)
        _run_all(connection, self._statements.delete(kind), of_kind.deletes)

    def _placeholders(self, kind: str, absent: Collection[str]) -> Iterator[tuple[Any, ...]]:
        """Rows that wait for whoever is adding these records, and that whoever wants to has to wait for."""
        key = self._statements.key(self._tenant, kind)
        empty = len(self._statements.table(kind).columns) - len(key) - 2
        return ((*key, id, _PLACEHOLDER, *[None] * empty) for id in absent)

    def _free(self, connection: Connection, kind: str, absent: Collection[str]) -> None:
        key = self._statements.key(self._tenant, kind)
        _run_all(connection, self._statements.delete(kind), [(*key, id, _PLACEHOLDER) for id in absent])

    def _write_members(self, connection: Connection) -> None:
        _run(connection, self._statements.delete_members(), self._emptied)
        _run(connection, self._statements.insert_members(), self._members)


def _run(connection: Connection, statement: str, rows: Parameters) -> int:
    """Runs a statement for all rows, and gives how many it wrote."""
    if not rows:
        return 0
    written: int = connection.exec_driver_sql(statement, rows if len(rows) > 1 else rows[0]).rowcount
    return written


def _run_all(connection: Connection, statement: str, rows: Parameters) -> None:
    if _run(connection, statement, rows) != len(rows):
        raise Mismatch
