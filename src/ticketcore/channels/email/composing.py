"""Notices as mail: what the host's program hands to its mail server."""

import re
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from ticketcore.channels.email.tokens import TokenSigner
from ticketcore.errors import Fault, InvalidInput
from ticketcore.model.ids import AttachmentId
from ticketcore.notices import CustomerNotice, MailNotice

_MESSAGE_ID = re.compile(r"[!-;=?-~]+@[!-;=?-~]+(?<!\?=)")
_MEDIA_TYPE = re.compile(r"([\w.+-]+)/([\w.+-]+)", re.ASCII)


def compose_mail(
    notice: CustomerNotice | MailNotice,
    signer: TokenSigner,
    *,
    sender_address: str,
    sender_name: str = "Help desk",
    files: Mapping[AttachmentId, bytes] | None = None,
) -> EmailMessage:
    """
    The mail that tells a customer what a notice says, or that somebody outside is sent.

    Its Message-ID is a token, so that the answer finds the ticket; to customers its subject carries the ticket's
    reference. The same notice always makes a mail of the same Message-ID: sent twice, mail programs show it once.

    Args:
        notice: What a notifier was given.
        signer: The signer of the channel that answers will come in by.
        sender_address: The address of the desk, for tickets whose department has none.
        sender_name: The name of the desk, for tickets without department.
        files: The bytes of the message's attachments, as far as they are to be sent along.

    Raises:
        InvalidInput: The notice has no address: it is for somebody who came by another channel.
    """
    if notice.address is None:
        raise InvalidInput("compose_mail", [Fault("notice.address", "an address to write to", "None")])
    mail = EmailMessage()
    mail["From"] = formataddr((_plain(notice.sender_name or sender_name), notice.sender_address or sender_address))
    if isinstance(notice, MailNotice):
        _address_outsider(mail, notice, signer)
    else:
        _address_customer(mail, notice, notice.address, signer)
    if notice.automatic:
        mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(notice.text)
    _attach(mail, notice, files or {})
    return mail


def _address_customer(mail: EmailMessage, notice: CustomerNotice, address: str, signer: TokenSigner) -> None:
    mail["To"] = formataddr((_plain(_name(notice)), address))
    mail["Subject"] = _plain(_subject(notice))
    mail["Date"] = format_datetime(notice.message.at if notice.message else notice.ticket.changed_at)
    mail["Message-ID"] = f"<{signer.message_id(notice.ticket.id, notice.key)}>"
    if notice.answers and _MESSAGE_ID.fullmatch(notice.answers):
        mail["In-Reply-To"] = mail["References"] = f"<{notice.answers}>"


def _address_outsider(mail: EmailMessage, notice: MailNotice, signer: TokenSigner) -> None:
    mail["To"] = formataddr(("", notice.address))
    mail["Subject"] = _plain(notice.subject)
    mail["Date"] = format_datetime(notice.at)
    mail["Message-ID"] = f"<{signer.message_id(notice.ticket, notice.key)}>"


def _plain(text: str) -> str:
    """
    Text that a header can hold: one line, in which nothing is an encoded word.

    Python's `email` decodes encoded words (RFC 2047) in the values it is given, line breaks included, which would let a
    customer's subject write headers of its own.
    """
    return " ".join(text.replace("=?", "= ?").split())


def _name(notice: CustomerNotice) -> str:
    """The recipient's name, unless no person writes: forged mail names its victim as it likes."""
    return notice.to.name or "" if notice.to and not notice.automatic else ""


def _subject(notice: CustomerNotice) -> str:
    if notice.message is None:  # nobody's words but the desk's: forged mail must not make it send somebody's own
        return f"[{notice.ticket.reference}]"
    subject = notice.ticket.subject
    answered = subject if subject[:3].casefold() == "re:" else f"Re: {subject}"
    return f"{answered} [{notice.ticket.reference}]"


def _attach(mail: EmailMessage, notice: CustomerNotice | MailNotice, files: Mapping[AttachmentId, bytes]) -> None:
    for attachment in notice.message.attachments if notice.message else ():
        if attachment.id in files:
            known = _MEDIA_TYPE.fullmatch(attachment.media_type)
            maintype, subtype = known.groups() if known else ("application", "octet-stream")
            name = _plain(attachment.name)
            mail.add_attachment(files[attachment.id], maintype=maintype, subtype=subtype, filename=name)
