"""The sentences of the contract, read from where they stand: the docstrings of `ticketcore.storage.protocols`."""

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from inspect import getdoc
from typing import Final

import attrs

from ticketcore.model.mapping import FrozenMap
from ticketcore.storage import protocols
from ticketcore.storage.protocols import BlobStore, Session, Storage

_NUMBERED = re.compile(r"^ *([A-Z]+-\d+) +(.+(?:\n {9,}\S.*)*)", re.MULTILINE)


class Level(Enum):
    """How much a sentence binds."""

    MUST = "must"
    SHOULD = "should"


@attrs.frozen
class Sentence:
    """
    A numbered sentence of the contract.

    Args:
        id: Its name, which it keeps for good: `"APPLY-3"`.
        text: What it says, on one line.
    """

    id: str
    text: str

    @property
    def level(self) -> Level:
        """How much it binds: the desk does without what only should be so."""
        return Level.SHOULD if " should " in self.text else Level.MUST


def _sentences() -> Iterator[Sentence]:
    for page in (protocols, Session, Storage, BlobStore):
        for id, text in _NUMBERED.findall(getdoc(page) or ""):
            yield Sentence(id, " ".join(text.split()))


SENTENCES: Final[Mapping[str, Sentence]] = FrozenMap({it.id: it for it in _sentences()})
"""All sentences of the contract by their names, in the order of the page."""
