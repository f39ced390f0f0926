"""
Processes that work on one desk at the same time, each writing down what the desk has acknowledged.

A writer opens tickets, which a rule assigns in turn; merges one of its own into another one; claims tickets that all
writers want; and assigns them to others. A line of its journal stands for a command that has returned.
"""

import json
import os
from multiprocessing import get_context
from pathlib import Path
from threading import Event
from time import monotonic

import attrs

from ticketcore.automation import AddRule
from ticketcore.commands import (
    AddAgent,
    AddContact,
    AddDepartment,
    Assign,
    AssignNext,
    Claim,
    MergeInto,
    SubmitTicket,
)
from ticketcore.conditions import F
from ticketcore.desk import HelpDesk
from ticketcore.errors import Conflict, StorageError
from ticketcore.events import TicketOpened
from ticketcore.storage.sql import SqlStorage

PATIENCE = 120.0
"""Seconds after which a test gives up waiting."""

IN_TURN = 5
"""How many agents are assigned tickets in turn."""


@attrs.frozen
class Plan:
    """
    What all writers know.

    Args:
        url: The database.
        tenant: The desk.
        folder: Where journals are.
        customer: Who opens tickets.
        in_turn: The department where they are assigned in turn.
        claimants: The agents as whom writers claim, one each.
        wanted: The tickets that all of them want.
        rounds: How often each writer does everything.
    """

    url: str
    tenant: str
    folder: Path
    customer: str
    in_turn: str
    claimants: tuple[str, ...]
    wanted: tuple[str, ...]
    rounds: int

    @classmethod
    def on(cls, url, tenant, folder, *, writers, rounds):
        """A new desk for so many writers."""
        storage = SqlStorage.open(url, tenant=tenant)
        desk = HelpDesk(storage)
        system = desk.as_system()
        in_turn, free = (system.do(AddDepartment(name)).id for name in ("In turn", "Free"))
        for number in range(IN_TURN):
            system.do(AddAgent(f"Agent {number}", departments=[in_turn]))
        claimants = tuple(system.do(AddAgent(f"Writer {it}", departments=[free])).id for it in range(writers))
        here = F.department == in_turn
        system.do(AddRule("Everybody in turn", trigger=TicketOpened, when=here, then=[AssignNext()]))
        customer = system.do(AddContact("Mia", email="mia@example.org")).id
        seat = desk.as_customer(customer)
        wanted = tuple(seat.do(SubmitTicket(f"Wanted {it}", department=free)).id for it in range(rounds))
        storage.close()
        return cls(url, tenant, folder, customer, in_turn, claimants, wanted, rounds)

    def storage(self):
        """The desk's storage, opened anew."""
        return SqlStorage.open(self.url, tenant=self.tenant)

    def start(self, number):
        """Starts a writer."""
        process = get_context("spawn").Process(target=write, args=(self, number), daemon=True)
        process.start()
        return process

    def journal(self, number):
        """What a writer was told that it was done; a line that was cut off in the middle was not told."""
        path = self.folder / f"{number}.jsonl"
        lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
        return [json.loads(line) for line in lines]


def wait_until(holds, what):
    """Waits until something holds; fails when it takes too long."""
    deadline, waiting = monotonic() + PATIENCE, Event()
    while not holds():
        assert monotonic() < deadline, f"{what} takes too long"
        waiting.wait(0.005)


def write(plan, number):
    """What the process of a writer does."""
    journal = os.open(plan.folder / f"{number}.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def acknowledge(**done):
        os.write(journal, json.dumps(done).encode() + b"\n")

    desk = HelpDesk(plan.storage())
    for turn in range(plan.rounds):
        try:
            _once(plan, desk, number, turn, acknowledge)
        except StorageError as error:
            acknowledge(error=type(error).__name__, said=str(error))
    acknowledge(finished=True)


def _once(plan, desk, number, turn, acknowledge):
    customer, agent = desk.as_customer(plan.customer), desk.as_agent(plan.claimants[number])
    system, wanted = desk.as_system(), plan.wanted[turn]
    opened = []
    for part in ("first", "second"):
        key = f"{number}/{turn}/{part}"
        opened.append(customer.do(SubmitTicket(key, department=plan.in_turn), key=key).id)
        acknowledge(opened=opened[-1], key=key)
    system.do(MergeInto(opened[1]), on=opened[0])
    acknowledge(merged=opened[0], into=opened[1])
    try:
        agent.do(Claim(), on=wanted, seen=1)
    except Conflict:
        return
    acknowledge(claimed=wanted, by=plan.claimants[number])
    other = plan.claimants[number - 1]
    system.do(Assign(other), on=wanted)
    acknowledge(assigned=wanted, to=other)
