"""Names of attached files: what a mail calls them, and what they may be called."""

import re

from ticketcore.channels.email.characters import clean_line
from ticketcore.model.checks import NAME_LIMIT

_EXTENSIONS = {
    "application/gzip": "gz",
    "application/json": "json",
    "application/msword": "doc",
    "application/pdf": "pdf",
    "application/pgp-signature": "asc",
    "application/pkcs7-signature": "p7s",
    "application/rtf": "rtf",
    "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/x-pkcs7-signature": "p7s",
    "application/xml": "xml",
    "application/zip": "zip",
    "audio/mpeg": "mp3",
    "image/bmp": "bmp",
    "image/gif": "gif",
    "image/heic": "heic",
    "image/jpeg": "jpg",
    "image/jpg": "jpg",
    "image/png": "png",
    "image/svg+xml": "svg",
    "image/tiff": "tiff",
    "image/webp": "webp",
    "message/rfc822": "eml",
    "text/calendar": "ics",
    "text/csv": "csv",
    "text/html": "html",
    "text/plain": "txt",
    "text/vcard": "vcf",
    "text/x-vcard": "vcf",
    "video/mp4": "mp4",
}
_DEFAULTS = {
    "message/delivery-status": "delivery-status.txt",
    "message/disposition-notification": "disposition-notification.txt",
    "message/rfc822": "message.eml",
    "text/rfc822-headers": "headers.txt",
}
_OF_PATHS = re.compile(r"[/\\]")
_DIRECTIONS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # with them, `exe.pdf` reads as `fdp.exe`
_LONGEST_EXTENSION = 16


def safe_file_name(name: str, media_type: str) -> str:
    """
    The name that an attached file gets.

    Args:
        name: What the mail calls it: any text, with or without a path.
        media_type: What it is said to be; names it where the mail does not.

    Returns:
        One line of 1 to 200 characters without a path, without control characters and without those that turn the
        direction of writing.
    """
    last = _OF_PATHS.split(name.rstrip("/\\"))[-1]
    line = clean_line(_DIRECTIONS.sub("", last), 4 * NAME_LIMIT).rstrip(". ")
    return _shortened(line) or _DEFAULTS.get(media_type) or f"attachment.{_EXTENSIONS.get(media_type, 'bin')}"


def _shortened(name: str) -> str:
    """The name cut to its limit, with its extension kept."""
    if len(name) <= NAME_LIMIT:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > _LONGEST_EXTENSION:
        return name[:NAME_LIMIT].rstrip(" .")
    return f"{stem[: NAME_LIMIT - len(extension) - 1].rstrip(' .')}.{extension}"
