"""
Samples of texts: texts that have all that they must, and nothing that they need not.

Where a text must equal one of some, these are the samples. Otherwise a text is put together of what it must begin with,
contain and end with, and of a letter and a separator between that no condition names. What such a text has by then, be
it something that it must not have, every text of the kind has.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from math import prod
from typing import Any, Final

import attrs

from ticketcore.conditions.comparisons import Comparison
from ticketcore.conditions.folding import words
from ticketcore.conditions.operands import compared_operand
from ticketcore.conditions.operators import CHANGING, Operator
from ticketcore.conditions.values import TEXT
from ticketcore.conditions.wildcards import MANY, ONE

MOST_TEXTS: Final = 500

GAP: Final = "\0"
"""A character between words that no condition can name."""

_LETTERS: Final = range(0x3400, 0x4DB0)
"""Letters that are the same in every case, and seldom named; one of them is named by no condition at hand."""


@attrs.frozen
class _Needs:
    """
    What a text must have.

    Args:
        begins: What it must begin with.
        ends: What it must end with.
        parts: What it must contain, in this order.
        one_of: Parts of which it must contain one, for each of several choices.
    """

    begins: list[str] = attrs.field(factory=list)
    ends: list[str] = attrs.field(factory=list)
    parts: list[str] = attrs.field(factory=list)
    one_of: list[Sequence[str]] = attrs.field(factory=list)


def text_samples(asked: Sequence[tuple[Comparison[Any], bool]]) -> Sequence[str] | None:
    """
    Texts that stand for all texts; None where there is no telling.

    Args:
        asked: What is asked of the text, and whether it is to hold.
    """
    named = [text for comparison, _ in asked for text in _texts(comparison)]
    told = [text for comparison, _ in asked if comparison.operator in CHANGING for text in _texts(comparison)]
    for comparison, holds in asked:
        if holds and _is_same(comparison):
            return [*_texts(comparison)]
    if any(
        comparison.operator is Operator.LIKE and not _is_clear(comparison, holds=holds) for comparison, holds in asked
    ):
        return None
    letter = _letter(named)
    needs = _needs((comparison for comparison, holds in asked if holds), letter)
    if prod(map(len, needs.one_of)) > MOST_TEXTS:
        return None
    return [*told, "", *(_made(needs, chosen, letter) for chosen in product(*needs.one_of))]


def _texts(comparison: Comparison[Any]) -> Iterator[str]:
    """The texts that a comparison names, folded."""
    operand = compared_operand(TEXT, comparison.operator, comparison.operand)
    yield from (it for it in (operand if isinstance(operand, frozenset) else (operand,)) if it is not None)


def _is_same(comparison: Comparison[Any]) -> bool:
    """Whether a comparison asks for one of some texts and no other."""
    if comparison.operator is Operator.LIKE:
        return not {MANY, ONE} & set(comparison.operand)
    return comparison.operator in {Operator.EQUAL, Operator.IS_IN}


def _letter(named: Iterable[str]) -> str:
    taken = frozenset("".join(named))
    return next(letter for letter in map(chr, _LETTERS) if letter not in taken)


def _is_clear(comparison: Comparison[Any], *, holds: bool) -> bool:
    """Whether a pattern says no more than what a text begins with, contains or ends with; or, to fail, one of these."""
    (pattern,) = _texts(comparison)
    segments = pattern.split(MANY)
    if ONE in segments[0] or ONE in segments[-1]:
        return False
    return holds or (ONE not in pattern and sum(map(bool, segments)) <= 1)


def _needs(comparisons: Iterable[Comparison[Any]], letter: str) -> _Needs:
    needs = _Needs()
    for comparison in comparisons:
        texts = [*_texts(comparison)]
        match comparison.operator:
            case Operator.STARTS_WITH:
                needs.begins.extend(texts)
            case Operator.ENDS_WITH:
                needs.ends.extend(texts)
            case Operator.CONTAINS | Operator.CONTAINS_ALL:
                needs.parts.extend(f"{letter}{text}{letter}" for text in texts)
            case Operator.CONTAINS_WORD:
                needs.parts.extend(f"{GAP}{GAP.join(words(text).split())}{GAP}" for text in texts)
            case Operator.CONTAINS_ANY:
                needs.one_of.append([f"{letter}{text}{letter}" for text in texts])
            case Operator.LIKE:
                begin, *middle, end = texts[0].split(MANY)
                needs.begins.append(begin)
                needs.ends.append(end)
                needs.parts.extend(f"{letter}{part.replace(ONE, letter)}{letter}" for part in middle if part)
            case _:
                pass
    return needs


def _made(needs: _Needs, chosen: Iterable[str], letter: str) -> str:
    begin, end = (max(texts, key=len, default="") for texts in (needs.begins, needs.ends))
    return letter.join([begin, *needs.parts, *chosen, end])
