from functools import partial
from typing import Any

import pytest

from tests.fakes import records_of, unchanged
from tests.small_shop import SmallShop
from ticketcore import events
from ticketcore.commands.merging import MergeInto
from ticketcore.commands.messages import SendAnswer, SendInternalMessage
from ticketcore.commands.notes import AddInlineNote
from ticketcore.commands.participants import AddFollowers
from ticketcore.commands.ratings import COMMENT_LIMIT, RateAnswer, RateTicket
from ticketcore.commands.status import Resolve
from ticketcore.configuration import Setup
from ticketcore.errors import AccessDenied, InvalidInput, NotFound, OutOfPlace
from ticketcore.events.sentences import sentence
from ticketcore.model.ids import EntryId
from ticketcore.model.ratings import Rateable


@pytest.fixture
def mia(shop):
    """Mia's seat."""
    return shop.desk.as_customer(shop.mia.id)


@pytest.fixture
def ticket(shop):
    """A ticket of Mia's."""
    return shop.ticket()


@pytest.fixture
def answer(shop, ticket):
    """Ana's answer to it."""
    return shop.ana.do(SendAnswer("Refunded, sorry!"), on=ticket.id)


def ratings(shop):
    """All ratings: who rated what, and how."""
    stored = records_of(shop.storage).get("rating", {}).values()
    return {(it.contact, it.answer or it.ticket): (it.positive, it.comment) for it in stored}


def rated(shop, ticket):
    """What the ticket's thread says of ratings."""
    return [it for it in shop.ana.thread(ticket.id) if isinstance(it, events.Rated)]


def test_customer_rates_an_answer(shop, mia, ticket, answer):
    """A rating is kept with its author, and the ticket's thread tells it without the comment."""
    rating = mia.do(RateAnswer(answer.id, positive=True, comment="Quick!"), on=ticket.id)

    assert (rating.ticket, rating.positive, rating.comment) == (ticket.id, True, "Quick!")
    assert ratings(shop) == {(shop.mia.id, answer.id): (True, "Quick!")}
    [event] = rated(shop, ticket)
    assert (event.rating, event.positive, event.actor.id) == (rating.id, True, shop.mia.id)
    assert "Quick!" not in repr(event)


def test_customer_rates_the_ticket(shop, mia, ticket, answer):
    """A ticket as a whole is rated apart from its answers."""
    mia.do(RateAnswer(answer.id, positive=True), on=ticket.id)
    mia.do(RateTicket(positive=False, comment="Slow."), on=ticket.id)

    assert ratings(shop) == {(shop.mia.id, answer.id): (True, ""), (shop.mia.id, ticket.id): (False, "Slow.")}


def test_second_rating_takes_the_place_of_the_first(shop, mia, ticket, answer):
    """Nobody rates a thing twice; who changes their mind changes the rating, and the thread tells that, too."""
    shop.clock.advance(hours=1)
    first = mia.do(RateAnswer(answer.id, positive=False, comment="Hm."), on=ticket.id)
    shop.clock.advance(hours=1)
    second = mia.do(RateAnswer(answer.id, positive=True), on=ticket.id)

    assert (second.id, second.positive, second.comment) == (first.id, True, "")
    assert second.at > first.at
    assert ratings(shop) == {(shop.mia.id, answer.id): (True, "")}
    assert [it.positive for it in rated(shop, ticket)] == [False, True]
    with unchanged(shop.storage):
        mia.do(RateAnswer(answer.id, positive=True), on=ticket.id)


def test_each_customer_rates_for_themselves(shop, mia, ticket, answer):
    """A follower's rating stands beside the requester's."""
    shop.ana.do(AddFollowers([shop.bob.id]), on=ticket.id)

    mia.do(RateAnswer(answer.id, positive=False), on=ticket.id)
    shop.desk.as_customer(shop.bob.id).do(RateAnswer(answer.id, positive=True), on=ticket.id)

    assert ratings(shop) == {(shop.mia.id, answer.id): (False, ""), (shop.bob.id, answer.id): (True, "")}


def test_only_answers_of_the_ticket_are_rated(shop, mia, ticket):
    """What is no answer, or another ticket's, is not found: neither notes nor internal messages can be guessed at."""
    message = mia.thread(ticket.id)[0]
    note = shop.ana.do(AddInlineNote("Refund agreed."), on=ticket.id)
    internal = shop.ana.do(SendInternalMessage("Who?"), on=ticket.id)
    other = shop.ana.do(SendAnswer("Hello"), on=shop.ticket().id)

    for id in (message.id, note.id, internal.id, other.id, EntryId("none")):
        with shop.refusing(NotFound) as caught:
            mia.do(RateAnswer(id, positive=True), on=ticket.id)
        assert str(caught.value) == f"no answer {id!r}"


def test_answer_of_a_merged_ticket_is_rated_on_the_survivor(shop, mia, ticket, answer):
    """Answers of the tickets that a ticket took over are its own."""
    survivor = shop.ticket()
    shop.ana.do(MergeInto(survivor.id), on=ticket.id)

    rating = mia.do(RateAnswer(answer.id, positive=True), on=survivor.id)

    assert rating.ticket == survivor.id
    assert [it.rating for it in rated(shop, survivor)] == [rating.id]


def test_nothing_is_rated_before_anything_was_done(shop, mia, ticket):
    """A ticket is rated once it is answered, or done; the error says so."""
    with shop.refusing(OutOfPlace) as caught:
        mia.do(RateTicket(positive=False), on=ticket.id)
    assert caught.value.allowed == ("rate it once it is answered or resolved",)

    shop.ana.do(Resolve(), on=ticket.id)
    assert mia.do(RateTicket(positive=True), on=ticket.id).positive is True


def test_ticket_of_others_is_not_rated(shop, ticket, answer):
    """Who takes no part does not find the ticket."""
    for command in (RateTicket(positive=True), RateAnswer(answer.id, positive=True)):
        with shop.refusing(NotFound):
            shop.desk.as_customer(shop.eve.id).do(command, on=ticket.id)


def test_agents_do_not_rate(shop, ticket, answer):
    """Agents, and the desk itself, have no customer's opinion."""
    for command in (RateTicket(positive=True), RateAnswer(answer.id, positive=True)):
        for seat in (shop.ana, shop.system):
            with shop.refusing(AccessDenied):
                seat.do(command, on=ticket.id)


def test_bad_ratings_are_refused_at_the_door():
    """A rating is positive or not, and its comment is of bounded length."""
    bad: dict[str, Any] = {"positive": 5, "comment": "x" * (COMMENT_LIMIT + 1)}
    for make in (RateTicket, partial(RateAnswer, EntryId("1"))):
        with pytest.raises(InvalidInput) as caught:
            make(**bad)
        assert [fault.path for fault in caught.value.faults] == ["positive", "comment"]


def test_a_comment_need_not_say_good_or_bad(shop, mia, ticket, answer):
    """A rating can be neither positive nor negative, with a comment or without; a later one takes its place."""
    rating = mia.do(RateAnswer(answer.id, positive=None, comment="We shall see."), on=ticket.id)

    assert (rating.positive, rating.comment) == (None, "We shall see.")
    assert ratings(shop) == {(shop.mia.id, answer.id): (None, "We shall see.")}
    assert sentence(rated(shop, ticket)[0]).startswith("Commented on")
    mia.do(RateAnswer(answer.id, positive=True), on=ticket.id)
    assert ratings(shop) == {(shop.mia.id, answer.id): (True, "")}


@pytest.mark.parametrize("what", Rateable)
def test_setup_says_what_is_rated(what):
    """Customers rate each answer, the ticket as a whole, or both, as it is set; the error says what is rated."""
    shop = SmallShop(setup=Setup(ratings=what))
    ticket, mia = shop.ticket(), shop.desk.as_customer(shop.mia.id)
    answer = shop.ana.do(SendAnswer("Refunded."), on=ticket.id)
    not_set = {Rateable.ANSWERS: [RateTicket], Rateable.TICKETS: [RateAnswer], Rateable.BOTH: []}[what]

    for command in (RateTicket(positive=True), RateAnswer(answer.id, positive=True)):
        if type(command) in not_set:
            with shop.refusing(OutOfPlace) as caught:
                mia.do(command, on=ticket.id)
            assert caught.value.allowed in {("RateTicket",), ("RateAnswer",)} - {(command.asked,)}
        else:
            assert mia.do(command, on=ticket.id).positive is True
