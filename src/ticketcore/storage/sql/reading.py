"""Reading by key: records of any kinds in one statement."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from ticketcore.storage.sql.lines import Line
from ticketcore.storage.sql.statements import Statements

IdsByKind: TypeAlias = Mapping[str, Collection[str]]

DOCUMENT: Final = "document"
VERSION: Final = "version"

_AT_ONCE: Final = 10_000
"""How many ids one statement names: databases take a limited number of parameters."""

_IN_NO_TEXT: Final = re.compile("[\0\ud800-\udfff]")
"""What no database has in a text: null characters and lone surrogates."""


class Wanted(NamedTuple):
    """
    What is wanted of some records of a kind.

    Args:
        column: Their documents or their versions.
        kind: The kind's name.
        ids: Which ones. They come from anybody, such as out of a URL.
    """

    column: str
    kind: str
    ids: Sequence[str]


def versions_of(
    line: Line, statements: Statements, tenant: str, ids: IdsByKind, *, suffix: str = ""
) -> dict[tuple[str, str], int]:
    """The versions of those of some records that are there; `suffix` may lock them."""
    wanted = [Wanted(VERSION, kind, [*some]) for kind, some in ids.items()]
    found = columns_of(line, statements, tenant, wanted, suffix=suffix)
    return {(kind, id): version for _, kind, id, version in found}


def by_kind(names: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Ids by the names of their kinds."""
    ids: dict[str, list[str]] = {}
    for kind, id in names:
        ids.setdefault(kind, []).append(id)
    return ids


def columns_of(
    line: Line, statements: Statements, tenant: str, wanted: Iterable[Wanted], *, suffix: str = ""
) -> Iterator[tuple[str, str, str, Any]]:
    """What is wanted of those records that are there: the column, the kind, the id, and what stands there."""
    for asked in asked_for(statements, tenant, wanted, suffix=suffix):
        yield from asked.read(line.ask(asked.text, asked.parameters))


def asked_for(
    statements: Statements, tenant: str, wanted: Iterable[Wanted], *, suffix: str = ""
) -> Iterator["AskedFor"]:
    """The statements that ask for what is wanted."""
    for some in _parts(wanted):
        text = statements.of_keys(tuple((it.column, it.kind, len(it.ids)) for it in some), suffix=suffix)
        parameters = tuple(it for _, kind, ids in some for it in (*statements.key(tenant, kind), *ids))
        yield AskedFor(text, parameters, some)


class AskedFor(NamedTuple):
    """
    A statement that asks for some of what is wanted.

    Args:
        text: The statement.
        parameters: Its parameters.
        wanted: What it asks for.
    """

    text: str
    parameters: tuple[str, ...]
    wanted: Sequence[Wanted]

    def read(self, rows: Iterable[Any]) -> Iterator[tuple[str, str, str, Any]]:
        """What its rows say: the column, the kind, the id, and what stands there."""
        for place, id, value in rows:
            column, kind, _ = self.wanted[int(place)]
            yield column, kind, id, value


def _parts(wanted: Iterable[Wanted]) -> Iterator[list[Wanted]]:
    """The same in parts that fit into a statement each, without ids that no record can have: drivers refuse them."""
    part: list[Wanted] = []
    for column, kind, ids in wanted:
        several = [*dict.fromkeys(ids)]
        if _IN_NO_TEXT.search("".join(several)):
            several = [it for it in several if not _IN_NO_TEXT.search(it)]
        for start in range(0, len(several), _AT_ONCE):
            part.append(Wanted(column, kind, several[start : start + _AT_ONCE]))
            if sum(len(it.ids) for it in part) >= _AT_ONCE:
                yield part
                part = []
    if part:
        yield part
