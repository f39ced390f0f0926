from datetime import timedelta
from functools import partial

import pytest

from tests.fakes import records_of, unchanged
from tests.threads import at_once
from ticketcore import commands
from ticketcore.commands import (
    AnswerInChat,
    EndChat,
    LeaveChat,
    PickUpChat,
    SendChatMessage,
    StartChat,
    StartChatOnTicket,
)
from ticketcore.commands.command import ANY
from ticketcore.errors import AccessDenied, Conflict, NotFound, OutOfPlace
from ticketcore.events import ChatEnded, ChatMissed, ChatPickedUp, ChatStarted
from ticketcore.model.lifecycle import ANSWERED, NEW, OPEN
from ticketcore.model.presence import Medium
from ticketcore.model.tickets import Channel

MINUTE = timedelta(minutes=1)


@pytest.fixture
def mia(shop):
    """Mia's seat."""
    return shop.desk.as_customer(shop.mia.id)


def told(shop, ticket, kind):
    """The events of a class in a ticket's thread."""
    return [it for it in shop.system.thread(ticket) if isinstance(it, kind)]


def written(seat, chat):
    """What was written in a chat: by which side, under which name."""
    return [(it.from_desk, it.author, it.text) for it in seat.chat_messages(chat.id, on=chat.ticket)]


def test_chat_opens_a_ticket(shop, mia):
    """Who begins a chat opens a ticket, which tells that somebody waits in a chat."""
    chat = mia.do(StartChat("Is the blue bowl back?", department=shop.billing))

    ticket = shop.ana.ticket(chat.ticket)
    assert (ticket.source, ticket.status, ticket.department) == (Channel.CHAT, NEW, shop.billing)
    assert ticket.chat_waiting_since == shop.clock()
    [event] = told(shop, chat.ticket, ChatStarted)
    assert (event.chat, event.contact, event.incoming) == (chat.id, shop.mia.id, True)
    assert written(mia, chat) == [(False, "Mia", "Is the blue bowl back?")]


def test_chat_is_picked_up_talked_in_and_ended(shop, mia):
    """A chat has the facts of its course: how long it waited, who picked it up, what was written, how long it was."""
    chat = mia.do(StartChat("Is the blue bowl back?"))
    shop.clock.advance(MINUTE)
    shop.ana.do(PickUpChat(chat.id), on=chat.ticket)
    shop.ana.do(AnswerInChat(chat.id, "On Friday."), on=chat.ticket)
    mia.do(SendChatMessage(chat.id, "Thanks"), on=chat.ticket)
    shop.clock.advance(5 * MINUTE)
    ended = shop.ana.do(EndChat(chat.id), on=chat.ticket)

    assert (ended.answered_by, ended.waited, ended.lasted) == (shop.ana.actor.id, MINUTE, 5 * MINUTE)
    assert (ended.is_missed, ended.messages) == (False, 3)
    ticket = shop.ana.ticket(chat.ticket)
    assert (ticket.assignee, ticket.status, ticket.chat_waiting_since) == (shop.ana.actor.id, ANSWERED, None)
    assert ticket.first_answer_at == ended.picked_up_at
    assert written(mia, chat) == [
        (False, "Mia", "Is the blue bowl back?"),
        (True, "Ana", "On Friday."),
        (False, "Mia", "Thanks"),
    ]
    [picked_up], [over] = told(shop, chat.ticket, ChatPickedUp), told(shop, chat.ticket, ChatEnded)
    assert (picked_up.waited, over.lasted) == (MINUTE, 5 * MINUTE)


def test_missed_chat_leaves_its_ticket_waiting(shop, mia):
    """A chat that ends before anybody picked it up was missed; its ticket waits on."""
    chat = mia.do(StartChat("Anybody there?"))
    shop.clock.advance(MINUTE)
    assert mia.do(LeaveChat(chat.id), on=chat.ticket).ended

    [missed] = shop.ana.chats(chat.ticket)
    assert missed.is_missed
    assert (missed.waited, missed.lasted) == (None, None)
    assert [it.chat for it in told(shop, chat.ticket, ChatMissed)] == [chat.id]
    assert shop.ana.ticket(chat.ticket).status == NEW


def test_chat_about_a_ticket_opens_it_again(shop, mia):
    """A chat can belong to a ticket, which is open again then; one chat goes on at a time."""
    ticket = shop.answered("Refunded.")
    chat = mia.do(StartChatOnTicket("Not yet?"), on=ticket.id)

    assert (chat.ticket, shop.ana.ticket(ticket.id).status) == (ticket.id, OPEN)
    with shop.refusing(OutOfPlace):
        mia.do(StartChatOnTicket("Hello?"), on=ticket.id)
    mia.do(LeaveChat(chat.id), on=ticket.id)
    assert mia.do(StartChatOnTicket("Hello?"), on=ticket.id).id != chat.id


def test_no_chat_begins_on_what_is_closed(shop, mia):
    """On a closed ticket no chat begins; the error says how else."""
    ticket = shop.ticket()
    for command in (commands.Resolve(), commands.Close()):
        shop.ana.do(command, on=ticket.id)

    with shop.refusing(OutOfPlace) as caught:
        mia.do(StartChatOnTicket("Once more"), on=ticket.id)
    assert caught.value.allowed == ("begin a chat without naming a ticket",)


def test_department_that_takes_no_chats_refuses_them(shop, mia):
    """Where a department is not available for chats, none begins (DP-5)."""
    ticket = shop.ticket(department=shop.billing)
    shop.system.do(commands.ChangeDepartment(shop.billing, media={Medium.TICKETS}), seen=ANY)

    with shop.refusing(OutOfPlace):
        mia.do(StartChat("Hello", department=shop.billing))
    with shop.refusing(OutOfPlace):
        mia.do(StartChatOnTicket("Hello"), on=ticket.id)


def test_one_agent_picks_a_chat_up(shop, mia):
    """Of agents who pick up a chat at once one gets it; the others are told who has it."""
    chat = mia.do(StartChat("Hello"))
    acts = [partial(seat.do, PickUpChat(chat.id), on=chat.ticket) for seat in (shop.ana, shop.dora)]

    came = at_once(acts)

    [lost] = [it for it in came if isinstance(it, Exception)]
    assert isinstance(lost, Conflict)
    [kept] = shop.system.chats(chat.ticket)
    holder = {shop.ana.actor.id: "Ana", shop.dora.actor.id: "Dora"}[kept.answered_by]
    assert f"{holder} has picked it up already" in str(lost)


def test_answering_picks_up(shop, mia):
    """An agent who answers in a chat that nobody has picked up picks it up; what is the desk's own does not."""
    chat = mia.do(StartChat("Hello"))
    shop.system.do(AnswerInChat(chat.id, "Somebody will be with you soon."), on=chat.ticket)
    assert shop.ana.chats(chat.ticket)[0].picked_up_at is None

    shop.ana.do(AnswerInChat(chat.id, "Here I am."), on=chat.ticket)

    assert shop.ana.chats(chat.ticket)[0].answered_by == shop.ana.actor.id
    with unchanged(shop.storage):
        shop.ana.do(PickUpChat(chat.id), on=chat.ticket)


def test_nothing_is_written_in_a_chat_that_is_over(shop, mia):
    """Once a chat is over, nobody writes in it or picks it up; ending it again changes nothing."""
    chat = mia.do(StartChat("Hello"))
    mia.do(LeaveChat(chat.id), on=chat.ticket)

    with shop.refusing(OutOfPlace):
        mia.do(SendChatMessage(chat.id, "Hello?"), on=chat.ticket)
    for command in (AnswerInChat(chat.id, "Hello?"), PickUpChat(chat.id)):
        with shop.refusing(OutOfPlace):
            shop.ana.do(command, on=chat.ticket)
    with unchanged(shop.storage):
        shop.ana.do(EndChat(chat.id), on=chat.ticket)


def test_who_may_pick_up(shop, mia):
    """Chats are picked up by agents who see their ticket, for others by administrators, and not by the desk itself."""
    chat = mia.do(StartChat("Hello", department=shop.legal))

    with shop.refusing(NotFound):
        shop.ana.do(PickUpChat(chat.id), on=chat.ticket)
    with shop.refusing(OutOfPlace):
        shop.system.do(PickUpChat(chat.id), on=chat.ticket)
    with shop.refusing(OutOfPlace):
        shop.system.do(PickUpChat(chat.id, shop.ana.actor.id), on=chat.ticket)
    with shop.refusing(AccessDenied):
        shop.dora.do(PickUpChat(chat.id, shop.ana.actor.id), on=chat.ticket)
    assert shop.system.do(PickUpChat(chat.id, shop.dora.actor.id), on=chat.ticket).answered_by == shop.dora.actor.id


def test_chats_of_other_tickets_are_not_found(shop, mia):
    """A chat is written in on its own ticket, by those who take part in it."""
    chat, other = mia.do(StartChat("Hello")), shop.ticket()

    for command in (SendChatMessage(chat.id, "Hello?"), LeaveChat(chat.id)):
        with shop.refusing(NotFound):
            mia.do(command, on=other.id)
        with shop.refusing(NotFound):
            shop.desk.as_customer(shop.eve.id).do(command, on=chat.ticket)
    with pytest.raises(NotFound):
        mia.chat_messages(chat.id, on=other.id)
    with pytest.raises(NotFound):
        shop.desk.as_customer(shop.eve.id).chats(chat.ticket)


def test_chat_has_no_room_for_who_might_have_answered(mia):
    """What customers see of a chat has no field for an agent."""
    chat = mia.do(StartChat("Hello"))
    [message] = mia.chat_messages(chat.id, on=chat.ticket)

    assert not {"answered_by", "rung", "agent", "assignee"} & {*dir(chat), *dir(message)}


# Erasing, merging and purging.


def test_what_an_erased_customer_wrote_is_blank(shop, mia):
    """Of an erased customer's chats the places of the messages remain, and what agents wrote."""
    chat = mia.do(StartChat("PRIVATE"))
    shop.ana.do(AnswerInChat(chat.id, "On Friday."), on=chat.ticket)

    shop.system.do(commands.EraseContact(shop.mia.id))

    messages = shop.ana.chat_messages(chat.id, on=chat.ticket)
    assert [(it.text, it.erased) for it in messages] == [("", True), ("On Friday.", False)]
    assert "PRIVATE" not in repr(records_of(shop.storage))
    assert "Mia" not in repr(records_of(shop.storage)["chat_message"])


def test_chats_go_over_to_the_survivor(shop, mia):
    """A chat goes on, on the ticket that took over its own."""
    chat, survivor = mia.do(StartChat("Hello")), shop.ticket()

    shop.ana.do(commands.MergeInto(survivor.id), on=chat.ticket)

    [moved] = mia.chats(survivor.id)
    assert (moved.id, moved.ticket) == (chat.id, survivor.id)
    mia.do(SendChatMessage(chat.id, "Still here"), on=survivor.id)
    assert [it.text for it in shop.ana.chat_messages(chat.id, on=survivor.id)] == ["Hello", "Still here"]


def test_chats_go_with_a_purged_ticket(shop, mia):
    """Of a purged ticket no chat remains, and nothing of what was said."""
    chat = mia.do(StartChat("Hello"))
    shop.ana.do(commands.Delete(), on=chat.ticket)
    shop.system.do(commands.Purge(), on=chat.ticket)

    assert not {"chat", "chat_message"} & records_of(shop.storage).keys()
