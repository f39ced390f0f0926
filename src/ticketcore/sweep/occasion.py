"""What an occasion is: when it is due, and what happens then."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeAlias

import attrs

from ticketcore._draft import Draft
from ticketcore.automation.rules import Rule
from ticketcore.model.dues import Due
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.tickets import AnyTicket
from ticketcore.model.values import FrozenValue

Times: TypeAlias = Mapping[str, datetime]
"""When something is due for a ticket, by what it is about; that may be past."""

NEVER: Final[Times] = FrozenMap()


def never(_ticket: AnyTicket, _rules: Sequence[Rule]) -> Times:
    """Of no ticket: for occasions whose records somebody else puts."""
    return NEVER


@attrs.frozen
class Occasion(FrozenValue):
    """
    Something that time does.

    Args:
        name: What its `Due` records call it; it stays, since they are stored.
        happen: Does it. The record is removed already; for a ticket, `times` still gives its time, which has come.
        times: When it is due for a ticket as it stands, which must follow from the ticket and the active time rules
            alone: the records are brought up to date when, and only when, the answer changes.
        goes_alone: Whether what is due later waits until no record of this occasion is left.
    """

    name: str
    happen: Callable[[Draft, Due], None]
    times: Callable[[AnyTicket, Sequence[Rule]], Times] = never
    goes_alone: bool = False
