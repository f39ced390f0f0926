"""
A help desk core to embed: tickets, notes, departments, rules and fair assignment, behind storage that can be replaced.

This page is the table of contents. Commands are in `ticketcore.commands` and `ticketcore.automation`, events in
`ticketcore.events`, records in `ticketcore.model`. What stands here is loaded when it is first asked for: who needs one
module, such as the conditions or the records, does not wait for the whole desk.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ticketcore.access import AccessPolicy, DepartmentAccessPolicy
    from ticketcore.assignment import RoundRobinAssigner
    from ticketcore.commands.command import ANY
    from ticketcore.conditions import Condition, EventF, F
    from ticketcore.configuration import Setup
    from ticketcore.desk import AsyncHelpDesk, HelpDesk
    from ticketcore.errors import (
        AccessDenied,
        Conflict,
        InvalidInput,
        NotFound,
        OutOfPlace,
        StorageError,
        TicketcoreError,
    )
    from ticketcore.extensions import Extensions
    from ticketcore.model.attachments import Upload
    from ticketcore.model.departments import DepartmentAccess
    from ticketcore.model.lifecycle import Category, LifeCycle
    from ticketcore.model.people import Role
    from ticketcore.model.tickets import Channel, InternalTicket, Priority, Ticket
    from ticketcore.query import Order
    from ticketcore.storage.memory import MemoryStorage
__version__ = "0.1.0"

__all__ = [
    "ANY",
    "AccessDenied",
    "AccessPolicy",
    "AsyncHelpDesk",
    "Category",
    "Channel",
    "Condition",
    "Conflict",
    "DepartmentAccess",
    "DepartmentAccessPolicy",
    "EventF",
    "Extensions",
    "F",
    "HelpDesk",
    "InternalTicket",
    "InvalidInput",
    "LifeCycle",
    "MemoryStorage",
    "NotFound",
    "Order",
    "OutOfPlace",
    "Priority",
    "Role",
    "RoundRobinAssigner",
    "Setup",
    "StorageError",
    "Ticket",
    "TicketcoreError",
    "Upload",
    "__version__",
]


def __dir__() -> list[str]:
    return __all__


if not TYPE_CHECKING:  # type checkers would take every name to be there
    _HOMES = {
        "ANY": "ticketcore.commands.command",
        "AccessDenied": "ticketcore.errors",
        "AccessPolicy": "ticketcore.access",
        "AsyncHelpDesk": "ticketcore.desk",
        "Category": "ticketcore.model.lifecycle",
        "Channel": "ticketcore.model.tickets",
        "Condition": "ticketcore.conditions",
        "Conflict": "ticketcore.errors",
        "DepartmentAccess": "ticketcore.model.departments",
        "DepartmentAccessPolicy": "ticketcore.access",
        "EventF": "ticketcore.conditions",
        "Extensions": "ticketcore.extensions",
        "F": "ticketcore.conditions",
        "HelpDesk": "ticketcore.desk",
        "InternalTicket": "ticketcore.model.tickets",
        "InvalidInput": "ticketcore.errors",
        "LifeCycle": "ticketcore.model.lifecycle",
        "MemoryStorage": "ticketcore.storage.memory",
        "NotFound": "ticketcore.errors",
        "Order": "ticketcore.query",
        "OutOfPlace": "ticketcore.errors",
        "Priority": "ticketcore.model.tickets",
        "Role": "ticketcore.model.people",
        "RoundRobinAssigner": "ticketcore.assignment",
        "Setup": "ticketcore.configuration",
        "StorageError": "ticketcore.errors",
        "Ticket": "ticketcore.model.tickets",
        "TicketcoreError": "ticketcore.errors",
        "Upload": "ticketcore.model.attachments",
    }

    def __getattr__(name: str) -> object:
        """What stands on this page, or a module of the package, loaded when it is first asked for."""
        if name in _HOMES:
            found = getattr(import_module(_HOMES[name]), name)
        elif find_spec(f"{__name__}.{name}"):
            found = import_module(f"{__name__}.{name}")
        else:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return globals().setdefault(name, found)
