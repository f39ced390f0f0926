import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import pytest

from ticketcore.errors import InvalidInput
from ticketcore.model.mail import Mail, MailAddress, MailKind


def test_two_spellings_of_an_address_have_one_key():
    """Neither case nor the form of an accented letter tells two addresses apart."""
    composed = MailAddress("Jo", "JÖRG@Example.org")
    decomposed = MailAddress("", unicodedata.normalize("NFD", "jörg@example.ORG"))

    assert composed.key == decomposed.key
    assert composed.key == MailAddress("", composed.key).key


@pytest.mark.parametrize(
    "address", ["", "mia", "mia@", "@example.org", "mia @example.org", "mia@example.org\r\nBcc: x@y.z"]
)
def test_what_mail_cannot_be_sent_to_is_no_address(address):
    """An address has two halves and no blanks; nothing can be smuggled in behind it."""
    with pytest.raises(InvalidInput) as refused:
        MailAddress("Mia", address)

    assert [fault.path for fault in refused.value.faults] == ["address"]


def test_a_mail_is_personal_unless_said_otherwise():
    """Nothing but the original is needed for a mail, and then a person wrote it."""
    mail = Mail(original=b"hello")

    assert mail.kind is MailKind.PERSONAL
    assert mail.sender is None
    assert mail.text == ""


def test_the_digest_is_that_of_the_original():
    """The digest is the SHA-256 of all bytes."""
    assert Mail(original=b"").digest == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert Mail(original=b"a").digest != Mail(original=b"b").digest


def test_all_faults_of_a_mail_are_listed():
    """A mail that is built wrong names everything that is wrong with it."""
    elsewhere = datetime(2026, 11, 22, tzinfo=timezone(timedelta(hours=1)))
    with pytest.raises(InvalidInput) as refused:
        Mail(
            original="text",  # type: ignore[arg-type]
            subject="two\nlines",
            sent_at=elsewhere,
            text="\x00",
            references=("a", ""),
            defects="a",  # type: ignore[arg-type]
        )

    paths = [fault.path for fault in refused.value.faults]
    assert paths == ["original", "references[1]", "subject", "sent_at", "text", "defects"]


def test_the_time_of_sending_is_in_utc():
    """A time in UTC passes, one without a zone does not."""
    now = datetime(2026, 11, 22, 5, 23, tzinfo=UTC)
    assert Mail(original=b"", sent_at=now).sent_at == now

    with pytest.raises(InvalidInput, match="sent_at"):
        Mail(original=b"", sent_at=now.replace(tzinfo=None))


def test_a_mail_shows_itself_in_a_line():
    """What stands in a log is short, however large the mail is."""
    mail = Mail(original=b"x" * 10_000, message_id="1@a", subject="Hello", sender=MailAddress("Mia", "mia@example.org"))

    assert repr(mail) == "<Mail '1@a' from 'mia@example.org', 'Hello', 10000 bytes>"
