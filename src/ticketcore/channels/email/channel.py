"""The e-mail channel: bytes of mails in, from wherever the host gets them."""

from collections.abc import Callable

import attrs

from ticketcore.channels.email.reading import MailLimits, read_mail
from ticketcore.channels.email.tokens import TokenSigner
from ticketcore.commands.mail import MailOutcome, ReceiveMail
from ticketcore.errors import Fault, InvalidInput, shown
from ticketcore.model.mail import Mail
from ticketcore.seats import SystemSeat


def _unproven(_mail: Mail) -> bool:
    return False


@attrs.frozen
class EmailChannel:
    """
    Takes mail in for a desk.

    Args:
        seat: The seat of the host's program.
        signer: Recognises the answers to mails that the desk sent.
        limits: How large and how deep a mail may be.
        is_sender_proven: Whether a mail's sender is known not to be forged: for hosts whose mail server checks (SPF,
            DKIM, DMARC). By default nobody's is: copies to others that a sender wants are proposals then, which an
            agent accepts or rejects.
    """

    seat: SystemSeat
    signer: TokenSigner
    limits: MailLimits = MailLimits()
    is_sender_proven: Callable[[Mail], bool] = _unproven

    def receive(self, data: bytes) -> MailOutcome:
        """
        Takes in one mail.

        Args:
            data: The mail as it came over the wire.

        Returns:
            What became of it.

        Raises:
            InvalidInput: The mail is larger than the limits allow.
        """
        return self.seat.do(self.command(data))

    def command(self, data: bytes) -> ReceiveMail:
        """The command that takes a mail in: for hosts that ask it themselves, asynchronously for instance."""
        if not isinstance(data, bytes):
            raise InvalidInput("EmailChannel", [Fault("data", "the bytes of a mail", shown(data))])
        mail = read_mail(data, limits=self.limits)
        return ReceiveMail(
            mail,
            tuple(self.signer.tickets_named(mail)),
            sender_proven=self.is_sender_proven(mail),
            from_desk=mail.message_id is not None and self.signer.ticket_named(mail.message_id) is not None,
        )
