import io
import keyword
import re
import tokenize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketcore.conditions import F, TicketFacts, all_of, any_of
from ticketcore.conditions.making import Fields
from ticketcore.conditions.matching import script
from ticketcore.conditions.matching.parts import PARTS_LIMIT
from ticketcore.conditions.matching.script import scripted
from ticketcore.conformance.conditions import conditions
from ticketcore.conformance.conditions import facts as any_facts
from ticketcore.conformance.records import facts, ticket

HOSTILE = [
    "found.append(99)",
    "x'); found.append(99); ('",
    'x"); found.append(99); ("',
    "'''",
    "\n    found.append(99)\n",
    "{seen}",
    "{wanted.__class__}",
    "given1",
    "unread",
    "__import__('os')",
    "\\",
    "\N{LINE SEPARATOR}found.append(99)",
    "%s",
    "ﬁ",
]
WORDS = {"def", "matching", "facts", "found", "record", "unread", "append", "sort", "return", "frozenset", "map"}
WORDS |= {"isdisjoint", *keyword.kwlist}


@pytest.fixture
def programs(monkeypatch):
    """The text of the programs that were written."""
    written = []

    def compiling(text, *arguments, **named):
        written.append(text)
        return compile(text, *arguments, **named)

    monkeypatch.setattr(script, "compile", compiling, raising=False)
    return written


def tokens(program):
    """The kinds and texts of what a program consists of."""
    return [(it.type, it.string) for it in tokenize.generate_tokens(io.StringIO(program).readline)]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_text_never_becomes_program_text(programs, text):
    """Whatever is written in a condition, the program consists of its templates, numbered names and places alone."""
    fields = Fields("ticket", TicketFacts)
    named = fields.text(text, text, at=lambda _known: text)
    several = [
        named == text,
        named.contains(text),
        named.like(text) | named.is_in([text, "other"]),
        F.type == text,
        ~F.subject.contains_any([text, "other"]),
        F.tags.has(text) & F.requester.id.is_in([text]),
        F.custom.text("key").ends_with(text),
        F.type.is_set(),
    ]

    found = scripted(several)(facts(ticket(type=text, tags={text}, subject="x", requesters=("mia",))))

    (program,) = programs
    texts = {string for kind, string in tokens(program) if kind == tokenize.NAME}
    assert {it for it in texts if not re.fullmatch(r"(seen|given|attribute)\d+", it)} <= WORDS
    assert not {kind for kind, _ in tokens(program)} & {tokenize.STRING, tokenize.COMMENT, tokenize.ERRORTOKEN}
    numbers = [string for kind, string in tokens(program) if kind == tokenize.NUMBER]
    assert sorted(map(int, numbers)) == list(range(len(several)))
    assert found == [0, 1, 2, 3, 4, 7]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_attribute_is_only_ever_an_attribute(programs, text):
    """What a host calls an attribute is looked for under that name, whatever it looks like."""
    reading = Fields("ticket", TicketFacts).text("read", at=text)

    with pytest.raises(AttributeError):
        scripted([reading == "x"])(facts(ticket()))

    assert text not in programs[0] or text in WORDS | {"given1"}


@given(st.lists(conditions(), max_size=5))
def test_program_reaches_nothing_but_what_it_is_given(several):
    """There are no builtins inside, so that even a program that were not ours could call little."""
    assert scripted(several).__globals__["__builtins__"] == {}


@given(st.lists(conditions(), min_size=2, max_size=4), any_facts)
def test_what_conditions_share_changes_no_answer(several, known):
    """Conditions that begin with the same part, and equal ones, answer each for itself."""
    first, *others = several
    sharing = [first & it for it in others] + [first | it for it in others] + [first, *others, first, ~first]

    assert scripted(sharing)(known) == [place for place, it in enumerate(sharing) if it.holds(known)]


def test_what_conditions_share_is_asked_once():
    """Of conditions that begin with the same comparison, none is asked further where it does not hold."""
    asked = []
    fields = Fields("ticket", TicketFacts)
    counted = [fields.number(f"number {n}", at=lambda _known, n=n: asked.append(n) or n) for n in range(5)]
    match = scripted([(F.type == "billing") & (it == n) for n, it in enumerate(counted)])

    assert match(facts(ticket(type="sales"))) == []
    assert not asked
    assert match(facts(ticket(type="billing"))) == [0, 1, 2, 3, 4]
    assert sorted(asked) == [0, 1, 2, 3, 4]


def test_value_that_is_neither_less_nor_more_is_asked_as_ever():
    """What is no number is not less than any, nor more."""
    odd = Fields("ticket", TicketFacts).number("odd", at=lambda _known: float("nan"))

    assert scripted([odd < 1, odd >= 1, ~(odd < 1), odd.is_set()])(facts(ticket())) == [2, 3]


def test_long_groups_are_asked_as_they_are(programs):
    """However much a condition asks, what is written for it stays short."""
    many = [F.subject.contains(f"word {number}") for number in range(PARTS_LIMIT + 1)]
    nested = any_of(*(all_of(F.answers >= 0, F.type.is_missing(), it) for it in many[:50]))
    several = [any_of(*many), all_of(*many) & F.type.is_missing(), ~any_of(*many), nested, ~nested]

    assert scripted(several)(facts(ticket(subject="Word 7"))) == [0, 3]
    assert len(programs[0]) < 1_000


def test_deep_conditions_are_written():
    """The deepest condition that can be built can be written."""
    condition = F.answers > 1
    for number in range(48):
        condition = (condition & (F.answers > number)) if number % 2 else (condition | (F.type == f"{number}"))

    known = facts(ticket(answers=99))

    assert scripted([condition, ~condition])(known) == [0 if condition.holds(known) else 1]


def test_attribute_of_an_attribute_is_read():
    """Names of attributes take their places when the program is compiled, those with dots too."""
    several = [F.status == "new", F.category == "new", F.answers == 2, F.status == "open"]
    record = ticket(answers=2)

    assert scripted(several)(facts(record)) == [place for place, it in enumerate(several) if it.holds(facts(record))]
