"""
Orphans: bytes that were stored, and that no attachment names.

A command stores bytes before the commit that names them, so that no record ever names bytes that are not there. What
remains where such a commit failed, or a ticket was purged, is found by looking at all entries.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

import attrs

from ticketcore._flow import Flow
from ticketcore._steps import Blobs, Steps
from ticketcore.conditions import EntryF
from ticketcore.errors import Fault, InvalidInput, shown
from ticketcore.model.actors import SYSTEM
from ticketcore.model.attachments import Attachment
from ticketcore.model.checks import is_duration
from ticketcore.model.kinds import ENTRIES
from ticketcore.model.thread import Answer, CustomerMessage, Entry, InlineNote, InternalMessage, Written
from ticketcore.query import Page, Query

BATCH: Final = 500
"""How many entries are looked at in one session."""

_IS_AGE = is_duration(at_least=timedelta(hours=1), at_most=timedelta(days=36_500))
_WRITTEN = EntryF.kind.is_in([it.label for it in (CustomerMessage, Answer, InternalMessage, InlineNote)])


def sweep_blobs(flow: Flow, older_than: timedelta) -> Steps[int]:
    """
    Removes bytes that were last stored so long ago, and that nothing names.

    Bytes that a command stores again while this goes on are left: their time is a new one.

    Returns:
        How many were removed.

    Raises:
        InvalidInput: It is less than an hour, or no length of time.
    """
    if not _IS_AGE.accepts(older_than):
        raise InvalidInput("sweep_blobs", [Fault("older_than", _IS_AGE.expected, shown(older_than))])
    before = flow.clock() - older_than
    old: list[str] = yield Blobs(lambda blobs: blobs.stored_before(before))
    orphans = yield from _unnamed(flow, {*old})
    for digest in sorted(orphans):
        yield from _remove(digest, before)
    return len(orphans)


def _remove(digest: str, before: datetime) -> Steps[None]:
    yield Blobs(lambda blobs: blobs.remove(digest, before=before))


def _unnamed(flow: Flow, digests: set[str]) -> Steps[set[str]]:
    """Those digests that no attachment of any entry has."""
    query: Query[Entry] | None = Query(ENTRIES, _WRITTEN, limit=BATCH)
    while query is not None and digests:
        page = yield from _page(flow, query)
        digests -= {it.digest for entry in page.items for it in _files(entry)}
        query = None if page.next is None else attrs.evolve(query, after=page.next)
    return digests


def _page(flow: Flow, query: Query[Entry]) -> Steps[Page[Entry]]:
    return (yield from flow.read(SYSTEM, lambda draft: draft.find(query)))


def _files(entry: Entry) -> Iterator[Attachment]:
    if isinstance(entry, Written):
        yield from entry.attachments
    if isinstance(entry, CustomerMessage) and entry.original is not None:
        yield entry.original
