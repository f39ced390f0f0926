"""Texts of people, in the one form in which they are stored by channels and compared everywhere: NFC."""

import re
import unicodedata
from collections.abc import Iterator

_LONGEST_RUN = 30
_LONG_RUN = re.compile(rf"[^\w\x00-\x7f]{{{_LONGEST_RUN + 1}}}")  # none but these can be so many combining characters


def canonical(text: str) -> str:
    """
    Text in NFC, with at most 30 combining characters in a row.

    No language needs more, and sorting them takes Python time that grows with the square of their number.
    """
    if _LONG_RUN.search(text):
        text = "".join(_without_long_runs(text))
    return unicodedata.normalize("NFC", text)


def _without_long_runs(text: str) -> Iterator[str]:
    run = 0
    for character in text:
        # A few characters combine with nothing themselves, but stand for two that do.
        run = run + 1 if unicodedata.combining(unicodedata.normalize("NFD", character)[0]) else 0
        if run <= _LONGEST_RUN:
            yield character
