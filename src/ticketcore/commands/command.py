"""
What a command is: a frozen value that says what somebody asks for, with the decision beside it.

The classes here are the kinds of commands; which one a command is says who may ask it, whether it is done on a ticket,
and whether `seen` is required. The commands themselves are in the other modules of this package, one per noun.
"""

from collections.abc import Collection
from enum import Enum
from typing import Any, ClassVar, Generic, TypeAlias, TypeVar

import attrs

from ticketcore._draft import Draft
from ticketcore.model.checks import Checked
from ticketcore.model.kinds import TICKETS
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.permissions import Permission
from ticketcore.model.public import Publishable
from ticketcore.model.tickets import AnyTicket, Ticket
from ticketcore.storage.protocols import Key

R_co = TypeVar("R_co", covariant=True)
C_co = TypeVar("C_co", bound=Publishable[Any], covariant=True)


class AnyVersion(Enum):
    """The type of `ANY`."""

    ANY = "any"


ANY = AnyVersion.ANY
"""Given as `seen` by those who do not care what they overwrite."""

Seen: TypeAlias = int | AnyVersion
"""The version of the record that somebody saw before asking to overwrite it."""


@attrs.frozen
class Command(Checked, Generic[R_co]):
    """
    What somebody asks for, and what comes of it.

    Every command names the permission that it needs. `told()` gives what events should tell of it; `reads()` is a hint
    that saves trips to the storage, never a promise.
    """

    permission: ClassVar[Permission]

    def told(self) -> FrozenMap[str, bool]:
        """What events that this command causes tell of it."""
        return _NOTHING_TOLD

    def reads(self) -> Collection[Key]:
        """Records that the decision will ask for, as far as the command alone can tell."""
        return ()

    @property
    def asked(self) -> str:
        """The command's name in events, errors and JSON."""
        return type(self).__name__


_NOTHING_TOLD: FrozenMap[str, bool] = FrozenMap()


class DeskCommand(Command[R_co]):
    """A command of agents and the desk itself that is not done on a ticket."""

    __slots__ = ()

    def decide(self, draft: Draft) -> R_co:
        """What comes of it."""
        raise NotImplementedError


class AddingDeskCommand(DeskCommand[R_co]):
    """A desk command that overwrites nothing."""

    __slots__ = ()


class OverwritingDeskCommand(DeskCommand[R_co]):
    """A desk command that overwrites what somebody read: agents say which version they saw."""

    __slots__ = ()

    def overwritten(self) -> Key:
        """The record that is overwritten."""
        raise NotImplementedError


class TicketCommand(Command[R_co]):
    """
    A command that is done on a ticket, by agents, by the desk itself, by rules and macros. It names no ticket.

    `writes_to_customers` says whether the ticket's customers get something to answer. Rules do such commands only so
    often (see `ticketcore.commands.automatic`).
    """

    __slots__ = ()

    writes_to_customers: ClassVar[bool] = False

    def decide(self, draft: Draft, ticket: AnyTicket) -> R_co:
        """What comes of it on this ticket."""
        raise NotImplementedError


class AddingTicketCommand(TicketCommand[R_co]):
    """A ticket command that overwrites nothing that somebody wrote."""

    __slots__ = ()


class OverwritingTicketCommand(TicketCommand[R_co]):
    """
    A ticket command that overwrites what somebody read: agents say which version they saw.

    `overwrites` names the fields of the ticket; a later change to another field is no conflict.
    """

    __slots__ = ()

    overwrites: ClassVar[frozenset[str]] = frozenset()

    def overwritten(self, ticket: AnyTicket) -> Key:
        """The record that is overwritten: the ticket, or a note beside it."""
        return Key(TICKETS, ticket.id)

    def overwritten_fields(self, draft: Draft) -> frozenset[str]:
        """The fields of the ticket that are overwritten, where that depends on more than the class."""
        del draft
        return self.overwrites


class CustomerCommand(Command[C_co]):
    """A customer's command that is not done on a ticket; the seat says which customer. Its result has a public part."""

    __slots__ = ()

    def decide(self, draft: Draft) -> C_co:
        """What comes of it."""
        raise NotImplementedError


class CustomerTicketCommand(Command[C_co]):
    """A customer's command on one of their tickets. Its result has a public part."""

    __slots__ = ()

    def decide(self, draft: Draft, ticket: Ticket) -> C_co:
        """What comes of it on this ticket."""
        raise NotImplementedError


class SystemCommand(Command[R_co]):
    """A command of the desk itself, such as taking in mail. No person can ask it."""

    __slots__ = ()

    def decide(self, draft: Draft) -> R_co:
        """What comes of it."""
        raise NotImplementedError
