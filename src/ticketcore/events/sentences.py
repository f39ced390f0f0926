"""
Sentences: what each event says to people who read a thread, in English.

"Priority set to high by rule “VIP first”, because a message came." Events hold ids; whoever shows them says what is
called how, with a function from an id to a name. An event of the host's own is read off the name of its class.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

import attrs

from ticketcore import events
from ticketcore.events.changes import FieldChanged
from ticketcore.events.event import Event
from ticketcore.model.actors import ActorKind

Names: TypeAlias = Callable[[str], str | None]
"""From the id of an agent, contact, department or ticket to what people call it; None for what it does not know."""

Said: TypeAlias = Callable[[Any, Names], str]
"""What an event says happened, without who did it and why."""


def no_names(_id: str, /) -> str | None:
    """Knows nobody's name: ids stand for themselves."""
    return None


def sentence(event: Event, names: Names = no_names) -> str:
    """
    What an event says: what happened, who did it, and what set the rule off, if a rule did it.

    Args:
        event: Of any class.
        names: Gives names to ids, such as the `get` of a dictionary; what it does not know stays an id.
    """
    quietly = " silently" if event.cause.told.get("silently") else ""
    return f"{_what(event, names)}{quietly}{_by(event, names)}{_with(event)}{_because(event)}."


def reason(happened: str) -> str:
    """
    What happened, as a reason: `"a message came"`.

    Args:
        happened: The name of an event's class.
    """
    return _BY_NAME[happened].reason if happened in _BY_NAME else f"of “{_words(happened)}”"


@attrs.frozen
class _Wording:
    """
    How an event is told.

    Args:
        said: What happened.
        reason: The same as a reason for something else, to follow "because".
    """

    said: Said
    reason: str


def _what(event: Event, names: Names) -> str:
    wording = WORDINGS.get(type(event))
    return wording.said(event, lambda id: names(id) or id) if wording else _words(type(event).__name__)


def _by(event: Event, names: Names) -> str:
    """Who did it; of what the desk itself tells about a rule or target, or did by itself, nobody is named."""
    if isinstance(event, events.TargetChanged):
        return ""
    if event.cause.rule is not None:
        return "" if getattr(event, "rule", None) == event.cause.rule else f" by rule “{event.cause.rule_name}”"
    if event.actor.kind is ActorKind.SYSTEM or event.actor.id is None:
        return ""
    return f" by {names(event.actor.id) or event.actor}"


def _with(event: Event) -> str:
    return f", with macro “{event.cause.macro}”" if event.cause.macro else ""


def _because(event: Event) -> str:
    return f", because {reason(event.cause.happened)}" if event.cause.happened else ""


def _words(name: str) -> str:
    """The name of a class or choice as words: `ParcelSent` is "Parcel sent", and so is `parcel_sent`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", " ", name).capitalize()


# What the parts of sentences are made of.


def _always(text: str) -> Said:
    return lambda _event, _names: text


def _set_to(field: str) -> Said:
    def said(event: Any, _names: Names) -> str:  # noqa: ANN401 - any change
        return f"{field} taken away" if event.after is None else f"{field} set to {_shown(event.after)}"

    return said


def _named(some: str, nobody: str) -> Said:
    """A change to something that has a name, or to nothing."""

    def said(event: Any, names: Names) -> str:  # noqa: ANN401 - any change
        return nobody if event.after is None else f"{some} {names(event.after)}"

    return said


def _members(noun: str) -> Said:
    """A change of several things: those added and those taken away, by name where they have one."""

    def said(event: Any, names: Names) -> str:  # noqa: ANN401 - any change
        added, removed = (_listed(it, names) for it in _difference(event))
        parts = [f"{them} {verb}" for them, verb in ((added, "added"), (removed, "removed")) if them]
        return f"{noun} {' and '.join(parts)}" if parts else f"{noun} put in another order"

    return said


def _counted(noun: str) -> Said:
    """A change of several things that are told by digest: how many were added and taken away."""

    def said(event: Any, _names: Names) -> str:  # noqa: ANN401 - any change
        added, removed = (len([*it]) for it in _difference(event))
        parts = [f"{number} {verb}" for number, verb in ((added, "added"), (removed, "removed")) if number]
        return f"{noun}: {' and '.join(parts) or 'put in another order'}"

    return said


def _about(text: str, field: str) -> Said:
    """Something that names another record in a field."""
    return lambda event, names: f"{text} {names(getattr(event, field))}"


def _of_rule(text: str) -> Said:
    """Something about a rule, which may name further fields of its event."""
    return lambda event, _names: f"Rule “{event.rule_name}” {text.format(event=event)}"


def _failed(event: Any, _names: Names) -> str:  # noqa: ANN401 - see `Said`
    where = f" at {event.action}" if event.action else ""
    return f"Rule “{event.rule_name}” failed{where} with {event.error}; what it had done was dropped"


def _custom_fields(event: Any, _names: Names) -> str:  # noqa: ANN401 - see `Said`
    changed = {key for key in {*event.before, *event.after} if event.before.get(key) != event.after.get(key)}
    return f"Custom fields changed: {', '.join(sorted(changed))}"


def _postponed(event: Any, _names: Names) -> str:  # noqa: ANN401 - see `Said`
    return "Postponed no longer" if event.after is None else f"Postponed until {_shown(event.after)}"


def _queue(event: Any, names: Names) -> str:  # noqa: ANN401 - see `Said`
    queue = f"the queue of {names(event.department)}" if event.department else "the queue of no department"
    return f"{'Joined' if event.joined else 'Left'} {queue}"


def _started(noun: str) -> Said:
    """The beginning of a call or chat."""
    return lambda event, names: f"{noun} {'from' if event.incoming else 'to'} {names(event.contact)}"


def _waits(noun: str) -> Said:
    """A call or chat that waits beside the one there was."""
    return lambda event, _names: f"Another {noun} waits since {_shown(event.since)}"


_RATINGS: Final[Mapping[bool | None, str]] = {True: "Rated positively", False: "Rated negatively", None: "Commented on"}


def _logged(event: Any, names: Names) -> str:  # noqa: ANN401 - see `Said`
    billing = "" if event.spent.billable else ", not billable"
    return f"Time logged: {event.spent.duration} for {names(event.agent)}{billing}"


def _sent_to(text: str) -> Said:
    return lambda event, _names: f"{text} to {len(event.to)} address{'es' * (len(event.to) > 1)}"


def _target(text: str) -> Said:
    """What came of a target of the SLA: the text, which may name the deadline."""

    def said(event: Any, _names: Names) -> str:  # noqa: ANN401 - any event of a target
        deadline = "no more" if event.state is None else _shown(event.state.deadline)
        return f"{_words(event.target.value)} {text.format(deadline=deadline)}"

    return said


def _difference(event: FieldChanged) -> tuple[Iterable[str], Iterable[str]]:
    """What is there now and was not before, and the other way round."""
    return [it for it in event.after if it not in event.before], [it for it in event.before if it not in event.after]


def _listed(ids: Iterable[str], names: Names) -> str:
    return ", ".join(sorted(names(it) or it for it in ids))


def _shown(value: object) -> str:
    """A value as people read it: choices in small letters, times in UTC."""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return getattr(value, "name", str(value)).lower() if not isinstance(value, str) else value


WORDINGS: Final[Mapping[type[Event], _Wording]] = {
    events.TicketOpened: _Wording(_always("Ticket opened"), "the ticket was opened"),
    # What is written.
    events.CustomerMessageAdded: _Wording(_always("Message written"), "a message came"),
    events.AnswerAdded: _Wording(_always("Answer sent"), "an answer was sent"),
    events.UpdateAdded: _Wording(_always("Customers told how things stand"), "customers were told how things stand"),
    events.AnswerWithheld: _Wording(
        _always("Customers not written to again so soon"), "customers were not written to again so soon"
    ),
    events.InternalMessageAdded: _Wording(_always("Internal message written"), "an internal message was written"),
    events.InlineNoteAdded: _Wording(_always("Note written"), "a note was written"),
    events.TicketNoteAdded: _Wording(_always("Note put beside the ticket"), "a note was put beside the ticket"),
    events.TicketNoteEdited: _Wording(_always("Note beside the ticket edited"), "a note beside the ticket was edited"),
    events.TicketNoteDeleted: _Wording(
        _always("Note beside the ticket deleted"), "a note beside the ticket was deleted"
    ),
    # What changes.
    events.StatusChanged: _Wording(_set_to("Status"), "the status changed"),
    events.PriorityChanged: _Wording(_set_to("Priority"), "the priority changed"),
    events.Transferred: _Wording(_named("Transferred to", "Taken out of its department"), "the ticket was transferred"),
    events.Assigned: _Wording(_named("Assigned to", "Assigned to nobody"), "the assignee changed"),
    events.TypeChanged: _Wording(_set_to("Type"), "the type changed"),
    events.TagsChanged: _Wording(_members("Tags"), "the tags changed"),
    events.SubjectChanged: _Wording(_always("Subject edited"), "the subject was edited"),
    events.DescriptionChanged: _Wording(_always("Description edited"), "the description was edited"),
    events.CustomFieldsChanged: _Wording(_custom_fields, "custom fields changed"),
    events.RequestersChanged: _Wording(_members("Requesters"), "the requesters changed"),
    events.FollowersChanged: _Wording(_members("Followers"), "the followers changed"),
    events.CopiesChanged: _Wording(_counted("Addresses that get copies"), "the copies changed"),
    events.CopiesProposed: _Wording(_counted("Proposed copies"), "copies were proposed"),
    events.PostponedUntilChanged: _Wording(_postponed, "the time of coming back changed"),
    events.ParentChanged: _Wording(_named("Made a sub-ticket of", "Made independent"), "its parent changed"),
    events.LinksChanged: _Wording(_members("Links"), "the ticket was linked"),
    events.MergedInto: _Wording(_named("Merged into", "Merged no longer"), "the ticket was merged"),
    events.MergedFrom: _Wording(_members("Tickets taken over"), "the ticket took over another one"),
    events.AboutChanged: _Wording(_named("Now about", "About nobody any more"), "it is about somebody else"),
    # What was agreed on.
    events.SlaChanged: _Wording(_named("SLA policy set to", "SLA policy taken away"), "the SLA policy changed"),
    events.SlaLevelChanged: _Wording(
        _named("SLA level picked by hand:", "SLA level left to the policies"), "the SLA level was picked"
    ),
    events.TargetStarted: _Wording(_target("due {deadline}"), "something became due"),
    events.TargetMoved: _Wording(_target("now due {deadline}"), "a deadline moved"),
    events.TargetPaused: _Wording(_target("paused"), "a deadline was paused"),
    events.TargetResumed: _Wording(_target("due {deadline} after a pause"), "a deadline counts again"),
    events.TargetWarned: _Wording(_target("soon due: {deadline}"), "a deadline came near"),
    events.TargetMissed: _Wording(_target("late: it was due {deadline}"), "a deadline was missed"),
    events.TargetMet: _Wording(_target("in time"), "a deadline was met"),
    events.TargetMetLate: _Wording(_target("late, but done"), "something was done late"),
    events.TargetDropped: _Wording(_target("not agreed on any more"), "a deadline was dropped"),
    # What else happens.
    events.SubTicketAdded: _Wording(_about("Sub-ticket added:", "child"), "a sub-ticket was added"),
    events.SubTicketRemoved: _Wording(_about("Sub-ticket removed:", "child"), "a sub-ticket was removed"),
    events.SplitOff: _Wording(_about("Message split off into", "new"), "a message was split off"),
    events.FollowedUp: _Wording(_about("Followed up in", "new"), "a follow-up was opened"),
    events.Rated: _Wording(lambda event, _names: _RATINGS[event.positive], "a customer rated it"),
    events.TimerStarted: _Wording(_about("Timer runs:", "agent"), "a timer was started"),
    events.TimerPaused: _Wording(_about("Timer paused:", "agent"), "a timer was paused"),
    events.TimeLogged: _Wording(_logged, "time was logged"),
    events.TimeCorrected: _Wording(
        lambda event, _names: f"Time corrected from {event.before.duration} to {event.after.duration}",
        "time was corrected",
    ),
    events.TimeRemoved: _Wording(
        lambda event, _names: f"Time taken away: {event.before.duration}", "time was taken away"
    ),
    events.ContactErased: _Wording(_always("Contact erased, with all they wrote here"), "a contact was erased"),
    events.NobodyAvailable: _Wording(_always("Nobody was available to assign it to"), "nobody was available"),
    events.LeftBacklog: _Wording(_always("Waits for nobody to be available any more"), "it waits for nobody any more"),
    events.QueueLengthChanged: _Wording(_queue, "the queue changed"),
    events.ChatStarted: _Wording(_started("Chat"), "a chat began"),
    events.ChatPickedUp: _Wording(_about("Chat picked up by", "agent"), "a chat was picked up"),
    events.ChatWaits: _Wording(_waits("chat"), "a chat waited"),
    events.ChatMissed: _Wording(_always("Chat missed"), "a chat was missed"),
    events.ChatEnded: _Wording(lambda event, _names: f"Chat over after {event.lasted}", "a chat ended"),
    events.CallStarted: _Wording(_started("Call"), "a call began"),
    events.AgentsRung: _Wording(lambda event, names: f"Rung: {_listed(event.agents, names)}", "agents were rung"),
    events.CallPickedUp: _Wording(_about("Call picked up by", "agent"), "a call was picked up"),
    events.CallWaits: _Wording(_waits("call"), "a call rang"),
    events.CallMissed: _Wording(_always("Call missed"), "a call was missed"),
    events.CallEnded: _Wording(lambda event, _names: f"Call over after {event.lasted}", "a call ended"),
    events.Skipped: _Wording(
        lambda event, _names: f"Left to others until {_shown(event.until)}", "an agent left it to others"
    ),
    events.AgentEntered: _Wording(_always("Being looked at"), "an agent opened the ticket"),
    events.AgentLeft: _Wording(_always("Left"), "an agent left the ticket"),
    events.AutomaticMailReceived: _Wording(
        lambda event, _names: "Mail came back" if event.bounce else "Automatic reply received", "automatic mail came"
    ),
    events.MailSent: _Wording(_sent_to("Mail sent"), "a mail was sent"),
    events.MessageForwarded: _Wording(_sent_to("Message forwarded"), "a message was forwarded"),
    events.RequestSent: _Wording(lambda event, _names: f"Request sent to {event.system}", "a request was sent"),
    events.OutgoingMailFailed: _Wording(
        lambda event, _names: f"Notification given up after {event.attempts} tries", "outgoing mail failed"
    ),
    # What rules and time do.
    events.TimeReached: _Wording(_of_rule("has waited for its time"), "its time had come"),
    events.OccasionFailed: _Wording(
        lambda event, _names: f"What was due failed ({event.occasion}) with {event.error}", "what was due failed"
    ),
    events.RuleFailed: _Wording(_failed, "a rule failed"),
    events.RulePaused: _Wording(_of_rule("paused after {event.failures} failures in a row"), "a rule was paused"),
    events.ChainStopped: _Wording(
        _of_rule("not run: {event.depth} rules had set each other off"), "a chain of rules was stopped"
    ),
}
"""How each class of events is told."""

_BY_NAME: Final = {kind.__name__: wording for kind, wording in WORDINGS.items()}
