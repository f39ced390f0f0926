from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.any_command import Pools, drawn, of_kind
from tests.fakes import records_of
from tests.sla.situations import DAY, HOUR, AgreedShop
from ticketcore.automation import AddRule
from ticketcore.commands import ChangeDepartment
from ticketcore.commands.command import ANY, TicketCommand
from ticketcore.conditions import F
from ticketcore.errors import TicketcoreError
from ticketcore.events import TicketOpened
from ticketcore.model.targets import Target
from ticketcore.model.tickets import Priority
from ticketcore.sla import Agreement, Pausing, PolicyBook

CONDITIONS = (F.tags.has("vip"), F.priority >= Priority.HIGH, F.assignee.name == "Ana", F.type == "billing")
WITHIN = (timedelta(seconds=1), HOUR, DAY)


def agreed_shop(when, agreements):
    """A shop that agrees on something for all tickets, on all for some, and whose billing has its hours."""
    shop = AgreedShop()
    shop.system.do(ChangeDepartment(shop.billing, calendar=shop.office_hours("America/New_York")), seen=ANY)
    shop.agree(*agreements, pauses={"postponed": Pausing.EXCLUDE, "answered": Pausing.IGNORE})
    shop.agree(*(Agreement(it, HOUR / 2) for it in Target), when=when, place=1)
    return shop


def opened(shop, commands):
    """All that is stored when a ticket was opened, and rules did these commands one after the other."""
    for place, command in enumerate(commands):
        rule = AddRule(f"Rule {place}", trigger=TicketOpened, then=[command], place=place)
        shop.system.do(rule)
    shop.ticket()
    return records_of(shop.storage)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_ticket_is_left_alone_only_where_nothing_would_come_of_it(data):
    """Whatever rules do, all is as if everything were derived anew after each of them."""
    targets = data.draw(st.lists(st.sampled_from(Target), min_size=1, unique=True))
    agreements = [Agreement(it, data.draw(st.sampled_from(WITHIN))) for it in targets]
    when = data.draw(st.sampled_from(CONDITIONS))
    shop, other = agreed_shop(when, agreements), agreed_shop(when, agreements)
    any_command = st.sampled_from(of_kind(TicketCommand)).flatmap(lambda kind: drawn(kind, Pools.of(shop)))
    commands = data.draw(st.lists(any_command, min_size=1, max_size=4))

    try:
        left_alone = opened(shop, commands)
    except TicketcoreError:  # no rule can do one of these
        return
    with pytest.MonkeyPatch.context() as anew:
        anew.setattr(PolicyBook, "say_same", lambda *_: False)
        assert opened(other, commands) == left_alone
