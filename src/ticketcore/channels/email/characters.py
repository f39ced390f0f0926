"""
Characters: what text some bytes are, and what of a text may go into a record.

No text makes this slow: Unicode's canonical form is reached in time that grows with the text alone.
"""

import re
from contextlib import suppress

from ticketcore.channels.email.defects import Defects
from ticketcore.errors import shown
from ticketcore.model.texts import canonical

# A charset's names, without the signs in them, under Python's name for the superset of it that mail programs mean.
# Nobody else's names are looked up: some of Python's codecs unpack, evaluate, or take quadratic time.
_SINGLE_BYTE = {
    "cp1250": "cp1250 windows1250 xcp1250",
    "cp1251": "cp1251 windows1251 xcp1251",
    "cp1252": "cp1252 windows1252 xcp1252 iso88591 latin1 l1 ansi",
    "cp1253": "cp1253 windows1253",
    "cp1254": "cp1254 windows1254 iso88599 latin5",
    "cp1255": "cp1255 windows1255",
    "cp1256": "cp1256 windows1256",
    "cp1257": "cp1257 windows1257",
    "cp1258": "cp1258 windows1258",
    "cp437": "cp437 ibm437",
    "cp737": "cp737 ibm737",
    "cp850": "cp850 ibm850",
    "cp852": "cp852 ibm852",
    "cp866": "cp866 ibm866",
    "cp874": "cp874 windows874 tis620 iso885911",
    "iso8859_2": "iso88592 latin2",
    "iso8859_3": "iso88593 latin3",
    "iso8859_4": "iso88594 latin4",
    "iso8859_5": "iso88595 cyrillic",
    "iso8859_6": "iso88596 arabic",
    "iso8859_7": "iso88597 greek greek8",
    "iso8859_8": "iso88598 iso88598i iso88598e hebrew",
    "iso8859_10": "iso885910 latin6",
    "iso8859_13": "iso885913 latin7",
    "iso8859_14": "iso885914 latin8",
    "iso8859_15": "iso885915 latin9",
    "iso8859_16": "iso885916 latin10",
    "koi8_r": "koi8r koi8",
    "koi8_u": "koi8u koi8ru",
    "mac_roman": "macintosh macroman xmacroman",
}
_MULTI_BYTE = {
    "big5hkscs": "big5hkscs",
    "cp932": "cp932 shiftjis sjis xsjis mskanji windows31j",
    "cp949": "cp949 euckr ksc5601 ksc56011987 ksc56011989 korean uhc windows949",
    "cp950": "cp950 big5 xxbig5 cnbig5",
    "euc_jp": "eucjp xeucjp",
    "gb18030": "gb18030 gb2312 gb231280 gbk cp936 xgbk euccn",
    "hz": "hz hzgb2312",
    "iso2022_jp_ext": "iso2022jp iso2022jp1 iso2022jp2 iso2022jp3 iso2022jpext",
    "iso2022_kr": "iso2022kr",
    "utf_16": "utf16",
    "utf_16_be": "utf16be",
    "utf_16_le": "utf16le",
    "utf_32": "utf32",
    "utf_7": "utf7 unicode11utf7",
}
_PLAIN = {"utf_8": "utf8 unicode utf8mb4 usascii ascii ansix341968 iso646us us"}


def _by_name(*tables: dict[str, str]) -> dict[str, str]:
    return {name: codec for table in tables for codec, names in table.items() for name in names.split()}


_CODECS = _by_name(_SINGLE_BYTE, _MULTI_BYTE, _PLAIN)
_ASCII_BYTES = bytes(range(128))


def decoded(data: bytes, charset: str | None, defects: Defects, *, of: str) -> str:
    """
    The text that bytes stand for; every byte sequence stands for some.

    * A charset of several bytes a character, or one with a state, is believed.
    * Else what is valid UTF-8 is UTF-8, whatever is declared: other text hardly ever looks like it.
    * Else the declared charset is believed; `iso-8859-1` means `windows-1252`, as it does in mail.
    * Else, what would be UTF-8 but for a few bytes is UTF-8, and the rest is `windows-1252`, or `iso-8859-1` where that
      has no character for a byte.

    Args:
        data: The bytes.
        charset: What the mail says they are in; None where it says nothing.
        defects: Is told where this is not what the mail says.
        of: What is read, for the defects: `"the text"`.

    Returns:
        Raw text: it may hold any characters.
    """
    codec = _CODECS.get(re.sub(r"[^a-z0-9]", "", charset[:80].lower())) if charset else "utf_8"
    if codec is None:
        defects.add(f"The charset {shown(charset)} of {of} is unknown; it was guessed.")
        codec = "utf_8"
    for attempt in (codec, "utf_8") if codec in _MULTI_BYTE else ("utf_8", codec):
        with suppress(UnicodeError):
            text = data.decode(attempt)
            if attempt != codec and not text.isascii():
                defects.add(f"The charset of {of} is not {shown(charset)}, as it says, but UTF-8.")
            return text
    return _guessed(data, defects, of=of) if codec == "utf_8" else _repaired(data, codec, defects, of=of)


def _repaired(data: bytes, codec: str, defects: Defects, *, of: str) -> str:
    """Text in a declared charset, with bytes that are not in it."""
    if codec == "cp1252":
        return data.decode("latin-1")
    defects.add(f"Some bytes of {of} are not in its charset, {codec}; they were replaced.")
    return data.decode(codec, "replace")


def _guessed(data: bytes, defects: Defects, *, of: str) -> str:
    """Text that declares no charset, or UTF-8, and is not in it."""
    text = data.decode("utf_8", "replace")
    if len(data.translate(None, _ASCII_BYTES)) >= 3 * text.count("\ufffd"):  # most characters are good, of two bytes
        defects.add(f"Some bytes of {of} are not UTF-8; they were replaced.")
        return text
    defects.add(f"The bytes of {of} are in no charset that it declares; they were read as windows-1252.")
    with suppress(UnicodeError):
        return data.decode("cp1252")
    return data.decode("latin-1")


_CONTROLS = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))]
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
_LINE_BREAKS = "\v\f\x85\u2028\u2029"
_IN_TEXT = (
    str.maketrans({control: None for control in _CONTROLS if control not in "\n\t"} | dict.fromkeys(_LINE_BREAKS, "\n"))
    | _SURROGATES
)
_IN_LINE = str.maketrans(dict.fromkeys([*_CONTROLS, *_LINE_BREAKS], " ")) | _SURROGATES
_BLANKS = re.compile(" {2,}")


def clean_text(text: str, at_most: int) -> str:
    r"""
    Text of several lines as it may go into a record, in NFC.

    Args:
        text: Any text.
        at_most: How many characters are kept.

    Returns:
        The text without control characters, line breaks (all as `\n`) and tabs excepted, and without empty lines at
        its ends.
    """
    lines = text[: 2 * at_most].removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").translate(_IN_TEXT)
    return canonical(lines)[:at_most].strip("\n").rstrip()


def clean_line(text: str, at_most: int) -> str:
    """
    Text as one line, as it may go into a record, in NFC.

    Args:
        text: Any text.
        at_most: How many characters are kept.

    Returns:
        The text with a blank for every control character and line break, one for several, and none at its ends.
    """
    line = text[: 4 * at_most].removeprefix("\ufeff").translate(_IN_LINE)
    return canonical(_BLANKS.sub(" ", line)).strip()[:at_most].rstrip()
