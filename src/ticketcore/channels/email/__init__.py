"""
The e-mail channel: mail that comes in, and mail that goes out.

* `EmailChannel` takes mails in for a desk; its `TokenSigner` recognises answers to what the desk sent.
* `read_mail` makes a `ticketcore.model.mail.Mail` of the bytes of one mail, whatever they are, within `MailLimits`.
* `compose_mail` makes a mail of what a customer is to be told.
* `read_mailbox` gives the bytes of each mail of an mbox, a file or a folder.
"""

from ticketcore.channels.email.channel import EmailChannel
from ticketcore.channels.email.composing import compose_mail
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
    "compose_mail",
    "read_mail",
    "read_mailbox",
]
