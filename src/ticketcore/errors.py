"""
Everything that ticketcore raises: one tree, whose branches say what the caller can do about it.

`NotFound` and `AccessDenied`: ask for something else. `InvalidInput`: mend the input. `OutOfPlace`: the request is
fine, but not now. `Conflict`: look again, then decide again. `StorageError`: the store failed; nothing was changed.

Every error carries its fields, can be pickled, and says what was expected, what came, and what to do.
"""

from collections.abc import Iterable, Sequence

import attrs


class TicketcoreError(Exception):
    """The root of all errors of this library."""


@attrs.define(slots=False, eq=False, str=False)
class NotFound(TicketcoreError):
    """
    What was asked for does not exist, or may not be seen: the two are never told apart.

    Args:
        what: The noun, such as `"ticket"`.
        id: The id that was asked for.
    """

    what: str
    id: str

    def __str__(self) -> str:
        return f"no {self.what} {self.id!r}"


@attrs.define(slots=False, eq=False, str=False)
class AccessDenied(TicketcoreError):
    """
    The actor may see the thing, but may not do this to it.

    Args:
        asked: What was asked for, such as `"Transfer"`.
        reason: Why the policy said no, in a sentence.
    """

    asked: str
    reason: str

    def __str__(self) -> str:
        return f"{self.asked} is not allowed: {self.reason}"


@attrs.define(slots=False, eq=False, str=False)
class OutOfPlace(TicketcoreError):
    """
    The command is well formed, but not possible as things stand; nothing has changed.

    Args:
        asked: What was asked for, such as `"SendAnswer"`.
        found: What is so, in a sentence.
        allowed: What would be possible instead; may be empty.
    """

    asked: str
    found: str
    allowed: Sequence[str] = ()

    def __str__(self) -> str:
        instead = f"; possible now: {', '.join(self.allowed)}" if self.allowed else ""
        return f"{self.asked} is out of place: {self.found}{instead}"


@attrs.define(slots=False, eq=False, str=False)
class Conflict(TicketcoreError):
    """
    Somebody else changed meanwhile what this command would overwrite; nothing has changed by the command.

    Args:
        asked: What was asked for, such as `"EditTicketNote"`.
        found: What is so now, in a sentence.
        current: The version to name in `seen`, once the present state has been looked at; None where that does not
            help.
    """

    asked: str
    found: str
    current: int | None = None

    def __str__(self) -> str:
        again = f"; look again and repeat with seen={self.current}" if self.current is not None else ""
        return f"{self.asked} is in conflict with what is so now: {self.found}{again}"


@attrs.frozen
class Fault:
    """
    One thing wrong with an input.

    Args:
        path: Where, such as `"then[2].text"`; empty for the input as a whole.
        expected: What would be right.
        got: What came, shortened.
    """

    path: str
    expected: str
    got: str

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        return f"{where}expected {self.expected}, got {self.got}"

    def under(self, prefix: str) -> "Fault":
        """This fault as seen from one level further out."""
        joint = "" if not self.path or self.path.startswith("[") or not prefix else "."
        return Fault(f"{prefix}{joint}{self.path}", self.expected, self.got)


def _listed_once(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    return tuple(dict.fromkeys(faults))


@attrs.define(slots=False, eq=False, str=False)
class InvalidInput(TicketcoreError, ValueError):
    """
    The input is wrong in itself. All its faults are listed at once.

    Args:
        subject: What was to be made of it, such as `"SubmitTicket"`.
        faults: At least one.
    """

    subject: str
    faults: Sequence[Fault] = attrs.field(converter=_listed_once)

    def __str__(self) -> str:
        return f"{self.subject}: " + "; ".join(map(str, self.faults))


class StorageError(TicketcoreError):
    """The storage failed. But for `OutcomeUnknown`, nothing was changed."""


class LostRace(StorageError):
    """Others were faster, so nothing was applied: the same work may be done anew on a fresh session."""


@attrs.define(slots=False, eq=False, str=False)
class StaleRecord(LostRace):
    """
    A record was not at the version that the writer expected. Adapters raise it from `apply`; nothing was applied.

    Args:
        kind: The name of the record's kind.
        id: Its id.
        expected: The version that the writer had read; None where the record was expected not to exist.
    """

    kind: str
    id: str
    expected: int | None

    def __str__(self) -> str:
        state = "not to exist" if self.expected is None else f"to be at version {self.expected}"
        return f"expected {self.kind} {self.id!r} {state}"


class OutcomeUnknown(StorageError):
    """
    The connection was lost while the storage was committing: the changes may be there, or not.

    Look, or ask again with the same `key`: what was done under it is then not done twice.
    """


def shown(value: object, limit: int = 60) -> str:
    """A short, safe rendering of whatever came, for error messages."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # a number of too many digits, or something too deep
        text = f"a {type(value).__name__} too large to show"
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def listed(names: Iterable[object]) -> str:
    """`a, b or c`, for error messages."""
    *head, last = [str(name) for name in names] or ["nothing"]
    return f"{', '.join(head)} or {last}" if head else last
