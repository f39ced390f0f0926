"""
The e-mail channel: mail that comes in.

* `EmailChannel` takes mails in for a desk; its `TokenSigner` recognises answers to what the desk sent.
* `read_mail` makes a `ticketcore.model.mail.Mail` of the bytes of one mail, whatever they are, within `MailLimits`.
* `read_mailbox` gives the bytes of each mail of an mbox, a file or a folder.
"""

from ticketcore.channels.email.channel import EmailChannel
from ticketcore.channels.email.mailboxes import Mailbox, read_mailbox
from ticketcore.channels.email.reading import MailLimits, read_mail
from ticketcore.channels.email.tokens import TokenSigner
from ticketcore.commands.mail import MailBecame, MailOutcome

__all__ = [
    "EmailChannel",
    "MailBecame",
    "MailLimits",
    "MailOutcome",
    "Mailbox",
    "TokenSigner",
    "read_mail",
    "read_mailbox",
]
