import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketcore.channels.email.addresses import addresses
from ticketcore.channels.email.defects import Defects


def read(*values, at_most=100, charset=None):
    """Names and addresses, and what was complained of."""
    defects = Defects(50)
    encoded = [value if isinstance(value, bytes) else value.encode() for value in values]
    found = addresses(encoded, at_most, defects, of="the header To", charset=charset)
    return [(each.name, each.address) for each in found], defects.sentences


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", []),
        ("mia@example.org", [("", "mia@example.org")]),
        ("<mia@example.org>", [("", "mia@example.org")]),
        ("Mia <mia@example.org>", [("Mia", "mia@example.org")]),
        ('"Mia, or \\"M\\"" <mia@example.org>', [('Mia, or "M"', "mia@example.org")]),
        ("Joe Q. Public <joe@example.org>", [("Joe Q. Public", "joe@example.org")]),
        ("=?utf-8?q?J=C3=B6rg?= =?utf-8?q?_M?= <j@example.org>", [("Jörg M", "j@example.org")]),
        ("a@x.example, b@x.example; c@x.example", [("", "a@x.example"), ("", "b@x.example"), ("", "c@x.example")]),
        # RFC 5322, appendix A
        ("A Group:Ed Jones <c@a.test>,joe@where.test;", [("Ed Jones", "c@a.test"), ("", "joe@where.test")]),
        ("Undisclosed recipients:;", []),
        ("Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>", [("Pete", "pete@silly.test")]),
        ("Mary Smith <@machine.tld:mary@example.net>, , jdoe@test   . example", [
            ("Mary Smith", "mary@example.net"), ("", "jdoe@test.example"),
        ]),
        # from the wild
        ("daemon@example.org (Mail (really) System)", [("Mail really System", "daemon@example.org")]),
        ("Big Bug bb@bug.com", [("Big Bug", "bb@bug.com")]),
        ("mailto:mia@example.org", [("", "mia@example.org")]),
        ("'mia@example.org'", [("", "mia@example.org")]),
        ("mia@example.org.", [("", "mia@example.org")]),
        ('"mia.b"@example.org', [("", "mia.b@example.org")]),
        ('Mia "the <mia@example.org>', [("Mia the", "mia@example.org")]),
        ("Mia (the <mia@example.org>", [("Mia the", "mia@example.org")]),
        ("Mia <mia@example.org", [("Mia", "mia@example.org")]),
        ("Mia <mia@example.org> <eve@example.org>", [("Mia", "mia@example.org")]),
        ("jdöe@mächine.example", [("", "jdöe@mächine.example")]),
    ],
)  # fmt: skip
def test_addresses_as_they_come(value, expected):
    """What stands in the standard and what programs write is read as it is meant."""
    assert read(value) == (expected, [])


@pytest.mark.parametrize(
    "value",
    [
        "Mia",
        '"Mia" <>',
        "Mia <mia@>",
        '"mia b"@example.org',
        "<=?utf-8?q?mia=40example.org?=>",
        "<mia@example.org\u202e>",
        f"<{'m' * 400}@example.org>",
    ],
)
def test_what_is_no_address_is_left_out_and_told(value):
    """Nothing is made up for a name without an address, nor for one that mail could not be sent to."""
    found, defects = read(value)

    assert found == []
    assert "is no address and was left out" in defects[0]


def test_an_address_is_there_once():
    """The first spelling stays, whichever header it is in."""
    assert read("Mia <mia@example.org>, MIA@example.org", "mia@EXAMPLE.org") == ([("Mia", "mia@example.org")], [])


def test_the_first_addresses_are_kept():
    """Of more addresses than allowed the last ones are left out, and that is told."""
    found, defects = read("a@x.example, b@x.example", "c@x.example", at_most=2)

    assert [address for _, address in found] == ["a@x.example", "b@x.example"]
    assert defects == ["Of the header To the first 2 addresses were read."]


def test_a_name_in_raw_bytes_is_in_the_charset_of_the_text():
    """Bytes that are no UTF-8 are read as the text is."""
    assert read("Ελένη <e@x.example>".encode("iso-8859-7"), charset="iso-8859-7")[0] == [("Ελένη", "e@x.example")]


@given(st.text(alphabet='ab@.<>"\\,;:() =?', max_size=40))
def test_any_header_can_be_read(value):
    """Whatever stands in a header, what is found can be written to."""
    for _, address in read(value)[0]:
        assert address.count("@") == 1
        assert not set(address) & set(' <>"\\,;()')
