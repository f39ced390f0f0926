"""
Natural keys: records whose id is the thing itself, so that storage needs no other notion of uniqueness.

To claim an address is to put its key; putting a key that exists fails.
"""

import attrs

from ticketcore.model.texts import canonical
from ticketcore.model.values import FrozenValue


@attrs.frozen(kw_only=True)
class NaturalKey(FrozenValue):
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
    """
    An e-mail address as it is compared: NFC and in small letters, without blanks around it.

    It is not case-folded: that would make one of `straße.de` and `strasse.de`, which belong to different people (RFC
    5892).
    """
    return canonical(canonical(address.strip()).lower())


def mailbox_key(address: str) -> str:
    """
    The key of the address to whose mailbox most servers deliver: the same without what stands behind a plus (RFC 5233).

    Whether two addresses of customers are one mailbox nobody else can tell. This is for addresses of one's own, where
    to take two for one is the safe mistake.
    """
    local, _, domain = address_key(address).rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"


def phone_key(number: str) -> str:
    """A phone number as it is compared: its digits, with `+` for a leading `00` or `+`."""
    digits = "".join(character for character in number if character.isdecimal())
    bare = number.strip()
    if bare.startswith("+"):
        return f"+{digits}"
    return f"+{digits[2:]}" if digits.startswith("00") else digits
