"""The four kinds of notes. All are private to agents (requirements NT-1, NT-2)."""

from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

import attrs

from ticketcore._draft import Draft
from ticketcore.commands.command import (
    AddingDeskCommand,
    AddingTicketCommand,
    OverwritingDeskCommand,
    OverwritingTicketCommand,
)
from ticketcore.errors import NotFound
from ticketcore.events import InlineNoteAdded, TicketNoteAdded, TicketNoteDeleted, TicketNoteEdited, digest
from ticketcore.model import checks
from ticketcore.model.attachments import Upload
from ticketcore.model.copying import copy_with
from ticketcore.model.ids import CompanyId, ContactId, NoteId
from ticketcore.model.kinds import COMPANIES, COMPANY_NOTES, CONTACT_NOTES, CONTACTS, TICKET_NOTES, Kind
from ticketcore.model.notes import AnySideNote, CompanyNote, ContactNote, TicketNote
from ticketcore.model.permissions import Permission
from ticketcore.model.thread import InlineNote
from ticketcore.model.tickets import AnyTicket
from ticketcore.storage.protocols import Key

N = TypeVar("N", bound=AnySideNote)


@attrs.frozen
class AddInlineNote(AddingTicketCommand[InlineNote]):
    """
    Writes a note into the thread. Nobody can ever edit or remove it (requirement NT-3).

    Args:
        text: The note.
        attachments: Files that belong to it.
    """

    permission: ClassVar[Permission] = Permission.NOTE

    text: str = checks.text(at_least=1)
    attachments: Sequence[Upload] = checks.uploads()

    def decide(self, draft: Draft, ticket: AnyTicket) -> InlineNote:
        """The note, at its place in the thread."""
        agent = draft.principal.agent
        note = draft.write(
            ticket,
            InlineNote,
            author=draft.principal.actor,
            author_name=draft.configuration.roster.agent(agent).name if agent else "Help desk",
            text=self.text,
            attachments=tuple(draft.keep(upload) for upload in self.attachments),
        )
        draft.occur(ticket, InlineNoteAdded, entry=note.id)
        return note


@attrs.frozen
class AddTicketNote(AddingTicketCommand[TicketNote]):
    """Puts a note beside the ticket: facts to have at hand while solving it (requirement NT-4)."""

    permission: ClassVar[Permission] = Permission.NOTE

    text: str = checks.text(at_least=1)

    def decide(self, draft: Draft, ticket: AnyTicket) -> TicketNote:
        """The note."""
        note = draft.put(
            TICKET_NOTES, TicketNote(ticket=ticket.id, id=NoteId(draft.new_id()), text=self.text, **_signed(draft))
        )
        draft.occur(ticket, TicketNoteAdded, note=note.id, digest=digest(self.text))
        return note


@attrs.frozen
class EditTicketNote(OverwritingTicketCommand[TicketNote]):
    """
    Edits a note beside the ticket. Two edits at once never lose one silently (requirement NT-10).

    Args:
        note: Which note; `seen` is its version.
        text: What it is to say.
    """

    permission: ClassVar[Permission] = Permission.NOTE

    note: NoteId = checks.identifier()
    text: str = checks.text(at_least=1)

    def overwritten(self, ticket: AnyTicket) -> Key:
        """The note."""
        del ticket
        return Key(TICKET_NOTES, self.note)

    def decide(self, draft: Draft, ticket: AnyTicket) -> TicketNote:
        """The note as it now is."""
        note = _note_of(draft, ticket, self.note)
        edited = _edited(draft, TICKET_NOTES, note, self.text)
        if edited is not note:
            draft.occur(ticket, TicketNoteEdited, note=note.id, digest=digest(self.text))
        return edited


@attrs.frozen
class DeleteTicketNote(OverwritingTicketCommand[None]):
    """
    Deletes a note beside the ticket.

    Args:
        note: Which note; `seen` is its version.
    """

    permission: ClassVar[Permission] = Permission.NOTE

    note: NoteId = checks.identifier()

    def overwritten(self, ticket: AnyTicket) -> Key:
        """The note."""
        del ticket
        return Key(TICKET_NOTES, self.note)

    def decide(self, draft: Draft, ticket: AnyTicket) -> None:
        """Nothing remains but the event that says so."""
        note = _note_of(draft, ticket, self.note)
        draft.remove(TICKET_NOTES, note.id)
        draft.occur(ticket, TicketNoteDeleted, note=note.id)


@attrs.frozen
class AddContactNote(AddingDeskCommand[ContactNote]):
    """
    Notes something about a customer (requirement NT-5).

    Args:
        contact: About whom; from a ticket, its requester.
        text: The note.
    """

    permission: ClassVar[Permission] = Permission.NOTE

    contact: ContactId = checks.identifier()
    text: str = checks.text(at_least=1)

    def decide(self, draft: Draft) -> ContactNote:
        """The note."""
        contact = draft.contact(self.contact)
        return draft.put(
            CONTACT_NOTES, ContactNote(contact=contact.id, id=NoteId(draft.new_id()), text=self.text, **_signed(draft))
        )


@attrs.frozen
class EditContactNote(OverwritingDeskCommand[ContactNote]):
    """
    Edits a note about a customer.

    Args:
        note: Which note; `seen` is its version.
        text: What it is to say.
    """

    permission: ClassVar[Permission] = Permission.NOTE

    note: NoteId = checks.identifier()
    text: str = checks.text(at_least=1)

    def overwritten(self) -> Key:
        """The note."""
        return Key(CONTACT_NOTES, self.note)

    def decide(self, draft: Draft) -> ContactNote:
        """The note as it now is."""
        return _edited(draft, CONTACT_NOTES, _note_of_contact(draft, self.note), self.text)


@attrs.frozen
class DeleteContactNote(OverwritingDeskCommand[None]):
    """
    Deletes a note about a customer.

    Args:
        note: Which note; `seen` is its version.
    """

    permission: ClassVar[Permission] = Permission.NOTE

    note: NoteId = checks.identifier()

    def overwritten(self) -> Key:
        """The note."""
        return Key(CONTACT_NOTES, self.note)

    def decide(self, draft: Draft) -> None:
        """Nothing remains."""
        draft.remove(CONTACT_NOTES, _note_of_contact(draft, self.note).id)


@attrs.frozen
class AddCompanyNote(AddingDeskCommand[CompanyNote]):
    """
    Notes something about a company (requirement NT-6).

    Args:
        company: About which.
        text: The note.
    """

    permission: ClassVar[Permission] = Permission.NOTE

    company: CompanyId = checks.identifier()
    text: str = checks.text(at_least=1)

    def decide(self, draft: Draft) -> CompanyNote:
        """The note."""
        company = draft.get(COMPANIES, self.company)
        return draft.put(
            COMPANY_NOTES, CompanyNote(company=company.id, id=NoteId(draft.new_id()), text=self.text, **_signed(draft))
        )


@attrs.frozen
class EditCompanyNote(OverwritingDeskCommand[CompanyNote]):
    """
    Edits a note about a company.

    Args:
        note: Which note; `seen` is its version.
        text: What it is to say.
    """

    permission: ClassVar[Permission] = Permission.NOTE

    note: NoteId = checks.identifier()
    text: str = checks.text(at_least=1)

    def overwritten(self) -> Key:
        """The note."""
        return Key(COMPANY_NOTES, self.note)

    def decide(self, draft: Draft) -> CompanyNote:
        """The note as it now is."""
        return _edited(draft, COMPANY_NOTES, draft.get(COMPANY_NOTES, self.note), self.text)


@attrs.frozen
class DeleteCompanyNote(OverwritingDeskCommand[None]):
    """
    Deletes a note about a company.

    Args:
        note: Which note; `seen` is its version.
    """

    permission: ClassVar[Permission] = Permission.NOTE

    note: NoteId = checks.identifier()

    def overwritten(self) -> Key:
        """The note."""
        return Key(COMPANY_NOTES, self.note)

    def decide(self, draft: Draft) -> None:
        """Nothing remains."""
        draft.remove(COMPANY_NOTES, draft.get(COMPANY_NOTES, self.note).id)


def _signed(draft: Draft) -> dict[str, Any]:
    actor = draft.principal.actor
    return {"author": actor, "created_at": draft.now, "changed_by": actor, "changed_at": draft.now}


def _edited(draft: Draft, kind: Kind[N], note: N, text: str) -> N:
    if note.text == text:
        return note
    return draft.put(kind, copy_with(note, text=text, changed_by=draft.principal.actor, changed_at=draft.now))


def _note_of(draft: Draft, ticket: AnyTicket, id: NoteId) -> TicketNote:
    """The note, if it lies beside this very ticket."""
    note = draft.peek(TICKET_NOTES, id)
    if note is None or note.ticket != ticket.id:
        raise NotFound("ticket note", id)
    return note


def _note_of_contact(draft: Draft, id: NoteId) -> ContactNote:
    """The note, if it is about a contact whom the principal may see."""
    note = draft.peek(CONTACT_NOTES, id)
    contact = draft.peek(CONTACTS, note.contact) if note else None
    if note is None or contact is None or not draft.sees_contact(contact):
        raise NotFound("contact note", id)
    return note
