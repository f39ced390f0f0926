"""A book of rules, made at once or rule by rule."""

from datetime import timedelta

import attrs
from hypothesis import given
from hypothesis import strategies as st

from tests.automation.rules_by_hand import a_rule
from ticketcore.automation.rules import Rule, RuleBook
from ticketcore.automation.triggers import OlderThan
from ticketcore.events import PriorityChanged, QueueLengthChanged, TicketOpened
from ticketcore.model.ids import RuleId

FORMS = st.fixed_dictionaries(
    {
        "place": st.integers(0, 3),
        "trigger": st.sampled_from([TicketOpened, PriorityChanged, QueueLengthChanged, OlderThan(timedelta(days=1))]),
        "active": st.booleans(),
    }
)


def shelved(forms: dict[str, dict]) -> list[Rule]:
    """Rules of these forms by id."""
    return [attrs.evolve(a_rule(**form), id=RuleId(id)) for id, form in forms.items()]


def told(book: RuleBook) -> tuple:
    """All that a book says of itself."""
    return book.rules, book.time_rules, book.watches_queues, book.last_place


@given(
    before=st.dictionaries(st.sampled_from("abcdef"), FORMS),
    gone=st.sets(st.sampled_from("abcdef")),
    new=st.dictionaries(st.sampled_from("abcdef"), FORMS, max_size=3),
)
def test_book_that_was_revised_is_the_book_of_what_is_there(before, gone, new):
    """A book without some rules and with others is the book that all of them together would make."""
    book, added = RuleBook.of(shelved(before)), shelved(new)
    gone |= new.keys()

    revised = book.revised(gone={RuleId(id) for id in gone}, new=added)

    assert told(revised) == told(RuleBook.of([*(it for it in book.rules if it.id not in gone), *added]))
    assert told(book) == told(RuleBook.of(book.rules))
