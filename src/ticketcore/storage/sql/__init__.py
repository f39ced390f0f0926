"""Storage in SQLite and PostgreSQL, through SQLAlchemy Core (extra `sql`)."""

from ticketcore.storage.sql.schema import SCHEMA_VERSION, tables, upgrade
from ticketcore.storage.sql.storage import JoinedStorage, SqlStorage

__all__ = [
    "SCHEMA_VERSION",
    "JoinedStorage",
    "SqlStorage",
    "tables",
    "upgrade",
]
