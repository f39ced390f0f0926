"""
Possibility: what can be known of a condition without asking anybody.

`deciding` says whether it can hold at all. It asks a few samples of each field (`samples`, `texts`), which stand for
all values that there are, and where times count from now whether their spans meet (`spans`).
"""

from ticketcore.conditions.possibility.deciding import ANYTHING, Given, Patience, can_hold, implies

__all__ = ["ANYTHING", "Given", "Patience", "can_hold", "implies"]
