"""Explaining what rules made of an event, as steps."""

from ticketcore._flow import Flow
from ticketcore._steps import Steps
from ticketcore.automation.explaining import explained, question
from ticketcore.automation.explanation import IS_HAPPENING, Happening, RulesExplanation
from ticketcore.errors import InvalidInput
from ticketcore.model.actors import Actor
from ticketcore.model.ids import TicketId


def explain_rules(flow: Flow, actor: Actor, on: TicketId, event: Happening) -> Steps[RulesExplanation]:
    """
    What every rule made of an event of a ticket, and why.

    Args:
        flow: The way of the desk.
        actor: Who wants to know.
        on: The ticket.
        event: The event, or a class of events.

    Raises:
        InvalidInput: It is no event.
        NotFound: The ticket or the event does not exist, or may not be seen.
    """
    if faults := IS_HAPPENING.faults("event", event):
        raise InvalidInput("explain_rules", faults)
    asked = yield from flow.rehearse(actor, lambda draft, book: question(draft, book, on, event))
    return explained(asked)
