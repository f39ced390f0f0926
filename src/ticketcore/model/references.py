"""
References: what people quote to find a ticket again.

A reference like `7QK3M-9XTRC` is random, so that nobody finds another ticket by counting (requirement TK-1); it is
written in characters that neither sound nor look alike and spell no words; its last one is a check character that
catches every single wrong character and every swap of two neighbours (a weighted sum modulo 23, a prime; the principle
of ISO 7064 and ISBN-10).
"""

ALPHABET = "23456789CDFGHJKMNPQRTWX"
RANDOM_CHARACTERS = 9
_LENGTH = RANDOM_CHARACTERS + 1
_BASE = len(ALPHABET)
_WEIGHTS = range(2, 2 + RANDOM_CHARACTERS)
_LOOKALIKES = str.maketrans({" ": None, "-": None, "\u2010": None, "\u2011": None, "\u2013": None})


def make_reference(number: int) -> str:
    """
    The reference that stands for a number.

    Args:
        number: A random number below 23**9; higher ones are folded into that range.
    """
    whole, total = "", 0
    for weight in _WEIGHTS:
        number, digit = divmod(number, _BASE)
        whole += ALPHABET[digit]
        total += weight * digit
    whole += ALPHABET[-total % _BASE]
    return f"{whole[:5]}-{whole[5:]}"


def parse_reference(text: str) -> str | None:
    """
    The reference that somebody typed or read out, in its canonical form.

    Args:
        text: In any case, with or without hyphens and blanks.

    Returns:
        None if it is no reference, or one with a typing error.
    """
    bare = text.strip().translate(_LOOKALIKES).upper()
    if len(bare) != _LENGTH or not set(bare) <= set(ALPHABET):
        return None
    return f"{bare[:5]}-{bare[5:]}" if _check_character(bare[:-1]) == bare[-1] else None


def find_references(text: str) -> list[str]:
    """The references that stand in a text, such as the subject of a mail, in their canonical form."""
    candidates = (word.strip("[](){}<>#:;,.!?\"'") for word in text.split())
    return [reference for word in candidates if (reference := parse_reference(word))]


def _check_character(payload: str) -> str:
    total = sum(weight * ALPHABET.index(character) for weight, character in zip(_WEIGHTS, payload, strict=True))
    return ALPHABET[-total % _BASE]
