"""The reference page against the language: its tables are computed here, and compared with what stands there."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

import ticketcore.conditions
from ticketcore.conditions import VOCABULARIES, Field, Operator
from ticketcore.conditions.operators import Operand
from ticketcore.conformance.records import facts, ticket

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "conditions.md").read_text(encoding="utf-8")
HEADINGS = {
    "ticket": "Of tickets",
    "event": "Of events, beside those of tickets",
    "entry": "Of entries",
    "contact": "Of contacts",
    "company": "Of companies",
    "agent": "Of agents",
    "department": "Of departments",
}


def table(heading):
    """The rows of the last table under a heading, as they stand on the page."""
    section = re.search(rf"^##+ {re.escape(heading)}\n(.*?)(?=^##|\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert section, f"the page has no section {heading!r}"
    return section[1].rstrip().split("\n\n|")[-1].split("|---|\n")[-1].split("\n\n")[0].splitlines()


def row(*cells):
    """A row of a table."""
    return re.sub(" +", " ", f"| {' | '.join(cells)} |")


def field_rows(scope):
    """The fields of a scope."""
    tickets = VOCABULARIES["ticket"].fields if scope == "event" else {}
    fields = [field for name, field in VOCABULARIES[scope].fields.items() if name not in tickets]
    return [row(f"`{field.name}`", kind_of(field), field.description) for field in fields]


def kind_of(field: Field):
    """What a field holds, with its choices."""
    choices = [field.values.text(choice) for choice in field.values.choices if field.values.name == "choice"]
    return f"{field.type}: {', '.join(choices)}" if choices else field.type


@pytest.mark.parametrize(("scope", "heading"), HEADINGS.items())
def test_page_lists_all_fields(scope, heading):
    """Every field stands there with its type and its sentence, and no other."""
    assert table(heading) == field_rows(scope)


def test_page_lists_all_scopes():
    """Every vocabulary has its section."""
    assert set(HEADINGS) == set(VOCABULARIES)


def operator_rows():
    """The operators as JSON and people write them."""
    return [
        row(
            f"`{operator.key}`",
            operator.operand.value if operator.operand is not Operand.NOTHING else "none",
            operator.text,
            operator.opposite or f"not … {operator.text}",
        )
        for operator in Operator
    ]


def test_page_lists_all_operators():
    """Every operator stands there as it is written and read."""
    assert [it for it in PAGE.splitlines() if it in operator_rows()] == operator_rows()


def answers():
    """The rows of the table of answers: a condition, what it says of a missing value, an empty text, an empty set."""
    return re.findall(r"^\| `(.+)` \| ?(\w*) \| ?(\w*) \| ?(\w*) \|$", "\n".join(table(ANSWERS)), re.MULTILINE)


ANSWERS = "What is missing, what is empty"
NAMES = vars(ticketcore.conditions) | {"timedelta": timedelta}
MISSING = facts(ticket())
EMPTY = facts(ticket(type=""))


@pytest.mark.parametrize(("text", "missing", "empty_text", "empty_set"), answers())
def test_page_tells_what_is_answered(text, missing, empty_text, empty_set):
    """What the page says of missing and empty values is what the language answers."""
    condition = eval(text, NAMES)  # noqa: S307 - our own page
    (field,) = condition.fields()
    is_set, is_text = field.type.startswith("set"), field.type == "text"

    assert missing == ("" if is_set else verdict(condition, MISSING))
    assert empty_text == (verdict(condition, EMPTY) if is_text else "")
    assert empty_set == (verdict(condition, MISSING) if is_set else "")


def verdict(condition, known):
    """What a condition answers, in a word."""
    return "yes" if condition.holds(known) else "no"


def test_page_tells_of_every_operator():
    """No operator is missing from the table of answers, those on changes aside."""
    asked = {it.operator for text, *_ in answers() for it in eval(text, NAMES).comparisons()}  # noqa: S307 - as above

    assert len(answers()) == len(table(ANSWERS))
    assert {it for it in Operator if not it.key.startswith("changed")} == asked
