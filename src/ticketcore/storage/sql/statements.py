"""
Statements that every session makes, written once for each table: by key there is nothing to translate.

They are the driver's own text. What they cost is most of what a command costs.
"""

from typing import Final, TypeAlias

import attrs
from sqlalchemy import Dialect as EngineDialect
from sqlalchemy import Table

from ticketcore.storage.sql.dialects import Dialect
from ticketcore.storage.sql.schema import Tables
from ticketcore.storage.sql.shapes import UNKNOWN, known_shapes

Columns: TypeAlias = tuple[tuple[str, str, int], ...]
"""Columns, each with the name of a kind, and of how many of its records."""


@attrs.frozen(eq=False)
class Statements:
    """
    The statements for a set of tables.

    Args:
        tables: The tables.
        dialect: The database's words.
        engine: How the database quotes names.
    """

    tables: Tables
    dialect: Dialect
    engine: EngineDialect
    _kept: dict[tuple[object, ...], str] = attrs.field(factory=dict, init=False)

    def table(self, kind: str) -> Table:
        """The table of a kind, by the kind's name."""
        return self.tables.of(known_shapes().get(kind, UNKNOWN))

    def is_shared(self, kind: str) -> bool:
        """Whether a kind's table has records of other kinds, too."""
        return kind not in known_shapes()

    def of_keys(self, columns: Columns, *, suffix: str = "") -> str:
        """
        The statement for columns of some records: rows of a column's place, the id, and what stands there.

        Its parameters are for each column: the tenant, the kind if its table is shared, and the ids.
        """
        known = self._kept.get((columns, suffix))
        return known or self._keep(self._of_keys(columns) + suffix, columns, suffix)

    def _of_keys(self, columns: Columns) -> str:
        parts = (
            f"SELECT '{place}', id, {column} FROM {self._name(self.table(kind))} "  # noqa: S608 - names of our own
            f"WHERE {self._of_kind(kind)} AND id IN ({self._marks(count)})"
            for place, (column, kind, count) in enumerate(columns)
        )
        return " UNION ALL ".join(parts)

    def insert(self, kind: str) -> str:
        """The statement that adds a record, unless there is one of that id."""
        known = self._kept.get(("insert", kind))
        return known or self._keep(f"{self.insert_into(self.table(kind))} ON CONFLICT DO NOTHING", "insert", kind)

    def insert_members(self) -> str:
        """
        The statement that adds what a record holds several of.

        A record that is there already has its own: that it was not written is seen when all has been told.
        """
        known = self._kept.get(("members",))
        return known or self._keep(f"{self.insert_into(self.tables.members)} ON CONFLICT DO NOTHING", "members")

    def put_text(self) -> str:
        """The statement that has a record say something, and nothing else any more."""
        known = self._kept.get(("text",))
        return known or self._keep(self._put_text(), "text")

    def _put_text(self) -> str:
        names = [column.name for column in self.tables.texts.columns if not column.nullable]
        changes = ", ".join(f"{name} = excluded.{name}" for name in names if name not in _KEY)
        return (
            f"INSERT INTO {self._name(self.tables.texts)} ({', '.join(names)}) VALUES ({self._marks(len(names))}) "  # noqa: S608 - as above
            f"ON CONFLICT (tenant, kind, id) DO UPDATE SET {changes}"
        )

    def delete_text(self) -> str:
        """The statement that has a record say nothing any more."""
        known = self._kept.get(("delete text",))
        return known or self._keep(self._delete_of_record(self.tables.texts), "delete text")

    def insert_into(self, table: Table) -> str:
        """The statement that adds a row."""
        names = ", ".join(self._quoted(column.name) for column in table.columns)
        return f"INSERT INTO {self._name(table)} ({names}) VALUES ({self._marks(len(table.columns))})"  # noqa: S608 - as above

    def update(self, kind: str) -> str:
        """The statement that replaces a record of a certain version; key and version are its last parameters."""
        known = self._kept.get(("update", kind))
        return known or self._keep(self._update(kind), "update", kind)

    def _update(self, kind: str) -> str:
        table = self.table(kind)
        names = [column.name for column in table.columns if column.name not in _KEY]
        changes = ", ".join(f"{self._quoted(name)} = {self.dialect.mark}" for name in names)
        return f"UPDATE {self._name(table)} SET {changes} WHERE {self._of_one(kind)} AND version = {self.dialect.mark}"  # noqa: S608 - as above

    def delete(self, kind: str) -> str:
        """The statement that removes a record of a certain version."""
        known = self._kept.get(("delete", kind))
        return known or self._keep(self._delete(kind), "delete", kind)

    def _delete(self, kind: str) -> str:
        return (
            f"DELETE FROM {self._name(self.table(kind))} WHERE {self._of_one(kind)} AND version = {self.dialect.mark}"  # noqa: S608 - as above
        )

    def delete_members(self) -> str:
        """The statement that removes what a record holds several of."""
        known = self._kept.get(("delete members",))
        return known or self._keep(self._delete_of_record(self.tables.members), "delete members")

    def _delete_of_record(self, table: Table) -> str:
        mark = self.dialect.mark
        return f"DELETE FROM {self._name(table)} WHERE tenant = {mark} AND kind = {mark} AND id = {mark}"  # noqa: S608 - as above

    def touch(self) -> str:
        """The statement that changes nothing, and makes the transaction one that writes."""
        return f"UPDATE {self._name(self.tables.version)} SET version = version"  # noqa: S608 - as above

    def key(self, tenant: str, kind: str) -> tuple[str, ...]:
        """What stands before the id in parameters."""
        return (tenant, kind) if self.is_shared(kind) else (tenant,)

    def _keep(self, text: str, *key: object) -> str:
        """A statement, kept for the next time; of those that name many ids there are too many."""
        if len(self._kept) < _KEPT:
            self._kept[key] = text
        return text

    def _of_kind(self, kind: str) -> str:
        mark = self.dialect.mark
        return f"tenant = {mark} AND kind = {mark}" if self.is_shared(kind) else f"tenant = {mark}"

    def _of_one(self, kind: str) -> str:
        return f"{self._of_kind(kind)} AND id = {self.dialect.mark}"

    def _marks(self, count: int) -> str:
        return ", ".join([self.dialect.mark] * count)

    def _name(self, table: Table) -> str:
        return str(self.engine.identifier_preparer.format_table(table))

    def _quoted(self, name: str) -> str:
        return str(self.engine.identifier_preparer.quote(name))


_KEPT: Final = 5_000
"""How many statements are kept."""

_KEY: Final = frozenset({"tenant", "kind", "id"})
