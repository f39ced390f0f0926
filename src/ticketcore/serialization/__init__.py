"""
Records, events, rules, conditions and commands as JSON, both ways.

`Codec` is all there is to know from outside. What is unknown or wrong in a document is refused, all of it at once, each
fault with its path; documents of earlier versions stay readable.
"""

from ticketcore.serialization.codec import Codec

__all__ = ["Codec"]
