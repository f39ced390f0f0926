"""
Assignment: whose turn it is among few agents and among many, beside the linear search that others do.

The yardstick is written down here as Frappe Helpdesk does it: from the agent who had the last turn on to the next one.
It knows no weights, and nobody who is away. What our choice costs is measured on a stable team, as theirs is; then the
whole way of a ticket that is opened and assigned.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import count, cycle
from typing import Final

import attrs

from benchmarks.core import Size
from benchmarks.figures import Figure
from benchmarks.timing import in_turns, per_call
from ticketcore import HelpDesk, MemoryStorage
from ticketcore.assignment import Candidate, Question, Rotation, RoundRobinAssigner
from ticketcore.automation import AddRule
from ticketcore.commands import AddAgent, AddContact, AddDepartment, AssignNext, SubmitTicket
from ticketcore.events import TicketOpened
from ticketcore.model.ids import AgentId, TicketId
from ticketcore.model.lifecycle import NEW
from ticketcore.model.tickets import Channel, Ticket

FEW: Final = 10


def measure(size: Size) -> Iterator[Figure]:
    """All figures of the group."""
    few, many = Choosing.among(FEW), Choosing.among(size.agents)
    search = LinearSearch([Row(f"{number:05}") for number in range(size.agents)])
    taken = in_turns(
        {
            "few": lambda: per_call(few.choose, size.choices),
            "many": lambda: per_call(many.choose, size.choices),
            "search": lambda: per_call(search.choose, size.choices),
        },
        size.repeats,
    )
    yield Figure(f"assign.choice_{FEW}", taken["few"], "us")
    yield Figure(f"assign.choice_{size.agents}", taken["many"], "us")
    yield Figure(f"assign.frappe_way_{size.agents}", taken["search"], "us")
    yield Figure(f"assign.{size.agents}_vs_{FEW}", taken["many"] / taken["few"], "x", "<= 2")
    yield Figure(f"assign.vs_frappe_way.{size.agents}", taken["search"] / taken["many"], "x", ">= 10")
    yield from on_a_desk(size)


class Choosing:
    """
    Choices of round robin, one after the other, each asked as the rotation stands after the one before.

    Args:
        questions: A few, after which the first one is asked again.
    """

    def __init__(self, questions: Sequence[Question]) -> None:
        self._questions = cycle(questions)
        self._assigner = RoundRobinAssigner()

    @classmethod
    def among(cls, number: int) -> "Choosing":
        """Choices among so many agents who are all there."""
        question = Question(
            ticket=_a_ticket(),
            candidates=[Candidate(AgentId(f"{it:05}")) for it in range(number)],
            rotation=Rotation(id="desk"),
        )
        questions = []
        for _ in range(FEW):
            rotation = RoundRobinAssigner().choose(question).rotation
            question = attrs.evolve(question, rotation=rotation)
            questions.append(question)
        return cls(questions)

    def choose(self) -> None:
        """One choice."""
        self._assigner.choose(next(self._questions))


@attrs.define
class Row:
    """A row of the yardstick's table of agents."""

    user: str


class LinearSearch:
    """
    The yardstick: the row behind that of the last turn, or else the first one.

    Args:
        users: The rows.
    """

    def __init__(self, users: Sequence[Row]) -> None:
        self.users = users
        self.last_user: str | None = None

    def choose(self) -> None:
        """One choice, which is remembered."""
        self.last_user = self._next_user()

    def _next_user(self) -> str:
        if self.last_user is None or self.last_user == self.users[-1].user:
            return self.users[0].user
        for place, row in enumerate(self.users):
            if self.last_user == row.user:
                return self.users[place + 1].user
        return self.users[0].user


# On a desk.


def on_a_desk(size: Size) -> Iterator[Figure]:
    """Opening a ticket that is assigned at once, in a department of few agents and in one of many."""
    desks = {number: Opening(number) for number in (FEW, size.agents)}
    taken = in_turns(
        {str(number): partial(per_call, desk.open, size.tickets) for number, desk in desks.items()}, size.repeats
    )
    for number in desks:
        yield Figure(f"assign.open_and_assign_{number}", taken[str(number)], "us")


class Opening:
    """A desk with one department, where every ticket is assigned round robin."""

    def __init__(self, agents: int) -> None:
        desk = HelpDesk(MemoryStorage())
        admin = desk.as_system()
        self._department = admin.do(AddDepartment("Support")).id
        for number in range(agents):
            admin.do(AddAgent(f"Agent {number}", departments=[self._department]))
        admin.do(AddRule("Everybody in turn", trigger=TicketOpened, then=[AssignNext()]))
        self._customer = desk.as_customer(admin.do(AddContact("Mia")).id)
        self._number = count()

    def open(self) -> None:
        """Opens a ticket."""
        self._customer.do(SubmitTicket(f"Question {next(self._number)}", department=self._department))


def _a_ticket() -> Ticket:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return Ticket(
        id=TicketId("ticket"),
        reference="",
        subject="",
        description="",
        status=NEW,
        status_changed_at=now,
        created_at=now,
        changed_at=now,
        public_changed_at=now,
        source=Channel.EMAIL,
        requesters=(),
    )
