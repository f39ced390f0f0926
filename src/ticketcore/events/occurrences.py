"""Occurrences: what happens to a ticket without a change of one of its fields."""

from datetime import datetime, timedelta

import attrs

from ticketcore.events.event import Event
from ticketcore.model.ids import ContactId, DepartmentId, EntryId, RatingId, RuleId, TicketId


@attrs.frozen(kw_only=True)
class SubTicketAdded(Event):
    """A ticket became a sub-ticket of this one."""

    child: TicketId


@attrs.frozen(kw_only=True)
class SubTicketRemoved(Event):
    """A ticket ceased to be a sub-ticket of this one."""

    child: TicketId


@attrs.frozen(kw_only=True)
class SplitOff(Event):
    """A new ticket was made of one of this ticket's messages."""

    entry: EntryId
    new: TicketId


@attrs.frozen(kw_only=True)
class FollowedUp(Event):
    """A customer wrote to this closed ticket, which opened a new one."""

    new: TicketId


@attrs.frozen(kw_only=True)
class Rated(Event):
    """
    A customer rated an answer, or the ticket.

    Args:
        rating: Which rating.
        positive: Whether it is a good one; None of a comment that is neither good nor bad.
    """

    rating: RatingId
    positive: bool | None


@attrs.frozen(kw_only=True)
class ContactErased(Event):
    """A customer was erased; what they wrote here was blanked, and keeps its place."""

    contact: ContactId


@attrs.frozen(kw_only=True)
class NobodyAvailable(Event):
    """The ticket should have been assigned, but nobody was eligible; in work and without assignee, it waits."""

    department: DepartmentId | None


@attrs.frozen(kw_only=True)
class QueueLengthChanged(Event):
    """
    The ticket joined the queue of a department, or left it. It is told only where a rule waits for it.

    Args:
        department: Whose queue; None for that of the tickets without department.
        joined: Whether it joined it.
    """

    department: DepartmentId | None
    joined: bool


@attrs.frozen(kw_only=True)
class Skipped(Event):
    """
    An agent left the ticket to others; the actor says who.

    Args:
        entry: The note that says why.
        until: Until when the agent is not given it.
    """

    entry: EntryId
    until: datetime


class AgentEntered(Event):
    """An agent opened the ticket to look at it, or to work on it; the actor says who."""

    __slots__ = ()


class AgentLeft(Event):
    """An agent left the ticket; the actor says who."""

    __slots__ = ()


class LeftBacklog(Event):
    """The ticket waits no more for somebody to be available: nobody is to have it for now."""

    __slots__ = ()


@attrs.frozen(kw_only=True)
class AutomaticMailReceived(Event):
    """An automatic reply, or a bounce, came to this ticket; it was recorded and not answered (RFC 3834)."""

    bounce: bool
    digest: str


class AnswerWithheld(Event):
    """
    A rule did not write to the customers, as it should have: the desk had done so often enough within the hour.

    So it is with a mail to somebody else that would have gone to the very one who asks.
    """

    __slots__ = ()


@attrs.frozen(kw_only=True)
class MailSent(Event):
    """
    A mail was sent to somebody who takes no part in the ticket, apart from answers.

    Args:
        to: The digests of the addresses.
    """

    to: tuple[str, ...]


@attrs.frozen(kw_only=True)
class MessageForwarded(Event):
    """
    A message of the ticket was forwarded.

    Args:
        entry: Which one.
        to: The digests of the addresses.
    """

    entry: EntryId
    to: tuple[str, ...]


@attrs.frozen(kw_only=True)
class RequestSent(Event):
    """
    Another system was sent a request.

    Args:
        system: Its name in the setup.
    """

    system: str


@attrs.frozen(kw_only=True)
class OutgoingMailFailed(Event):
    """
    Something that somebody was to be told could not be sent, however often it was tried.

    Args:
        notification: Which one; it can be delivered again.
        entry: The entry that it told of, if of one.
        attempts: How often it was tried.
    """

    notification: str
    entry: EntryId | None
    attempts: int


@attrs.frozen(kw_only=True)
class TimeReached(Event):
    """
    The time that a rule waited for has come on this ticket. It sets this rule off, and no other time rule.

    Args:
        rule: Which one.
        rule_name: Its name at that time.
        trigger: The name of its time trigger's class, such as `"OlderThan"`.
        duration: The time trigger's duration.
    """

    rule: RuleId
    rule_name: str
    trigger: str
    duration: timedelta


@attrs.frozen(kw_only=True)
class OccasionFailed(Event):
    """
    What time was to do to this ticket failed, and is not tried again.

    Args:
        occasion: What it was, such as `"wake"`.
        error: The name of the error's class.
    """

    occasion: str
    error: str


@attrs.frozen(kw_only=True)
class RuleFailed(Event):
    """
    A rule failed; what it had changed was dropped, everything else went on.

    Args:
        rule: Which one.
        rule_name: Its name at that time.
        error: The name of the error's class.
        action: The command that failed; None where the condition did.
    """

    rule: RuleId
    rule_name: str
    error: str
    action: str | None = None


@attrs.frozen(kw_only=True)
class RulePaused(Event):
    """
    A rule was paused, because it failed too often in a row. It stays so until somebody lets it run again.

    Args:
        rule: Which one.
        rule_name: Its name at that time.
        failures: How often in a row.
    """

    rule: RuleId
    rule_name: str
    failures: int


@attrs.frozen(kw_only=True)
class ChainStopped(Event):
    """A chain of rules that set each other off was stopped at its greatest length."""

    rule: RuleId
    rule_name: str
    depth: int
