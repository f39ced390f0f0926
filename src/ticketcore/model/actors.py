"""Who did something: an agent, a contact (a customer), or the desk itself."""

from enum import Enum

import attrs

from ticketcore.model.ids import AgentId, ContactId
from ticketcore.model.values import FrozenValue


class ActorKind(Enum):
    """The three kinds of actors."""

    # Each is there once, so its identity will do; an enumeration's own way calls Python code for every look-up.
    __hash__ = object.__hash__

    AGENT = "agent"
    CONTACT = "contact"
    SYSTEM = "system"


@attrs.frozen
class Actor(FrozenValue):
    """
    Who did something, as records and events remember it.

    Args:
        kind: Which kind of actor.
        id: The agent's or contact's id; None for the desk itself.
    """

    kind: ActorKind
    id: str | None = None

    @classmethod
    def agent(cls, id: AgentId) -> "Actor":
        """An agent as actor."""
        return cls(ActorKind.AGENT, id)

    @classmethod
    def contact(cls, id: ContactId) -> "Actor":
        """A customer as actor."""
        return cls(ActorKind.CONTACT, id)

    def __str__(self) -> str:
        return self.kind.value if self.id is None else f"{self.kind.value} {self.id}"


SYSTEM = Actor(ActorKind.SYSTEM)
