"""
Macros: keeping several commands under a name, and doing them on a ticket as one.

A macro gives nobody a right: whoever applies one needs every
permission that its commands need, and whatever one of them overwrites, it overwrites as if it were asked alone.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

import attrs

from ticketcore._draft import Draft
from ticketcore.commands.assignment import checked_department
from ticketcore.commands.automatic import is_withheld
from ticketcore.commands.canned_texts import finds
from ticketcore.commands.command import (
    AddingDeskCommand,
    OverwritingDeskCommand,
    OverwritingTicketCommand,
    TicketCommand,
)
from ticketcore.commands.macro import MACROS, Macro
from ticketcore.commands.records import alter
from ticketcore.errors import NotFound
from ticketcore.model import checks
from ticketcore.model.checks import IS_ID, IS_NAME, Check, Unchanged, changed_fields, optional
from ticketcore.model.ids import DepartmentId, MacroId
from ticketcore.model.kinds import TICKETS
from ticketcore.model.permissions import Permission
from ticketcore.model.tickets import AnyTicket
from ticketcore.storage.protocols import Key

MOST_COMMANDS = 50
"""How many commands a macro has at most."""

IS_STEP = Check(
    "a ticket command that names no note, and no macro",
    lambda value: isinstance(value, TicketCommand) and _suits_every_ticket(value),
)


@attrs.frozen
class AddMacro(AddingDeskCommand[Macro]):
    """
    Keeps several commands under a name.

    Args:
        name: What agents find it by.
        commands: What is done on the ticket, in this order: ticket commands, at least one. None that edits or deletes a
            note, since each such note stands beside one ticket; and no macro.
        description: What it is for.
        department: Whose it is; None for everybody's. Of a restricted department, only members find it.

    Raises:
        NotFound: There is no such department.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    name: str = checks.name()
    commands: Sequence[TicketCommand[Any]] = checks.several(IS_STEP, at_least=1, at_most=MOST_COMMANDS)
    description: str = checks.text(default="", kw_only=True)
    department: DepartmentId | None = checks.identifier(default=None, kw_only=True)

    def decide(self, draft: Draft) -> Macro:
        """The new macro."""
        return draft.put(
            MACROS,
            Macro(
                id=MacroId(draft.new_id()),
                name=self.name,
                description=self.description,
                department=checked_department(draft, self.department),
                commands=tuple(self.commands),
            ),
        )


@attrs.frozen
class ChangeMacro(OverwritingDeskCommand[Macro]):
    """
    Changes a macro. What is not given stays. `seen` is the macro's version.

    Args:
        macro: Which one.
        name: What agents find it by.
        commands: What is done on the ticket, in this order.
        description: What it is for.
        department: Whose it is; None for everybody's.

    Raises:
        NotFound: There is no such macro, or department.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    macro: MacroId = checks.identifier()
    name: str | Unchanged = checks.changeable(IS_NAME)
    commands: Sequence[TicketCommand[Any]] | Unchanged = checks.several(
        IS_STEP, default=checks.UNCHANGED, at_least=1, at_most=MOST_COMMANDS, kw_only=True
    )
    description: str | Unchanged = checks.text(default=checks.UNCHANGED, kw_only=True)
    department: DepartmentId | Unchanged | None = checks.changeable(optional(IS_ID))

    def overwritten(self) -> Key:
        """The macro."""
        return Key(MACROS, self.macro)

    def decide(self, draft: Draft) -> Macro:
        """The macro as it now is."""
        macro = found_macro(draft, self.macro)
        fields = changed_fields(self)
        if "department" in fields:
            checked_department(draft, fields["department"])
        return alter(draft, MACROS, macro, **fields)


@attrs.frozen
class RemoveMacro(OverwritingDeskCommand[None]):
    """
    Removes a macro. What was done with it stays, and threads keep its name. `seen` is the macro's version.

    Args:
        macro: Which one.

    Raises:
        NotFound: There is no such macro.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    macro: MacroId = checks.identifier()

    def overwritten(self) -> Key:
        """The macro."""
        return Key(MACROS, self.macro)

    def decide(self, draft: Draft) -> None:
        """Nothing remains."""
        draft.remove(MACROS, found_macro(draft, self.macro).id)


@attrs.frozen
class ApplyMacro(OverwritingTicketCommand[AnyTicket]):
    """
    Does on a ticket what a macro says: all of it, or nothing.

    Whoever asks needs the permission of each of its commands, on the ticket as it is before the first. `seen` is the
    ticket's version; since then nobody may have changed a field that one of the commands overwrites. A macro whose
    commands overwrite nothing is never in conflict.

    Args:
        macro: Which one.

    Raises:
        NotFound: There is no such macro, or it is a restricted department's of which the agent is no member; or one of
            its commands names what there is not.
        AccessDenied: One of its commands is not allowed.
        OutOfPlace: One of its commands is not possible as things stand.
    """

    permission: ClassVar[Permission] = Permission.CHANGE

    macro: MacroId = checks.identifier()

    def overwritten_fields(self, draft: Draft) -> frozenset[str]:
        """Whatever one of its commands overwrites."""
        steps = found_macro(draft, self.macro).commands
        overwriting = (it for it in steps if isinstance(it, OverwritingTicketCommand))
        return frozenset(field for it in overwriting for field in it.overwritten_fields(draft))

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The ticket as the last command leaves it; as it was, if one purged it."""
        macro = found_macro(draft, self.macro)
        for command in macro.commands:
            draft.permit(command.permission, ticket, command.asked)
        for command in macro.commands:
            cause = attrs.evolve(draft.cause, command=command.asked, told=command.told(), macro=macro.name)
            with draft.acting(draft.principal, cause):
                there = draft.get(TICKETS, ticket.id)
                if not is_withheld(draft, command, there):
                    command.decide(draft, there)
        return draft.peek(TICKETS, ticket.id) or ticket


def found_macro(draft: Draft, id: MacroId) -> Macro:
    """
    A macro that a command names.

    Raises:
        NotFound: There is none, or it is a restricted department's of which the agent is no member.
    """
    macro = draft.peek(MACROS, id)
    if macro is None or not finds(draft, macro.department):
        raise NotFound("macro", id)
    return macro


def _suits_every_ticket(command: TicketCommand[Any]) -> bool:
    """Whether a command can be kept in a macro: notes stand beside one ticket, and macros could go round in circles."""
    if not isinstance(command, OverwritingTicketCommand):
        return True
    return not isinstance(command, ApplyMacro) and type(command).overwritten is OverwritingTicketCommand.overwritten
