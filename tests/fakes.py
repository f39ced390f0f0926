"""What tests use in place of the world: a clock that moves only when told, ids from a seed, a desk made of both."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import attrs

from tests.chosen_storage import ALL_KINDS
from ticketcore.access import DepartmentAccessPolicy, Principal, Verdict
from ticketcore.conditions import Condition, always
from ticketcore.desk import HelpDesk
from ticketcore.model.permissions import Permission
from ticketcore.model.tickets import AnyTicket
from ticketcore.query import Query
from ticketcore.storage.memory import MemoryStorage

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""The Monday morning on which tests begin."""


class Clock:
    """A clock that stands still until somebody advances it."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The time."""
        return self.now

    def advance(self, duration: timedelta | None = None, /, **units: float) -> datetime:
        """
        Moves the clock forward, and gives the new time.

        Args:
            duration: By how much.
            units: Or in units of `timedelta`: `advance(hours=2)`.
        """
        moved = timedelta(**units) if duration is None else duration
        if moved < timedelta():
            raise ValueError(f"time goes forward only, not by {moved}")
        self.now += moved
        return self.now


def seeded_ids(seed: int = 0) -> Callable[[datetime], str]:
    """Ids of the same form as the desk's own, the same ones in every run."""
    random = Random(seed)  # noqa: S311 - ids of tests are guarded from nobody

    def new_id(now: datetime) -> str:
        return f"{int(now.timestamp() * 1000):012x}{random.getrandbits(80):020x}"

    return new_id


def a_desk(*, seed: int = 0, **kwargs: Any) -> tuple[HelpDesk, Clock]:
    """A desk in memory with its clock. Arguments of `HelpDesk` can be given instead of the usual ones."""
    clock = Clock()
    return HelpDesk(**{"clock": clock, "new_id": seeded_ids(seed), **kwargs}), clock


def records_of(storage: Any) -> dict[str, dict[str, Any]]:
    """All records of a storage by kind and id: the same before and after what changes nothing."""
    if isinstance(storage, MemoryStorage):
        return {name: dict(shelf.records) for name, shelf in storage._shelves.items() if shelf.records}
    with storage.session() as session:
        found = {kind.name: session.find(Query(kind), now=START).items for kind in ALL_KINDS}
    return {name: {record.id: record for record in records} for name, records in found.items() if records}


@contextmanager
def unchanged(storage: Any) -> Iterator[None]:
    """Expects that no record is another one than before."""
    before = records_of(storage)
    yield
    assert records_of(storage) == before


@attrs.frozen
class OnlyTheSystemMay(DepartmentAccessPolicy):
    """The usual access, but agents may do nothing to what they see."""

    def may(self, principal: Principal, permission: Permission, ticket: AnyTicket | None) -> Verdict:
        """Whether it is the system."""
        del permission, ticket
        return Verdict(allowed=principal.is_system, reason="only the system may")


@attrs.frozen
class EverybodySeesEverything(DepartmentAccessPolicy):
    """An access policy as careless as can be."""

    def visible_tickets(self, principal: Principal) -> Condition[Any]:
        """Every ticket."""
        del principal
        return always

    def visible_contacts(self, principal: Principal) -> Condition[Any]:
        """Every contact."""
        del principal
        return always

    def may(self, principal: Principal, permission: Permission, ticket: AnyTicket | None) -> Verdict:
        """Anything."""
        del principal, permission, ticket
        return Verdict(allowed=True, reason="whatever it is")
