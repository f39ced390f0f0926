"""
The seats of an `AsyncHelpDesk`: those of `ticketcore.seats`, to be awaited.

Every method has the name, the arguments and the meaning of its twin there; the long docstrings are there, too.
"""

from ticketcore.async_seats.agent import AsyncAgentSeat
from ticketcore.async_seats.customer import AsyncCustomerSeat
from ticketcore.async_seats.system import AsyncSystemSeat

__all__ = ["AsyncAgentSeat", "AsyncCustomerSeat", "AsyncSystemSeat"]
