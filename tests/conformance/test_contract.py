"""The contract and its laws belong together: no sentence without a law, no law without a sentence."""

import inspect
import re
from itertools import groupby

import pytest

from ticketcore.conformance import (
    CONTRACT_VERSION,
    SENTENCES,
    AsyncBlobStoreLaws,
    AsyncStorageLaws,
    BlobStoreLaws,
    Level,
    StorageLaws,
)
from ticketcore.storage import protocols

LAWS = {**StorageLaws.laws(), **BlobStoreLaws.laws()}


def test_every_sentence_of_the_contract_has_one_law():
    """Each numbered sentence has exactly one law, and laws show nothing that the contract does not say."""
    assert sorted(law.id for law in LAWS.values()) == sorted(SENTENCES)
    assert len(SENTENCES) > 50


@pytest.mark.parametrize("name", LAWS)
def test_laws_quote_their_sentences(name):
    """The docstring of a law is its sentence, word by word."""
    method = getattr(StorageLaws, name, None) or getattr(BlobStoreLaws, name)

    assert " ".join(method.__doc__.split()) == LAWS[name].sentence.text


def test_sentences_are_numbered_without_gaps():
    """The sentences of a group are numbered from 1, in the order in which they stand on the page."""
    numbered = [id.split("-") for id in SENTENCES]
    for _, group in groupby(numbered, key=lambda it: it[0]):
        members = [int(number) for _, number in group]
        assert members == [*range(1, len(members) + 1)]


def test_no_sentence_is_overlooked():
    """Whatever looks like the name of a sentence in the protocols is one, and is read in full."""
    assert set(re.findall(r"\b[A-Z]+-\d+\b", inspect.getsource(protocols))) == {*SENTENCES, "SHA-256"}
    assert all(it.text.endswith(".") for it in SENTENCES.values())


def test_what_should_be_so_is_told_from_what_must():
    """A sentence that says *should* binds less than the others."""
    assert [it.id for it in SENTENCES.values() if it.level is Level.SHOULD] == ["LOCK-5"]


def test_asynchronous_adapters_keep_the_same_laws():
    """There are no other laws for asynchronous storages, and none is written twice."""
    assert AsyncStorageLaws.laws() == StorageLaws.laws()
    assert AsyncBlobStoreLaws.laws() == BlobStoreLaws.laws()


def test_contract_has_a_version_of_its_own():
    """The version of the contract is not the package's."""
    assert re.fullmatch(r"\d+\.\d+", CONTRACT_VERSION)
    assert StorageLaws.contract_version == CONTRACT_VERSION
