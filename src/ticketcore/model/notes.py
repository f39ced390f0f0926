"""
The notes beside the thread: of a ticket, of a contact, of a company. All are private to agents, editable and deletable.

The fourth kind, the inline note, is an entry of the thread: `ticketcore.model.thread.InlineNote`.
"""

from datetime import datetime
from typing import TypeAlias

import attrs

from ticketcore.model.actors import Actor
from ticketcore.model.ids import CompanyId, ContactId, NoteId, TicketId
from ticketcore.model.passages import FoundBy, Passage
from ticketcore.model.values import FrozenValue


@attrs.frozen(kw_only=True)
class SideNote(FrozenValue):
    """
    What the notes beside the thread have.

    Args:
        author: Who wrote it first.
        changed_by: Who wrote what it says now.
    """

    id: NoteId
    version: int = 1
    text: str
    author: Actor
    created_at: datetime
    changed_by: Actor
    changed_at: datetime


@attrs.frozen(kw_only=True)
class TicketNote(SideNote):
    """Facts to have at hand while solving a ticket, such as an order id (requirement NT-4)."""

    ticket: TicketId

    def passage(self) -> Passage:
        """What it says, to agents alone."""
        return Passage(FoundBy.TICKET, self.ticket, private=(self.text,))


@attrs.frozen(kw_only=True)
class ContactNote(SideNote):
    """Facts about a customer (requirement NT-5)."""

    contact: ContactId


@attrs.frozen(kw_only=True)
class CompanyNote(SideNote):
    """Facts about an organisation, such as who decides, or its time zone (requirement NT-6)."""

    company: CompanyId


AnySideNote: TypeAlias = TicketNote | ContactNote | CompanyNote
