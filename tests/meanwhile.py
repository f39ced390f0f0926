"""What happens in the very moment in which a session is about to apply its changes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ticketcore.storage.protocols import Changes


class Meanwhile:
    """
    Stands before a storage, and lets things happen between a decision and its commit.

    Args:
        storage: The storage; it is used as before.
    """

    def __init__(self, storage: Any) -> None:
        self.waiting: list[Callable[[], object]] = []
        self.applied: list[Changes] = []
        self._open = storage.session
        storage.session = self._session

    def happens(self, *acts: Callable[[], object]) -> None:
        """Has each of these acts happen before one of the next commits, in this order."""
        self.waiting += acts

    @contextmanager
    def _session(self, codec: Any = None) -> Iterator[Any]:
        with self._open(codec) as session:
            apply = session.apply

            def apply_later(changes: Changes) -> None:
                if self.waiting:
                    self.waiting.pop(0)()
                apply(changes)
                self.applied.append(changes)

            session.apply = apply_later
            yield session
