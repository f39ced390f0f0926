"""
What the seats read, as functions of a draft that change nothing; each asks the access policy.

`finding` finds tickets, `threads` reads what hangs on one, `timesheets` the time spent on many; `people` and `desk`
read all the rest. `public` is what customers' seats read.
"""

from ticketcore._reading.desk import (
    all_of_desk,
    canned_responses,
    filled_response,
    macros,
    members,
    one_of_desk,
    presences,
    sla_policies,
)
from ticketcore._reading.finding import (
    BY_DUE_TIME,
    NEWEST_FIRST,
    count,
    explain,
    explain_deadlines,
    history,
    search,
    sub_tickets,
    tally,
    ticket,
    tickets,
    visible,
)
from ticketcore._reading.pages import PAGE
from ticketcore._reading.people import company_notes, contact, contact_notes, contacts, recognised
from ticketcore._reading.public import (
    public_attachment,
    public_chat_messages,
    public_chats,
    public_search,
    public_thread,
    public_ticket,
    public_tickets,
)
from ticketcore._reading.threads import (
    attachment,
    calls,
    chat_messages,
    chats,
    conversation,
    notes,
    ratings,
    thread,
    thread_tickets,
    time_entries,
    timers,
)
from ticketcore._reading.timesheets import timesheet_of

__all__ = [
    "BY_DUE_TIME",
    "NEWEST_FIRST",
    "PAGE",
    "all_of_desk",
    "attachment",
    "calls",
    "canned_responses",
    "chat_messages",
    "chats",
    "company_notes",
    "contact",
    "contact_notes",
    "contacts",
    "conversation",
    "count",
    "explain",
    "explain_deadlines",
    "filled_response",
    "history",
    "macros",
    "members",
    "notes",
    "one_of_desk",
    "presences",
    "public_attachment",
    "public_chat_messages",
    "public_chats",
    "public_search",
    "public_thread",
    "public_ticket",
    "public_tickets",
    "ratings",
    "recognised",
    "search",
    "sla_policies",
    "sub_tickets",
    "tally",
    "thread",
    "thread_tickets",
    "ticket",
    "tickets",
    "time_entries",
    "timers",
    "timesheet_of",
    "visible",
]
