"""
The storage that the desk's tests run on: in memory, or what the environment variable `TICKETCORE_TEST_STORAGE` names.

What the desk promises does not depend on where its records are, so that every test of it may run on a database:
`TICKETCORE_TEST_STORAGE=sqlite python -m pytest tests/acceptance`. It takes about ten times as long.
"""

import os
from typing import Any

from ticketcore.serialization.tables import NATURAL_KEYS, RECORDS
from ticketcore.storage.memory import MemoryStorage

VARIABLE = "TICKETCORE_TEST_STORAGE"
MEMORY = "memory"
SQLITE = "sqlite"
ALL_KINDS = (*RECORDS, *NATURAL_KEYS)


def chosen_storage() -> Any:
    """An empty storage of the sort that was chosen."""
    return empty_storage(os.environ.get(VARIABLE, MEMORY))


def empty_storage(sort: str) -> Any:
    """An empty storage: `"memory"`, `"sqlite"` or `"postgresql"`."""
    if sort == MEMORY:
        return MemoryStorage()
    from tests.storage.sql.databases import DATABASES, a_storage  # noqa: PLC0415 - needs an extra

    if sort not in DATABASES:
        raise ValueError(f"{VARIABLE}: {', '.join((MEMORY, *DATABASES))} expected, got {sort}")
    return a_storage(sort)
