"""
Tables: for each answer to a question, the mask of the alternatives that it does not contradict.

A table says yes of every alternative that asks it nothing. There are kinds of tables, by what operators look at: the
value as a whole (`naming`), its place among others (`placing`), parts of it (`searching`). None knows what an operator
says of a value: it asks the table of answers, beforehand instead of each time.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from ticketcore.conditions.matching.literals import Literal, Question, Wish
from ticketcore.conditions.matching.masks import mask_of
from ticketcore.conditions.operators import Operator

REMEMBERED_LIMIT: Final = 1_000
"""Of how many values a table remembers in which form they are compared."""

REMEMBERED_LENGTH: Final = 1_000
"""How long a text may be to be remembered: such as come again are short, and those of messages are very long."""

TABLE_LIMIT: Final = 2**25
"""How many bits a table may have: one for each alternative and each value that some alternative names."""


LookUp: TypeAlias = Callable[[Any, int | None], int | None]
"""From an answer, and the mask of answers that are not known, to the mask of one."""

Find: TypeAlias = Callable[[Any], int]
"""From an answer to its mask."""


class Asked(NamedTuple):
    """
    What alternatives ask of one question.

    Args:
        question: The question.
        wishes: By what they ask, the alternatives that do.
        size: How many alternatives there are, also such that ask nothing.
    """

    question: Question
    wishes: Mapping[Wish, Sequence[int]]
    size: int

    def parts(self, operators: Collection[Operator]) -> dict[Wish, Wish]:
        """By wish, what of it some operators ask, with operands that are the same for all facts; without empty ones."""
        parts = {
            wish: tuple([literal for literal in wish if literal.is_fixed and literal.operator in operators])
            for wish in self.wishes
        }
        return {wish: part for wish, part in parts.items() if part}

    def mask(self, wish: Wish) -> int:
        """The mask of the alternatives that have this wish."""
        return mask_of(self.wishes[wish], self.size)

    def mask_of_others(self, wishes: Iterable[Wish]) -> int:
        """The mask of the alternatives that have none of these wishes."""
        return (1 << self.size) - 1 ^ mask_of((it for wish in wishes for it in self.wishes[wish]), self.size)


class Table(NamedTuple):
    """
    A table, ready to be asked.

    Args:
        look_up: From an answer, and `unnamed`, to the mask; `dict.get` is one.
        unnamed: The mask of answers that `look_up` does not know; None if that depends on the answer.
        find: The way from the answer to the mask then.
        settled: The literals that need not be asked any more, by wish.
        chances: By wish, an estimate of how likely the table says yes.
        effort: An estimate of how long it takes, in look-ups into a dict.
        is_comparing: Whether it may be asked for answers as they stand, and sees to it itself that they are compared
            in their own form, which it remembers.
    """

    look_up: LookUp
    unnamed: int | None
    find: Find
    settled: Mapping[Wish, Collection[Literal]]
    chances: Mapping[Wish, float]
    effort: float
    is_comparing: bool = False


def remembering(find: Find) -> tuple[dict[Any, int], Find]:
    """
    What is known of some masks, and the way to others, which are known from then on.

    Most values of most fields come again and again: types, languages, tags. What is kept is bounded.

    Args:
        find: From a value to its mask.
    """
    known: dict[Any, int] = {}

    def find_and_remember(value: Any) -> int:  # noqa: ANN401 - any value
        mask = find(value)
        if len(known) < REMEMBERED_LIMIT and _is_short(value):
            known[value] = mask
        return mask

    return known, find_and_remember


class Remembered(dict[Any, Any]):
    """
    Values in the form in which they are compared, remembered within bounds. A missing one is compared as missing.

    Args:
        compared: The way from a value to that form.
    """

    __slots__ = ("_compared",)

    def __init__(self, compared: Callable[[Any], Any]) -> None:
        super().__init__({None: None})
        self._compared = compared

    def __missing__(self, value: Any) -> Any:  # noqa: ANN401 - any value
        form = self._compared(value)
        if len(self) < REMEMBERED_LIMIT and _is_short(value):
            self[value] = form
        return form


def _is_short(value: object) -> bool:
    return not isinstance(value, str) or len(value) <= REMEMBERED_LENGTH


def nowhere(answer: object) -> int:
    """The way to the mask of an answer whose mask is always known before."""
    raise LookupError(answer)
