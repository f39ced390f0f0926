"""The backlog: the places of tickets for which nobody was available, in the order in which they are given out."""

from collections.abc import Collection
from datetime import UTC

import attrs

from ticketcore.assignment.rotation import rotation_id
from ticketcore.assignment.skills import needed_skills
from ticketcore.model.ids import AgentId, TicketId
from ticketcore.model.kinds import Index, Kind
from ticketcore.model.presence import medium_of
from ticketcore.model.tickets import AnyTicket
from ticketcore.model.values import FrozenValue

_MOST_URGENT = 1_000


@attrs.frozen(kw_only=True)
class BacklogPlace(FrozenValue):
    """
    The place of a ticket in the backlog.

    Args:
        id: The ticket.
        queue: Whose backlog it is: the id of the department's rotation.
        rank: What comes first by this text is given out first: the most urgent, of these the oldest.
        group: Equal for tickets that the same agents can have: if one of them must wait, so must the others behind it.
        by: The name of the assigner that was asked for; None for the usual one.
        excluding: Agents who are not to have it.
    """

    id: TicketId
    version: int = 1
    queue: str
    rank: str
    group: str
    by: str | None = None
    excluding: tuple[AgentId, ...] = ()


BACKLOG: Kind[BacklogPlace] = Kind("backlog", (Index(("queue",), "rank"),))


def place_of(
    ticket: AnyTicket, skills: Collection[str], by: str | None = None, excluding: Collection[AgentId] = ()
) -> BacklogPlace:
    """
    The place that a ticket has.

    Args:
        ticket: The ticket.
        skills: Everything that is a skill of any agent of the desk.
        by: The name of the assigner that was asked for.
        excluding: Agents who are not to have it.
    """
    queue = rotation_id(ticket.department)
    opened = ticket.created_at.astimezone(UTC).isoformat(timespec="microseconds")
    told_apart = (queue, by, medium_of(ticket.source).value, sorted(needed_skills(ticket, skills)), sorted(excluding))
    return BacklogPlace(
        id=ticket.id,
        queue=queue,
        rank=f"{_MOST_URGENT - ticket.priority:04} {opened}",
        group=repr(told_apart),
        by=by,
        excluding=tuple(excluding),
    )
