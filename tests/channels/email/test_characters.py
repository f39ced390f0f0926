import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketcore.channels.email.characters import clean_line, clean_text, decoded
from ticketcore.channels.email.defects import Defects


def read(data, charset):
    """The text, and what was complained of."""
    defects = Defects(50)
    return decoded(data, charset, defects, of="the text"), defects.sentences


@pytest.mark.parametrize(
    ("text", "encoding", "charset"),
    [
        ("Καλημέρα", "iso-8859-7", "ISO-8859-7"),
        ("Καλημέρα", "cp1253", "windows-1253"),
        ("Živjo, šef, čaj", "cp1250", "Windows-1250"),
        ("Živjo, šef, čaj", "iso-8859-2", "iso_8859-2"),
        ("Привет", "koi8-r", "KOI8-R"),
        ("Grüße", "latin-1", "iso-8859-1"),
        ("“Grüße” – 5 €", "cp1252", "ISO-8859-1"),  # what is called latin-1 in mail
        ("すみません。", "iso-2022-jp", "iso-2022-jp"),
        ("すみません。", "shift_jis", "Shift_JIS"),
        ("スティ해", "utf-16", "UTF-16"),
        ("스티해", "euc-kr", "ks_c_5601-1987"),
        ("繁體中文", "big5", "big5"),
        ("简体中文", "gb2312", "gb2312"),
        ("简体中文", "hz", "hz-gb-2312"),
        ("Grüße", "utf-8", None),
        ("Grüße", "utf-8", "utf8"),
        ("Grüße", "utf-7", "utf-7"),
        ("Hello", "ascii", "us-ascii"),
    ],
)
def test_a_declared_charset_is_believed(text, encoding, charset):
    """Text in the charset that it declares is read without a complaint."""
    assert read(text.encode(encoding), charset) == (text, [])


@pytest.mark.parametrize(
    ("data", "charset", "text", "complaint"),
    [
        ("Envoyé".encode(), "X-UNKNOWN", "Envoyé", "unknown; it was guessed"),
        ("Envoyé".encode(), "iso-8859-15", "Envoyé", "is not 'iso-8859-15', as it says, but UTF-8"),
        ("Envoyé".encode("latin-1"), "us-ascii", "Envoyé", "read as windows-1252"),
        ("Envoyé".encode("latin-1"), "utf-8", "Envoyé", "read as windows-1252"),
        ("Envoyé".encode("latin-1"), None, "Envoyé", "read as windows-1252"),
        ("Envoyé".encode() + b"\xe9", "utf-8", "Envoyé\ufffd", "not UTF-8; they were replaced"),
        ("简体中文".encode("gb2312")[:-1], "gb2312", "简体中\ufffd", "not in its charset, gb18030"),
        ("简体中文".encode("gb2312"), "base64", "¼òÌåÖÐÎÄ", "unknown; it was guessed"),
        (b"\xe9\xff", "iso-8859-7", "ι\ufffd", "not in its charset, iso8859_7"),
    ],
)
def test_a_wrong_charset_is_made_up_for(data, charset, text, complaint):
    """Bytes that are not what they are said to be are read as what they most likely are."""
    found, defects = read(data, charset)

    assert found == text
    assert complaint in defects[0]


def test_every_byte_has_a_character():
    """Where windows-1252 has no character for a byte, iso-8859-1 has one."""
    assert read(b"\x81\xe9", "iso-8859-1")[0] == "\x81é"
    assert read(b"\x81\xe9", None)[0] == "\x81é"


@given(st.binary(max_size=50), st.none() | st.text(max_size=10) | st.sampled_from(["utf-7", "gb2312", "hz", "idna"]))
def test_all_bytes_are_text_in_all_charsets(data, charset):
    """No bytes and no name of a charset raise."""
    assert isinstance(read(data, charset)[0], str)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\tb", "a\tb"),
        ("\ufeff\n\n  a  \n\n", "  a"),
        ("a\x00b\x1bc\x7fd\x9fe", "abcde"),
        ("a\u2028b\x0cc\x85d", "a\nb\nc\nd"),
        ("a\ud800b", "a\ufffdb"),
        ("e\u0301", "é"),
        ("🎉 \u200f עברית", "🎉 \u200f עברית"),
    ],
)
def test_text_fit_for_a_record(text, clean):
    """Line breaks are one kind, of other control characters only tabs stay."""
    assert clean_text(text, 100) == clean


@pytest.mark.parametrize(
    ("text", "clean"),
    [("a\r\n\tb", "a b"), ("  a   b ", "a b"), ("a\u2028b\x85c\x00d", "a b c d"), ("\ufeffe\u0301\ud800", "é\ufffd")],
)
def test_a_line_fit_for_a_record(text, clean):
    """One line with single blanks."""
    assert clean_line(text, 100) == clean


@given(st.text(), st.integers(1, 20))
def test_clean_texts_stay_as_they_are(text, limit):
    """What is clean does not change when it is cleaned again; what is longer than allowed is cut."""
    once, line = clean_text(text, limit), clean_line(text, limit)

    assert (clean_text(once, limit), clean_line(line, limit)) == (once, line)
    assert max(len(once), len(line)) <= limit
