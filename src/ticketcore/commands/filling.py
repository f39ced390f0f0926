"""Filling templates for a ticket, and making sure that what they name is there."""

from ticketcore._draft import Draft
from ticketcore.errors import Fault, InvalidInput, OutOfPlace, listed, shown
from ticketcore.letters import particulars_of
from ticketcore.model.checks import TEXT_LIMIT
from ticketcore.model.fields import FieldOwner
from ticketcore.model.tickets import AnyTicket
from ticketcore.templates import KNOWN_IN_MAIL, Template


def check_template(draft: Draft, text: str, path: str, asked: str) -> None:
    """
    Makes sure that the custom fields that a template names are defined.

    Args:
        draft: The unit of work.
        text: A template; that it is one was checked when the command was built.
        path: Where it stands in the command, for the error.
        asked: The command, for the error.

    Raises:
        InvalidInput: Some are not; with all of them.
    """
    named = [it.custom_field for it in Template.parse(text, KNOWN_IN_MAIL).placeholders]
    faults = [_undefined(draft, path, *field) for field in named if field and not _is_defined(draft, *field)]
    if faults:
        raise InvalidInput(asked, faults)


def fill(draft: Draft, text: str, ticket: AnyTicket) -> str:
    """
    A template, filled for a ticket.

    The agent that it names is the one who asks; where the desk itself writes, the ticket's assignee.

    Args:
        draft: The unit of work.
        text: The template.
        ticket: The ticket; the customer whom an internal ticket is about stands for its requester.

    Raises:
        OutOfPlace: Nothing but blanks comes of it, or more than a text may have.
    """
    agent = draft.principal.agent or ticket.assignee
    filled = Template.parse(text, KNOWN_IN_MAIL).fill(particulars_of(draft, ticket, agent))
    if not filled.strip() or len(filled) > TEXT_LIMIT:
        found = f"filled, the template has {len(filled.strip())} characters"
        raise OutOfPlace(draft.cause.command, found, ("write it by hand",))
    return filled


def _is_defined(draft: Draft, owner: FieldOwner, key: str) -> bool:
    return key in draft.configuration.fields_of(owner)


def _undefined(draft: Draft, path: str, owner: FieldOwner, key: str) -> Fault:
    defined = sorted(draft.configuration.fields_of(owner))
    return Fault(path, f"a custom field that is defined for a {owner.value}: {listed(defined)}", shown(key))
