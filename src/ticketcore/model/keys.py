"""
Natural keys: records whose id is the thing itself, so that storage needs no other notion of uniqueness.

To claim an address is to put its key; putting a key that exists fails.
"""

import attrs

from ticketcore.model.texts import canonical


@attrs.frozen(kw_only=True)
class NaturalKey:
    """
    The claim of a record to something that nobody else may have.

    Args:
        id: The thing claimed, folded.
        holder: The id of the record that holds it.
    """

    id: str
    version: int = 1
    holder: str


def address_key(address: str) -> str:
    """An e-mail address as it is compared: NFC and case-folded, without blanks around it."""
    return canonical(canonical(address.strip()).casefold())


def phone_key(number: str) -> str:
    """A phone number as it is compared: its digits, with `+` for a leading `00` or `+`."""
    digits = "".join(character for character in number if character.isdecimal())
    bare = number.strip()
    if bare.startswith("+"):
        return f"+{digits}"
    return f"+{digits[2:]}" if digits.startswith("00") else digits
