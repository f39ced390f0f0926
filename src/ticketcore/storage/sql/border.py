"""The border: where errors of drivers become ours, with their cause kept."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from ticketcore.errors import LostRace, OutcomeUnknown, StorageError

_LOST_RACES = frozenset({"40001", "40P01"})
"""What PostgreSQL calls a serialization failure, and a deadlock."""


class _Border:
    """A border that is crossed with every statement: as a generator it would cost a quarter of one."""

    def __enter__(self) -> None:
        """Nothing: only errors are looked at."""

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        """Raises an error of the database as one of the library."""
        if isinstance(error, SQLAlchemyError):
            raise _ours(error) from error


_BORDER: Final = _Border()


def errors_of_ours() -> AbstractContextManager[None]:
    """
    Raises errors of the database as errors of the library.

    Raises:
        LostRace: Others were faster; the same work may be done anew.
        StorageError: Anything else.
    """
    return _BORDER


@contextmanager
def commit_errors_of_ours() -> Iterator[None]:
    """
    The same for a commit, of which nobody may know what came of it.

    Raises:
        OutcomeUnknown: The connection was lost before the database said whether it had committed.
        LostRace: Others were faster; the same work may be done anew.
        StorageError: Anything else.
    """
    try:
        yield
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise _ours(error) from error
        raise OutcomeUnknown(f"the connection was lost while committing: {_said(error)}") from error
    except SQLAlchemyError as error:
        raise _ours(error) from error


def _ours(error: SQLAlchemyError) -> StorageError:
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    return LostRace(_said(error)) if state in _LOST_RACES else StorageError(_said(error))


def _said(error: SQLAlchemyError) -> str:
    """What the database said, without the statement and its parameters, which hold what people wrote."""
    cause = getattr(error, "orig", None)
    return f"the database said: {cause}" if cause is not None else f"{type(error).__name__}: {error}"
