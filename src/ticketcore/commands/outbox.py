"""
Delivering what waits in the outbox: taking it on for a while, and telling what came of it.

A notification is leased, sent, and confirmed; who crashes in between has it sent again, under the same key. Until one
is confirmed or given up, later ones of the same ticket to the same recipient wait behind it.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice, takewhile
from typing import ClassVar

import attrs

from ticketcore._draft import Draft
from ticketcore.commands.command import SystemCommand
from ticketcore.conditions import RecordF
from ticketcore.errors import OutOfPlace
from ticketcore.events import OutgoingMailFailed
from ticketcore.model import checks
from ticketcore.model.checks import is_duration, is_number
from ticketcore.model.kinds import TICKETS
from ticketcore.model.permissions import Permission
from ticketcore.notifications import (
    IS_WAITING,
    LEASE,
    MOST_ATTEMPTS,
    NOTIFICATIONS,
    PAUSES,
    DeliveryState,
    Notification,
)
from ticketcore.query import Order, Query

ERROR_LIMIT = 1_000
"""How long the error of a failed try is at most."""

NO_REPORT = "whoever tried it last never told what came of it"

IS_LEASE = is_duration(at_least=timedelta(seconds=1), at_most=timedelta(days=1))


@attrs.frozen
class LeaseNotifications(SystemCommand[tuple[Notification, ...]]):
    """
    Takes on notifications to deliver, those due first before others. Nobody else gets them until the lease runs out.

    Args:
        limit: How many at most.
        lease: For how long. What was not confirmed by then can be taken on again.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    limit: int = checks.number(at_least=1, at_most=1_000, default=100)
    lease: timedelta = checks.checked(IS_LEASE, default=LEASE)

    def decide(self, draft: Draft) -> tuple[Notification, ...]:
        """The notifications, whose turn it is; one that was tried too often without a word is given up instead."""
        leased = []
        for it in [*islice(_whose_turn_it_is(draft, self.limit), self.limit)]:
            if it.attempts >= MOST_ATTEMPTS:
                _give_up(draft, it, NO_REPORT)
            else:
                taken = attrs.evolve(it, attempts=it.attempts + 1, due_at=draft.now + self.lease)
                leased.append(draft.put(NOTIFICATIONS, taken))
        return tuple(leased)


@attrs.frozen
class ConfirmDelivery(SystemCommand[None]):
    """
    Tells that a notification was delivered, or that there was nothing to send. It is stored no longer then.

    Args:
        notification: Which one; one that is not there any more was confirmed before.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    notification: str = checks.identifier()

    def decide(self, draft: Draft) -> None:
        """Nothing remains."""
        if draft.peek(NOTIFICATIONS, self.notification) is not None:
            draft.remove(NOTIFICATIONS, self.notification)


@attrs.frozen
class ReportFailure(SystemCommand[None]):
    """
    Tells that a notification could not be delivered. It is tried again after a pause, longer each time, or given up.

    Args:
        notification: Which one.
        error: What went wrong, for people to read.
        attempt: The `attempts` that it had when it was leased, so that a report that comes too late for its lease is
            passed over; None if that does not matter.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    notification: str = checks.identifier()
    error: str = checks.text(at_most=ERROR_LIMIT)
    attempt: int | None = checks.checked(is_number(at_least=0, at_most=MOST_ATTEMPTS), default=None)

    def decide(self, draft: Draft) -> None:
        """Nothing comes of it but a later try; in the end, an event in the ticket's thread that rules can answer."""
        failed = draft.peek(NOTIFICATIONS, self.notification)
        if failed is None or failed.state is DeliveryState.GIVEN_UP or self.attempt not in {None, failed.attempts}:
            return
        if failed.attempts >= MOST_ATTEMPTS:
            _give_up(draft, failed, self.error)
        else:
            pause = PAUSES[max(failed.attempts, 1) - 1]
            draft.put(NOTIFICATIONS, attrs.evolve(failed, error=self.error, due_at=draft.now + pause))


@attrs.frozen
class Redeliver(SystemCommand[Notification]):
    """
    Has a notification tried again that was given up, as if it were new.

    Args:
        notification: Which one.

    Raises:
        NotFound: There is none.
        OutOfPlace: It was not given up.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    notification: str = checks.identifier()

    def decide(self, draft: Draft) -> Notification:
        """The notification, which is due now."""
        given_up = draft.get(NOTIFICATIONS, self.notification)
        if given_up.state is not DeliveryState.GIVEN_UP:
            raise OutOfPlace(self.asked, f"it was tried {given_up.attempts} times, and will be tried again by itself")
        again = attrs.evolve(given_up, attempts=0, due_at=draft.now)
        return draft.put(NOTIFICATIONS, again)


def _whose_turn_it_is(draft: Draft, limit: int) -> Iterator[Notification]:
    """What is due and waits behind nothing of the same ticket to the same recipient, those due first before others."""
    query: Query[Notification] | None = Query(NOTIFICATIONS, IS_WAITING, (Order("due_at"),), limit)
    while query is not None:
        page = draft.find(query)
        due = [*takewhile(lambda it: it.due_at is not None and it.due_at <= draft.now, page.items)]
        heads = _heads(draft, due)
        yield from (it for it in due if it.id in heads)
        ends_here = page.next is None or len(due) < len(page.items)
        query = None if ends_here else attrs.evolve(query, after=page.next)


def _heads(draft: Draft, due: Iterable[Notification]) -> set[str]:
    """The ids of the first notification of each ticket to each recipient, among all that wait."""
    tickets = {it.ticket for it in due}
    waiting = Query(NOTIFICATIONS, RecordF.id("ticket").is_in(tickets) & IS_WAITING, (Order("place"),))
    first: dict[tuple[str, ...], str] = {}
    for it in draft.find(waiting).items if tickets else ():
        first.setdefault((it.ticket, it.audience.value, it.recipient), it.id)
    return {*first.values()}


def _give_up(draft: Draft, notification: Notification, error: str) -> None:
    draft.put(NOTIFICATIONS, attrs.evolve(notification, due_at=None, error=error))
    ticket = draft.peek(TICKETS, notification.ticket)
    if ticket is not None:
        draft.occur(
            ticket,
            OutgoingMailFailed,
            notification=notification.id,
            entry=notification.entry,
            attempts=notification.attempts,
        )
