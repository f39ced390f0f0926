"""Reading by key: records of any kinds in one statement."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection

from ticketcore.storage.sql.statements import Statements

IdsByKind: TypeAlias = Mapping[str, Collection[str]]

_AT_ONCE: Final = 10_000
"""How many ids one statement names: databases take a limited number of parameters."""

_IN_NO_TEXT: Final = re.compile("[\0\ud800-\udfff]")
"""What no database has in a text: null characters and lone surrogates."""


def documents_of(
    connection: Connection, statements: Statements, tenant: str, wanted: IdsByKind
) -> dict[tuple[str, str], str]:
    """The documents of those of some records that are there, by the names of their kinds and their ids."""
    return _column("document", connection, statements, tenant, wanted)


def versions_of(
    connection: Connection, statements: Statements, tenant: str, wanted: IdsByKind, *, suffix: str = ""
) -> dict[tuple[str, str], int]:
    """The versions of those of some records that are there; `suffix` may lock them."""
    return _column("version", connection, statements, tenant, wanted, suffix=suffix)


def _column(
    column: str, connection: Connection, statements: Statements, tenant: str, wanted: IdsByKind, *, suffix: str = ""
) -> dict[tuple[str, str], Any]:
    found: dict[tuple[str, str], Any] = {}
    for some in _parts(wanted):
        text = statements.of_keys(column, tuple((kind, len(ids)) for kind, ids in some), suffix=suffix)
        parameters = tuple(it for kind, ids in some for it in (*statements.key(tenant, kind), *ids))
        for place, id, value in connection.exec_driver_sql(text, parameters):
            found[some[int(place)][0], id] = value
    return found


def _parts(wanted: IdsByKind) -> Iterator[list[tuple[str, list[str]]]]:
    """
    The ids by kind, in parts that fit into a statement each.

    Ids come from anybody, such as out of a URL. Those that no record can have are left out: drivers refuse them.
    """
    part: list[tuple[str, list[str]]] = []
    for kind, ids in wanted.items():
        several = [it for it in dict.fromkeys(ids) if not _IN_NO_TEXT.search(it)]
        for start in range(0, len(several), _AT_ONCE):
            part.append((kind, several[start : start + _AT_ONCE]))
            if sum(len(it) for _, it in part) >= _AT_ONCE:
                yield part
                part = []
    if part:
        yield part
