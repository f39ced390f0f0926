"""
Service level agreements: by when a ticket is to be answered, assigned, resolved (requirements TK-7, DP-6).

`policies` says what is agreed on, and for which tickets; `course` how a target runs, pauses, is met and missed; `facts`
when each target starts and ends; `due_time` by when an agent must act; `explaining` why a deadline is what it is.
Nothing here changes a ticket: that is the sweep's business.
"""

from ticketcore.model.targets import Target
from ticketcore.sla.due_time import INTERNAL_ANSWER_TIME
from ticketcore.sla.explaining import TargetReport, report
from ticketcore.sla.policies import NO_POLICIES, SLA_PART, SLA_POLICIES, Agreement, Pausing, PolicyBook, SlaPolicy

__all__ = [
    "INTERNAL_ANSWER_TIME",
    "NO_POLICIES",
    "SLA_PART",
    "SLA_POLICIES",
    "Agreement",
    "Pausing",
    "PolicyBook",
    "SlaPolicy",
    "Target",
    "TargetReport",
    "report",
]
