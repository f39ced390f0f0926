"""
The sweep: what time makes due, and doing it.

Whenever a ticket changes, what time will do to it is derived as `Due` records, so that a sweep costs what is due, not
what is stored. `occasions` is the table of what time can do, `deriving` keeps the records up to date, `sweeping` is the
command that acts on them.
"""

from ticketcore.sweep.deriving import derive
from ticketcore.sweep.occasion import Occasion
from ticketcore.sweep.occasions import OCCASIONS
from ticketcore.sweep.sweeping import Sweep, next_due

__all__ = ["OCCASIONS", "Occasion", "Sweep", "derive", "next_due"]
