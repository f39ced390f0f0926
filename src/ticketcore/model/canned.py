"""Canned responses: prepared texts, personalised by placeholders (see `ticketcore.templates`)."""

from datetime import datetime

import attrs

from ticketcore.model.ids import CannedResponseId, DepartmentId
from ticketcore.model.values import FrozenValue


@attrs.frozen(kw_only=True)
class CannedResponse(FrozenValue):
    """
    A prepared text.

    Args:
        name: What agents find it by.
        text: With placeholders such as `{requester.name}`.
        department: Whose it is; None for everybody's.
    """

    id: CannedResponseId
    version: int = 1
    name: str
    text: str
    department: DepartmentId | None = None
    created_at: datetime
