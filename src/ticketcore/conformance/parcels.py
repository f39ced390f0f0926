"""Records of kinds that no storage has heard of, as a host has them, and the codec that knows them."""

from typing import Final

import attrs

from ticketcore.extensions import Extensions
from ticketcore.model.kinds import Index, Kind
from ticketcore.model.passages import FoundBy, Passage
from ticketcore.serialization import Codec


@attrs.frozen
class Parcel:
    """
    What a host may keep beside its tickets.

    Args:
        number: What it is ordered by.
        tickets: What it holds several of.
    """

    id: str
    version: int = 1
    number: int = 0
    label: str | None = None
    tickets: tuple[str, ...] = ()

    def passage(self) -> Passage:
        """Its label is said of the first ticket that it holds."""
        return Passage(FoundBy.THREAD, self.tickets[0] if self.tickets else "", (self.label or "",))


@attrs.frozen
class Stamp:
    """What a host may read under lock."""

    id: str
    version: int = 1
    number: int = 0


PARCELS: Final[Kind[Parcel]] = Kind("parcel", (Index((), "number"), Index(("tickets",), "number")))
STAMPS: Final[Kind[Stamp]] = Kind("stamp", locked=True)

EXTENSIONS: Final = Extensions(records={Parcel: PARCELS, Stamp: STAMPS})
"""What such a host gives to its desk."""

CODEC: Final = Codec(EXTENSIONS)
"""The codec of a desk with these extensions."""
