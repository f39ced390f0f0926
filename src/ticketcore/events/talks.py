"""Events of calls and chats. They tell who and how long, never what was said."""

from datetime import datetime, timedelta

import attrs

from ticketcore.events.event import Event
from ticketcore.model.ids import AgentId, CallId, ChatId, ContactId


@attrs.frozen(kw_only=True)
class ChatStarted(Event):
    """
    A chat began.

    Args:
        chat: Which one.
        contact: With whom.
        incoming: Whether the customer began it.
    """

    chat: ChatId
    contact: ContactId
    incoming: bool


@attrs.frozen(kw_only=True)
class ChatPickedUp(Event):
    """
    An agent picked up a chat.

    Args:
        chat: Which one.
        agent: Who.
        waited: How long the customer had waited.
    """

    chat: ChatId
    agent: AgentId
    waited: timedelta


@attrs.frozen(kw_only=True)
class ChatWaits(Event):
    """
    A customer waits on this ticket in another chat still: one that came with a ticket that was merged into this one.

    Args:
        chat: Which one.
        since: Since when; of several the one that waits longest.
    """

    chat: ChatId
    since: datetime


@attrs.frozen(kw_only=True)
class ChatMissed(Event):
    """A chat ended that nobody had picked up."""

    chat: ChatId


@attrs.frozen(kw_only=True)
class ChatEnded(Event):
    """
    A chat ended.

    Args:
        chat: Which one.
        lasted: How long it was, from when it was picked up.
    """

    chat: ChatId
    lasted: timedelta


@attrs.frozen(kw_only=True)
class CallStarted(Event):
    """
    A call began.

    Args:
        call: Which one.
        contact: With whom.
        incoming: Whether the customer called.
    """

    call: CallId
    contact: ContactId
    incoming: bool


@attrs.frozen(kw_only=True)
class AgentsRung(Event):
    """
    Agents were rung, to pick up a call.

    Args:
        call: Which one.
        agents: Whom.
    """

    call: CallId
    agents: tuple[AgentId, ...]


@attrs.frozen(kw_only=True)
class CallPickedUp(Event):
    """
    A call was picked up.

    Args:
        call: Which one.
        agent: The agent who talks.
        waited: How long it had rung.
    """

    call: CallId
    agent: AgentId
    waited: timedelta


@attrs.frozen(kw_only=True)
class CallWaits(Event):
    """
    A customer waits on this ticket in another call still: one that came with a ticket that was merged into this one.

    Args:
        call: Which one.
        since: Since when; of several the one that waits longest.
    """

    call: CallId
    since: datetime


@attrs.frozen(kw_only=True)
class CallMissed(Event):
    """A call ended that nobody had picked up."""

    call: CallId


@attrs.frozen(kw_only=True)
class CallEnded(Event):
    """
    A call ended.

    Args:
        call: Which one.
        lasted: How long was talked.
    """

    call: CallId
    lasted: timedelta
