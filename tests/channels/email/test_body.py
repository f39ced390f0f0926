import pytest

from ticketcore.channels.email.reading import MailLimits, read_mail
from ticketcore.model.attachments import UPLOAD_LIMIT


def multipart(kind, *parts):
    """A mail, or a part of one, with these parts; each is a media type or header lines, and a text."""
    boundary = f"b{len(str(parts))}"
    heads = [part if "\n" in part else f"Content-Type: {part}\n" for part, _ in parts]
    inner = "".join(f"--{boundary}\n{head}\n{text}\n" for head, (_, text) in zip(heads, parts, strict=True))
    return f"Content-Type: multipart/{kind}; boundary={boundary}\n", f"{inner}--{boundary}--\n"


def read(head, text, **limits):
    """The mail with this head and body."""
    return read_mail(f"{head}\n{text}".encode(), limits=MailLimits(**limits))


def names(mail):
    """The names of its attachments."""
    return [attachment.name for attachment in mail.attachments]


def test_of_alternatives_the_plain_one_is_the_text():
    """The HTML stays beside it as it came."""
    mail = read(*multipart("alternative", ("text/plain", "Plain"), ("text/html", "<p>Rich")))

    assert (mail.text, mail.html, names(mail)) == ("Plain", "<p>Rich", [])


def test_an_empty_alternative_does_not_count():
    """Where the plain alternative is blank, the text comes from the HTML."""
    mail = read(*multipart("alternative", ("text/plain", " \n"), ("text/html", "<p>Rich")))

    assert (mail.text, mail.html) == ("Rich", "<p>Rich")


def test_html_alone_has_a_text():
    """A mail in HTML alone is read as it looks."""
    mail = read("Content-Type: text/html\n", "<style>p {}</style><p>Hello,<br>you</p>")

    assert (mail.text, mail.html) == ("Hello,\nyou", "<style>p {}</style><p>Hello,<br>you</p>")


def test_a_mail_without_html_has_none():
    """No HTML is None, not empty."""
    assert read("", "Hello").html is None


def test_texts_one_after_the_other_are_the_text():
    """As mailing lists do it, with a footer behind the alternatives; what came as plain text alone is in no HTML."""
    inner = multipart("alternative", ("text/plain", "Plain"), ("text/html", "<p>Rich"))
    mail = read(*multipart("mixed", inner, ("text/plain", "Footer"), ("text/html", "<p>More")))

    assert (mail.text, mail.html) == ("Plain\n\nFooter\n\nMore", "<p>Rich\n<p>More")


def test_pictures_within_html_are_attached():
    """What HTML shows in its text is there for those who read the text."""
    picture = ("Content-Type: image/png\nContent-ID: <1>\nContent-Disposition: inline\n", "x")
    mail = read(*multipart("related", ("text/html", "<img src=cid:1>Look"), picture))

    assert (mail.text, names(mail)) == ("Look", ["attachment.png"])


@pytest.mark.parametrize(
    ("head", "is_file"),
    [
        ("Content-Type: text/plain\n", False),
        ("Content-Type: text/plain\nContent-Disposition: inline\n", False),
        ("Content-Type: text/plain; name=x.txt\nContent-Disposition: inline\n", False),
        ("Content-Type: text/plain; name=x.txt\n", True),
        ("Content-Type: text/plain; name*=utf-8''x.txt\n", True),
        ("Content-Type: text/plain\nContent-Disposition: attachment\n", True),
        ("Content-Type: text/plain\nContent-Disposition: inline; filename=x.txt\n", True),
        ("Content-Type: text/plain\nContent-Disposition: inline; filename*=utf-8''x.txt\n", True),
        ("Content-Type: text/calendar\n", True),
        ("Content-Type: text/plain\nContent-Disposition: =?utf-8?Q?invalid?=\n", False),
    ],
)
def test_texts_and_files(head, is_file):
    """A text is a file when it has a name to be saved under or says so."""
    mail = read(*multipart("mixed", ("text/plain", "Hello"), (head, "more")))

    assert bool(mail.attachments) is is_file
    assert mail.text == ("Hello" if is_file else "Hello\n\nmore")


@pytest.mark.parametrize(
    ("head", "text", "name"),
    [
        ("Content-Type: message/rfc822\n", "Subject: Your order 1/2\n\nHi", "Your order 1-2.eml"),
        ("Content-Type: message/rfc822; name=Fwd\n", "Subject: a\n\n", "Fwd.eml"),
        ("Content-Type: message/rfc822; name=Fwd.eml\n", "Subject: a\n\n", "Fwd.eml"),
        ("Content-Type: message/rfc822\n", "From: a\n\n", "message.eml"),
        ("Content-Type: image/png\nContent-Location: https://example.org/a/b.png?c/d\n", "", "b.png"),
        ("Content-Type: text/rfc822-headers\n", "Subject: a", "headers.txt"),
    ],
)
def test_files_without_names_get_one(head, text, name):
    """A forwarded mail is called by its subject, other files by their place or type."""
    mail = read(*multipart("mixed", (head, text)))

    assert names(mail) == [name]


def test_a_forwarded_mail_is_not_taken_apart():
    """What somebody else wrote is not the text of this mail, and its files are not this one's."""
    inner = "\n".join(multipart("mixed", ("text/plain", "Inner"), ("application/pdf; name=x.pdf", "pdf")))
    mail = read(*multipart("mixed", ("text/plain", "Outer"), ("Content-Type: message/rfc822; name=Fwd\n", inner)))

    assert (mail.text, names(mail)) == ("Outer", ["Fwd.eml"])
    assert mail.attachments[0].content == inner.encode()


def test_html_says_what_charset_it_is_in():
    """Where the header says nothing, the HTML's own word counts."""
    data = '<meta http-equiv="Content-Type" content="text/html; charset=windows-1253"><p>Τιμολόγιο'.encode("cp1253")

    assert read_mail(b"Content-Type: text/html\n\n" + data).text == "Τιμολόγιο"


def test_an_attachment_too_large_for_a_record_is_left_out():
    """A host may take larger mails than files; then the text is read all the same."""
    head, text = multipart("mixed", ("text/plain", "Hello"), ("application/pdf; name=x.pdf", "x" * (UPLOAD_LIMIT + 1)))
    mail = read(head, text, max_bytes=2 * UPLOAD_LIMIT)

    assert (mail.text, mail.attachments) == ("Hello", ())
    assert "The attachment 'x.pdf' is too large and was left out." in mail.defects
