import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketcore.channels.email.file_names import safe_file_name
from ticketcore.model.attachments import Upload


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("invoice.pdf", "invoice.pdf"),
        ("Račun št. 7.pdf", "Račun št. 7.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\mia\\invoice.pdf", "invoice.pdf"),
        ("folder/", "folder"),
        ("a\x00b\r\n.txt", "a b .txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        (".profile", ".profile"),
        ("name. . ", "name"),
        ("e\u0301.txt", "é.txt"),
    ],
)
def test_names_without_paths_and_tricks(name, safe):
    """A name stays as it is but for what leads elsewhere or misleads the eye."""
    assert safe_file_name(name, "application/pdf") == safe


@pytest.mark.parametrize(
    ("media_type", "name"),
    [
        ("application/pdf", "attachment.pdf"),
        ("image/jpeg", "attachment.jpg"),
        ("message/rfc822", "message.eml"),
        ("application/x-unheard-of", "attachment.bin"),
    ],
)
@pytest.mark.parametrize("none", ["", "..", "/", "\x00", " . ", "../.."])
def test_a_file_without_a_name_is_called_by_its_type(none, media_type, name):
    """Where nothing is left of the name, the type says what to call it."""
    assert safe_file_name(none, media_type) == name


def test_a_long_name_keeps_its_extension():
    """What a file is stays visible when its name is cut."""
    assert safe_file_name("a" * 300 + ".pdf", "application/pdf") == "a" * 196 + ".pdf"
    assert safe_file_name("a." + "b" * 300, "application/pdf") == "a." + "b" * 198


@given(st.text(max_size=300) | st.text(alphabet="./\\ \x00a", max_size=300), st.text(max_size=9))
def test_every_name_can_be_stored(name, media_type):
    """Whatever a mail calls a file, the name is fit for a record."""
    safe = safe_file_name(name, media_type)

    assert Upload(safe, "application/pdf", b"").name == safe
    assert unicodedata.is_normalized("NFC", safe)
    assert safe_file_name(safe, media_type) == safe
