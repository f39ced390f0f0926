"""Housekeeping: what the desk need not keep for ever."""

from datetime import timedelta
from itertools import takewhile
from typing import ClassVar, Final

import attrs

from ticketcore._draft import Draft
from ticketcore.commands.command import SystemCommand
from ticketcore.model import checks
from ticketcore.model.checks import is_duration
from ticketcore.model.permissions import Permission
from ticketcore.query import Order, Query
from ticketcore.receipts import RECEIPTS

KEPT: Final = timedelta(days=30)
"""How long receipts are kept, if nothing else is said."""


@attrs.frozen
class SweepReceipts(SystemCommand[int]):
    """
    Forgets what was done under keys long ago: a request that comes again under one of these is done again.

    Args:
        older_than: How long ago: longer than anybody repeats a request.
        limit: How many receipts at most in one go, the oldest first.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    older_than: timedelta = checks.checked(
        is_duration(at_least=timedelta(minutes=1), at_most=timedelta(days=36_500)), default=KEPT
    )
    limit: int = checks.number(at_least=1, at_most=10_000, default=1_000)

    def decide(self, draft: Draft) -> int:
        """How many were forgotten; fewer than the limit once none is left."""
        oldest = draft.find(Query(RECEIPTS, order=(Order("at"),), limit=self.limit)).items
        swept = [*takewhile(lambda it: it.at <= draft.now - self.older_than, oldest)]
        for receipt in swept:
            draft.remove(RECEIPTS, receipt.id)
        return len(swept)
