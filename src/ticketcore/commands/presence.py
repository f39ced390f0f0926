"""Presence: agents say that they are there, and for what; or administrators say it of them (requirement DP-5)."""

from collections.abc import Set as AbstractSet
from typing import ClassVar

import attrs

from ticketcore._draft import Draft
from ticketcore.commands.command import AddingDeskCommand
from ticketcore.commands.on_behalf import agent_meant
from ticketcore.errors import OutOfPlace
from ticketcore.model import checks
from ticketcore.model.checks import is_a
from ticketcore.model.ids import AgentId
from ticketcore.model.kinds import PRESENCES
from ticketcore.model.permissions import Permission
from ticketcore.model.presence import EVERY_MEDIUM, Medium, Presence

IS_MEDIUM = is_a(Medium, "a Medium")


@attrs.frozen
class GoOnline(AddingDeskCommand[Presence]):
    """
    An agent is there: tickets are given to the agent automatically from now on.

    Args:
        media: What the agent is available for; it replaces what was said before.
        agent: Who; by default who asks. To say it of others takes the permission to configure the desk.

    Raises:
        AccessDenied: It is said of somebody else, without that permission.
        NotFound: There is no such agent.
        OutOfPlace: The agent is not active; or nobody is named, and it is no agent who asks.
    """

    permission: ClassVar[Permission] = Permission.ANSWER

    media: AbstractSet[Medium] = checks.distinct(IS_MEDIUM, default=EVERY_MEDIUM)
    agent: AgentId | None = checks.identifier(default=None, kw_only=True)

    def decide(self, draft: Draft) -> Presence:
        """The agent's presence."""
        return _set(draft, self.agent, frozenset(self.media), self.asked)


@attrs.frozen
class GoOffline(AddingDeskCommand[Presence]):
    """
    An agent is away: no more tickets are given to the agent automatically. Those in work stay.

    Args:
        agent: Who; by default who asks. To say it of others takes the permission to configure the desk.

    Raises:
        AccessDenied: It is said of somebody else, without that permission.
        NotFound: There is no such agent.
        OutOfPlace: The agent is not active; or nobody is named, and it is no agent who asks.
    """

    permission: ClassVar[Permission] = Permission.ANSWER

    agent: AgentId | None = checks.identifier(default=None)

    def decide(self, draft: Draft) -> Presence:
        """The agent's presence."""
        return _set(draft, self.agent, frozenset(), self.asked)


def _set(draft: Draft, named: AgentId | None, media: frozenset[Medium], asked: str) -> Presence:
    agent = agent_meant(draft, named, asked)
    record = draft.configuration.roster.agent(agent)
    if not record.active:
        raise OutOfPlace(asked, f"agent {record.name!r} is not active", ("ReactivateAgent",))
    before = draft.peek(PRESENCES, agent)
    if before is not None and before.media == media:
        return before
    after = Presence(id=agent, media=media, since=draft.now)
    return draft.put(PRESENCES, after)
