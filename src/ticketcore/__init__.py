"""
A help desk core to embed: tickets, notes, departments, rules and fair assignment, behind storage that can be replaced.

This page is the table of contents. Commands are in `ticketcore.commands` and `ticketcore.automation`, events in
`ticketcore.events`, records in `ticketcore.model`. What stands here is loaded when it is first asked for: who needs one
module, such as the conditions or the records, does not wait for the whole desk.
"""

from typing import TYPE_CHECKING

from ticketcore._contents import leading_to

if TYPE_CHECKING:
    from ticketcore.access import AccessPolicy, DepartmentAccessPolicy
    from ticketcore.assignment import RoundRobinAssigner
    from ticketcore.async_desk import AsyncHelpDesk
    from ticketcore.commands.command import ANY
    from ticketcore.conditions import Condition, EventF, F
    from ticketcore.configuration import Setup
    from ticketcore.desk import HelpDesk
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


if not TYPE_CHECKING:
    __getattr__ = leading_to(
        __name__,
        {
            "access": "AccessPolicy DepartmentAccessPolicy",
            "assignment": "RoundRobinAssigner",
            "async_desk": "AsyncHelpDesk",
            "commands.command": "ANY",
            "conditions": "Condition EventF F",
            "configuration": "Setup",
            "desk": "HelpDesk",
            "errors": "AccessDenied Conflict InvalidInput NotFound OutOfPlace StorageError TicketcoreError",
            "extensions": "Extensions",
            "model.attachments": "Upload",
            "model.departments": "DepartmentAccess",
            "model.lifecycle": "Category LifeCycle",
            "model.people": "Role",
            "model.tickets": "Channel InternalTicket Priority Ticket",
            "query": "Order",
            "storage.memory": "MemoryStorage",
        },
    )
