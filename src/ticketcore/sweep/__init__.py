"""
The sweep: what time makes due, and doing it.

Whenever a ticket changes, what time will do to it is foreseen as `Due` records, so that a sweep costs what is due, not
what is stored. `occasions` is the table of what time can do, `foreseeing` keeps the records up to date, `sweeping` is
the command that acts on them; `deriving` finds what else follows from a change, before rules are asked.
"""

from ticketcore.sweep.deriving import derive
from ticketcore.sweep.foreseeing import foresee
from ticketcore.sweep.occasion import Occasion
from ticketcore.sweep.occasions import OCCASIONS
from ticketcore.sweep.sweeping import Sweep, next_due

__all__ = ["OCCASIONS", "Occasion", "Sweep", "derive", "foresee", "next_due"]
