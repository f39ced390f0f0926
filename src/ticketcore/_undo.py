"""The undo log: how a unit of work goes back to a moment before, entry by entry of its dicts."""

from typing import Any, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class UndoLog:
    """Remembers what stood in dicts before entries of theirs were set."""

    before: list[tuple[dict[Any, Any], Any, Any]]
    """The dict, the key, and what stood there, for each entry that was set."""

    def __init__(self) -> None:
        self.before = []

    def set(self, target: dict[K, V], key: K, value: V) -> None:
        """Sets an entry of a dict, so that it can be undone."""
        self.before.append((target, key, target.get(key, _ABSENT)))
        target[key] = value

    def go_back(self, length: int) -> None:
        """Undoes all but the oldest entries, the newest first."""
        while len(self.before) > length:
            target, key, before = self.before.pop()
            if before is _ABSENT:
                del target[key]
            else:
                target[key] = before


_ABSENT = object()
