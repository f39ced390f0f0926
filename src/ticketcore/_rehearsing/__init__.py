"""
Rehearsing: what seats ask of rules without letting them do anything, as steps.

What it takes is loaded when somebody first asks: most programs never do.
"""

from typing import TYPE_CHECKING

from ticketcore._contents import leading_to

if TYPE_CHECKING:
    from ticketcore._rehearsing.explaining import explain_rules
    from ticketcore._rehearsing.simulating import simulate

__all__ = ["explain_rules", "simulate"]


def __dir__() -> list[str]:
    return __all__


if not TYPE_CHECKING:
    __getattr__ = leading_to(__name__, {"explaining": "explain_rules", "simulating": "simulate"})
