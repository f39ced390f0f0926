"""
A mail as a help desk sees it: who wrote what to whom, and what kind of mail it is.

Values only. How bytes become one is in `ticketcore.channels.email`, and what a desk does with one is not decided here.
"""

import hashlib
from datetime import datetime
from enum import Enum

import attrs

from ticketcore.model.attachments import Upload
from ticketcore.model.checks import (
    IS_ADDRESS,
    IS_ID,
    NAME_LIMIT,
    Check,
    Checked,
    checked,
    flag,
    is_a,
    is_line,
    is_text,
    line,
    one_of,
    several,
    text,
)
from ticketcore.model.keys import address_key

HTML_LIMIT = 1_000_000


@attrs.frozen
class MailAddress(Checked):
    """
    Somebody who writes or gets mail.

    Args:
        name: The name beside the address; empty where there was none. Anybody can write any name there.
        address: Such as `"mia@example.org"`, spelled as it came.
    """

    name: str = line(at_most=NAME_LIMIT, at_least=0)
    address: str = checked(IS_ADDRESS)

    @property
    def key(self) -> str:
        """The address as it is compared: two spellings of one address have one key."""
        return address_key(self.address)


class MailKind(Enum):
    """
    What sent a mail.

    A personal mail may open a ticket or go to one. The others are recorded; they are never answered and open nothing.
    """

    PERSONAL = "personal"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"


def _is_utc(value: object) -> bool:
    """Whether it is a point in time, written in UTC."""
    offset = value.utcoffset() if isinstance(value, datetime) else None
    return offset is not None and not offset


_IS_MAIL_ADDRESS = is_a(MailAddress, "a MailAddress")
_IS_UTC = Check("a datetime in UTC", _is_utc)


@attrs.frozen(kw_only=True, repr=False)
class Mail(Checked):
    """
    A mail that was read.

    Nothing in it is proven: everybody can write any sender, any reference, any name. Text and HTML have line breaks and
    tabs for control characters, and no others; everything else is one line without any; all of it is in NFC.

    Args:
        original: All its bytes.
        message_id: Without angle brackets; None where the mail has none that can be used.
        in_reply_to: Ids of the mails that this one answers, without angle brackets.
        references: Ids of the mails of the conversation so far, oldest first, without angle brackets.
        sender: Who says to have written it; None where no address could be read.
        to: Who it is addressed to, each once.
        cc: Who gets a copy, each once.
        delivered_to: The addresses by which it reached the mailbox, as the servers on its way wrote them down.
        reply_to: Where the sender wants answers.
        subject: In one line; may be empty.
        sent_at: In UTC; None where the date is missing or broken.
        text: Plain text; taken from the HTML where there is no other. May be empty.
        html: As it came, and therefore not to be trusted; None where there is none.
        attachments: Everything that is not the text: pictures within the HTML and forwarded mails, too.
        kind: What sent it.
        marked_spam: Whether a server on its way marked it as spam.
        language: Such as `"sl"` or `"sl-SI"`, where the mail says it.
        failed_recipients: For a bounce: the addresses that did not get the mail. A mere warning has none.
        returned_message_id: For a bounce: the id of the mail that came back, without angle brackets.
        defects: What was wrong with the mail and how it was read nevertheless, in sentences.
    """

    original: bytes = checked(is_a(bytes, "bytes"))
    message_id: str | None = checked(IS_ID, default=None)
    in_reply_to: tuple[str, ...] = several(IS_ID, default=())
    references: tuple[str, ...] = several(IS_ID, default=())
    sender: MailAddress | None = checked(_IS_MAIL_ADDRESS, default=None)
    to: tuple[MailAddress, ...] = several(_IS_MAIL_ADDRESS, default=())
    cc: tuple[MailAddress, ...] = several(_IS_MAIL_ADDRESS, default=())
    delivered_to: tuple[MailAddress, ...] = several(_IS_MAIL_ADDRESS, default=())
    reply_to: tuple[MailAddress, ...] = several(_IS_MAIL_ADDRESS, default=())
    subject: str = line(at_least=0, default="")
    sent_at: datetime | None = checked(_IS_UTC, default=None)
    text: str = text(default="")
    html: str | None = checked(is_text(at_most=HTML_LIMIT), default=None)
    attachments: tuple[Upload, ...] = several(is_a(Upload, "an Upload"), default=())
    kind: MailKind = one_of(MailKind, default=MailKind.PERSONAL)
    marked_spam: bool = flag(default=False)
    language: str | None = checked(is_line(at_most=35), default=None)
    failed_recipients: tuple[MailAddress, ...] = several(_IS_MAIL_ADDRESS, default=())
    returned_message_id: str | None = checked(IS_ID, default=None)
    defects: tuple[str, ...] = several(is_line(), default=())

    def __repr__(self) -> str:
        """What tells one mail from another; the rest may be megabytes."""
        who = self.sender.address if self.sender else None
        return f"<Mail {self.message_id!r} from {who!r}, {self.subject!r}, {len(self.original)} bytes>"

    @property
    def digest(self) -> str:
        """The SHA-256 of the original in hexadecimal."""
        return hashlib.sha256(self.original).hexdigest()
