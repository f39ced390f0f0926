"""
Attachments: what comes with a message or an inline note.

The record holds name, type, size and digest; the bytes lie in a blob store under their digest (see
`ticketcore.storage`).
"""

import hashlib

import attrs

from ticketcore.model.checks import IS_NAME, Check, Checked, checked, line
from ticketcore.model.ids import AttachmentId
from ticketcore.model.values import FrozenValue

UPLOAD_LIMIT = 25 * 1024 * 1024


@attrs.frozen
class Upload(Checked):
    """
    A file on its way in.

    Args:
        name: Its name as people see it, without any path.
        media_type: Such as `"application/pdf"`.
        content: Its bytes, at most 25 MiB.
    """

    name: str = checked(
        Check(
            "a file name of 1 to 200 characters without a path",
            lambda value: IS_NAME.accepts(value) and not set("/\\") & set(str(value)) and bool(str(value).strip(". ")),
        )
    )
    media_type: str = line(at_most=127)
    content: bytes = checked(
        Check("at most 25 MiB of bytes", lambda value: isinstance(value, bytes) and len(value) <= UPLOAD_LIMIT)
    )

    @property
    def digest(self) -> str:
        """The SHA-256 of the content in hexadecimal: the key of the bytes in the blob store."""
        return hashlib.sha256(self.content).hexdigest()


@attrs.frozen
class Attachment(FrozenValue):
    """
    A stored file.

    Args:
        id: What its bytes are asked for by.
        name: Its name as people see it, without any path.
        media_type: Such as `"application/pdf"`.
        size: In bytes.
        digest: The SHA-256 of the content in hexadecimal.
    """

    id: AttachmentId
    name: str
    media_type: str
    size: int
    digest: str

    def public(self) -> "PublicAttachment":
        """The attachment as a customer may see it."""
        return PublicAttachment(self.id, self.name, self.media_type, self.size)


@attrs.frozen
class PublicAttachment(FrozenValue):
    """
    An attachment of a public message.

    It has no digest, which would tell who else sent the same file.
    """

    id: AttachmentId
    name: str
    media_type: str
    size: int
