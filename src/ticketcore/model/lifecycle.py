"""
The life cycle of a ticket: its statuses, and one table of the moves between them.

A host with other statuses gives its own `LifeCycle` that maps them onto the same categories; everything else in the
library asks for the category. The default is the one that LiveAgent publishes (requirement TK-14).
"""

from collections.abc import Mapping
from enum import Enum

import attrs

from ticketcore.errors import Fault, InvalidInput
from ticketcore.model.checks import KEY_LIMIT, Checked, line, one_of
from ticketcore.model.values import FrozenValue


class Category(Enum):
    """What a status means to the library, whatever a host calls it."""

    # Each is there once, so its identity will do; an enumeration's own way calls Python code for every look-up.
    __hash__ = object.__hash__

    NEW = "new"
    OPEN = "open"
    ANSWERED = "answered"
    POSTPONED = "postponed"
    RESOLVED = "resolved"
    CLOSED = "closed"
    DELETED = "deleted"
    SPAM = "spam"


AWAITS_AGENT = frozenset({Category.NEW, Category.OPEN})
IN_WORK = AWAITS_AGENT | {Category.ANSWERED, Category.POSTPONED}
REOPENED = frozenset({Category.ANSWERED, Category.POSTPONED, Category.RESOLVED})
DONE = frozenset({Category.RESOLVED, Category.CLOSED})
SET_ASIDE = frozenset({Category.DELETED, Category.SPAM})


@attrs.frozen
class Status(Checked):
    """
    Where a ticket stands.

    Args:
        key: Its name in storage, JSON and conditions, such as `"open"`.
        category: What it means.
    """

    key: str = line(at_most=KEY_LIMIT)
    category: Category = one_of(Category)

    def __str__(self) -> str:
        return self.key


NEW, OPEN, ANSWERED, POSTPONED, RESOLVED, CLOSED, DELETED, SPAM = (
    Status(category.value, category) for category in Category
)


@attrs.frozen
class LifeCycle(FrozenValue):
    """
    Statuses and the moves between them.

    Args:
        moves: For every status the statuses it may move to. Every category needs at least one status; the first one
            listed of a category is the one the library itself moves tickets to. Statuses of the categories deleted and
            spam list none: a ticket returns from them to the status it had before. Answered, postponed and resolved
            statuses list the first open one: a customer's message opens them again.

    Raises:
        InvalidInput: A category without a status, a target that is not listed, or moves out of deleted or spam.
    """

    moves: Mapping[Status, tuple[Status, ...]]
    _by_key: Mapping[str, Status] = attrs.field(init=False, repr=False, eq=False)
    _main: Mapping[Category, Status] = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        if faults := [*self._faults()]:
            raise InvalidInput("LifeCycle", faults)
        object.__setattr__(self, "_by_key", {status.key: status for status in self.moves})
        object.__setattr__(self, "_main", {status.category: status for status in reversed(list(self.moves))})

    def _faults(self) -> list[Fault]:
        found = {status.category for status in self.moves}
        keys = [status.key for status in self.moves]
        missing = [Fault("moves", f"a status of category {it.value}", "none") for it in Category if it not in found]
        twice = [Fault(key, "one status of this key", "several") for key in sorted(set(keys)) if keys.count(key) > 1]
        unknown = [
            Fault(str(status), "targets that are listed themselves", str(target))
            for status, targets in self.moves.items()
            for target in targets
            if target not in self.moves
        ]
        stuck = [
            Fault(str(status), "no moves: it returns to the status before", f"{len(targets)} moves")
            for status, targets in self.moves.items()
            if targets and status.category in SET_ASIDE
        ]
        return missing + twice + unknown + stuck + self._shut()

    def _shut(self) -> list[Fault]:
        """Statuses that a customer's message, or the end of a postponement, could not open again."""
        opens = next((it for it in self.moves if it.category is Category.OPEN), None)
        return [
            Fault(str(status), f"a move to {opens}", "none")
            for status, targets in self.moves.items()
            if opens is not None and status.category in REOPENED and opens not in targets
        ]

    @property
    def statuses(self) -> tuple[Status, ...]:
        """All statuses, in the order of the table."""
        return tuple(self.moves)

    def main(self, category: Category) -> Status:
        """The status that the library uses for a category: the first one listed."""
        return self._main[category]

    def status(self, key: str) -> Status | None:
        """The status of that key, if there is one."""
        return self._by_key.get(key)

    def moves_from(self, status: Status, before: Status | None) -> tuple[Status, ...]:
        """
        Where a ticket may move now.

        Args:
            status: Where it stands.
            before: Where it stood before it was deleted or marked as spam.
        """
        if status.category not in SET_ASIDE:
            return self.moves.get(status, ())
        return (before,) if before else ()


STANDARD_LIFE_CYCLE = LifeCycle(
    {
        NEW: (ANSWERED, POSTPONED, RESOLVED, DELETED, SPAM),
        ANSWERED: (OPEN, POSTPONED, RESOLVED, DELETED, SPAM),
        OPEN: (ANSWERED, POSTPONED, RESOLVED, DELETED, SPAM),
        POSTPONED: (NEW, OPEN, ANSWERED, RESOLVED, DELETED, SPAM),
        RESOLVED: (OPEN, ANSWERED, CLOSED, DELETED, SPAM),
        CLOSED: (DELETED,),
        DELETED: (),
        SPAM: (),
    }
)
