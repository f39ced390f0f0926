"""
Wildcards: `*` for any characters, `?` for exactly one, everything else for itself; the whole text must fit.

No regular expressions, so nothing that a user writes can take long: the time is linear in the length of the text.
"""

from collections.abc import Callable

import attrs

MANY = "*"
ONE = "?"


@attrs.frozen
class Wildcards:
    """
    A pattern, ready to be matched.

    Args:
        pattern: Folded text with wildcards.
    """

    pattern: str
    _segments: tuple[str, ...] = attrs.field(init=False, repr=False, eq=False)
    _finders: tuple["_Finder", ...] = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        segments = self.pattern.split(MANY)
        object.__setattr__(self, "_segments", tuple(segments))
        object.__setattr__(self, "_finders", tuple(_finder(segment) for segment in segments[1:-1] if segment))

    def match(self, text: str) -> bool:
        """Whether the whole of a folded text fits."""
        first, last = self._segments[0], self._segments[-1]
        if len(self._segments) == 1:
            return len(text) == len(first) and _fits(first, text, 0)
        end = len(text) - len(last)
        if end < len(first) or not _fits(first, text, 0) or not _fits(last, text, end):
            return False
        position = len(first)
        for find in self._finders:
            position = find(text, position, end)
            if position < 0:
                return False
        return True


_Finder = Callable[[str, int, int], int]
"""Finds the leftmost place of a segment in a text between two positions; gives the position after it, or -1."""


def _fits(segment: str, text: str, position: int) -> bool:
    if ONE not in segment:
        return text.startswith(segment, position)
    return all(wanted in (ONE, text[position + i]) for i, wanted in enumerate(segment))


def _finder(segment: str) -> _Finder:
    return _literal_finder(segment) if ONE not in segment else _parallel_finder(segment)


def _literal_finder(segment: str) -> _Finder:
    def find(text: str, start: int, end: int) -> int:
        place = text.find(segment, start, end)
        return place if place < 0 else place + len(segment)

    return find


def _parallel_finder(segment: str) -> _Finder:
    # Shift-and: bit i of the state says that the characters just read fit the first i + 1 of the segment, so that each
    # character of the text is looked at once, however much the segment repeats itself.
    anything = sum(1 << i for i, wanted in enumerate(segment) if wanted == ONE)
    fitting = dict.fromkeys(segment, anything)
    for i, wanted in enumerate(segment):
        fitting[wanted] |= 1 << i
    whole = 1 << (len(segment) - 1)

    def find(text: str, start: int, end: int) -> int:
        state = 0
        for position in range(start, end):
            state = (state << 1 | 1) & fitting.get(text[position], anything)
            if state & whole:
                return position + 1
        return -1

    return find
