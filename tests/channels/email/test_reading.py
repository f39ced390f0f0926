import tomllib
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketcore.channels.email.reading import MailLimits, read_mail
from ticketcore.errors import InvalidInput
from ticketcore.model.mail import Mail, MailAddress, MailKind

FOLDER = Path(__file__).parents[2] / "data" / "mail"
MAILS = {path.name: path.read_bytes() for path in sorted(FOLDER.glob("*.eml"))}
EXPECTED = tomllib.loads((Path(__file__).parent / "expected_mail.toml").read_text(encoding="utf-8"))
KINDS = {"bounce": MailKind.BOUNCE, "auto_reply": MailKind.AUTO_REPLY}


def mail_of(*lines):
    """A mail with these header lines."""
    return read_mail("\r\n".join([*lines, "", "Hello"]).encode())


def sender_of(mail):
    """The address and the name of who says to have written it."""
    return (mail.sender.key, mail.sender.name) if mail.sender else (None, None)


# Mails from the wild.


def test_every_mail_is_expected():
    """For each mail it is written down what it should become, in the order in which they come."""
    assert list(EXPECTED) == list(MAILS)


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_from_the_wild_is_read_as_expected(name):
    """Its kind, sender, subject, text and attachments are what a person reads in it."""
    expected, mail = EXPECTED[name], read_mail(MAILS[name])

    assert mail.kind is KINDS.get(expected["outcome"], MailKind.PERSONAL)
    assert (mail.sender.address if mail.sender else None) == expected.get("sender")
    assert mail.subject == expected["subject"]
    assert [attachment.name for attachment in mail.attachments] == expected.get("attachments", [])
    assert expected["phrase"] in mail.text
    assert bool(expected["phrase"]) == bool(mail.text)
    assert mail.original == MAILS[name]


def test_mails_that_belong_together_say_so():
    """A duplicate has Message-ID and sender of the mail that it repeats; a reply refers to the one that it answers."""
    for name, expected in EXPECTED.items():
        if "of" not in expected:
            continue
        mail, other = read_mail(MAILS[name]), read_mail(MAILS[expected["of"]])
        if expected["outcome"] == "duplicate":
            assert (mail.message_id, sender_of(mail)[0]) == (other.message_id, sender_of(other)[0])
        else:
            assert other.message_id in mail.references


def test_no_other_mails_belong_together():
    """What is expected to be a ticket neither repeats nor answers a mail that came before."""
    seen: set[tuple[str | None, str | None]] = set()
    for name, expected in EXPECTED.items():
        mail = read_mail(MAILS[name])
        identity = (mail.message_id, sender_of(mail)[0])
        if expected["outcome"] == "ticket":
            assert mail.message_id is None or identity not in seen
            assert not {id for id, _ in seen} & {*mail.references, *mail.in_reply_to}
        seen.add(identity)


def test_the_way_to_the_mailbox_is_read():
    """The addresses that servers wrote down are known beside those that the sender wrote."""
    mail = read_mail(MAILS["plain_raw_email_with_bad_date.eml"])

    assert [address.address for address in mail.to] == ["sydney@xxxxxxxx.xxx"]
    assert [address.address for address in mail.delivered_to] == ["external@xxx.xxxxxxxx.xxx.xx"]


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("rfc2822__example01.eml", datetime(1997, 11, 21, 15, 55, 6, tzinfo=UTC)),
        ("rfc2822__example13.eml", datetime(1997, 11, 21, 15, 55, 6, tzinfo=UTC)),  # with a comment within
        ("error_trademark_character_in_subject.eml", datetime(2010, 10, 12, 16, 21, 5, tzinfo=UTC)),  # zone H0500
        ("error_bad_date_header.eml", None),
        ("plain_raw_email_with_bad_date.eml", None),
        ("plain_raw_email_bad_time.eml", None),  # the year 3609
        ("error_multiple_invalid_content_dispositions.eml", None),
    ],
)
def test_dates_from_the_wild(name, date):
    """A date is a point in time, or none where it is broken; then the mail says so."""
    mail = read_mail(MAILS[name])

    assert mail.sent_at == date
    assert (b"\ndate:" in MAILS[name].lower() and date is None) <= any("date" in defect for defect in mail.defects)


def test_mail_marked_as_spam_on_its_way():
    """A server's verdict is read, and nothing else that has spam in its name."""
    marked = {name for name, data in MAILS.items() if read_mail(data).marked_spam}

    assert marked == {"error_empty_group_lists.eml", "plain_raw_email_bad_time.eml"}


def test_a_good_mail_has_no_defects():
    """Nothing is complained of where nothing is wrong."""
    for name in ("plain_basic_email.eml", "multi_charset__japanese_iso_2022.eml", "standard_replies__android.eml"):
        assert read_mail(MAILS[name]).defects == ()


# What a mail says.


def test_the_headers_of_a_reply():
    """Ids are read without brackets, in order, each once."""
    mail = mail_of("In-Reply-To: Your mail <b@x>", "References: <a@x> <b@x>\r\n\t<a@x>", "Message-ID: <c@x>")

    assert (mail.message_id, mail.in_reply_to, mail.references) == ("c@x", ("b@x",), ("a@x", "b@x"))


def test_the_sender_stands_in_for_a_missing_author():
    """Where From names nobody, the one who sent the mail for the author counts."""
    assert mail_of("From: nobody", "Sender: Eva <eva@example.org>").sender == MailAddress("Eva", "eva@example.org")


def test_of_several_authors_the_first_counts():
    """A ticket has one author; that there were more is told."""
    mail = mail_of("From: a@example.org, b@example.org")

    assert mail.sender == MailAddress("", "a@example.org")
    assert "several addresses" in mail.defects[0]


def test_a_name_is_no_address():
    """Whatever somebody writes for a name, encoded or not, the address is the one in brackets."""
    for name in ('"ceo@bank.example"', "=?utf-8?q?ceo=40bank=2Eexample=2C?=", "ceo@bank.example", "(ceo@bank.example)"):
        assert sender_of(mail_of(f"From: {name} <mallory@evil.example>"))[0] == "mallory@evil.example"


def test_no_header_holds_a_line_break():
    """A line break that is encoded in a header is a blank once it is decoded."""
    mail = mail_of("Subject: =?utf-8?q?Hello=0D=0ABcc:_x=40y.example?=", "From: =?utf-8?q?A=0AB?= <a@x.example>")

    assert mail.subject == "Hello Bcc: x@y.example"
    assert mail.sender == MailAddress("A B", "a@x.example")


def test_the_language_is_the_first_one_named():
    """A mail in several languages counts as one in the first; nonsense is none."""
    assert mail_of("Content-Language: sl-SI, en").language == "sl-SI"
    assert mail_of("Content-Language: ???").language is None


def test_raw_headers_are_in_the_charset_of_the_text():
    """Old web forms encode no headers; what they are in is known from the text."""
    data = "From: Ελένη <eleni@example.org>\nSubject: Τιμολόγιο\nContent-Type: text/plain; charset=iso-8859-7\n\nΓεια"
    mail = read_mail(data.encode("iso-8859-7"))

    assert (sender_of(mail)[1], mail.subject, mail.text) == ("Ελένη", "Τιμολόγιο", "Γεια")


def test_a_mail_may_end_its_lines_in_any_way():
    """Line feeds, carriage returns, or both: the mail is the same."""
    lines = ["Subject: Hello", "", "One", "Two"]
    mails = [read_mail(end.join(lines).encode()) for end in ("\r\n", "\n", "\r")]

    assert {(mail.subject, mail.text) for mail in mails} == {("Hello", "One\nTwo")}


def test_what_stands_before_a_mail_is_skipped():
    """Neither a byte order mark nor empty lines nor the line of an mbox hide the header lines."""
    for before in ("\ufeff", "\r\n\r\n", "From mia@example.org Sun Nov 22 05:23:00 2026\n"):
        assert read_mail(f"{before}Subject: Hello\n\nText".encode()).subject == "Hello"


def test_nothing_is_a_mail():
    """No bytes at all are a mail without anything in it."""
    assert read_mail(b"").text == ""


# Limits.


def test_a_mail_that_is_too_large_is_refused():
    """One byte more than allowed is refused, and the error says both sizes."""
    limits = MailLimits(max_bytes=10)
    assert read_mail(b"x" * 10, limits=limits).text == "x" * 10

    with pytest.raises(InvalidInput, match="a mail of at most 10 bytes, got 11 bytes"):
        read_mail(b"x" * 11, limits=limits)


def test_limits_are_checked():
    """All limits that make no sense are named at once."""
    with pytest.raises(InvalidInput) as refused:
        MailLimits(max_bytes=0, max_depth=-1, max_text="many")  # type: ignore[arg-type]

    assert [fault.path for fault in refused.value.faults] == ["max_bytes", "max_depth", "max_text"]


@pytest.mark.parametrize(
    ("limits", "data", "seen", "defect"),
    [
        ({"max_subject": 3}, "Subject: Hello\n\n", lambda mail: mail.subject == "Hel", "first 3 characters"),
        ({"max_text": 3}, "Subject: a\n\nHello", lambda mail: mail.text == "Hel", "first 3 characters"),
        (
            {"max_html": 8},
            "Content-Type: text/html\n\n<p>Hello, you",
            lambda mail: (mail.html, mail.text) == ("<p>Hello", "Hello"),
            "more HTML",
        ),
        ({"max_addresses": 1}, "To: a@b.c, d@e.f\n\n", lambda mail: len(mail.to) == 1, "first 1 addresses"),
        (
            {"max_references": 2},
            "References: <a@x> <b@x> <c@x>\n\n",
            lambda mail: mail.references == ("a@x", "c@x"),
            "ids in the header References",
        ),
        ({"max_id": 5}, "Message-ID: <123456@x>\n\n", lambda mail: mail.message_id is None, "Message-ID were left out"),
        (
            {"max_head": 1_000},
            f"Subject: a\nX: {'x' * 2_000}\nSubject: b\n\nText",
            lambda mail: (mail.subject, mail.text) == ("a", "Text"),
            "too many header lines",
        ),
    ],
)
def test_what_is_beyond_a_limit_is_left_out_and_told(limits, data, seen, defect):
    """A mail beyond a limit is read up to it, and says so."""
    mail = read_mail(data.encode(), limits=MailLimits(**limits))

    assert seen(mail)
    assert any(defect in each for each in mail.defects)


def test_defects_are_bounded():
    """Of very many defects some are told and the others counted."""
    mail = read_mail(b"To: a, b, c, d, e\n\n", limits=MailLimits(max_defects=2))

    assert len(mail.defects) == 3
    assert mail.defects[-1] == "There were 4 more defects."


# For all bytes.

header_lines = st.sampled_from([
    b"From: Mia <mia@example.org>", b"Subject: =?utf-8?b?w6k=?= =?x?q?=?=", b"References: <<a@b>", b" folded", b"",
    b"Date: Mon, 99 Jan 0000 99:99:99 +9999", b"Content-Disposition: attachment; filename*0*=utf-8''%C3",
    b"Content-Type: multipart/mixed; boundary=b", b"Content-Type: multipart/report; boundary=b", b"--b", b"--b--",
    b"Content-Type: message/delivery-status", b"Content-Type: message/rfc822", b"From: mailer-daemon@x",
    b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: quoted-printable",
    b"Content-Type: text/html; charset=utf-7", b"Final-Recipient: rfc822; a@b", b"<p>&#0;<b", b"=C3=A9=", b"w6k=",
    b"\xff\xfe", "e\u0301\u202e\u2028\x85".encode(),
])  # fmt: skip
made_up = st.lists(header_lines | st.binary(max_size=20), max_size=30).map(b"\r\n".join)


@st.composite
def mutated(draw):
    """A mail from the wild with some of its bytes cut out, doubled, or replaced by those of another one."""
    data = draw(st.sampled_from(list(MAILS.values())))
    for _ in range(draw(st.integers(1, 4))):
        start, end = sorted(draw(st.tuples(*[st.integers(0, len(data))] * 2)))
        other = draw(st.sampled_from(list(MAILS.values())) | st.binary(max_size=8))
        piece = draw(st.sampled_from([b"", data[start:end] * 2, other[start:end], other[:8], b"\r", b"\n\n", b"\x00"]))
        data = data[:start] + piece + data[end:]
    return data


any_mail = st.binary(max_size=500) | made_up | mutated()


def lines_of(mail):
    """Every text of one line in a mail."""
    addresses = [*mail.to, *mail.cc, *mail.delivered_to, *mail.reply_to, *mail.failed_recipients]
    addresses += [mail.sender] if mail.sender else []
    optional = [mail.message_id, mail.language, mail.returned_message_id]
    files = [text for each in mail.attachments for text in (each.name, each.media_type)]
    people = [text for each in addresses for text in (each.name, each.address)]
    ids = [*mail.in_reply_to, *mail.references, *filter(None, optional)]
    return [mail.subject, *ids, *people, *files, *mail.defects]


@given(any_mail)
def test_all_bytes_are_a_mail(data):
    """No bytes within the limits raise, the result depends on nothing else, and the original is kept."""
    mail = read_mail(data)

    assert mail == read_mail(data)
    assert mail.original == data


@given(any_mail)
def test_nothing_unfit_leaves(data):
    """Texts are in NFC and can be stored; only line breaks and tabs of all control characters are in them."""
    mail = read_mail(data)

    for line in lines_of(mail):
        assert not any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in line)
        assert unicodedata.is_normalized("NFC", line)
    for text in (mail.text, mail.html or ""):
        assert not any(unicodedata.category(each) in {"Cc", "Cs"} for each in text.replace("\n", "").replace("\t", ""))
        assert unicodedata.is_normalized("NFC", text)


@given(any_mail, st.integers(1, 20))
def test_limits_hold(data, limit):
    """Whatever comes, nothing is longer or more than the limits say."""
    mail = read_mail(
        data,
        limits=MailLimits(
            max_depth=limit, max_parts=limit, max_addresses=limit, max_references=limit, max_id=limit,
            max_subject=limit, max_text=limit, max_html=limit, max_defects=limit,
        ),
    )  # fmt: skip

    lists = [mail.to, mail.cc, mail.delivered_to, mail.reply_to, mail.references, mail.in_reply_to, mail.attachments]
    assert all(len(each) <= limit for each in [*lists, mail.subject, mail.text, mail.html or "", mail.message_id or ""])
    assert len(mail.defects) <= limit + 1


def test_every_text_of_a_mail_is_looked_at():
    """No field was added that the test of fit texts does not know."""
    of_one_line = {
        "message_id", "in_reply_to", "references", "sender", "to", "cc", "delivered_to", "reply_to", "subject",
        "attachments", "language", "failed_recipients", "returned_message_id", "defects",
    }  # fmt: skip
    others = {"original", "sent_at", "text", "html", "kind", "marked_spam"}
    assert {field.name for field in attrs.fields(Mail)} == of_one_line | others
