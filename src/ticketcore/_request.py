"""
Whether a request may be decided: the right seat, a ticket that is seen, a permission, nothing newer than what was seen.

Then the command decides.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

import attrs

from ticketcore._draft import Draft
from ticketcore.commands.command import (
    ANY,
    AnyVersion,
    Command,
    CustomerCommand,
    CustomerTicketCommand,
    DeskCommand,
    OverwritingDeskCommand,
    OverwritingTicketCommand,
    Seen,
    SystemCommand,
    TicketCommand,
)
from ticketcore.conditions import Condition, EntryF
from ticketcore.errors import AccessDenied, Conflict, Fault, InvalidInput, NotFound, shown
from ticketcore.events import FieldChanged
from ticketcore.model.actors import Actor, ActorKind
from ticketcore.model.checks import IS_ID, Check, is_line, is_number, optional
from ticketcore.model.ids import AgentId, DepartmentId, TicketId
from ticketcore.model.kinds import ENTRIES, TICKETS
from ticketcore.model.tickets import AnyTicket
from ticketcore.model.values import FrozenValue
from ticketcore.query import Order, Query
from ticketcore.storage.protocols import Key

R = TypeVar("R")
S = TypeVar("S")


@attrs.frozen(kw_only=True)
class Request(FrozenValue, Generic[R]):
    """
    Somebody's asking for something.

    Args:
        actor: Who.
        command: For what.
        on: On which ticket, of a ticket command.
        seen: The version that they saw of what the command overwrites.
        key: Under which the same request may come again, and is then done once.
        where: What must hold of the ticket, too; None for nothing.
    """

    actor: Actor
    command: Command[R]
    on: TicketId | None = None
    seen: Seen = ANY
    key: str | None = None
    where: Condition[Any] | None = None


class NoneOfThem(Exception):
    """What must hold of the ticket does not: the request is not for it."""


_CHECKS: Mapping[str, Check] = {
    "on": optional(IS_ID),
    "seen": Check(
        "a version, or ANY", lambda value: value is ANY or is_number(at_least=0, at_most=2**53).accepts(value)
    ),
    "key": optional(is_line(at_most=200)),
}


def check_request(request: Request[Any]) -> None:
    """
    Makes sure that what is said beside the command is what it should be.

    Raises:
        InvalidInput: It is not, or the command is none; all faults are listed.
    """
    if not isinstance(request.command, Command):
        raise InvalidInput("do", [Fault("command", "a command, such as TakeNext()", shown(request.command))])
    if request.on is None and request.seen is ANY and request.key is None:
        return
    faults = [fault for name, check in _CHECKS.items() for fault in check.faults(name, getattr(request, name))]
    if faults:
        raise InvalidInput(request.command.asked, faults)


def decide(draft: Draft, request: Request[R]) -> R:
    """Allows the command, or not, and decides it."""
    command = request.command
    asked: Any = command  # the kinds of commands differ in what they decide on
    check_who_asks(draft, command)
    if not isinstance(command, (TicketCommand, CustomerTicketCommand)):
        if request.on is not None:
            raise InvalidInput(command.asked, [Fault("on", "no ticket: it is not done on one", repr(request.on))])
        draft.permit(command.permission, None, command.asked)
        result: R = asked.decide(draft)
        if isinstance(command, OverwritingDeskCommand):
            _check_version(draft, command.asked, command.overwritten(), request.seen)
        return result
    if request.on is None:
        raise InvalidInput(command.asked, [Fault("on", "the id of the ticket that it is done on", "nothing")])
    ticket = draft.ticket(request.on)
    if isinstance(command, CustomerTicketCommand) and ticket.internal:  # for customers there is none
        raise NotFound("ticket", request.on)
    if request.where is not None and not draft.holds(request.where, TICKETS, ticket):
        raise NoneOfThem
    draft.permit(command.permission, ticket, command.asked)
    overwritten = command.overwritten(ticket) if isinstance(command, OverwritingTicketCommand) else None
    if overwritten == Key(TICKETS, ticket.id):
        _check_fields(draft, command.asked, ticket, request.seen, asked.overwritten_fields(draft))
    result = asked.decide(draft, ticket)
    if overwritten is not None and overwritten.kind is not TICKETS:
        _check_version(draft, command.asked, overwritten, request.seen)
    return result


def seen_by_agent(command: Command[Any], seen: S | None) -> S | AnyVersion:
    """
    What an agent saw.

    Raises:
        InvalidInput: The command overwrites something, and the agent does not say what was seen of it.
    """
    if seen is None and isinstance(command, (OverwritingTicketCommand, OverwritingDeskCommand)):
        raise InvalidInput(
            command.asked, [Fault("seen", "the version that was seen of what it overwrites, or ANY", "nothing")]
        )
    return ANY if seen is None else seen


def check_who_asks(draft: Draft, command: Command[Any]) -> None:
    """
    Makes sure that this kind of command may come from this kind of seat.

    The type checker says so too, but not of commands that were parsed.

    Raises:
        AccessDenied: It may not.
        NotFound: The customer who asks does not exist any more.
    """
    kind = draft.principal.actor.kind
    if isinstance(command, _NOT_ASKED_BY[kind]):
        raise AccessDenied(command.asked, f"it is not asked from the seat of {_SEAT_NAMES[kind]}")
    if draft.principal.contact is not None:
        draft.contact(draft.principal.contact)


_NOT_ASKED_BY: Mapping[ActorKind, tuple[type[Command[Any]], ...]] = {
    ActorKind.CONTACT: (DeskCommand, TicketCommand, SystemCommand),
    ActorKind.AGENT: (CustomerCommand, CustomerTicketCommand, SystemCommand),
    ActorKind.SYSTEM: (CustomerCommand, CustomerTicketCommand),
}
_SEAT_NAMES = {ActorKind.CONTACT: "a customer", ActorKind.AGENT: "an agent", ActorKind.SYSTEM: "the system"}


def _check_version(draft: Draft, asked: str, key: Key, seen: Seen) -> None:
    """
    Makes sure that nobody changed meanwhile the record that a command has overwritten in the draft.

    The decision comes first: it knows whether the record is within reach, and what is not must not be told of.
    """
    stored: Any = draft.stored(key.kind, key.id)
    if stored is not None and seen is not ANY and stored.version != seen:
        raise Conflict(asked, f"it is at version {stored.version}, {seen} was seen", stored.version)


def _check_fields(draft: Draft, asked: str, ticket: AnyTicket, seen: Seen, fields: frozenset[str]) -> None:
    """Makes sure that nobody changed meanwhile the fields that a command overwrites."""
    if seen is ANY or seen == ticket.version:
        return
    if seen > ticket.version:
        raise Conflict(asked, f"it is at version {ticket.version}, {seen} was seen", ticket.version)
    changed = sorted({event.field for event in _changes_since(draft, ticket, seen)} & fields)
    if changed:
        now = ", ".join(f"{field} is now {_named(draft, getattr(ticket, field))}" for field in changed)
        raise Conflict(asked, now, ticket.version)


def _named(draft: Draft, value: object) -> str:
    """A value of a field as people read it: an agent or department by name."""
    roster = draft.configuration.roster
    named = roster.agents.get(AgentId(str(value))) or roster.departments.get(DepartmentId(str(value)))
    return repr(named.name) if named else shown(value)


def _changes_since(draft: Draft, ticket: AnyTicket, version: int) -> Sequence[FieldChanged]:
    """The changes of a ticket's fields since a version, read from its thread."""
    query = Query(ENTRIES, EntryF.ticket == ticket.id, (Order("position", descending=True),), limit=50)
    changes: list[FieldChanged] = []
    while True:
        page = draft.find(query)
        for entry in page.items:
            if getattr(entry, "ticket_version", version + 1) <= version:
                return changes
            if isinstance(entry, FieldChanged):
                changes.append(entry)
        if page.next is None:
            return changes
        query = attrs.evolve(query, after=page.next)
