from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketcore.channels.email.defects import Defects
from ticketcore.channels.email.headers import decoded_base64, header_text, message_ids, parameters, split_head


def head_of(data):
    """Fields, what follows them, and complaints."""
    defects = Defects(50)
    headers, body = split_head(data, 0, len(data), 10_000, defects)
    return headers.fields, data[body:], defects.sentences


def text_of(value, at_most=100):
    """An unstructured header as text."""
    return header_text(value.encode(), at_most, Defects(50), of="the header Subject")


def test_a_head_ends_at_the_first_empty_line():
    """What comes after it is the body, whatever it looks like."""
    assert head_of(b"A: 1\r\nB:2\r\n\r\nC: 3\r\n") == ((("a", b"1"), ("b", b"2")), b"C: 3\r\n", [])


def test_folded_lines_are_one():
    """A line that begins with a blank continues the one before."""
    assert head_of(b"A: 1\n 2\n\t3\n \n4: 5\n\n")[0] == (("a", b"1 2\t3"), ("4", b"5"))


def test_blanks_before_the_colon_are_allowed():
    """So it was written once (RFC 5322, 4.5)."""
    assert head_of(b"From  : a\n\n")[0] == (("from", b"a"),)


def test_a_stray_line_is_skipped():
    """A line that is no header line hides none that follow, and is told."""
    fields, body, defects = head_of(b"A: 1\nthis is nothing\nSubject: 2\n\nText")

    assert (fields, body) == ((("a", b"1"), ("subject", b"2")), b"Text")
    assert defects == ["A line is no header line and was skipped: 'this is nothing'."]


def test_a_missing_empty_line_is_made_up_for():
    """The text begins where no header lines follow any more."""
    fields, body, defects = head_of(b"A: 1\nDear all,\nHello\n\nSubject: no header\n")

    assert (fields, body) == ((("a", b"1"),), b"Dear all,\nHello\n\nSubject: no header\n")
    assert defects == ["No empty line stands between the header lines and the text."]


def test_text_alone_has_no_head():
    """Without a single header line everything is the body."""
    assert head_of(b"Hello!\n\nSubject: a\n")[:2] == ((), b"Hello!\n\nSubject: a\n")


def test_many_stray_lines_are_the_text():
    """A head does not go on for ever because a well-known word comes late."""
    data = b"A: 1\n" + b"stray\n" * 30 + b"Subject: a\n\n"

    assert head_of(data)[1].startswith(b"stray\n")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Hello", "Hello"),
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?UTF-8?B?R3LDvMOfZQ==?=", "Grüße"),
        ("=?iso-8859-1*de?Q?Gr=FC=DFe_an_alle?=", "Grüße an alle"),
        ("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),  # blanks between encoded words are not meant
        ("=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"),
        ("=?utf-8?q?Gr=C3?= =?utf-8?q?=BC=C3=9Fe?=", "Grüße"),  # a character cut in two
        ("Re:=?utf-8?q?=C3=A9?=!", "Re:é!"),  # without blanks around it
        ("=?utf-8?q?a b?=", "a b"),  # with a blank, which is forbidden
        ("=?koi8-r?B?8NLJ18XU?=", "Привет"),
        ("=?none?B?VEVTVA=?=", "TEST"),
        ("=?utf-8?x?abc?=", "=?utf-8?x?abc?="),
        ("=?utf-8?q?unfinished", "=?utf-8?q?unfinished"),
        ("e\u0301", "é"),
    ],
)
def test_what_a_header_says(value, text):
    """Encoded words are decoded, in whatever shape programs write them."""
    assert text_of(value) == text


def test_a_long_header_is_cut():
    """Of a long header the beginning stays."""
    assert text_of("a" * 20, at_most=5) == "aaaaa"


@given(st.text(max_size=30), st.sampled_from(["utf-8", "utf-16"]))
def test_every_text_survives_an_encoded_word(text, charset):
    """What a header encodes is what is read, blanks and control characters aside."""
    word = f"=?{charset}?b?{b64encode(text.encode(charset)).decode()}?="
    assert text_of(word) == text_of(text)


@pytest.mark.parametrize(
    ("value", "name", "text"),
    [
        ("a/b; name=x.txt", "name", "x.txt"),
        ('a/b; NAME = "x;y \\"z\\".txt" ; other=1', "name", 'x;y "z".txt'),
        ("a/b; name*=utf-8''Gr%C3%BC%C3%9Fe.txt", "name", "Grüße.txt"),
        ("a/b; name*=ISO-8859-1'et'p%E4ring", "name", "päring"),
        ("a/b; name*0*=utf-8''Gr%C3; name*1*=%BC%C3%9Fe; name*2=.txt", "name", "Grüße.txt"),
        ("a/b; name*1=b.txt; name*0=it's-", "name", "it's-b.txt"),
        ("a/b; name*=without%20quotes", "name", "without quotes"),
        ("a/b; name=plain; name*=utf-8''better", "name", "better"),
        ("a/b; name==?utf-8?B?VGhpcyBpcyBhIHRlc3QucGRm?=", "name", "This is a test.pdf"),
        ("a/b; boundary=----=_Next=Part", "boundary", "----=_Next=Part"),
        ("a/b; name", "name", ""),
        ("a/b;;; ;name=x", "name", "x"),
    ],
)
def test_parameters_as_they_come(value, name, text):
    """Parameters are read in the forms of RFC 2045, RFC 2231, and of the programs that know neither."""
    found = parameters(value.encode())

    assert found.value == "a/b"
    assert found.text(name, Defects(50)) == text


@given(st.binary(max_size=60).map(lambda data: b"a/b;" + data))
def test_any_parameters_can_be_read(value):
    """Nothing in a header makes its parameters unreadable."""
    found = parameters(value)

    assert all(isinstance(found.text(name.rstrip("*"), Defects(50)), str) for name in found.raw)


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        ("<1@a>", ("1@a",)),
        ("<1@a><2@a> junk <1@a>", ("1@a", "2@a")),
        ("1@a", ("1@a",)),
        ("Message of Monday from mia@example.org <1@a>", ("1@a",)),
        ("<1234   @   local(blah)  .machine .example>", ("1234@local.machine.example",)),
        ("<without-at>", ("without-at",)),
        ("<>", ()),
        ("nothing", ()),
    ],
)
def test_ids_as_they_come(value, ids):
    """An id is what stands in the brackets, or a word with an @ where there are none."""
    assert message_ids([value.encode()], 10, 100, Defects(50), of="the header References") == ids


@given(st.binary(max_size=50))
def test_base64_survives(data):
    """What was encoded comes back, without its padding, broken into lines, and with strange signs between."""
    encoded = b64encode(data)
    assert decoded_base64(encoded) == data
    assert decoded_base64(encoded.rstrip(b"=")) == data
    assert decoded_base64(b" \r\n!".join(encoded[i : i + 3] for i in range(0, len(encoded), 3))) == data


@pytest.mark.parametrize(
    ("encoded", "data"), [(b"", b""), (b"QQ", b"A"), (b"Q", b""), (b"QQ==QUI=", b"AAB"), (b"====", b"")]
)
def test_broken_base64_is_decoded_as_far_as_it_goes(encoded, data):
    """Pieces that end in padding are decoded one by one."""
    assert decoded_base64(encoded) == data
