"""
The main flows run on SQLite as well as in memory, unless all tests are told where to run.

What the desk promises does not depend on where its records are. The other tests show it of databases when they are told
to; here are those that show most in the least time.
"""

import os
from importlib.util import find_spec

import pytest

from tests.chosen_storage import MEMORY, SQLITE, VARIABLE

ON_SQLITE_TOO = {"test_flow", "test_internal_tickets", "test_lost_updates", "test_rules"}


def pytest_generate_tests(metafunc):
    """Asks the main flows twice, but for what can be kept in memory only."""
    flow = metafunc.module.__name__.rpartition(".")[-1]
    is_open = VARIABLE not in os.environ and "in_memory" not in metafunc.fixturenames
    if flow in ON_SQLITE_TOO and is_open and find_spec("sqlalchemy"):
        metafunc.parametrize("chosen", [MEMORY, SQLITE], indirect=True)


@pytest.fixture(autouse=True)
def chosen(request, monkeypatch):
    """Where the test runs, if that is said of it."""
    if hasattr(request, "param"):
        monkeypatch.setenv(VARIABLE, request.param)
