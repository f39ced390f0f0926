"""What type checkers know of reading and writing documents."""

from typing import Any, assert_type

from ticketcore.commands.command import Command
from ticketcore.commands.messages import SendAnswer
from ticketcore.conditions import Condition, F
from ticketcore.model.kinds import CONTACTS, TICKETS
from ticketcore.model.people import Contact
from ticketcore.model.tickets import InternalTicket, Ticket
from ticketcore.serialization import Codec

codec = Codec()

# A kind says what its documents are read as.
assert_type(codec.unpack(TICKETS, {}), Ticket | InternalTicket)
assert_type(codec.unpack(CONTACTS, {}), Contact)

assert_type(codec.unpack_command({}), Command[Any])
assert_type(codec.unpack_condition({}), Condition[Any])
assert_type(codec.loads("{}"), object)
assert_type(codec.dumps(SendAnswer("Hello")), str)
assert_type(codec.command_text(SendAnswer("Hello")), str)

codec.pack_condition(F.subject.contains("invoice"))
codec.pack_command(F.subject)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
codec.unpack("ticket", {})  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
