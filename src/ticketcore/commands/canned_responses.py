"""Canned responses: keeping prepared texts, and writing with them and with templates (requirements TK-8, IT-5)."""

from collections.abc import Sequence
from typing import ClassVar

import attrs

from ticketcore._draft import Draft
from ticketcore.commands.canned_texts import canned_response, canned_text
from ticketcore.commands.command import AddingDeskCommand, AddingTicketCommand, OverwritingDeskCommand
from ticketcore.commands.filling import check_template, fill
from ticketcore.commands.messages import SendAnswer, SendInternalMessage
from ticketcore.commands.notes import AddInlineNote
from ticketcore.commands.records import alter
from ticketcore.model import checks
from ticketcore.model.attachments import Upload
from ticketcore.model.canned import CannedResponse
from ticketcore.model.checks import IS_ID, IS_NAME, Unchanged, changed_fields, optional
from ticketcore.model.ids import CannedResponseId, DepartmentId
from ticketcore.model.kinds import CANNED_RESPONSES
from ticketcore.model.permissions import Permission
from ticketcore.model.thread import Answer, InlineNote, InternalMessage
from ticketcore.model.tickets import AnyTicket
from ticketcore.storage.protocols import Key
from ticketcore.templates import is_template

IS_TEMPLATE = is_template(at_least=1)


@attrs.frozen
class AddCannedResponse(AddingDeskCommand[CannedResponse]):
    """
    Keeps a prepared text.

    Args:
        name: What agents find it by.
        text: A template, with placeholders such as `{requester.name|customer}`.
        department: Whose it is; None for everybody's. Of a restricted department, only members find it.

    Raises:
        InvalidInput: The text is no template, or names what there is not.
        NotFound: There is no such department.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    name: str = checks.name()
    text: str = checks.checked(IS_TEMPLATE)
    department: DepartmentId | None = checks.identifier(default=None)

    def decide(self, draft: Draft) -> CannedResponse:
        """The new canned response."""
        check_template(draft, self.text, "text", self.asked)
        return draft.put(
            CANNED_RESPONSES,
            CannedResponse(
                id=CannedResponseId(draft.new_id()),
                name=self.name,
                text=self.text,
                department=_checked_department(draft, self.department),
                created_at=draft.now,
            ),
        )


@attrs.frozen
class ChangeCannedResponse(OverwritingDeskCommand[CannedResponse]):
    """
    Changes a prepared text. What is not given stays.

    Args:
        response: Which one.
        name: What agents find it by.
        text: A template.
        department: Whose it is; None for everybody's.

    Raises:
        InvalidInput: The text is no template, or names what there is not.
        NotFound: There is no such canned response, or department.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    response: CannedResponseId = checks.identifier()
    name: str | Unchanged = checks.changeable(IS_NAME)
    text: str | Unchanged = checks.changeable(IS_TEMPLATE)
    department: DepartmentId | Unchanged | None = checks.changeable(optional(IS_ID))

    def overwritten(self) -> Key:
        """The canned response."""
        return Key(CANNED_RESPONSES, self.response)

    def decide(self, draft: Draft) -> CannedResponse:
        """The canned response as it now is."""
        response = canned_response(draft, self.response)
        fields = changed_fields(self)
        if "text" in fields:
            check_template(draft, fields["text"], "text", self.asked)
        if "department" in fields:
            _checked_department(draft, fields["department"])
        return alter(draft, CANNED_RESPONSES, response, **fields)


@attrs.frozen
class RemoveCannedResponse(OverwritingDeskCommand[None]):
    """
    Removes a prepared text. What was written with it stays.

    Args:
        response: Which one.

    Raises:
        NotFound: There is no such canned response.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    response: CannedResponseId = checks.identifier()

    def overwritten(self) -> Key:
        """The canned response."""
        return Key(CANNED_RESPONSES, self.response)

    def decide(self, draft: Draft) -> None:
        """Nothing remains."""
        draft.remove(CANNED_RESPONSES, canned_response(draft, self.response).id)


@attrs.frozen
class SendCannedAnswer(AddingTicketCommand[Answer]):
    """
    Answers the customers of a ticket with a canned response, filled for the ticket (requirement TK-8).

    Args:
        response: Which one.
        attachments: Files that go with it.

    Raises:
        NotFound: There is no such canned response, or it is a restricted department's of which the agent is no member.
        OutOfPlace: The ticket cannot be answered; or filled, the response is empty or too long.
    """

    permission: ClassVar[Permission] = Permission.ANSWER
    writes_to_customers: ClassVar[bool] = True

    response: CannedResponseId = checks.identifier()
    attachments: Sequence[Upload] = checks.uploads()

    def decide(self, draft: Draft, ticket: AnyTicket) -> Answer:
        """The answer."""
        return SendAnswer(canned_text(draft, self.response, ticket), self.attachments).decide(draft, ticket)


@attrs.frozen
class SendCannedInternalMessage(AddingTicketCommand[InternalMessage]):
    """
    Writes to colleagues on a ticket with a canned response, filled for the ticket (requirement IT-5).

    Args:
        response: Which one.
        attachments: Files that go with it.

    Raises:
        NotFound: There is no such canned response, or it is a restricted department's of which the agent is no member.
        OutOfPlace: Filled, the response is empty or too long.
    """

    permission: ClassVar[Permission] = Permission.NOTE

    response: CannedResponseId = checks.identifier()
    attachments: Sequence[Upload] = checks.uploads()

    def decide(self, draft: Draft, ticket: AnyTicket) -> InternalMessage:
        """The message, which begins a conversation."""
        text = canned_text(draft, self.response, ticket)
        return SendInternalMessage(text, attachments=self.attachments).decide(draft, ticket)


@attrs.frozen
class AddCannedNote(AddingTicketCommand[InlineNote]):
    """
    Writes a note into the thread with a canned response, filled for the ticket.

    Args:
        response: Which one.

    Raises:
        NotFound: There is no such canned response, or it is a restricted department's of which the agent is no member.
        OutOfPlace: Filled, the response is empty or too long.
    """

    permission: ClassVar[Permission] = Permission.NOTE

    response: CannedResponseId = checks.identifier()

    def decide(self, draft: Draft, ticket: AnyTicket) -> InlineNote:
        """The note."""
        return AddInlineNote(canned_text(draft, self.response, ticket)).decide(draft, ticket)


@attrs.frozen
class AnswerFromTemplate(AddingTicketCommand[Answer]):
    """
    Answers the customers of a ticket with a template, filled for the ticket: what rules answer with (requirement TK-9).

    Like all that rules write to customers, it is left undone where the desk has written often enough by itself within
    the hour: two machines would answer each other for ever. The thread tells so.

    Args:
        template: With placeholders such as `{requester.name|customer}`.
        attachments: Files that go with it.

    Raises:
        InvalidInput: It is no template, or names what there is not.
        OutOfPlace: The ticket cannot be answered; or filled, the template is empty or too long.
    """

    permission: ClassVar[Permission] = Permission.ANSWER
    writes_to_customers: ClassVar[bool] = True

    template: str = checks.checked(IS_TEMPLATE)
    attachments: Sequence[Upload] = checks.uploads()

    def decide(self, draft: Draft, ticket: AnyTicket) -> Answer:
        """The answer."""
        check_template(draft, self.template, "template", self.asked)
        return SendAnswer(fill(draft, self.template, ticket), self.attachments).decide(draft, ticket)


def _checked_department(draft: Draft, department: DepartmentId | None) -> DepartmentId | None:
    return None if department is None else draft.configuration.roster.department(department).id
