"""
Masks: sets of small numbers, as the bits of one integer.

Python's integers have any number of bits, and joining or intersecting two of ten thousand takes a fraction of a
microsecond.
"""

from collections.abc import Iterable, Iterator
from struct import unpack
from typing import Final

_WORD: Final = 64
_FIRST_OF_MANY: Final = 1 << _WORD


def mask_of(numbers: Iterable[int], size: int) -> int:
    """
    The mask of some numbers.

    Args:
        numbers: Each from 0 and less than `size`.
        size: How many there could be.
    """
    if size <= _WORD:
        mask = 0
        for number in numbers:
            mask |= 1 << number
        return mask
    # Or else every number would make two more integers of the whole size.
    octets = bytearray(size // 8 + 1)
    for number in numbers:
        octets[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(octets, "little")


def numbers_in(mask: int) -> list[int]:
    """The numbers in a mask, ascending."""
    if not mask & (mask - 1):  # one, or none
        return [mask.bit_length() - 1] if mask else []
    if mask < _FIRST_OF_MANY:
        return list(_numbers(mask, 0))
    count = mask.bit_length() // _WORD + 1
    words = unpack(f"<{count}Q", mask.to_bytes(count * _WORD // 8, "little"))
    return [number for place, word in enumerate(words) if word for number in _numbers(word, place * _WORD)]


def _numbers(word: int, first: int) -> Iterator[int]:
    while word:
        lowest = word & -word
        yield first + lowest.bit_length() - 1
        word ^= lowest
