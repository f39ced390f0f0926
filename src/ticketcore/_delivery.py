"""Delivery: leases what waits in the outbox, has the host's notifier send it, and tells what came of it."""

from collections import Counter
from datetime import timedelta
from enum import Enum
from typing import Any, Final, TypeVar

import attrs

from ticketcore._flow import Flow
from ticketcore._request import Request
from ticketcore._steps import Steps
from ticketcore.commands.command import Command
from ticketcore.commands.outbox import ERROR_LIMIT, ConfirmDelivery, LeaseNotifications, ReportFailure
from ticketcore.errors import OutOfPlace
from ticketcore.model.actors import SYSTEM
from ticketcore.model.values import FrozenValue
from ticketcore.notices import AsyncNotifier, Notice, Notifier
from ticketcore.notifications import DeliveryReport, Notification, notice_of

R = TypeVar("R")

BATCH: Final = 50
"""How many notifications are leased at once: few enough to be sent before the lease runs out."""


@attrs.frozen
class Send(FrozenValue):
    """A notice is sent."""

    notifier: Notifier | AsyncNotifier
    notice: Notice

    def perform(self, world: Any) -> Any:  # noqa: ANN401 - see Step
        """Does it."""
        del world
        return self.notifier.send(self.notice)


class _Outcome(Enum):
    """What came of one notification."""

    SENT = "sent"
    FAILED = "failed"
    NOTHING_TO_SEND = "nothing_to_send"


def deliver(
    flow: Flow, notifier: Notifier | AsyncNotifier | None, limit: int, lease: timedelta
) -> Steps[DeliveryReport]:
    """
    Sends what waits in the outbox.

    Args:
        flow: The way of commands.
        notifier: What sends.
        limit: How many notifications at most.
        lease: How long nobody else gets those that are being sent.

    Raises:
        OutOfPlace: There is no notifier.
    """
    if notifier is None:
        raise OutOfPlace("deliver", "the desk was made without a notifier", ("HelpDesk(notifier=…)",))
    outcomes: Counter[_Outcome] = Counter()
    while (left := limit - outcomes.total()) > 0:
        leased = yield from _ask(flow, LeaseNotifications(min(left, BATCH), lease))
        for notification in leased:
            if notification.due_at is None or flow.clock() >= notification.due_at:  # others may be sending it by now
                return _report(outcomes)
            outcomes[(yield from _deliver_one(flow, notifier, notification))] += 1
        if not leased:
            break
    return _report(outcomes)


def _deliver_one(flow: Flow, notifier: Notifier | AsyncNotifier, notification: Notification) -> Steps[_Outcome]:
    try:
        notice = yield from flow.read(SYSTEM, lambda draft: notice_of(draft, notification))
        if notice is not None:
            yield Send(notifier, notice)
    except Exception as error:  # noqa: BLE001 - whatever the host's notifier, or a broken template, raises is recorded
        yield from _ask(flow, ReportFailure(notification.id, _said(error), notification.attempts))
        return _Outcome.FAILED
    yield from _ask(flow, ConfirmDelivery(notification.id))
    return _Outcome.SENT if notice else _Outcome.NOTHING_TO_SEND


def _ask(flow: Flow, command: Command[R]) -> Steps[R]:
    return (yield from flow.ask(Request(actor=SYSTEM, command=command)))


def _report(outcomes: Counter[_Outcome]) -> DeliveryReport:
    return DeliveryReport(**{outcome.value: number for outcome, number in outcomes.items()})


def _said(error: Exception) -> str:
    """An error in one line that can be stored, whatever is in it."""
    text = f"{type(error).__name__}: {error}"[:ERROR_LIMIT]
    return "".join(character if character.isprintable() else " " for character in text)
