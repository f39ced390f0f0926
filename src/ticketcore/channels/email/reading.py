"""
Reading mail: from the bytes of a mail to a `Mail`, whatever the bytes are.

Pure: no clock, no files. What a desk does with a mail is not decided here.
"""

import re

import attrs

from ticketcore.channels.email.addresses import addresses
from ticketcore.channels.email.body import read_body
from ticketcore.channels.email.characters import clean_line
from ticketcore.channels.email.classification import Bounce, kind_of, read_bounce
from ticketcore.channels.email.defects import Defects
from ticketcore.channels.email.headers import Headers, instant, message_ids
from ticketcore.channels.email.mime import Part, Splitter
from ticketcore.errors import Fault, InvalidInput
from ticketcore.model.attachments import UPLOAD_LIMIT
from ticketcore.model.checks import COLLECTION_LIMIT, SUBJECT_LIMIT, TEXT_LIMIT, Checked, number
from ticketcore.model.mail import HTML_LIMIT, Mail, MailAddress, MailKind

_ONLY_ONCE = ("from", "subject", "date", "message-id", "in-reply-to", "references", "content-type")
_LANGUAGE = re.compile(r"[a-z]{1,8}(?:-[a-z0-9]{1,8}){0,2}(?![\w-])", re.IGNORECASE)
_LONGEST_DEFECT = 300


@attrs.frozen
class MailLimits(Checked):
    """
    How much of a mail is read. Of what is beyond a limit the rest is left out, and the mail's `defects` say so.

    Args:
        max_bytes: The size of the mail; a larger one is refused.
        max_head: Bytes of header lines, per part.
        max_depth: How deep parts may be nested.
        max_parts: Parts, in all.
        max_addresses: Addresses, per kind of header.
        max_references: Ids in a header.
        max_id: Characters of an id; a longer one is no id.
        max_subject: Characters of the subject.
        max_text: Characters of the text.
        max_html: Characters of the HTML.
        max_defects: Sentences about what was wrong.
    """

    max_bytes: int = number(at_least=1, default=UPLOAD_LIMIT)
    max_head: int = number(at_least=1_000, at_most=1_048_576, default=262_144)
    max_depth: int = number(at_least=0, at_most=50, default=10)
    max_parts: int = number(at_least=1, at_most=COLLECTION_LIMIT, default=200)
    max_addresses: int = number(at_least=1, at_most=COLLECTION_LIMIT, default=200)
    max_references: int = number(at_least=1, at_most=COLLECTION_LIMIT, default=100)
    max_id: int = number(at_least=1, at_most=1_000, default=500)
    max_subject: int = number(at_least=1, at_most=SUBJECT_LIMIT, default=SUBJECT_LIMIT)
    max_text: int = number(at_least=1, at_most=TEXT_LIMIT, default=TEXT_LIMIT)
    max_html: int = number(at_least=1, at_most=HTML_LIMIT, default=HTML_LIMIT)
    max_defects: int = number(at_least=0, at_most=COLLECTION_LIMIT - 1, default=50)


DEFAULT_LIMITS = MailLimits()


def read_mail(data: bytes, *, limits: MailLimits = DEFAULT_LIMITS) -> Mail:
    """
    The mail that some bytes are.

    Any bytes are a mail: what cannot be read is left out or guessed, `defects` names it, and `original` keeps it.

    Args:
        data: All bytes of the mail, as a server gives them.
        limits: How much of it is read.

    Returns:
        The mail; the same for the same bytes and limits.

    Raises:
        InvalidInput: There are more bytes than allowed.
    """
    if len(data) > limits.max_bytes:
        fault = Fault("", f"a mail of at most {limits.max_bytes} bytes", f"{len(data)} bytes")
        raise InvalidInput("Mail", [fault])
    defects = Defects(limits.max_defects)
    source = _with_line_breaks(data, defects)
    root = Splitter(source, limits.max_depth, limits.max_parts, limits.max_head, defects).part(0, len(source))
    return _Reading(data, root, limits, defects).mail()


def _with_line_breaks(data: bytes, defects: Defects) -> bytes:
    """The mail without what some programs put before it, and with line breaks that are one."""
    source = data.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    if b"\n" in source or b"\r" not in source:
        return source
    defects.add("The lines end with carriage returns alone.")
    return source.replace(b"\r", b"\n")


@attrs.frozen
class _Reading:
    """What the parts of a mail become."""

    data: bytes
    root: Part
    limits: MailLimits
    defects: Defects

    @property
    def charset(self) -> str | None:
        """What the text is in, for headers with bytes of which nothing says it."""
        return next(filter(None, (part.content_type.word("charset") for part in self.root.walk())), None)

    def mail(self) -> Mail:
        """The whole value; the defects come last, when all of them are known."""
        headers = self.root.headers
        for name in _ONLY_ONCE:
            if len(headers.all(name)) > 1:
                self.defects.add(f"There are several headers {_spelled(name)}; the first was read.")
        sender = self._sender()
        body = read_body(self.root, self.limits.max_text, self.limits.max_html, self.defects)
        kind = kind_of(self.root, sender)
        bounce = self._bounce() if kind is MailKind.BOUNCE else Bounce()
        return Mail(
            original=self.data,
            message_id=next(iter(self._ids("message-id")), None),
            in_reply_to=self._ids("in-reply-to"),
            references=self._ids("references"),
            sender=sender,
            to=self._addresses("to"),
            cc=self._addresses("cc"),
            delivered_to=self._addresses("delivered-to", "x-original-to", "envelope-to"),
            reply_to=self._addresses("reply-to"),
            subject=headers.line("subject", self.limits.max_subject, self.defects, self.charset),
            sent_at=instant(headers.first("date"), self.defects),
            text=body.text,
            html=body.html,
            attachments=body.attachments,
            kind=kind,
            marked_spam=_is_marked_spam(headers),
            language=_language(headers),
            failed_recipients=bounce.failed_recipients,
            returned_message_id=bounce.returned_message_id,
            defects=tuple(clean_line(sentence, _LONGEST_DEFECT) for sentence in self.defects.sentences),
        )

    def _sender(self) -> MailAddress | None:
        """The first author; where there is none, who sent it for the author."""
        authors = self._addresses("from")
        if len(authors) > 1:
            self.defects.add("The header From names several addresses; the first was taken.")
        if found := authors or self._addresses("sender"):
            return found[0]
        self.defects.add("The mail does not say who sent it.")
        return None

    def _addresses(self, *names: str) -> tuple[MailAddress, ...]:
        values = [value for name in names for value in self.root.headers.all(name)]
        of = f"the header {_spelled(names[0])}"
        return addresses(values, self.limits.max_addresses, self.defects, of=of, charset=self.charset)

    def _ids(self, name: str) -> tuple[str, ...]:
        values = self.root.headers.all(name)[:1]
        of = f"the header {_spelled(name)}"
        return message_ids(values, self.limits.max_references, self.limits.max_id, self.defects, of=of)

    def _bounce(self) -> Bounce:
        limits = self.limits
        return read_bounce(self.root, limits.max_addresses, limits.max_head, limits.max_id, self.defects)


def _spelled(name: str) -> str:
    return name.title().replace("-Id", "-ID")


def _is_marked_spam(headers: Headers) -> bool:
    return any(headers.word(name) in {"yes", "true"} for name in ("x-spam-flag", "x-spam-status"))


def _language(headers: Headers) -> str | None:
    found = _LANGUAGE.match((headers.first("content-language") or b"").decode("latin-1"))
    return found[0] if found else None
