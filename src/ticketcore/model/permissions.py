"""What an actor can be allowed to do with the tickets of a department."""

from enum import Enum


class Permission(Enum):
    """One thing that may be allowed. Seeing a ticket is no permission: what may not be seen does not exist."""

    OPEN = "open"
    ANSWER = "answer"
    NOTE = "note"
    CHANGE = "change"
    ASSIGN = "assign"
    DELETE = "delete"
    PURGE = "purge"
    CUSTOMERS = "customers"
    CONFIGURE = "configure"


EVERYDAY = frozenset(
    {
        Permission.OPEN,
        Permission.ANSWER,
        Permission.NOTE,
        Permission.CHANGE,
        Permission.ASSIGN,
        Permission.DELETE,
        Permission.CUSTOMERS,
    }
)
