"""By what time counts for a ticket: which calendar holds, and which terms a policy gives its targets."""

from collections.abc import Mapping

from ticketcore._draft import Draft
from ticketcore.business_time import Calendar
from ticketcore.model.ids import DepartmentId
from ticketcore.model.targets import Target
from ticketcore.model.tickets import AnyTicket
from ticketcore.sla import SlaPolicy
from ticketcore.sla.course import Terms


def calendar_of(draft: Draft, department: DepartmentId | None) -> Calendar:
    """The calendar by which time counts in a department: its own, else the desk's, which is always open by default."""
    return draft.configuration.calendar_of(department, draft.setup.calendar)


def terms_of(draft: Draft, policy: SlaPolicy | None, ticket: AnyTicket) -> Mapping[Target, Terms]:
    """What counts for the targets of a ticket by a policy; nothing for those on which it does not agree."""
    return {} if policy is None else Terms.by_target(policy, _calendar(draft, policy, ticket), ticket)


def _calendar(draft: Draft, policy: SlaPolicy, ticket: AnyTicket) -> Calendar:
    """The policy's calendar, else the department's, else the desk's."""
    own = draft.configuration.calendars.get(policy.calendar) if policy.calendar is not None else None
    return own or calendar_of(draft, ticket.department)
