"""
What has a JSON form: the classes of records and events; those of commands are in the module `commands` beside.

A document names its class, so a name that stands here stays. A test walks the package and finds what is missing.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ticketcore import events
from ticketcore.assignment import ROTATIONS, Rotation
from ticketcore.assignment.backlog import BACKLOG, BacklogPlace
from ticketcore.assignment.intake import INTAKES, Intake
from ticketcore.automation.failures import FAILURE_ROWS, FailureRow
from ticketcore.automation.rules import RULES, Rule
from ticketcore.automation.triggers import DueWithin, OlderThan, OverdueBy, StatusUnchangedFor, TimeTrigger
from ticketcore.business_time import CALENDARS, Calendar
from ticketcore.commands.macro import MACROS, Macro
from ticketcore.configuration import REVISIONS, Revision
from ticketcore.events import Event
from ticketcore.extensions import Upgrade
from ticketcore.model import kinds
from ticketcore.model.canned import CannedResponse
from ticketcore.model.departments import Department, Membership
from ticketcore.model.dues import DUES, SWEEPS, Due
from ticketcore.model.fields import CustomField
from ticketcore.model.keys import NaturalKey
from ticketcore.model.kinds import Kind
from ticketcore.model.notes import CompanyNote, ContactNote, TicketNote
from ticketcore.model.people import Agent, Company, Contact
from ticketcore.model.presence import Presence
from ticketcore.model.ratings import Rating
from ticketcore.model.talks import Call, Chat, ChatMessage
from ticketcore.model.thread import Answer, CustomerMessage, InlineNote, InternalMessage
from ticketcore.model.tickets import InternalTicket, Ticket
from ticketcore.model.time_entries import TimeEntry, Timer
from ticketcore.model.tombstones import TOMBSTONES, Tombstone
from ticketcore.notifications import NOTIFICATIONS, Notification
from ticketcore.receipts import RECEIPTS, Receipt
from ticketcore.sla import SLA_POLICIES, SlaPolicy
from ticketcore.to_solve import SKIPS, TO_SOLVE_TURNS, Skip

EVENTS: Final[tuple[type[Event], ...]] = (
    events.TicketOpened,
    events.CustomerMessageAdded,
    events.AnswerAdded,
    events.UpdateAdded,
    events.InternalMessageAdded,
    events.InlineNoteAdded,
    events.TicketNoteAdded,
    events.TicketNoteEdited,
    events.TicketNoteDeleted,
    events.StatusChanged,
    events.PriorityChanged,
    events.Transferred,
    events.Assigned,
    events.TypeChanged,
    events.TagsChanged,
    events.SubjectChanged,
    events.DescriptionChanged,
    events.CustomFieldsChanged,
    events.RequestersChanged,
    events.FollowersChanged,
    events.CopiesChanged,
    events.CopiesProposed,
    events.PostponedUntilChanged,
    events.SlaChanged,
    events.SlaLevelChanged,
    events.ParentChanged,
    events.LinksChanged,
    events.MergedInto,
    events.MergedFrom,
    events.AboutChanged,
    events.SubTicketAdded,
    events.SubTicketRemoved,
    events.SplitOff,
    events.FollowedUp,
    events.Rated,
    events.ChatStarted,
    events.ChatPickedUp,
    events.ChatWaits,
    events.ChatMissed,
    events.ChatEnded,
    events.CallStarted,
    events.AgentsRung,
    events.CallPickedUp,
    events.CallWaits,
    events.CallMissed,
    events.CallEnded,
    events.TimerStarted,
    events.TimerPaused,
    events.TimeLogged,
    events.TimeCorrected,
    events.TimeRemoved,
    events.ContactErased,
    events.NobodyAvailable,
    events.LeftBacklog,
    events.QueueLengthChanged,
    events.Skipped,
    events.AgentEntered,
    events.AgentLeft,
    events.AnswerWithheld,
    events.AutomaticMailReceived,
    events.MailSent,
    events.MessageForwarded,
    events.RequestSent,
    events.OutgoingMailFailed,
    events.TimeReached,
    events.OccasionFailed,
    events.TargetStarted,
    events.TargetMoved,
    events.TargetPaused,
    events.TargetResumed,
    events.TargetWarned,
    events.TargetMissed,
    events.TargetMet,
    events.TargetMetLate,
    events.TargetDropped,
    events.RuleFailed,
    events.RulePaused,
    events.ChainStopped,
)
"""The classes of events that happen."""

EVENT_FAMILIES: Final[tuple[type[Event], ...]] = (
    events.Event,
    events.EntryAdded,
    events.MessageAdded,
    events.FieldChanged,
    events.TargetChanged,
)
"""The classes that events have in common; rules can be set off by all of a family."""

TIME_TRIGGERS: Final[tuple[type[TimeTrigger], ...]] = (OlderThan, StatusUnchangedFor, DueWithin, OverdueBy)
"""The states that become true with time; rules can be set off by them."""

RECORDS: Final[Mapping[Kind[Any], tuple[type, ...]]] = {
    kinds.TICKETS: (Ticket, InternalTicket),
    kinds.ENTRIES: (CustomerMessage, Answer, InternalMessage, InlineNote, *EVENTS),
    kinds.TICKET_NOTES: (TicketNote,),
    kinds.CONTACT_NOTES: (ContactNote,),
    kinds.COMPANY_NOTES: (CompanyNote,),
    kinds.RATINGS: (Rating,),
    kinds.CALLS: (Call,),
    kinds.CHATS: (Chat,),
    kinds.CHAT_MESSAGES: (ChatMessage,),
    kinds.TIMERS: (Timer,),
    kinds.TIME_ENTRIES: (TimeEntry,),
    kinds.AGENTS: (Agent,),
    kinds.CONTACTS: (Contact,),
    kinds.COMPANIES: (Company,),
    kinds.DEPARTMENTS: (Department,),
    kinds.MEMBERSHIPS: (Membership,),
    kinds.PRESENCES: (Presence,),
    kinds.CANNED_RESPONSES: (CannedResponse,),
    kinds.CUSTOM_FIELDS: (CustomField,),
    MACROS: (Macro,),
    CALENDARS: (Calendar,),
    RULES: (Rule,),
    FAILURE_ROWS: (FailureRow,),
    ROTATIONS: (Rotation,),
    INTAKES: (Intake,),
    BACKLOG: (BacklogPlace,),
    SKIPS: (Skip,),
    REVISIONS: (Revision,),
    NOTIFICATIONS: (Notification,),
    RECEIPTS: (Receipt,),
    DUES: (Due,),
    SLA_POLICIES: (SlaPolicy,),
    TOMBSTONES: (Tombstone,),
}
"""The classes of records of each kind."""

NATURAL_KEYS: Final[tuple[Kind[NaturalKey], ...]] = (
    kinds.REFERENCES,
    kinds.CONTACT_ADDRESSES,
    kinds.CONTACT_PHONES,
    kinds.AGENT_ADDRESSES,
    kinds.DEPARTMENT_ADDRESSES,
    kinds.DEPARTMENT_NAMES,
    kinds.COMPANY_DOMAINS,
    kinds.MAIL_IDS,
    kinds.RECEIVED_MAILS,
    kinds.TIMER_TURNS,
    TO_SOLVE_TURNS,
    SWEEPS,
)
"""The kinds whose records are natural keys: one class for all, so that such a record does not tell its kind."""

UPGRADES: Final[Mapping[type, Sequence[Upgrade]]] = {}
"""
The functions that bring the fields of older documents to the next format, by class.

Whoever changes a class so that its older documents could not be read, or would mean something else, adds one here. A
new field with a default needs none.
"""
