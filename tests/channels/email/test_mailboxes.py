from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketcore.channels.email import MailLimits, read_mail, read_mailbox
from ticketcore.errors import InvalidInput

FOLDER = Path(__file__).parents[2] / "data" / "mail"
SEPARATOR = "From mia@example.org Sun Nov 22 05:23:00 2026\n"


@pytest.fixture
def mbox(tmp_path):
    """Writes an mbox file."""

    def write(content):
        path = tmp_path / "inbox.mbox"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def mails(path, **limits):
    """All mails at a path; their number was known beforehand."""
    mailbox = read_mailbox(path, limits=MailLimits(**limits))
    found = list(mailbox)
    assert len(mailbox) == len(found)
    assert list(mailbox) == found
    return found


def test_a_folder_gives_its_mails_in_order():
    """Files that are no mails are left out."""
    assert mails(FOLDER) == [path.read_bytes() for path in sorted(FOLDER.glob("*.eml"))]


def test_a_single_mail():
    """A file with one mail gives that one, even if it begins like an mbox."""
    path = FOLDER / "plain_raw_email_simple.eml"

    assert mails(path) == [path.read_bytes()]


def test_a_single_mail_under_any_name(tmp_path):
    """A file that begins with a header line is a mail, as in a Maildir."""
    path = tmp_path / "1763788980.M1P2.mx:2,S"
    path.write_bytes(b"Subject: a\n\nHello")

    assert mails(str(path)) == [b"Subject: a\n\nHello"]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_an_mbox_gives_its_mails(mbox, end):
    """Lines between mails and the empty line before them are no part of the mails."""
    content = f"{SEPARATOR}Subject: a\n\nOne\n\n{SEPARATOR}Subject: b\n\nTwo\n\n\n{SEPARATOR}Subject: c\n\n"
    expected = ["Subject: a\n\nOne\n", "Subject: b\n\nTwo\n\n", "Subject: c\n"]

    assert mails(mbox(content.replace("\n", end))) == [mail.replace("\n", end).encode() for mail in expected]


@pytest.mark.parametrize(
    "separator",
    [
        "From mia@example.org Sun Nov 22 05:23:00 2026",
        "From - Sun Nov  2 05:23:00 2026",
        "From MAILER-DAEMON Sun Nov 22 05:23:00 2026 +0100",
        "From mia@example.org Sun, 22 Nov 2026 05:23:00 +0000",
        "From mia@example.org",
        "From -",
    ],
)
def test_lines_between_mails(mbox, separator):
    """Programs write that line in several ways."""
    assert mails(mbox(f"{separator}\nSubject: a\n\nOne\n\n{separator}\nSubject: b\n\n")) == [
        b"Subject: a\n\nOne\n",
        b"Subject: b\n",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "From here on it is downhill.",
        "From mia@example.org we heard nothing.",
        "From 05:23 on we waited until 2026.",
        "* From Hotmail you get the ads as well.",
        ">From > to <",
    ],
)
def test_a_line_of_a_mail_is_not_between_mails(mbox, line):
    """What people write does not cut their mail in two."""
    (mail,) = mails(mbox(f"{SEPARATOR}Subject: a\n\nOne\n\n{line}\nSubject: b\n\nTwo\n"))

    assert mail.endswith(b"Two\n")


def test_only_an_empty_line_ends_a_mail(mbox):
    """A line that looks like the one between mails, in the middle of a text, is text."""
    assert len(mails(mbox(f"{SEPARATOR}Subject: a\n\nOne\n{SEPARATOR}Two\n"))) == 1


def test_escaped_lines_are_restored(mbox):
    """One `>` fewer before `From `, wherever a line begins so."""
    (mail,) = mails(mbox(f"{SEPARATOR}\n>From a\n>>From b\n> From c\n x >From d\n>Fromage\n"))

    assert mail == b"\nFrom a\n>From b\n> From c\n x >From d\n>Fromage\n"


@given(st.lists(st.lists(st.sampled_from(["From a", ">From b", "", "Text", SEPARATOR.strip(), "A: b"]), max_size=6)))
def test_whatever_is_written_to_an_mbox_is_read_from_it(tmp_path_factory, bodies):
    """Mails of any lines come back as they were."""
    written = ["\n".join(["Subject: a", "", *lines, ""]) for lines in bodies]
    escaped = [
        "\n".join(f">{line}" if line.lstrip(">").startswith("From ") else line for line in mail.split("\n"))
        for mail in written
    ]
    path = tmp_path_factory.mktemp("mail") / "inbox.mbox"
    path.write_text("".join(f"{SEPARATOR}{mail}\n" for mail in escaped))

    assert [mail.decode() for mail in mails(path)] == written


def test_an_empty_file_is_an_empty_mailbox(mbox):
    """Nobody wrote yet."""
    assert mails(mbox("")) == []


def test_empty_lines_may_come_before_the_first_mail(mbox):
    """They belong to no mail."""
    assert mails(mbox(f"\n\n{SEPARATOR}Subject: a\n\n")) == [b"Subject: a\n"]


def test_very_long_lines(mbox):
    """A line of any length stays one, and the middle of it is no beginning."""
    body = "x" * 65_536 + "From a\n" + "y" * 65_536 + ">From b\n" + "z" * 200_000
    (mail,) = mails(mbox(f"{SEPARATOR}\n{body}"))

    assert mail.decode() == f"\n{body}"


def test_of_a_mail_that_is_too_large_just_enough_is_given(mbox, tmp_path):
    """`read_mail` refuses it, and the mail after it is read."""
    path = mbox(f"{SEPARATOR}Subject: a\n\n{'x' * 100}\n\n{SEPARATOR}Subject: b\n\nTwo\n")
    limits = MailLimits(max_bytes=50)

    large, small = read_mailbox(path, limits=limits)
    with pytest.raises(InvalidInput, match="at most 50 bytes"):
        read_mail(large, limits=limits)
    assert read_mail(small, limits=limits).text == "Two"
    single = tmp_path / "a.eml"
    single.write_bytes(b"x" * 100)
    assert mails(single, max_bytes=50) == [b"x" * 51]


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda _: None, "does not exist"),
        (lambda path: path.mkdir(), "is a folder without any .eml file"),
        (lambda path: path.write_bytes(b"\x89PNG\r\n"), "begins like neither"),
        (lambda path: path.write_bytes(b"Dear all: hello"), "begins like neither"),
    ],
)
def test_what_is_no_mailbox_is_refused(tmp_path, make, why):
    """The error says what was expected, what is there, and where."""
    path = tmp_path / "thing"
    make(path)

    with pytest.raises(InvalidInput) as refused:
        read_mailbox(path)
    assert "expected an mbox file, a file with one mail, or a folder of .eml files" in str(refused.value)
    assert "thing" in str(refused.value)
    assert why in str(refused.value)


def test_a_file_that_may_not_be_opened_is_refused(tmp_path, monkeypatch):
    """The cause is kept."""
    path = tmp_path / "inbox"
    path.write_bytes(b"From a")

    def closed(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", closed)
    with pytest.raises(InvalidInput, match="Permission denied") as refused:
        read_mailbox(path)
    assert isinstance(refused.value.__cause__, PermissionError)
