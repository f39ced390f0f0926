"""
What a mail to a customer says: the message in the department's template, with the agent's signature (requirement DP-4).

Which mail program sends it, and how, is the e-mail channel's business.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from ticketcore._draft import Draft
from ticketcore.model.actors import ActorKind
from ticketcore.model.ids import AgentId
from ticketcore.model.kinds import COMPANIES, CONTACTS
from ticketcore.model.targets import ANSWERS
from ticketcore.model.thread import Answer, CustomerMessage
from ticketcore.model.tickets import AnyTicket, InternalTicket
from ticketcore.templates import KNOWN_IN_MAIL, Particulars, Template

STANDARD_LETTERS: Final[Mapping[str, str]] = {
    "answer": "{message.text}\n\n{agent.signature}",
    "message": "{message.text}",
    "receipt": "We have received your message. Its reference is {ticket.reference}.",
    "resolved": "Your request {ticket.reference}, “{ticket.subject}”, is resolved. If it is not, answer this mail.",
}
"""What mails say where the department has no template of its own, by what they are about."""


FORWARDED: Final = "---------- Forwarded message ----------"
"""The line above a message that is forwarded, by which people know one."""


def letter(draft: Draft, ticket: AnyTicket, about: str, message: CustomerMessage | Answer | None) -> str:
    """
    The text of a mail.

    Args:
        draft: The unit of work.
        ticket: The ticket that it is about.
        about: One of the keys of `STANDARD_LETTERS`; the department's templates have the same.
        message: The message that is sent, if it is one.
    """
    department = draft.configuration.roster.departments.get(ticket.department) if ticket.department else None
    templates = department.email_templates if department else {}
    template = Template.parse(templates.get(about) or STANDARD_LETTERS[about], KNOWN_IN_MAIL)
    return template.fill(particulars_of(draft, ticket, _writer(message), message.text if message else None)).strip()


def filled(draft: Draft, template: str, ticket: AnyTicket, agent: AgentId | None) -> str:
    """A template, filled for a ticket, in the name of an agent."""
    return Template.parse(template).fill(particulars_of(draft, ticket, agent))


def forwarded(text: str, message: CustomerMessage | Answer, ticket: AnyTicket) -> str:
    """
    A mail that forwards a message: what whoever forwards it says, and below it the message.

    Args:
        text: What they say; may be empty.
        message: The message.
        ticket: The ticket on which it stands.
    """
    head = f"From: {message.author_name}\nDate: {message.at:%Y-%m-%d %H:%M %Z}\nSubject: {ticket.subject}"
    return f"{text}\n\n{FORWARDED}\n{head}\n\n{message.text}".strip()


def particulars_of(draft: Draft, ticket: AnyTicket, agent: AgentId | None, message: str | None = None) -> Particulars:
    """
    What placeholders are filled from.

    Args:
        draft: The unit of work.
        ticket: The ticket.
        agent: Who writes, if it is an agent.
        message: The message that is sent, in a template of mail.
    """
    roster = draft.configuration.roster
    customer = ticket.about if isinstance(ticket, InternalTicket) else ticket.requester
    requester = draft.peek(CONTACTS, customer) if customer else None
    membership = roster.membership(agent, ticket.department) if agent else None
    department = roster.departments.get(ticket.department) if ticket.department else None
    return Particulars(
        ticket=ticket,
        requester=requester,
        company=draft.peek(COMPANIES, requester.company) if requester and requester.company else None,
        department=department.name if department else None,
        agent=roster.agents.get(agent) if agent else None,
        signature=membership.signature if membership else None,
        answer_by=_answer_by(draft, ticket),
        today=draft.now.date(),
        message=message,
    )


def _answer_by(draft: Draft, ticket: AnyTicket) -> datetime | None:
    """Until when the next answer is agreed on, in the zone of the calendar by which it was counted."""
    states = [ticket.targets[it.value] for it in ANSWERS if it.value in ticket.targets]
    running = [it for it in states if it.is_running and draft.now < it.deadline]
    if not running:
        return None
    soonest = min(running, key=lambda it: it.deadline)
    policy = draft.configuration.policies.policy(soonest.policy)
    own = policy.calendar if policy is not None else None
    calendar = draft.configuration.calendars.get(own) if own is not None else None
    calendar = calendar or draft.configuration.calendar_of(ticket.department, draft.setup.calendar)
    return soonest.deadline.astimezone(ZoneInfo(calendar.zone))


def _writer(message: CustomerMessage | Answer | None) -> AgentId | None:
    """The agent who wrote the message, if an agent did."""
    if message is None or message.author.kind is not ActorKind.AGENT or message.author.id is None:
        return None
    return AgentId(message.author.id)
