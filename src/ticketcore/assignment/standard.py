"""The assigners that every desk has by name; a host adds its own in `Setup.assigners`."""

from collections.abc import Mapping
from typing import Final

from ticketcore.assignment.agent_priority import AgentPriorityAssigner
from ticketcore.assignment.knows_customer import KnowsCustomerAssigner
from ticketcore.assignment.least_busy import LeastBusyAssigner
from ticketcore.assignment.question import Assigner
from ticketcore.assignment.random_draw import RandomAssigner
from ticketcore.assignment.round_robin import RoundRobinAssigner
from ticketcore.assignment.skills import SkillsAssigner
from ticketcore.assignment.spare_capacity import SpareCapacityAssigner
from ticketcore.model.mapping import FrozenMap

STANDARD_ASSIGNERS: Final[Mapping[str, Assigner]] = FrozenMap[str, Assigner](
    {
        "round_robin": RoundRobinAssigner(),
        "least_busy": LeastBusyAssigner(),
        "spare_capacity": SpareCapacityAssigner(),
        "random": RandomAssigner(),
        "agent_priority": AgentPriorityAssigner(),
        "knows_customer": KnowsCustomerAssigner() | RoundRobinAssigner(),
        "skills": SkillsAssigner(),
    }
)
