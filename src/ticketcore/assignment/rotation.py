"""The rotation of a department: whose turn it is."""

import attrs

from ticketcore.model.ids import AgentId, DepartmentId
from ticketcore.model.kinds import Kind
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.values import FrozenValue


@attrs.frozen(kw_only=True)
class Rotation(FrozenValue):
    """
    Whose turn it is in a department. One record each, read under lock.

    Args:
        id: The department's id, or `"desk"` for tickets without a department.
        ring: Agents in the order of their last turns, read from `head` on round to it: the first one's is longest ago.
        head: Where the ring begins.
        spent: How many turns of the present round agents with several turns a round have had.
    """

    id: str
    version: int = 0
    ring: tuple[AgentId, ...] = ()
    head: int = 0
    spent: FrozenMap[AgentId, int] = FrozenMap()

    @property
    def order(self) -> tuple[AgentId, ...]:
        """The agents, whose last turn is longest ago first."""
        return self.ring[self.head :] + self.ring[: self.head]


ROTATIONS: Kind[Rotation] = Kind("rotation", locked=True)


def rotation_id(department: DepartmentId | None) -> str:
    """The id of the rotation of a department."""
    return department or "desk"
