"""What happens in the very moment in which a session is about to apply its changes."""

from collections.abc import Callable

from ticketcore.storage.memory import MemoryStorage
from ticketcore.storage.protocols import Changes


class Meanwhile:
    """
    Stands before a storage in memory, and lets things happen between a decision and its commit.

    Args:
        storage: The storage; it is used as before.
    """

    def __init__(self, storage: MemoryStorage) -> None:
        self.waiting: list[Callable[[], object]] = []
        self.applied: list[Changes] = []
        self._apply = storage.apply
        setattr(storage, "apply", self._apply_later)  # noqa: B010 - it takes the place of a method

    def happens(self, *acts: Callable[[], object]) -> None:
        """Has each of these acts happen before one of the next commits, in this order."""
        self.waiting += acts

    def _apply_later(self, changes: Changes) -> None:
        if self.waiting:
            self.waiting.pop(0)()
        self._apply(changes)
        self.applied.append(changes)
