"""
Matching: many conditions asked of the same facts at once.

`matcher` is the whole of it for its users. Few conditions: `parts` takes them apart, `weighing` finds a good order,
`script` writes the function that asks them in turn. Many: `alternatives` brings them into the form that can be
tabulated, `table` says of a value which of them it does not contradict, `bitmap` asks the tables, and `buckets` keep
apart what is about one of very many values.
"""

from ticketcore.conditions.matching.matcher import Matcher

__all__ = ["Matcher"]
