"""
Records other than tickets: reading them to be changed, changing them, and the natural keys that they hold.

Tickets change by `Draft.change` alone, which tells it in their threads.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import attrs

from ticketcore._draft import Draft
from ticketcore.errors import OutOfPlace
from ticketcore.model.copying import copy_with
from ticketcore.model.keys import NaturalKey
from ticketcore.model.kinds import Kind
from ticketcore.model.values import FrozenValue
from ticketcore.query import Query
from ticketcore.storage.protocols import Key

T = TypeVar("T")


@attrs.frozen
class Claimable(FrozenValue):
    """
    What only one record can have.

    Args:
        kind: The natural keys that stand for it.
        key: How it is folded to be compared.
        noun: What it is called in errors: `"the e-mail address"`.
    """

    kind: Kind[NaturalKey]
    key: Callable[[str], str]
    noun: str

    def each_once(self, values: Sequence[str]) -> tuple[str, ...]:
        """The values in their order; of those that are the same the first."""
        kept: dict[str, str] = {}
        for value in values:
            kept.setdefault(self.key(value), value)
        return tuple(kept.values())

    def keys(self, values: Iterable[str]) -> tuple[Key, ...]:
        """The keys of the natural keys of some values."""
        return tuple(Key(self.kind, self.key(value)) for value in values)


def claim(draft: Draft, what: Claimable, values: Iterable[str], holder: str) -> None:
    """
    Claims values for a record.

    Raises:
        OutOfPlace: Another record has one of them.
    """
    wanted = what.keys(values)
    draft.want(*wanted)
    for key in wanted:
        held = draft.peek(what.kind, key.id)
        if held is not None and held.holder != holder:
            raise OutOfPlace(draft.cause.command, f"{what.noun} {key.id!r} is taken already")
        if held is None:
            draft.put(what.kind, NaturalKey(id=key.id, holder=holder))


def release(draft: Draft, what: Claimable, values: Iterable[str], holder: str) -> None:
    """Gives up values that a record has."""
    given_up = what.keys(values)
    draft.want(*given_up)
    for key in given_up:
        held = draft.peek(what.kind, key.id)
        if held is not None and held.holder == holder:
            draft.remove(what.kind, key.id)


def exchange(draft: Draft, what: Claimable, before: Iterable[str], after: Iterable[str], holder: str) -> None:
    """
    Claims values for a record in place of those that it has.

    Raises:
        OutOfPlace: Another record has one of them.
    """
    old, new = ({what.key(value): value for value in values} for values in (before, after))
    claim(draft, what, (value for key, value in new.items() if key not in old), holder)
    release(draft, what, (value for key, value in old.items() if key not in new), holder)


def load_all(draft: Draft, query: Query[T]) -> tuple[T, ...]:
    """All records that a query finds, each loaded by its key, so that it can be changed or removed."""
    found: tuple[Any, ...] = draft.find(query).items
    draft.want(*(Key(query.kind, it.id) for it in found))
    present = (draft.peek(query.kind, it.id) for it in found)
    return tuple(it for it in present if it is not None)


def alter(draft: Draft, kind: Kind[T], record: T, /, **fields: Any) -> T:
    """The record with some fields changed. What is so already is no change."""
    after = copy_with(record, **fields)
    return record if after == record else draft.put(kind, after)
