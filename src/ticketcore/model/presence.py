"""
Presence: which agents are there, and for what (requirement DP-5).

It is no configuration: it changes many times a day, and nothing that was decided is decided anew because of it. An
agent of whom there is no presence was never said to be away, and counts as available for everything: a desk that does
not use presence need not know of it.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Final

import attrs

from ticketcore.model.ids import AgentId
from ticketcore.model.tickets import Channel
from ticketcore.model.values import FrozenValue


class Medium(Enum):
    """By what means customers are served: what agents and departments are available for, on and off."""

    TICKETS = "tickets"
    CHAT = "chat"
    PHONE = "phone"
    MESSAGING = "messaging"


EVERY_MEDIUM: Final = frozenset(Medium)

_MEDIA: Final[Mapping[Channel, Medium]] = {
    Channel.CHAT: Medium.CHAT,
    Channel.CALL: Medium.PHONE,
    Channel.SMS: Medium.MESSAGING,
    Channel.FACEBOOK: Medium.MESSAGING,
    Channel.TWITTER: Medium.MESSAGING,
    Channel.INSTAGRAM: Medium.MESSAGING,
    Channel.VIBER: Medium.MESSAGING,
    Channel.WHATSAPP: Medium.MESSAGING,
    Channel.TELEGRAM: Medium.MESSAGING,
}


def medium_of(channel: Channel) -> Medium:
    """The medium that tickets of a channel belong to: mail, forms and all that can wait are `TICKETS`."""
    return _MEDIA.get(channel, Medium.TICKETS)


@attrs.frozen(kw_only=True)
class Presence(FrozenValue):
    """
    What an agent is available for.

    Args:
        id: The agent.
        media: For what; nothing of an agent who is offline.
        since: Since when.
    """

    id: AgentId
    version: int = 1
    media: frozenset[Medium]
    since: datetime

    @property
    def online(self) -> bool:
        """Whether the agent is available for anything at all."""
        return bool(self.media)
