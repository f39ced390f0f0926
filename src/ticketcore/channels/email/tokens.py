"""
Tokens: how an answer to a mail of the desk finds its ticket, although nothing that mail programs send can be trusted.

The Message-ID of every mail that the desk sends is a token: it names the ticket, and is signed. A mail program that
answers repeats it in In-Reply-To and References. A token finds a ticket; it never says who wrote, and lets nobody in.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator

import attrs

from ticketcore.errors import Fault, InvalidInput
from ticketcore.model.ids import TicketId
from ticketcore.model.mail import Mail

SHORTEST_SECRET = 16
_SIGNATURE_BYTES = 15
_KEY_DIGITS = 12


@attrs.frozen(repr=False)
class TokenSigner:
    """
    Makes and reads tokens.

    Args:
        secret: At least 16 random bytes, known to this desk alone. With another secret, old tokens are not recognised.
        domain: The domain of the Message-IDs that it makes.
    """

    secret: bytes
    domain: str = "localhost"

    def __attrs_post_init__(self) -> None:
        if len(self.secret) < SHORTEST_SECRET:
            fault = Fault("secret", f"at least {SHORTEST_SECRET} bytes", f"{len(self.secret)} bytes")
            raise InvalidInput("TokenSigner", [fault])

    def message_id(self, ticket: TicketId, key: str) -> str:
        """
        The Message-ID, without angle brackets, of a mail about a ticket.

        Args:
            ticket: The ticket.
            key: Tells the mail from others about the same ticket; the same key gives the same Message-ID.
        """
        short = hashlib.sha256(key.encode()).hexdigest()[:_KEY_DIGITS]
        return f"{ticket}.{short}.{self._signature(ticket, short)}@{self.domain}"

    def ticket_named(self, message_id: str) -> TicketId | None:
        """The ticket that a Message-ID names, if this signer made it."""
        ticket, _, rest = message_id.rpartition("@")[0].partition(".")
        key, _, signature = rest.rpartition(".")
        genuine = hmac.compare_digest(signature.encode(), self._signature(ticket, key).encode())
        return TicketId(ticket) if genuine else None

    def tickets_named(self, mail: Mail) -> Iterator[TicketId]:
        """The tickets that a mail names by tokens of this signer, those of the mails that it answers first."""
        returned = [mail.returned_message_id] if mail.returned_message_id else []
        for message_id in (*returned, *mail.in_reply_to, *reversed(mail.references)):
            ticket = self.ticket_named(message_id)
            if ticket is not None:
                yield ticket

    def _signature(self, ticket: str, key: str) -> str:
        """120 bits of the HMAC, in letters and digits that survive every mail program."""
        signed = hmac.digest(self.secret, f"{ticket}.{key}".encode(), "sha256")
        return base64.b32encode(signed[:_SIGNATURE_BYTES]).decode().lower()
