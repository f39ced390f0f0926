"""
Passages: what a record says, in words by which people look for tickets.

A record that says something has a method `passage`. What its customers see of a ticket and what agents alone see are
kept apart from the beginning, so that nobody finds a ticket by a word that they may not read.
"""

from enum import Enum

import attrs

from ticketcore.model.values import FrozenValue


class FoundBy(Enum):
    """Which tickets are found by what a record says."""

    TICKET = "ticket"
    """The ticket itself."""
    THREAD = "thread"
    """The ticket that it is written on, and the one which took that over."""
    REQUESTER = "requester"
    """The tickets that the contact asked for."""


@attrs.frozen
class Passage(FrozenValue):
    """
    What a record says.

    Args:
        found_by: Which tickets are found by it.
        owner: The id of the ticket, or of the contact.
        public: The texts that the ticket's customers see, too.
        private: The texts that agents alone see.
    """

    found_by: FoundBy
    owner: str
    public: tuple[str, ...] = ()
    private: tuple[str, ...] = ()


def passage_of(record: object) -> Passage | None:
    """What a record says; None if it has nothing to say."""
    say = getattr(record, "passage", None)
    return None if say is None else say()
