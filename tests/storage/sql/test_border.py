"""Errors of databases become the library's own, with their cause, and say what was not done."""

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from ticketcore import HelpDesk, StorageError
from ticketcore.commands import AddContact
from ticketcore.errors import LostRace, OutcomeUnknown, StaleRecord
from ticketcore.storage.sql import SqlStorage
from ticketcore.storage.sql.border import commit_errors_of_ours, errors_of_ours


class DriverError(Exception):
    """An error of PostgreSQL's driver."""

    def __init__(self, sqlstate):
        super().__init__("it went wrong")
        self.sqlstate = sqlstate


def raised(border, error):
    """What comes of an error at a border."""
    with pytest.raises(StorageError) as caught, border():
        raise error
    return caught.value


@pytest.mark.parametrize("border", [errors_of_ours, commit_errors_of_ours])
@pytest.mark.parametrize("state", ["40001", "40P01"])
def test_lost_races_can_be_run_again(border, state):
    """A serialization failure and a deadlock are lost races, which a desk runs again."""
    error = OperationalError("UPDATE", {}, DriverError(state))

    assert isinstance(raised(border, error), LostRace)
    assert isinstance(StaleRecord("ticket", "1", 1), LostRace)


@pytest.mark.parametrize("border", [errors_of_ours, commit_errors_of_ours])
def test_other_errors_keep_their_cause_and_tell_no_secrets(border):
    """The driver's error is the cause; statements and parameters, which hold what people wrote, are not repeated."""
    error = OperationalError("UPDATE ticket", {"text": "secret"}, DriverError("42P01"))
    ours = raised(border, error)

    assert type(ours) is StorageError
    assert ours.__cause__ is error
    assert "it went wrong" in str(ours)
    assert "secret" not in str(ours)
    assert type(raised(border, SQLAlchemyError("no connection"))) is StorageError


def test_connection_lost_while_committing():
    """Only at a commit nobody knows what came of it; the error says so."""
    error = DBAPIError("COMMIT", {}, DriverError("57P01"), connection_invalidated=True)

    assert isinstance(raised(commit_errors_of_ours, error), OutcomeUnknown)
    assert type(raised(errors_of_ours, error)) is StorageError


def test_database_that_cannot_be_written(tmp_path):
    """A file that may only be read is read; who would write is told, and nothing is lost."""
    file = tmp_path / "desk.db"
    writing = SqlStorage.open(f"sqlite:///{file}")
    mia = HelpDesk(writing).as_system().do(AddContact("Mia"))
    reading = SqlStorage(create_engine(f"sqlite:///file:{file}?mode=ro&uri=true"))
    system = HelpDesk(reading).as_system()

    assert system.contact(mia.id) == mia
    with pytest.raises(StorageError, match="readonly"):
        system.do(AddContact("Leo"))
    assert [it.name for it in HelpDesk(writing).as_system().contacts().items] == ["Mia"]
    writing.close()
    reading.close()


def test_database_that_is_not_there(tmp_path):
    """Where no database can be opened, opening says so."""
    with pytest.raises(StorageError, match="unable to open database file"):
        SqlStorage.open(f"sqlite:///{tmp_path / 'no folder' / 'desk.db'}")


def test_full_disk(tmp_path):
    """A database that may not grow refuses, and goes on as before."""
    storage = SqlStorage.open(f"sqlite:///{tmp_path / 'desk.db'}")
    system = HelpDesk(storage).as_system()
    mia = system.do(AddContact("Mia"))
    with storage.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    def fill():
        for number in range(2_000):
            system.do(AddContact(f"Contact {number}"))

    with pytest.raises(StorageError, match="full"):
        fill()
    assert system.contact(mia.id) == mia
    storage.close()
