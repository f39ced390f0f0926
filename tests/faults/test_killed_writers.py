"""What is left when processes that write on one desk are killed."""

from collections import Counter

import attrs
import pytest

from tests.faults.writers import PATIENCE, Plan, wait_until
from tests.replay import replayed, told
from tests.storage.sql.databases import DATABASES, POSTGRESQL, a_tenant, new_url, url_of
from ticketcore.commands import SubmitTicket
from ticketcore.conditions import F
from ticketcore.desk import HelpDesk
from ticketcore.events import Assigned

WRITERS = 8
KILLED = 4
ROUNDS = 3


@attrs.frozen
class Aftermath:
    """
    What is found afterwards.

    Args:
        plan: What was to be done.
        journals: What writers were told that it was done, by their numbers.
        desk: The desk, opened again.
    """

    plan: Plan
    journals: dict
    desk: HelpDesk

    @property
    def system(self):
        """The system's seat."""
        return self.desk.as_system()

    def acknowledged(self, what):
        """All lines of journals that tell of something."""
        return [line for journal in self.journals.values() for line in journal if what in line]

    def tickets(self, where):
        """All tickets of which something holds."""
        return self.system.tickets(where, limit=None).items


@pytest.fixture(scope="module", params=DATABASES)
def aftermath(request, tmp_path_factory):
    """Eight writers have been at work; four of them were killed, each as soon as it had got a little further."""
    url = url_of(POSTGRESQL) if request.param == POSTGRESQL else new_url(request.param)
    plan = Plan.on(url, a_tenant(), tmp_path_factory.mktemp("journals"), writers=WRITERS, rounds=ROUNDS)
    processes = [plan.start(number) for number in range(WRITERS)]
    for number, process in enumerate(processes[:KILLED]):
        wait_until(
            lambda number=number, it=process: len(plan.journal(number)) > number or not it.is_alive(), "a writer"
        )
        process.kill()
    for process in processes:
        process.join(PATIENCE)
        assert process.exitcode is not None, "a writer does not come to its end"
    storage = plan.storage()
    yield Aftermath(plan, {it: plan.journal(it) for it in range(WRITERS)}, HelpDesk(storage))
    storage.close()


def test_those_who_stay_finish_and_see_no_error(aftermath):
    """Who dies takes nobody along: all others do all of their work, and hear of nothing."""
    for number in range(KILLED, WRITERS):
        assert aftermath.journals[number][-1:] == [{"finished": True}]
    assert aftermath.acknowledged("error") == []


def test_everything_acknowledged_is_there(aftermath):
    """What a writer was told that it was done is there when the storage is opened again."""
    system = aftermath.system
    for line in aftermath.acknowledged("opened"):
        assert system.ticket(line["opened"]).subject == line["key"]
    for line in aftermath.acknowledged("merged"):
        assert system.ticket(line["merged"]).merged_into == line["into"]
        assert line["merged"] in system.ticket(line["into"]).merged_from
    for line in aftermath.acknowledged("assigned"):
        assert system.ticket(line["assigned"]).assignee == line["to"]


def test_nothing_is_half_done(aftermath):
    """Every ticket is what its own events tell, and was assigned in the same commit in which it was opened."""
    for ticket in aftermath.tickets(F.department.is_set()):
        thread = [it for it in aftermath.system.thread(ticket.id) if it.ticket == ticket.id]
        fields, stored = replayed(thread), told(ticket)
        assert [it.position for it in thread] == [*range(1, ticket.entries + 1)]
        assert fields == {name: stored[name] for name in fields}
        if ticket.department == aftermath.plan.in_turn:
            assert sum(isinstance(it, Assigned) for it in thread) == 1


def test_nothing_is_given_to_two(aftermath):
    """Of all who want a ticket, one gets it: no two are told that they have."""
    claimed = Counter(line["claimed"] for line in aftermath.acknowledged("claimed"))

    assert set(claimed.values()) == {1}
    assert set(claimed) <= set(aftermath.plan.wanted)


def test_turns_stay_fair(aftermath):
    """Each ticket that is there took one turn, and none that is not took any: no two agents differ by more than one."""
    given = aftermath.system.tally("assignee", F.department == aftermath.plan.in_turn)

    assert max(given.values()) - min(given.values()) <= 1


def test_what_was_not_acknowledged_can_be_repeated(aftermath):
    """Who asks again under the same key, not knowing how far it had come, gets one ticket for it in the end."""
    customer = aftermath.desk.as_customer(aftermath.plan.customer)
    before = {line["key"]: line["opened"] for line in aftermath.acknowledged("opened")}
    keys = [f"{number}/{turn}/{part}" for number in range(KILLED) for turn in (0, 1) for part in ("first", "second")]

    for key in keys:
        again = customer.do(SubmitTicket(key, department=aftermath.plan.in_turn), key=key)
        assert before.get(key, again.id) == again.id

    subjects = Counter(it.subject for it in aftermath.tickets(F.department == aftermath.plan.in_turn))
    assert {key: subjects[key] for key in keys} == dict.fromkeys(keys, 1)
