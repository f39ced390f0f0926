import pytest

from ticketcore.channels.email.defects import Defects
from ticketcore.channels.email.mime import Splitter


def split(data, *, max_depth=10, max_parts=100):
    """The parts of a mail, and complaints."""
    defects = Defects(50)
    root = Splitter(data, max_depth, max_parts, 10_000, defects).part(0, len(data))
    return root, defects.sentences


def shape(part):
    """A part as a nested list of what it and its parts hold."""
    if part.media_type.startswith("multipart/"):
        return [shape(each) for each in part.parts]
    return part.content(Defects(0)).decode()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_parts_stand_between_boundaries(end):
    """What comes before the first and after the last boundary is no part; the line break before one is no text."""
    data = "Content-Type: multipart/mixed; boundary=b\n\nbefore\n--b\n\nOne\n\n--b \nA: b\n\nTwo\n--bb\n--b--\nafter\n"

    root, defects = split(data.replace("\n", end).encode())
    assert shape(root) == [f"One{end}", f"Two{end}--bb"]
    assert defects == []


def test_parts_within_parts():
    """A boundary that begins like another one is another one."""
    data = (
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=b_1\n\n"
        b"--b_1\n\nOne\n--b_1\n\nTwo\n--b_1--\n--b\n\nThree\n--b--"
    )

    assert shape(split(data)[0]) == [["One", "Two"], "Three"]


@pytest.mark.parametrize(
    ("data", "parts", "defect"),
    [
        (b"--b\n\nOne\n--b\n\nTwo", ["One", "Two"], "The last boundary is missing."),
        (b"--b\n\nOne\n--b-\n", ["One"], None),
        (b"--b\n\nOne\n--b-\n--b--\n", ["One\n--b-"], None),
        (b"--b\n\nOne\n--b\n\n--b--\n", ["One"], None),
        (b"--x=1\nContent-Type: text/plain\n\nOne\n--x=1--\n", ["One"], "is not the one that the mail names"),
        (b"", [], None),
        (b"Just text\n", "Just text\n", "no boundaries between its parts"),
    ],
)
def test_broken_boundaries(data, parts, defect):
    """Parts are found, or the whole is read as text."""
    root, defects = split(b"Content-Type: multipart/mixed; boundary=b\n\n" + data)

    assert shape(root) == parts
    assert [defect in each for each in defects] == ([True] if defect else [])


def test_parts_of_a_digest_are_mails():
    """Without a type of their own, the parts of a digest are mails."""
    root, _ = split(b"Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: a\n\n--b--\n")

    assert [part.media_type for part in root.parts] == ["message/rfc822"]


def test_what_is_too_deep_stays_in_one_piece():
    """Nothing is lost at the limit: it is only not taken apart."""
    inner = b"Content-Type: multipart/mixed; boundary=c\n\n--c\n\nOne\n--c--"
    root, defects = split(b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" + inner + b"\n--b--\n", max_depth=1)

    assert [part.media_type for part in root.parts] == ["application/octet-stream"]
    assert shape(root) == ["--c\n\nOne\n--c--"]
    assert defects == ["Parts nested deeper than 1 stayed in one piece."]


def test_too_many_parts_are_left_out():
    """The first ones are read; the mail itself counts."""
    root, defects = split(
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nOne\n" * 5 + b"--b--", max_parts=3
    )

    assert shape(root) == ["One", "One"]
    assert defects == ["There are more than 3 parts; the last ones were left out."]


@pytest.mark.parametrize(
    ("encoding", "body", "content"),
    [
        ("7bit", "a=41", "a=41"),
        ("", "a=41", "a=41"),
        ("quoted-printable", "a=41=\nb", "aAb"),
        ("Quoted Printable;", "a=41", "aA"),
        ("BASE64", "SGVsbG8=\n", "Hello"),
        ("base64", "SGVsbG8=\n\n-- \nSent with love", "Hello"),
        ("base64", "Dear all,\nhello", "Dear all,\nhello"),
        ("text/html", "a=41", "a=41"),
    ],
)
def test_transfer_encodings_as_they_come(encoding, body, content):
    """An encoding is known in every spelling; a text that is not encoded as it says is read as it is."""
    root, defects = split(f"Content-Transfer-Encoding: {encoding}\n\n{body}".encode())

    assert root.content(Defects(5)).decode(errors="replace").startswith(content)
    assert defects == []


@pytest.mark.parametrize(
    ("content_type", "media_type"),
    [
        ("Text/HTML", "text/html"),
        ("text/plain (a comment); charset=utf-8", "text/plain"),
        ("text", "text/plain"),
        ("", "text/plain"),
        ("application/vnd.ms-excel.sheet+x; a", "application/vnd.ms-excel.sheet+x"),
    ],
)
def test_media_types_as_they_come(content_type, media_type):
    """What is no media type is text."""
    assert split(f"Content-Type: {content_type}\n\n".encode())[0].media_type == media_type
