"""
Effects: what the commands of a rule do to a ticket, as far as the commands alone can tell.

A command that is not known here may do anything. So what must be excluded (that nothing between two rules changes a
field) is never claimed of it; and what must be shown (that it sets off a rule) is not claimed either.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import Any, Final, TypeAlias

import attrs

from ticketcore.commands import (
    assignment,
    automatic,
    calls,
    canned_responses,
    chats,
    contacts,
    macros,
    merging,
    messages,
    notes,
    outgoing,
    participants,
    purging,
    sla,
    status,
    tickets,
    time_tracking,
    to_solve,
    visiting,
)
from ticketcore.commands.command import TicketCommand
from ticketcore.conditions import Comparison, F, Field
from ticketcore.conditions.reading import ASSIGNEE, COMPANY, DEPARTMENT, LAST_MESSAGE, RECORD, REQUESTER
from ticketcore.events import (
    AnswerAdded,
    CallStarted,
    Event,
    InlineNoteAdded,
    InternalMessageAdded,
    MailSent,
    MessageForwarded,
    RequestSent,
    TicketNoteAdded,
    TicketNoteDeleted,
    TicketNoteEdited,
    TimeLogged,
    TimeRemoved,
    UpdateAdded,
)
from ticketcore.model.lifecycle import Category, LifeCycle
from ticketcore.model.mapping import FrozenMap

_CHOSEN: Final = object()
"""The value of a field that is chosen only when the command is done."""


@attrs.frozen(kw_only=True)
class Effects:
    """
    What commands do.

    Args:
        sets: Fields of the ticket, and what each is set to whatever it was.
        adds: Tags that are added.
        removes: Tags that are taken away.
        touches: All fields of the ticket that may change.
        writes: The events, beside changes of fields, that are raised every time.
        is_known: Whether that is all.
    """

    sets: Mapping[str, Any] = FrozenMap()
    adds: frozenset[str] = frozenset()
    removes: frozenset[str] = frozenset()
    touches: frozenset[str] = frozenset()
    writes: frozenset[type[Event]] = frozenset()
    is_known: bool = True

    @property
    def answers_customers(self) -> bool:
        """Whether customers are written to every time."""
        return not self.writes.isdisjoint(_TO_CUSTOMERS)

    def may_touch(self, comparison: Comparison[Any]) -> bool:
        """Whether a comparison may have another answer afterwards."""
        if not self.is_known:
            return True
        return bool(self.touches | self.writes) and not _depends_on(comparison.field).isdisjoint(
            self.touches | _DERIVED
        )

    def then(self, later: "Effects") -> "Effects":
        """What comes of these and of later ones."""
        return Effects(
            sets=FrozenMap({**self.sets, **later.sets}),
            adds=(self.adds - later.removes) | later.adds,
            removes=(self.removes - later.adds) | later.removes,
            touches=self.touches | later.touches,
            writes=self.writes | later.writes,
            is_known=self.is_known and later.is_known,
        )


NOTHING: Final = Effects()
ANYTHING: Final = Effects(is_known=False)

ASKED_AS: Final[Mapping[str, Field[Any]]] = {
    "priority": F.priority,
    "type": F.type,
    "department": F.department.id,
    "assignee": F.assignee.id,
}
"""How conditions ask for what commands set, where they can ask for its value."""

_TO_CUSTOMERS: Final = frozenset({AnswerAdded, UpdateAdded})

_DERIVED: Final = frozenset(
    {
        "answers",
        "changed_at",
        "customer_messages",
        "due_at",
        "entries",
        "first_answer_at",
        "in_backlog_since",
        "last_answer_at",
        "last_customer_message_at",
        "last_message",
        "public_changed_at",
        "queue_length",
        "reopenings",
        "sla",
        "status_changed_at",
        "targets",
        "waiting_since",
        "message.is_first",
    }
)
"""Fields that may change with any other."""


def effects_of(commands: Iterable[TicketCommand[Any]], life_cycle: LifeCycle) -> Effects:
    """
    What some commands do, one after the other.

    Args:
        commands: The commands.
        life_cycle: The statuses and their moves.
    """
    return reduce(Effects.then, (_effects(command, life_cycle) for command in commands), NOTHING)


def _effects(command: TicketCommand[Any], life_cycle: LifeCycle) -> Effects:
    effects = _TABLE.get(type(command))
    return ANYTHING if effects is None else effects(command, life_cycle)


_Way: TypeAlias = Callable[[Any, LifeCycle], Effects]


def _setting(**sets: Any) -> Effects:
    return Effects(sets=FrozenMap(sets), touches=frozenset(sets))


def _touching(*fields: str) -> _Way:
    return lambda _command, _cycle: Effects(touches=frozenset(fields))


def _writing(event: type[Event], *touched: str) -> _Way:
    return lambda _command, _cycle: Effects(writes=frozenset({event}), touches=frozenset(touched))


def _moving(category: Category) -> _Way:
    return lambda _command, cycle: _moved_to(cycle.main(category))


def _moved_to(status: object) -> Effects:
    return Effects(sets=FrozenMap({"status": status}), touches=_BY_STATUS)


_BY_STATUS: Final = frozenset({"status", "status_before", "postponed_from", "postponed_until"})


def _move_to(command: status.MoveTo, cycle: LifeCycle) -> Effects:
    target = cycle.status(command.status)
    return NOTHING if target is None else _moved_to(target)


def _postpone(command: status.Postpone, cycle: LifeCycle) -> Effects:
    moved = _moved_to(cycle.main(Category.POSTPONED))
    return moved.then(_setting(postponed_until=command.until))


def _postpone_for(_command: status.PostponeFor, cycle: LifeCycle) -> Effects:
    return _moved_to(cycle.main(Category.POSTPONED)).then(_setting(postponed_until=_CHOSEN))


def _sending(event: type[Event]) -> _Way:
    return lambda command, _cycle: Effects(writes=frozenset({event})) if command.to else NOTHING


def _transfer(command: assignment.Transfer, _cycle: LifeCycle) -> Effects:
    kept = command.keep_assignee and command.assignee is None
    assigned = Effects(touches=frozenset({"assignee"})) if kept else _setting(assignee=command.assignee)
    return _setting(department=command.department).then(assigned)


def _set_custom_fields(command: tickets.SetCustomFields, _cycle: LifeCycle) -> Effects:
    return Effects(
        sets=FrozenMap({f"custom.{key}": value for key, value in command.values.items()}),
        touches=frozenset({"custom", *(f"custom.{key}" for key in command.values)}),
    )


_TAGS: Final = frozenset({"tags"})

_TABLE: Final[Mapping[type[TicketCommand[Any]], _Way]] = {
    tickets.SetPriority: lambda it, _: _setting(priority=it.priority),
    tickets.SetType: lambda it, _: _setting(type=it.type),
    tickets.SetSubject: lambda it, _: _setting(subject=it.subject),
    tickets.SetDescription: lambda it, _: _setting(description=it.description),
    tickets.SetCustomFields: _set_custom_fields,
    tickets.AddTags: lambda it, _: Effects(adds=frozenset(it.tags), touches=_TAGS if it.tags else frozenset()),
    tickets.RemoveTags: lambda it, _: Effects(removes=frozenset(it.tags), touches=_TAGS if it.tags else frozenset()),
    assignment.Transfer: _transfer,
    assignment.Assign: lambda it, _: _setting(assignee=it.agent),
    assignment.Unassign: lambda _, __: _setting(assignee=None),
    assignment.AssignNext: _touching("assignee"),  # if nobody is available, whoever has it keeps it
    status.MoveTo: _move_to,
    status.Reopen: _moving(Category.OPEN),
    status.MarkAnswered: _moving(Category.ANSWERED),
    status.Resolve: _moving(Category.RESOLVED),
    status.Close: _moving(Category.CLOSED),
    status.MarkAsSpam: _moving(Category.SPAM),
    status.Delete: _moving(Category.DELETED),
    status.Postpone: _postpone,
    status.PostponeFor: _postpone_for,
    status.MarkAsNotSpam: _touching(*_BY_STATUS),
    status.Restore: _touching(*_BY_STATUS),
    messages.SendAnswer: _writing(AnswerAdded, *_BY_STATUS),
    messages.SendUpdate: _writing(UpdateAdded),
    automatic.AcknowledgeReceipt: lambda _, __: NOTHING,
    messages.SendInternalMessage: _writing(InternalMessageAdded, *_BY_STATUS),
    canned_responses.SendCannedAnswer: _writing(AnswerAdded, *_BY_STATUS),
    canned_responses.AnswerFromTemplate: _writing(AnswerAdded, *_BY_STATUS),
    canned_responses.SendCannedInternalMessage: _writing(InternalMessageAdded, *_BY_STATUS),
    canned_responses.AddCannedNote: _writing(InlineNoteAdded),
    notes.AddInlineNote: _writing(InlineNoteAdded),
    notes.AddTicketNote: _writing(TicketNoteAdded),
    notes.EditTicketNote: _writing(TicketNoteEdited),
    notes.DeleteTicketNote: _writing(TicketNoteDeleted),
    to_solve.SkipTicket: lambda _, __: Effects(touches=frozenset({"assignee"}), writes=frozenset({InlineNoteAdded})),
    calls.RingAgents: lambda _, __: NOTHING,
    calls.StartCallOnTicket: _writing(CallStarted, "assignee", "call_waiting_since", *_BY_STATUS),
    calls.PickUpCall: _touching("assignee", "call_waiting_since", "call_picked_up_at"),
    calls.EndCall: _touching("call_waiting_since", *_BY_STATUS),
    chats.PickUpChat: _touching("assignee", "chat_waiting_since", "chat_picked_up_at"),
    chats.AnswerInChat: _touching("assignee", "chat_waiting_since", "chat_picked_up_at"),
    chats.EndChat: _touching("chat_waiting_since", *_BY_STATUS),
    time_tracking.StartTimer: lambda _, __: NOTHING,
    time_tracking.PauseTimer: lambda _, __: NOTHING,
    time_tracking.StopTimer: _writing(TimeLogged),
    time_tracking.LogTime: _writing(TimeLogged),
    time_tracking.CorrectTime: lambda _, __: NOTHING,
    time_tracking.RemoveTime: _writing(TimeRemoved),
    outgoing.SendMail: _sending(MailSent),
    outgoing.Forward: _sending(MessageForwarded),
    outgoing.SendRequest: _writing(RequestSent),
    contacts.ChangeRequestersGroups: _touching("requesters"),  # what is asked of the requester may be otherwise
    participants.AddRequesters: _touching("requesters", "followers"),
    participants.RemoveRequesters: _touching("requesters", "followers"),
    participants.AddFollowers: _touching("requesters", "followers"),
    participants.RemoveFollowers: _touching("requesters", "followers"),
    participants.SetCopies: lambda _, __: _setting(cc=_CHOSEN),
    participants.AcceptProposedCopies: _touching("cc", "proposed_cc"),
    participants.RejectProposedCopies: _touching("proposed_cc"),
    sla.SetSlaLevel: lambda it, _: _setting(sla_level=it.policy),
    merging.LinkTo: _touching("links"),
    merging.Unlink: _touching("links"),
    merging.MakeSubTicketOf: lambda it, _: _setting(parent=it.parent),
    merging.MakeIndependent: lambda _, __: _setting(parent=None),
}
"""What is known of each class of commands."""

UNFORESEEN: Final = frozenset(
    {
        assignment.Claim,
        macros.ApplyMacro,
        merging.MergeInto,
        merging.SplitOff,
        purging.Purge,
        visiting.EnterTicket,
        visiting.LeaveTicket,
    }
)
"""The commands that may do anything to a ticket, or nothing: merging, purging, macros, and what only agents do."""


def _depends_on(field: Field[Any]) -> frozenset[str]:
    """The fields of the ticket on which a field depends; of what came with the event, none."""
    if field.origin == RECORD:
        whole = field.attribute.partition(".")[0]
        own = field.attribute if whole == "custom" else whole  # values of custom fields are set one by one
        return frozenset({own, *_COMPUTED.get(field.name, ())})
    if field.origin in _NAMES:
        return frozenset({_NAMES[field.origin]})
    return frozenset({field.name, *_COMPUTED.get(field.name, ())})


_NAMES: Final = {
    REQUESTER: "requesters",
    COMPANY: "company",
    ASSIGNEE: "assignee",
    DEPARTMENT: "department",
    LAST_MESSAGE: "last_message",
}
_COMPUTED: Final[Mapping[str, tuple[str, ...]]] = {
    "requester": ("requesters",),
    "parties": ("requesters", "followers"),
    "is_merged": ("merged_into",),
    "actor.is_assignee": ("assignee",),
    "actor.is_requester": ("requesters",),
}
"""Fields whose values follow from others."""
