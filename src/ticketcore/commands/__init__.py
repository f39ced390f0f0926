"""
What can be asked: the contents page of all commands.

One module per noun; in each, every command with its decision beside it. The commands that add and change rules are in
`ticketcore.automation`.
"""

from ticketcore.commands.agents import AddAgent
from ticketcore.commands.assignment import Assign, AssignNext, Claim, Transfer, Unassign
from ticketcore.commands.command import ANY
from ticketcore.commands.contacts import AddContact
from ticketcore.commands.departments import AddDepartment
from ticketcore.commands.mail import ReceiveMail
from ticketcore.commands.merging import LinkTo, MakeIndependent, MakeSubTicketOf, MergeInto, SplitOff, Unlink
from ticketcore.commands.messages import SendAnswer, SendInternalMessage, SendMessage, SendUpdate
from ticketcore.commands.notes import (
    AddCompanyNote,
    AddContactNote,
    AddInlineNote,
    AddTicketNote,
    DeleteCompanyNote,
    DeleteContactNote,
    DeleteTicketNote,
    EditCompanyNote,
    EditContactNote,
    EditTicketNote,
)
from ticketcore.commands.participants import (
    AcceptProposedCopies,
    AddFollowers,
    AddRequesters,
    RejectProposedCopies,
    RemoveFollowers,
    RemoveRequesters,
    SetCopies,
)
from ticketcore.commands.purging import Purge
from ticketcore.commands.status import (
    Close,
    Delete,
    MarkAnswered,
    MarkAsNotSpam,
    MarkAsSpam,
    MoveTo,
    Postpone,
    Reopen,
    Resolve,
    Restore,
)
from ticketcore.commands.tickets import (
    AddTags,
    OpenInternalTicket,
    OpenTicket,
    RemoveTags,
    SetCustomFields,
    SetDescription,
    SetPriority,
    SetSubject,
    SetType,
    SubmitTicket,
)

__all__ = [
    "ANY",
    "AcceptProposedCopies",
    "AddAgent",
    "AddCompanyNote",
    "AddContact",
    "AddContactNote",
    "AddDepartment",
    "AddFollowers",
    "AddInlineNote",
    "AddRequesters",
    "AddTags",
    "AddTicketNote",
    "Assign",
    "AssignNext",
    "Claim",
    "Close",
    "Delete",
    "DeleteCompanyNote",
    "DeleteContactNote",
    "DeleteTicketNote",
    "EditCompanyNote",
    "EditContactNote",
    "EditTicketNote",
    "LinkTo",
    "MakeIndependent",
    "MakeSubTicketOf",
    "MarkAnswered",
    "MarkAsNotSpam",
    "MarkAsSpam",
    "MergeInto",
    "MoveTo",
    "OpenInternalTicket",
    "OpenTicket",
    "Postpone",
    "Purge",
    "ReceiveMail",
    "RejectProposedCopies",
    "RemoveFollowers",
    "RemoveRequesters",
    "RemoveTags",
    "Reopen",
    "Resolve",
    "Restore",
    "SendAnswer",
    "SendInternalMessage",
    "SendMessage",
    "SendUpdate",
    "SetCopies",
    "SetCustomFields",
    "SetDescription",
    "SetPriority",
    "SetSubject",
    "SetType",
    "SplitOff",
    "SubmitTicket",
    "Transfer",
    "Unassign",
    "Unlink",
]
