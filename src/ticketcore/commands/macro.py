"""What a macro is: several commands kept under a name. It holds the very commands that agents and rules do."""

from typing import Any

import attrs

from ticketcore.commands.command import TicketCommand
from ticketcore.model.ids import DepartmentId, MacroId
from ticketcore.model.kinds import Kind
from ticketcore.model.values import FrozenValue


@attrs.frozen(kw_only=True)
class Macro(FrozenValue):
    """
    Several commands under a name.

    Args:
        name: What agents find it by; the thread of every ticket that it changed shows it.
        description: What it is for, for those who choose among macros.
        department: Whose it is; None for everybody's.
        commands: What is done on the ticket, in this order.
    """

    id: MacroId
    version: int = 1
    name: str
    description: str = ""
    department: DepartmentId | None = None
    commands: tuple[TicketCommand[Any], ...]


MACROS: Kind[Macro] = Kind("macro")
