"""
The text of HTML mail: what its reader would see, as plain text. It makes no HTML safe to show.

Mail programs write HTML that no grammar knows, and on some Pythons `html.parser` takes minutes for 200 kB that mean
ill; here every character is looked at once.
"""

import html
import re
from collections.abc import Iterator

import attrs

# What becomes line breaks in the end stands in the text as a mark first: how many it makes depends on its neighbours.
_PARAGRAPH, _LINE, _BULLET = "\x01", "\x02", "\x03"
_MARKS = {
    **dict.fromkeys(("article", "blockquote", "dl", "fieldset", "form", "hr", "p", "section", "table"), _PARAGRAPH),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6", "ol", "pre", "ul"), _PARAGRAPH),
    **dict.fromkeys(("address", "aside", "body", "caption", "center", "dd", "div", "dt", "footer", "header"), _LINE),
    **dict.fromkeys(("legend", "li", "main", "nav", "option", "tr"), _LINE),
}
_MARKS_OF_OPENING = {**_MARKS, "br": "\n", "li": _LINE + _BULLET, "td": " ", "th": " "}
_HIDDEN = frozenset({"script", "style", "template", "title"})  # nothing else in a head has text

_BLANKS = re.compile(r"[ \t\r\n\f\xa0]+")
_MANY_BLANKS = re.compile(r" {2,}")
_AFTER_BULLET = re.compile(r"\x03[\x01\x02\n ]*")
_BREAKS = re.compile(r" ?(?:[\x01\x02\n] ?)+")
_MARKUP = re.compile(r"<(?=[a-zA-Z/!?])")
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]{0,60})")
_TAG_STOP = re.compile(r">|=\s*[\"']")
_ENDLESS_NUMBER = re.compile(r"&#[0-9]{8,};?")


def text_of_html(source: str) -> str:
    """
    The text that a reader of this HTML sees.

    Args:
        source: HTML of any quality, bounded by the caller.

    Returns:
        Its paragraphs with empty lines between them, its lines, the items of its lists after dashes, and the text of
        its links; no scripts, styles or titles.
    """
    marked = _MANY_BLANKS.sub(" ", "".join(_marked(source)))
    lines = _BREAKS.sub(_line_breaks, _AFTER_BULLET.sub("- ", marked))
    return lines.replace("\xa0", " ").strip("\n").rstrip()


def _marked(source: str) -> Iterator[str]:
    """The text with marks for its structure; hard blanks where blanks are to be kept."""
    preformatted = 0
    for tag, text in _Scanner(source).tokens():
        if tag == "":
            yield _kept(text) if preformatted else _BLANKS.sub(" ", _plain(text))
        elif tag.startswith("/"):
            preformatted -= tag == "/pre" and preformatted > 0
            yield _MARKS.get(tag[1:], "")
        else:
            preformatted += tag == "pre"
            yield _MARKS_OF_OPENING.get(tag, "")


def _plain(text: str) -> str:
    """Text with its character references resolved, and without what would be taken for a mark."""
    resolved = html.unescape(_ENDLESS_NUMBER.sub("\ufffd", text)) if "&" in text else text
    return resolved.translate({1: None, 2: None, 3: None})


def _kept(text: str) -> str:
    return _plain(text).replace("\r\n", "\n").replace("\t", "    ").replace(" ", "\xa0")


def _line_breaks(breaks: re.Match[str]) -> str:
    """
    The line breaks for a run of marks.

    A `<br>` at the end of a block is its end, one in an empty block is a line of its own.
    """
    run = breaks[0].replace(" ", "")
    if _PARAGRAPH in run:
        return "\n\n"
    return "\n" * min(run.count("\n") + run.startswith(_LINE), 2)


@attrs.define
class _Scanner:
    """Finds the tags in HTML; what it once looked for in vain it does not look for again."""

    source: str
    comments_end: bool = attrs.field(init=False, default=True)
    quotes_end: bool = attrs.field(init=False, default=True)

    def tokens(self) -> Iterator[tuple[str, str]]:
        """Tags as `("p", "")` and `("/p", "")`, and text between them as `("", "…")`."""
        here = 0
        while markup := _MARKUP.search(self.source, here):
            yield "", self.source[here : markup.start()]
            if tag := _TAG.match(self.source, markup.start()):
                name = tag[2].lower()
                yield tag[1] + name, ""
                here = self._behind_tag(tag.end())
                here = here if tag[1] or name not in _HIDDEN else self._behind_content(name, here)
            else:
                here = self._behind_declaration(markup.start())
        yield "", self.source[here:]

    def _behind(self, closing: str, start: int) -> int:
        """The index behind the next such closing; that of the end where there is none."""
        found = self.source.find(closing, start)
        return len(self.source) if found < 0 else found + len(closing)

    def _behind_tag(self, start: int) -> int:
        """The index behind a tag; a `>` within a quoted value does not end it."""
        here = start
        while self.quotes_end:
            stop = _TAG_STOP.search(self.source, here)
            if stop and stop[0] == ">":
                return stop.end()
            here = self.source.find(stop[0][-1], stop.end()) + 1 if stop else 0
            self.quotes_end = here > 0
        return self._behind(">", start)

    def _behind_content(self, name: str, start: int) -> int:
        """The index of the closing tag of an element that is not shown."""
        closing = re.compile(rf"</{name}(?![a-z0-9])", re.IGNORECASE).search(self.source, start)
        return closing.start() if closing else len(self.source)

    def _behind_declaration(self, angle: int) -> int:
        """The index behind a comment, a doctype, or what a mail program hides from others."""
        if self.comments_end and self.source.startswith("<!--", angle):
            end = self.source.find("-->", angle + 2)
            self.comments_end = end >= 0
            if end >= 0:
                return end + 3
        return self._behind(">", angle)
