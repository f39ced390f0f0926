"""
Who gets the next ticket: assigners, each in a module of its own, and the rotation they keep.

An assigner is pure: a `Question` in; a choice and the next rotation out. Who is eligible is the caller's business
(`ticketcore.commands.eligibility`), and so is storing the rotation together with the assignment, so that the one never
happens without the other.
"""

from ticketcore.assignment.agent_priority import AgentPriorityAssigner
from ticketcore.assignment.composing import Composable, FirstOf
from ticketcore.assignment.knows_customer import KnowsCustomerAssigner
from ticketcore.assignment.least_busy import LeastBusyAssigner
from ticketcore.assignment.narrowing import Narrowing
from ticketcore.assignment.question import Assigner, Candidate, Candidates, CandidateVerdict, Choice, Question
from ticketcore.assignment.random_draw import RandomAssigner
from ticketcore.assignment.rotation import ROTATIONS, Rotation, rotation_id
from ticketcore.assignment.round_robin import RoundRobinAssigner
from ticketcore.assignment.skills import SkillsAssigner, needed_skills
from ticketcore.assignment.spare_capacity import SpareCapacityAssigner
from ticketcore.assignment.standard import STANDARD_ASSIGNERS

__all__ = [
    "ROTATIONS",
    "STANDARD_ASSIGNERS",
    "AgentPriorityAssigner",
    "Assigner",
    "Candidate",
    "CandidateVerdict",
    "Candidates",
    "Choice",
    "Composable",
    "FirstOf",
    "KnowsCustomerAssigner",
    "LeastBusyAssigner",
    "Narrowing",
    "Question",
    "RandomAssigner",
    "Rotation",
    "RoundRobinAssigner",
    "SkillsAssigner",
    "SpareCapacityAssigner",
    "needed_skills",
    "rotation_id",
]
