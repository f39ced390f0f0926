"""The whole desk under generated commands, on a database."""

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.acceptance.test_state_machine import Desk
from tests.chosen_storage import SQLITE, VARIABLE
from ticketcore.storage.sql import SqlStorage


def test_desk_keeps_its_promises_on_a_database(monkeypatch):
    """What holds after every command in memory holds on SQLite, whatever is asked; tried less often, for it is slow."""
    monkeypatch.setenv(VARIABLE, SQLITE)
    assert isinstance(Desk().shop.storage, SqlStorage)

    run_state_machine_as_test(Desk, settings=settings(max_examples=6, stateful_step_count=20))
