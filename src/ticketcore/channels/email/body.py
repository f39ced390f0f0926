"""
What of a mail is its text, and what is attached to it.

The text parts that stand in the mail one after the other are its text; of alternatives the plain one counts. Everything
else is attached, pictures within the HTML too, and so nothing that came is hidden from those who read.
"""

import re
from collections.abc import Iterable

import attrs

from ticketcore.channels.email.characters import clean_text, decoded
from ticketcore.channels.email.defects import Defects
from ticketcore.channels.email.file_names import safe_file_name
from ticketcore.channels.email.headers import split_head
from ticketcore.channels.email.html_text import text_of_html
from ticketcore.channels.email.mime import Part
from ticketcore.errors import shown
from ticketcore.model.attachments import UPLOAD_LIMIT, Upload

_BETWEEN_PASSAGES = "\n\n"
_SUBJECT_OF_FORWARDED = 150
_HEAD_OF_FORWARDED = 65_536
_HEAD_OF_HTML = 2_048
_META_CHARSET = re.compile(rb"<meta\b[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?([a-z0-9_:.-]{1,40})", re.IGNORECASE)
_QUERY = re.compile(r"[?#]")
_OF_PATHS = re.compile(r"[/\\]")


@attrs.frozen
class Body:
    """
    What a mail brings.

    Args:
        text: Plain text.
        html: The HTML parts as they came; what came as plain text alone is not in it. None where there is none.
        attachments: Everything else.
    """

    text: str
    html: str | None
    attachments: tuple[Upload, ...]


def read_body(root: Part, max_text: int, max_html: int, defects: Defects) -> Body:
    """
    What a mail brings.

    Args:
        root: The mail.
        max_text: How many characters of text are kept.
        max_html: How many characters of HTML are kept and looked through for text.
        defects: Is told what was wrong.

    Returns:
        Its text, HTML and attachments, fit for records.
    """
    reader = _Reader(2 * max_text, max_html, defects)
    passages = reader.passages(root)
    text = clean_text(_BETWEEN_PASSAGES.join(filter(None, map(_text_of, passages))), max_text + 1)
    if len(text) > max_text:
        defects.add(f"Of the text the first {max_text} characters were read.")
    html = clean_text("\n".join(each.html for each in passages if each.html), max_html)
    return Body(text[:max_text].rstrip(), html or None, tuple(reader.attachments))


@attrs.frozen
class _Passage:
    """A stretch of the text, in one form or in two."""

    plain: str = ""
    html: str = ""


def _text_of(passage: _Passage) -> str:
    return passage.plain if passage.plain.strip() else text_of_html(passage.html)


def _of_alternatives(alternatives: list[list[_Passage]]) -> _Passage:
    """Alternatives say the same: the first plain one is the text, the last one in HTML, the richest, is the HTML."""
    plain = (_BETWEEN_PASSAGES.join(each.plain for each in passages) for passages in alternatives)
    html = ("\n".join(each.html for each in passages) for passages in reversed(alternatives))
    return _Passage(_first_of(plain), _first_of(html))


def _first_of(texts: Iterable[str]) -> str:
    return next((each for each in texts if each.strip()), "")


@attrs.define
class _Reader:
    """Goes through the parts of a mail once; how much it may still read shrinks on the way."""

    text_left: int
    html_left: int
    defects: Defects
    attachments: list[Upload] = attrs.field(init=False, factory=list[Upload])

    def passages(self, part: Part) -> list[_Passage]:
        """The text of a part and of those within it; the attachments are put aside."""
        if part.media_type.startswith("multipart/"):
            within = [self.passages(each) for each in part.parts]
            is_choice = part.media_type == "multipart/alternative"
            return [_of_alternatives(within)] if is_choice else [passage for each in within for passage in each]
        if part.media_type == "text/plain" and not _is_file(part):
            return [_Passage(plain=self._plain(part))]
        if part.media_type == "text/html" and not _is_file(part):
            return [_Passage(html=self._html(part))]
        self._attach(part)
        return []

    def _plain(self, part: Part) -> str:
        text = decoded(part.content(self.defects), part.content_type.word("charset"), self.defects, of="the text")
        kept = self._within(text, self.text_left, "text")
        self.text_left -= len(kept)
        return kept

    def _html(self, part: Part) -> str:
        data = part.content(self.defects)
        charset = part.content_type.word("charset") or _charset_in(data)
        kept = self._within(decoded(data, charset, self.defects, of="the HTML"), self.html_left, "HTML")
        self.html_left -= len(kept)
        return kept

    def _within(self, text: str, at_most: int, what: str) -> str:
        if len(text) > at_most:
            self.defects.add(f"There is more {what} than is read; the end was left out.")
        return text[:at_most]

    def _attach(self, part: Part) -> None:
        content = part.content(self.defects)
        name = safe_file_name(_name_of(part, content, self.defects), part.media_type)
        if len(content) > UPLOAD_LIMIT:
            self.defects.add(f"The attachment {shown(name)} is too large and was left out.")
        else:
            self.attachments.append(Upload(name, part.media_type, content))


def _is_file(part: Part) -> bool:
    """Whether a text is a file that came along, not words of the mail."""
    disposition = part.disposition.value
    if disposition == "attachment" or not {"filename", "filename*"}.isdisjoint(part.disposition.raw):
        return True
    return disposition != "inline" and not {"name", "name*"}.isdisjoint(part.content_type.raw)


def _charset_in(data: bytes) -> str | None:
    """What HTML itself says about its charset."""
    found = _META_CHARSET.search(data, 0, _HEAD_OF_HTML)
    return found[1].decode("ascii") if found else None


def _name_of(part: Part, content: bytes, defects: Defects) -> str:
    """What the mail calls a file; a forwarded mail is called by its subject."""
    named = part.disposition.text("filename", defects) or part.content_type.text("name", defects)
    if part.media_type == "message/rfc822":
        name = (named or _subject_of(content)).removesuffix(".eml")
        return f"{name}.eml" if name else ""
    location = (part.headers.first("content-location") or b"").decode("latin-1")
    return named or _QUERY.split(location, maxsplit=1)[0]


def _subject_of(mail: bytes) -> str:
    ignored = Defects(at_most=0)
    headers, _ = split_head(mail, 0, min(len(mail), _HEAD_OF_FORWARDED), _HEAD_OF_FORWARDED, ignored)
    return _OF_PATHS.sub("-", headers.line("subject", _SUBJECT_OF_FORWARDED, ignored))
