"""
Seats: the desk as somebody sees it. All asking and reading goes through one; nothing is ever asked by nobody.

`SystemSeat` is the host's program itself, `AgentSeat` an agent, `CustomerSeat` a customer, who is given public values
only. What the first two read alike is in `tickets`, `people` and `configuration`. The asynchronous twins are in
`ticketcore.async_seats`, laid out in the same way; every method has the same name there.
"""

from ticketcore.seats.agent import AgentSeat
from ticketcore.seats.customer import CustomerSeat
from ticketcore.seats.system import SystemSeat

__all__ = ["AgentSeat", "CustomerSeat", "SystemSeat"]
