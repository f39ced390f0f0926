"""What canned responses say on a ticket, and who finds them: reading them takes none of the commands about them."""

from ticketcore._draft import Draft
from ticketcore.commands.filling import fill
from ticketcore.errors import NotFound
from ticketcore.model.canned import CannedResponse
from ticketcore.model.ids import CannedResponseId, DepartmentId
from ticketcore.model.kinds import CANNED_RESPONSES
from ticketcore.model.tickets import AnyTicket


def canned_response(draft: Draft, id: CannedResponseId) -> CannedResponse:
    """
    A canned response that a command names.

    Raises:
        NotFound: There is none, or it is a restricted department's of which the agent is no member.
    """
    response = draft.peek(CANNED_RESPONSES, id)
    if response is None or not finds(draft, response.department):
        raise NotFound("canned response", id)
    return response


def canned_text(draft: Draft, id: CannedResponseId, ticket: AnyTicket) -> str:
    """
    The text of a canned response, filled for a ticket.

    Raises:
        NotFound: There is none, or it is a restricted department's of which the agent is no member.
        OutOfPlace: Filled, it is empty or too long.
    """
    return fill(draft, canned_response(draft, id).text, ticket)


def finds(draft: Draft, department: DepartmentId | None) -> bool:
    """Whether who asks may find the prepared texts and macros of a department, or those for everybody."""
    principal = draft.principal
    if not draft.setup.access.sees_the_desk(principal):
        return False
    hidden = principal.restricted - principal.memberships.keys()
    return principal.oversees_all or department not in hidden
