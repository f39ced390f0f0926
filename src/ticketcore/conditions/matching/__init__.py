"""
Matching: many conditions asked of the same facts at once.

`matcher` is the whole of it for its users. `alternatives` brings conditions into the form that can be tabulated,
`tables` says of a value which of them it does not contradict, `bitmap` asks the tables.
"""

from ticketcore.conditions.matching.matcher import Matcher

__all__ = ["Matcher"]
