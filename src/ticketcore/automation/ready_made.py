"""
Ready-made rules: what most desks want, as the commands that add it (requirement FL-4).

Each is a value and no more: added, it is a rule like any other, which administrators see, edit, pause and remove. Add
all of them with `for rule in ready_made.rules(): admin.do(rule)`, or those that suit the desk. They go behind the rules
that are there, in the order in which they are added; spam is put aside first, so that nothing else answers it.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from ticketcore.automation.commands import AddRule
from ticketcore.automation.rules import Stop
from ticketcore.automation.triggers import OverdueBy, StatusUnchangedFor
from ticketcore.commands.assignment import Assign, AssignNext, Transfer
from ticketcore.commands.automatic import AcknowledgeReceipt
from ticketcore.commands.command import TicketCommand
from ticketcore.commands.mail import MARKED_SPAM
from ticketcore.commands.outgoing import SendMail
from ticketcore.commands.status import Close, MarkAsSpam, Reopen, Resolve
from ticketcore.commands.tickets import SetPriority
from ticketcore.conditions import EventF, F
from ticketcore.events import CustomerMessageAdded, FollowedUp, TicketOpened
from ticketcore.model.ids import AgentId, DepartmentId
from ticketcore.model.lifecycle import Category
from ticketcore.model.tickets import Priority

RECEIPT: Final = (
    "Dear {requester.name|customer},\n"
    "we have received your message. Its reference is {ticket.reference}.\n"
    "When to expect our answer: {ticket.answer_by|as soon as we can}."
)
"""What `acknowledge_receipt` says. The time is the one agreed on for the ticket, where one is."""


def rules(*, escalate_to: DepartmentId | None = None, tell: Sequence[str] = ()) -> tuple[AddRule, ...]:
    """
    All ready-made rules, in the order in which they belong.

    Args:
        escalate_to: The department that gets tickets which are overdue; None to leave them where they are.
        tell: Addresses to which a mail goes for each ticket that is overdue, such as the manager's.
    """
    return (
        put_spam_aside(),
        vip_first(),
        round_robin(),
        acknowledge_receipt(),
        reopen_on_reply(),
        escalate(department=escalate_to, tell=tell),
        resolve_after_silence(),
        close_resolved(),
    )


def put_spam_aside(tag: str = MARKED_SPAM) -> AddRule:
    """
    Puts tickets aside as spam that bear a tag, and has no later rule look at them.

    Args:
        tag: By default the one that mails get which a filter before the desk marked.
    """
    return AddRule(
        "Put spam aside",
        trigger=TicketOpened,
        when=F.tags.has(tag),
        then=[MarkAsSpam()],
        stop=Stop.TICKET,
        note="Stands before all rules that answer, assign or tell somebody.",
    )


def vip_first(group: str = "vip", priority: Priority = Priority.HIGH) -> AddRule:
    """
    Raises the priority of new tickets of important customers.

    Args:
        group: The group of contacts that makes a customer important.
        priority: The least priority that their tickets have.
    """
    return AddRule(
        "VIP first",
        trigger=TicketOpened,
        when=F.requester.groups.has(group) & (F.priority < priority),
        then=[SetPriority(priority)],
        note=f"Who is in the group {group!r} is answered first.",
    )


def round_robin() -> AddRule:
    """Gives every new ticket that has nobody to the agent whose turn it is (requirement FL-3)."""
    return AddRule(
        "Round robin",
        trigger=TicketOpened,
        when=F.assignee.is_missing(),
        then=[AssignNext(by="round_robin")],
        note="Every agent in turn; if nobody is available, the ticket waits for the next who is.",
    )


def acknowledge_receipt(template: str | None = RECEIPT) -> AddRule:
    """
    Tells customers that their first message on a ticket has come, and when to expect an answer (requirement TK-9).

    Automatic mails open no tickets, so that none is answered; nobody is told of more than three tickets within an hour;
    and what is marked as spam is not answered, even if nobody puts it aside.

    Args:
        template: What it says; None for the words of the ticket's department.
    """
    return AddRule(
        "Acknowledge receipt",
        trigger=CustomerMessageAdded,
        when=(EventF.message.is_first == True) & ~F.tags.has(MARKED_SPAM),  # noqa: E712 - a condition
        then=[AcknowledgeReceipt(template)],
        note="Says when to expect an answer, if that is agreed on.",
    )


def reopen_on_reply() -> AddRule:
    """
    Opens a resolved ticket again when its customer comes back to it, on desks that leave that off (requirement FL-6).

    By default a reply opens a ticket again by itself, whatever the rules, and this rule has nothing to do. On a desk
    with `Setup(reopen_resolved=False)` a reply begins a follow-up ticket, which is linked to the resolved one. The rule
    leaves the reply there, and opens the resolved ticket as well, so that whoever resolved it hears of it.
    """
    return AddRule(
        "Reopen on reply",
        trigger=FollowedUp,
        when=F.category == Category.RESOLVED,
        then=[Reopen()],
        note="For desks on which replies to resolved tickets begin new ones. Elsewhere they are opened again anyway.",
    )


def escalate(
    after: timedelta = timedelta(minutes=15),
    *,
    department: DepartmentId | None = None,
    assignee: AgentId | None = None,
    tell: Sequence[str] = (),
) -> AddRule:
    """
    Makes tickets urgent on which nobody acted in time, hands them on, and tells somebody.

    Args:
        after: How long after it was due: from a minute to ten years.
        department: Where they go; None to leave them where they are.
        assignee: Who gets them; None for nobody in another department, and for whoever has them in the same one.
        tell: Addresses to which a mail goes.
    """
    then: list[TicketCommand[Any]] = [SetPriority(Priority.URGENT)]
    if department is not None:
        then.append(Transfer(department, assignee=assignee))
    elif assignee is not None:
        then.append(Assign(assignee))
    if tell:
        text = "Ticket {ticket.reference}, “{ticket.subject}”, of {department.name|no department}, is overdue."
        then.append(SendMail(tell, "Overdue: {ticket.reference}", text))
    return AddRule(
        "Escalate what is overdue", trigger=OverdueBy(after), then=then, note="Once for each time that was missed."
    )


def resolve_after_silence(after: timedelta = timedelta(days=7)) -> AddRule:
    """
    Resolves tickets whose customers did not write again after an answer; nobody is told.

    Args:
        after: How long they were silent: from a minute to ten years.
    """
    return AddRule(
        "Resolve after silence",
        trigger=StatusUnchangedFor(after),
        when=F.category == Category.ANSWERED,
        then=[Resolve(silently=True)],
        note="Nobody is told; who writes again opens the ticket again.",
    )


def close_resolved(after: timedelta = timedelta(days=30)) -> AddRule:
    """
    Closes resolved tickets for good after some time; a later reply begins a follow-up ticket.

    Args:
        after: How long they stood resolved: from a minute to ten years.
    """
    return AddRule(
        "Close what was resolved",
        trigger=StatusUnchangedFor(after),
        when=F.category == Category.RESOLVED,
        then=[Close()],
        note="A later reply begins a new ticket, which is linked to this one.",
    )
