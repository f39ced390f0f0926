"""
What the type checkers know of asking: what each command gives, and which mistakes they find.

Every ignored error stands for a mistake that must be found: an ignore that is not needed is an error itself.
"""

from typing import assert_type

from ticketcore import ANY, F, HelpDesk, InternalTicket, Priority
from ticketcore.bulk import BulkReport
from ticketcore.commands import (
    AddContact,
    AddInlineNote,
    AddTicketNote,
    Assign,
    EditTicketNote,
    OpenInternalTicket,
    ReceiveMail,
    SendAnswer,
    SendMessage,
    SetPriority,
    SubmitTicket,
    Transfer,
)
from ticketcore.commands.mail import MailOutcome
from ticketcore.model.ids import AgentId, ContactId, NoteId, TicketId
from ticketcore.model.mail import Mail
from ticketcore.model.notes import TicketNote
from ticketcore.model.people import Contact
from ticketcore.model.public import PublicMessage, PublicTicket
from ticketcore.model.thread import Answer, InlineNote
from ticketcore.model.tickets import AnyTicket
from ticketcore.query import Page

desk = HelpDesk()
system = desk.as_system()
agent = desk.as_agent(AgentId("ana"))
customer = desk.as_customer(ContactId("mia"))
ticket = TicketId("ticket")
note = NoteId("note")

# What each command gives.
assert_type(system.do(AddContact("Mia")), Contact)
assert_type(system.do(ReceiveMail(Mail(original=b""))), MailOutcome)
assert_type(system.do(Transfer(None), on=ticket), AnyTicket)
assert_type(agent.do(AddContact("Mia")), Contact)
assert_type(agent.do(AddInlineNote("a note"), on=ticket), InlineNote)
assert_type(agent.do(AddTicketNote("a note"), on=ticket), TicketNote)
assert_type(agent.do(SendAnswer("an answer"), on=ticket), Answer)
assert_type(agent.do(SetPriority(Priority.HIGH), on=ticket), AnyTicket)
assert_type(agent.do(OpenInternalTicket("a request")), InternalTicket)
assert_type(agent.do(EditTicketNote(note, "another"), on=ticket, seen=3), TicketNote)
assert_type(agent.do(Assign(AgentId("ana")), on=ticket, seen=ANY), AnyTicket)
assert_type(agent.do_on_each(SetPriority(Priority.HIGH), on=[ticket]), BulkReport)
assert_type(agent.do_on_each(Assign(AgentId("ana")), on=F.tags.has("late"), seen=ANY), BulkReport)
assert_type(agent.do_on_each(Assign(AgentId("ana")), on=[ticket], seen={ticket: 3}), BulkReport)
assert_type(system.do_on_each(Assign(AgentId("ana")), on=[ticket]), BulkReport)

# Customers get public values only.
assert_type(customer.do(SubmitTicket("a question")), PublicTicket)
assert_type(customer.do(SendMessage("more"), on=ticket), PublicMessage)
assert_type(customer.ticket("reference"), PublicTicket)
assert_type(customer.thread(ticket), tuple[PublicMessage, ...])
assert_type(customer.search("an order"), Page[PublicTicket])
assert_type(agent.search("an order", F.tags.has("late")), Page[AnyTicket])

# Mistakes: customers give no conditions.
customer.search("an order", F.tags.has("late"))  # type: ignore[call-arg,arg-type] # pyright: ignore[reportCallIssue]

# Mistakes: the ticket is missing, or there is none.
agent.do(SendAnswer("an answer"))  # type: ignore[call-overload] # pyright: ignore[reportCallIssue, reportArgumentType]
agent.do(AddContact("Mia"), on=ticket)  # type: ignore[call-overload] # pyright: ignore[reportCallIssue, reportArgumentType]

# Mistakes: what is overwritten was not said to be seen.
agent.do(EditTicketNote(note, "another"), on=ticket)  # type: ignore[call-overload] # pyright: ignore[reportCallIssue, reportArgumentType]
agent.do(Assign(AgentId("ana")), on=ticket)  # type: ignore[call-overload] # pyright: ignore[reportCallIssue, reportArgumentType]
agent.do_on_each(Assign(AgentId("ana")), on=[ticket])  # type: ignore[call-overload] # pyright: ignore[reportCallIssue, reportArgumentType]

# Mistakes: a command from the wrong seat.
customer.do(AddInlineNote("a note"), on=ticket)  # type: ignore[call-overload] # pyright: ignore[reportCallIssue, reportArgumentType]
customer.do(AddContact("Mia"))  # type: ignore[call-overload] # pyright: ignore[reportCallIssue, reportArgumentType]
agent.do(SubmitTicket("a question"))  # type: ignore[call-overload] # pyright: ignore[reportCallIssue, reportArgumentType]
agent.do(ReceiveMail(Mail(original=b"")))  # type: ignore[call-overload] # pyright: ignore[reportCallIssue, reportArgumentType]
system.do(SubmitTicket("a question"))  # type: ignore[call-overload] # pyright: ignore[reportCallIssue, reportArgumentType]

# Mistakes: what customers must not see has no public part, and is never public.
_ = InternalTicket.public  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]
_ = InlineNote.public  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]
