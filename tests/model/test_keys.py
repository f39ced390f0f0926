import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketcore.model.keys import address_key, mailbox_key, phone_key

ADDRESSES = [
    ("Mia@Example.ORG", "mia@example.org"),
    ("  mia@example.org ", "mia@example.org"),
    ("ΜΊΑ@example.gr", "μία@example.gr"),
    ("ΚΌΣΜΟΣ@example.gr", "κόσμος@example.gr"),
    ("Z\u030cabjek@example.si", "žabjek@example.si"),
]


@pytest.mark.parametrize(("one", "other"), ADDRESSES)
def test_one_address_has_one_key(one, other):
    """However an address is spelled, it has one key: case, composition and blanks around it do not matter."""
    assert address_key(one) == address_key(other)


def test_different_addresses_have_different_keys():
    """What is another mailbox is another key: neither dots nor what stands behind a plus are left out."""
    addresses = ["mia@example.org", "m.ia@example.org", "mia+shop@example.org", "mia@example.com", "mía@example.org"]
    addresses += ["mia@straße.example", "mia@strasse.example"]

    assert len({address_key(it) for it in addresses}) == len(addresses)


@given(st.text(max_size=20))
def test_keys_of_addresses_are_their_own_keys(text):
    """The key of a key is the key."""
    key = address_key(text)

    assert address_key(key) == key
    assert unicodedata.is_normalized("NFC", key)


MAILBOXES = [
    ("Help+Order@Shop.example", "help@shop.example"),
    ("help+a+b@shop.example", "help@shop.example"),
    ("help@shop+x.example", "help@shop+x.example"),
    ("+help@shop.example", "+help@shop.example"),
]


@pytest.mark.parametrize(("address", "mailbox"), MAILBOXES)
def test_what_stands_behind_a_plus_is_delivered_to_the_same_mailbox(address, mailbox):
    """RFC 5233: a tag behind a plus changes nothing about where mail goes."""
    assert mailbox_key(address) == mailbox


PHONES = [
    ("+385 1 2345-678", "00385 (1) 2345678"),
    ("(01) 234 567", "01/234-567"),
    ("00 386 40 123 456", "+38640123456"),
    (" +30 210 1234567", "+302101234567"),
]


@pytest.mark.parametrize(("one", "other"), PHONES)
def test_one_number_has_one_key(one, other):
    """However a number is written, it has one key: its digits, with one sign for calls from abroad."""
    assert phone_key(one) == phone_key(other)


def test_different_numbers_have_different_keys():
    """A number with the sign for calls from abroad is not the one without."""
    assert len({phone_key(it) for it in ("+385123", "385123", "0385123", "+385124")}) == 4


@given(st.text(alphabet="0123456789 +-/()", max_size=20))
def test_keys_of_numbers_are_their_own_keys(number):
    """The key of a key is the key, and has nothing but digits behind its sign."""
    key = phone_key(number)

    assert phone_key(key) == key
    assert key.removeprefix("+").isdecimal() or not key.removeprefix("+")
