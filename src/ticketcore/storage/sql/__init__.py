"""
Storage in SQLite and PostgreSQL, through SQLAlchemy Core (extra `sql`).

`AsyncSqlStorage` wants the extra `async` as well, PostgreSQL the extra `postgres`.
"""

from ticketcore.storage.sql.asynchronous import AsyncJoinedStorage, AsyncSqlStorage
from ticketcore.storage.sql.blobs import AsyncSqlBlobs, SqlBlobs
from ticketcore.storage.sql.schema import SCHEMA_VERSION, tables, upgrade
from ticketcore.storage.sql.storage import JoinedStorage, SqlStorage

__all__ = [
    "SCHEMA_VERSION",
    "AsyncJoinedStorage",
    "AsyncSqlBlobs",
    "AsyncSqlStorage",
    "JoinedStorage",
    "SqlBlobs",
    "SqlStorage",
    "tables",
    "upgrade",
]
