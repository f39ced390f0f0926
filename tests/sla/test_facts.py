from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import START
from ticketcore.model.ids import AgentId, ContactId, TicketId
from ticketcore.model.lifecycle import STANDARD_LIFE_CYCLE
from ticketcore.model.tickets import Channel, InternalTicket, Ticket
from ticketcore.sla.facts import ALL_DEPEND_ON, FACTS

TIMES = st.integers(0, 5).map(lambda hours: START + timedelta(hours=hours))
NOW = START + timedelta(hours=6)
PERHAPS = (
    "first_answer_at",
    "last_answer_at",
    "last_customer_message_at",
    "chat_waiting_since",
    "chat_picked_up_at",
    "call_waiting_since",
    "call_picked_up_at",
    "waiting_since",
)
"""The times that not every ticket has."""

FIELDS = {
    "id": st.just(TicketId("one")),
    "reference": st.just("babab-babab"),
    "subject": st.just("My cup"),
    "description": st.just(""),
    "status": st.sampled_from(STANDARD_LIFE_CYCLE.statuses),
    "source": st.sampled_from([Channel.FORM, Channel.CHAT, Channel.CALL]),
    "assignee": st.none() | st.just(AgentId("ana")),
    "created_at": TIMES,
    "changed_at": TIMES,
    "status_changed_at": TIMES,
    **dict.fromkeys(PERHAPS, st.none() | TIMES),
}
TICKETS = st.one_of(
    st.builds(Ticket, **FIELDS, requesters=st.just((ContactId("mia"),)), public_changed_at=TIMES),
    st.builds(InternalTicket, **FIELDS, raised_by=st.just(AgentId("bob"))),
)


class Watched:
    """A ticket that notes which of its fields somebody reads."""

    def __init__(self, ticket):
        self.ticket = ticket
        self.read = set()

    @property  # type: ignore[misc]  # so that it is taken for the ticket
    def __class__(self):
        return type(self.ticket)

    def __getattr__(self, name):
        self.read.add(name)
        return getattr(self.ticket, name)


@pytest.mark.parametrize("target", FACTS)
@given(data=st.data())
def test_target_depends_on_nothing_else(target, data):
    """While the fields that a target depends on stay the same, its start and its end do."""
    facts, ticket = FACTS[target], Watched(data.draw(TICKETS))

    facts.start(ticket)
    facts.end(ticket, data.draw(TIMES), NOW)

    assert ticket.read <= {*ALL_DEPEND_ON, *facts.depends_on}
