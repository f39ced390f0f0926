"""
Folding: the one form in which texts are compared, in Python and in every database.

Nothing else in the library compares texts of people in any other way; adapters keep columns of what is made here,
because the databases' own `lower()` differ on Greek, German and Turkish. Nothing is folded that is shown.
"""

import re

from ticketcore.model.texts import canonical

_WORD = re.compile(r"\w+")


def fold(text: str) -> str:
    """
    The text as it is compared: NFC and case-folded.

    Args:
        text: Any text.

    Returns:
        The same for texts that differ only in case or in how their accents are encoded; folding it again changes
        nothing.
    """
    if text.isascii():
        return text.lower()
    return canonical(canonical(text).casefold())


def words(text: str) -> str:
    """
    The folded words of the text, each between blanks, so that words are found by looking for a text within a text.

    Args:
        text: Any text.

    Returns:
        `" your invoice 7 "` for `"Your invoice: 7!"`; one blank where there are no words.
    """
    folded = fold(text)
    if folded.isalnum():  # one word, as ids and keys are
        return f" {folded} "
    return f" {' '.join([*_WORD.findall(folded), ''])}"
