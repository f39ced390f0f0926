"""What other help desks' tests say of tickets that were put off, asked of ours."""

from datetime import timedelta

import pytest

from tests.small_shop import SmallShop
from tests.vectors.reading import differences, vectors
from ticketcore.commands.messages import SendAnswer, SendMessage
from ticketcore.commands.status import MarkAnswered, MoveTo, Postpone, Reopen, Resolve

COUNTS = (8, 0)
"""How many pass, and how many differ on purpose."""

OPENED = (MarkAnswered(), Reopen())
HOUR = timedelta(hours=1)


class Situation:
    """A ticket of Mia's in a shop, and what happens to it."""

    def __init__(self):
        self.shop = SmallShop()
        self.ticket = self.shop.ticket()

    def after(self, *commands):
        """The same once an agent did something."""
        for command in commands:
            self.shop.ana.do(command, on=self.ticket.id)
        return self

    def postponed(self, hours=1):
        """The same, postponed for some hours."""
        return self.after(Postpone(self.shop.clock.now + hours * HOUR))

    def swept(self):
        """The same two hours later, once time has done its work."""
        self.shop.clock.advance(2 * HOUR)
        self.shop.system.sweep()
        return self

    def replied(self):
        """The same once the customer wrote again."""
        self.shop.desk.as_customer(self.shop.mia.id).do(SendMessage("Any news?"), on=self.ticket.id)
        return self

    @property
    def status(self):
        """Where the ticket stands now."""
        return self.shop.ana.ticket(self.ticket.id).status.key


SITUATIONS = {
    "snoozed_until 5 min ago": [lambda it: it.after(*OPENED).postponed().swept()],
    "snoozed_until tomorrow": [lambda it: it.after(*OPENED).postponed(24).swept()],
    "snoozed with no time": [lambda it: it.after(*OPENED, MoveTo("postponed")).swept()],
    "postponed from New, time elapsed": [lambda it: it.postponed().swept()],
    "postponed from any other, time elapsed": [
        lambda it: it.after(*OPENED).postponed().swept(),
        lambda it: it.after(SendAnswer("Soon.")).postponed().swept(),
    ],
    "customer replies while Postponed": [
        lambda it: it.postponed().replied(),
        lambda it: it.after(*OPENED).postponed().replied(),
    ],
    "customer replies to Answered": [lambda it: it.after(SendAnswer("Done.")).replied()],
    "customer replies to Resolved, reopen setting on": [lambda it: it.after(Resolve()).replied()],
}
"""How each of their cases comes about with us; where they say *any*, in several ways."""

KEYS = {"open": "open", "Open": "open", "New": "new", "snoozed": "postponed"}
"""Their names for our statuses."""


def verdicts():
    """For every case whether ours comes out alike."""
    cases = [case for vector in vectors("snooze") for case in vector["cases"]]
    return [all(make(Situation()).status == KEYS[status] for make in SITUATIONS[name]) for name, status in cases]


def test_vectors_pass_but_for_the_differences_on_purpose():
    """Every vector passes or stands in `differences.md`, and none that passes stands there."""
    verdict = verdicts()

    assert {place for place, passed in enumerate(verdict) if not passed} == set(differences("snooze"))
    assert (verdict.count(True), verdict.count(False)) == COUNTS


@pytest.mark.parametrize("name", SITUATIONS)
def test_every_situation_is_asked(name):
    """Nothing is prepared that no vector asks for."""
    assert name in {case for vector in vectors("snooze") for case, _ in vector["cases"]}
