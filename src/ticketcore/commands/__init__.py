"""
What can be asked: the contents page of all commands.

One module per noun; in each, every command with its decision beside it. The commands that add and change rules are in
`ticketcore.automation`.
"""

from typing import TYPE_CHECKING

from ticketcore._contents import leading_to

if TYPE_CHECKING:
    from ticketcore.commands.agents import AddAgent, ChangeAgent, DeactivateAgent, ReactivateAgent
    from ticketcore.commands.assignment import Assign, AssignNext, Claim, Transfer, Unassign
    from ticketcore.commands.automatic import AcknowledgeReceipt
    from ticketcore.commands.calendars import AddCalendar, ChangeCalendar, RemoveCalendar
    from ticketcore.commands.calls import EndCall, PickUpCall, RingAgents, StartCall, StartCallOnTicket
    from ticketcore.commands.canned_responses import (
        AddCannedNote,
        AddCannedResponse,
        AnswerFromTemplate,
        ChangeCannedResponse,
        RemoveCannedResponse,
        SendCannedAnswer,
        SendCannedInternalMessage,
    )
    from ticketcore.commands.chats import (
        AnswerInChat,
        EndChat,
        LeaveChat,
        PickUpChat,
        SendChatMessage,
        StartChat,
        StartChatOnTicket,
    )
    from ticketcore.commands.command import ANY
    from ticketcore.commands.companies import AddCompany, ChangeCompany
    from ticketcore.commands.contacts import AddContact, ChangeContact, ChangeMyProfile, ChangeRequestersGroups
    from ticketcore.commands.custom_fields import ChangeCustomField, DefineCustomField, RemoveCustomField
    from ticketcore.commands.departments import AddDepartment, ChangeDepartment, RemoveDepartment
    from ticketcore.commands.erasure import EraseContact
    from ticketcore.commands.housekeeping import SweepReceipts
    from ticketcore.commands.macros import AddMacro, ApplyMacro, ChangeMacro, RemoveMacro
    from ticketcore.commands.mail import ReceiveMail
    from ticketcore.commands.memberships import AddEveryone, AddMembers, ChangeMembership, RemoveMember
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
    from ticketcore.commands.outbox import Redeliver
    from ticketcore.commands.outgoing import Forward, SendMail, SendRequest
    from ticketcore.commands.participants import (
        AcceptProposedCopies,
        AddFollowers,
        AddRequesters,
        RejectProposedCopies,
        RemoveFollowers,
        RemoveRequesters,
        SetCopies,
    )
    from ticketcore.commands.presence import GoOffline, GoOnline
    from ticketcore.commands.purging import Purge
    from ticketcore.commands.ratings import RateAnswer, RateTicket
    from ticketcore.commands.sla import AddSlaPolicy, ChangeSlaPolicy, RemoveSlaPolicy, SetSlaLevel
    from ticketcore.commands.status import (
        Close,
        Delete,
        MarkAnswered,
        MarkAsNotSpam,
        MarkAsSpam,
        MoveTo,
        Postpone,
        PostponeFor,
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
    from ticketcore.commands.time_tracking import CorrectTime, LogTime, PauseTimer, RemoveTime, StartTimer, StopTimer
    from ticketcore.commands.to_solve import SkipTicket, TakeNext
    from ticketcore.commands.visiting import EnterTicket, LeaveTicket

__all__ = [
    "ANY",
    "AcceptProposedCopies",
    "AcknowledgeReceipt",
    "AddAgent",
    "AddCalendar",
    "AddCannedNote",
    "AddCannedResponse",
    "AddCompany",
    "AddCompanyNote",
    "AddContact",
    "AddContactNote",
    "AddDepartment",
    "AddEveryone",
    "AddFollowers",
    "AddInlineNote",
    "AddMacro",
    "AddMembers",
    "AddRequesters",
    "AddSlaPolicy",
    "AddTags",
    "AddTicketNote",
    "AnswerFromTemplate",
    "AnswerInChat",
    "ApplyMacro",
    "Assign",
    "AssignNext",
    "ChangeAgent",
    "ChangeCalendar",
    "ChangeCannedResponse",
    "ChangeCompany",
    "ChangeContact",
    "ChangeCustomField",
    "ChangeDepartment",
    "ChangeMacro",
    "ChangeMembership",
    "ChangeMyProfile",
    "ChangeRequestersGroups",
    "ChangeSlaPolicy",
    "Claim",
    "Close",
    "CorrectTime",
    "DeactivateAgent",
    "DefineCustomField",
    "Delete",
    "DeleteCompanyNote",
    "DeleteContactNote",
    "DeleteTicketNote",
    "EditCompanyNote",
    "EditContactNote",
    "EditTicketNote",
    "EndCall",
    "EndChat",
    "EnterTicket",
    "EraseContact",
    "Forward",
    "GoOffline",
    "GoOnline",
    "LeaveChat",
    "LeaveTicket",
    "LinkTo",
    "LogTime",
    "MakeIndependent",
    "MakeSubTicketOf",
    "MarkAnswered",
    "MarkAsNotSpam",
    "MarkAsSpam",
    "MergeInto",
    "MoveTo",
    "OpenInternalTicket",
    "OpenTicket",
    "PauseTimer",
    "PickUpCall",
    "PickUpChat",
    "Postpone",
    "PostponeFor",
    "Purge",
    "RateAnswer",
    "RateTicket",
    "ReactivateAgent",
    "ReceiveMail",
    "Redeliver",
    "RejectProposedCopies",
    "RemoveCalendar",
    "RemoveCannedResponse",
    "RemoveCustomField",
    "RemoveDepartment",
    "RemoveFollowers",
    "RemoveMacro",
    "RemoveMember",
    "RemoveRequesters",
    "RemoveSlaPolicy",
    "RemoveTags",
    "RemoveTime",
    "Reopen",
    "Resolve",
    "Restore",
    "RingAgents",
    "SendAnswer",
    "SendCannedAnswer",
    "SendCannedInternalMessage",
    "SendChatMessage",
    "SendInternalMessage",
    "SendMail",
    "SendMessage",
    "SendRequest",
    "SendUpdate",
    "SetCopies",
    "SetCustomFields",
    "SetDescription",
    "SetPriority",
    "SetSlaLevel",
    "SetSubject",
    "SetType",
    "SkipTicket",
    "SplitOff",
    "StartCall",
    "StartCallOnTicket",
    "StartChat",
    "StartChatOnTicket",
    "StartTimer",
    "StopTimer",
    "SubmitTicket",
    "SweepReceipts",
    "TakeNext",
    "Transfer",
    "Unassign",
    "Unlink",
]


def __dir__() -> list[str]:
    return __all__


if not TYPE_CHECKING:
    __getattr__ = leading_to(
        __name__,
        {
            "agents": "AddAgent ChangeAgent DeactivateAgent ReactivateAgent",
            "assignment": "Assign AssignNext Claim Transfer Unassign",
            "automatic": "AcknowledgeReceipt",
            "calendars": "AddCalendar ChangeCalendar RemoveCalendar",
            "calls": "EndCall PickUpCall RingAgents StartCall StartCallOnTicket",
            "canned_responses": (
                "AddCannedNote AddCannedResponse AnswerFromTemplate ChangeCannedResponse "
                "RemoveCannedResponse SendCannedAnswer SendCannedInternalMessage"
            ),
            "chats": "AnswerInChat EndChat LeaveChat PickUpChat SendChatMessage StartChat StartChatOnTicket",
            "command": "ANY",
            "companies": "AddCompany ChangeCompany",
            "contacts": "AddContact ChangeContact ChangeMyProfile ChangeRequestersGroups",
            "custom_fields": "ChangeCustomField DefineCustomField RemoveCustomField",
            "departments": "AddDepartment ChangeDepartment RemoveDepartment",
            "erasure": "EraseContact",
            "housekeeping": "SweepReceipts",
            "macros": "AddMacro ApplyMacro ChangeMacro RemoveMacro",
            "mail": "ReceiveMail",
            "memberships": "AddEveryone AddMembers ChangeMembership RemoveMember",
            "merging": "LinkTo MakeIndependent MakeSubTicketOf MergeInto SplitOff Unlink",
            "messages": "SendAnswer SendInternalMessage SendMessage SendUpdate",
            "notes": (
                "AddCompanyNote AddContactNote AddInlineNote AddTicketNote DeleteCompanyNote "
                "DeleteContactNote DeleteTicketNote EditCompanyNote EditContactNote EditTicketNote"
            ),
            "outbox": "Redeliver",
            "outgoing": "Forward SendMail SendRequest",
            "participants": (
                "AcceptProposedCopies AddFollowers AddRequesters RejectProposedCopies RemoveFollowers "
                "RemoveRequesters SetCopies"
            ),
            "presence": "GoOffline GoOnline",
            "purging": "Purge",
            "ratings": "RateAnswer RateTicket",
            "sla": "AddSlaPolicy ChangeSlaPolicy RemoveSlaPolicy SetSlaLevel",
            "status": (
                "Close Delete MarkAnswered MarkAsNotSpam MarkAsSpam MoveTo Postpone PostponeFor Reopen Resolve Restore"
            ),
            "tickets": (
                "AddTags OpenInternalTicket OpenTicket RemoveTags SetCustomFields SetDescription "
                "SetPriority SetSubject SetType SubmitTicket"
            ),
            "time_tracking": "CorrectTime LogTime PauseTimer RemoveTime StartTimer StopTimer",
            "to_solve": "SkipTicket TakeNext",
            "visiting": "EnterTicket LeaveTicket",
        },
    )
