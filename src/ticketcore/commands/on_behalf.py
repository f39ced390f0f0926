"""Agents for whom something is asked: who asks, or somebody named, which takes the permission to configure the desk."""

from ticketcore._draft import Draft
from ticketcore.errors import OutOfPlace
from ticketcore.model.ids import AgentId
from ticketcore.model.permissions import Permission


def agent_meant(draft: Draft, named: AgentId | None, asked: str) -> AgentId:
    """
    The agent whom a command names, or else who asks.

    Raises:
        AccessDenied: It is somebody else, and who asks may not configure the desk.
        NotFound: There is no such agent.
        OutOfPlace: Nobody is named, and it is no agent who asks.
    """
    agent = named or draft.principal.agent
    if agent is None:
        raise OutOfPlace(asked, "nobody is named, and it is no agent who asks", ("name an agent",))
    if agent != draft.principal.agent:
        draft.permit(Permission.CONFIGURE, None, asked)
    return draft.configuration.roster.agent(agent).id
