"""
Explaining: asking every rule about an event of a ticket, and keeping what each saw at its turn.

An event of the past is asked about on the ticket as it then stood, as far as its thread tells; a class of events as if
one happened now. The rules are today's, and run by the same code as ever, on a draft that is never committed.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeGuard

import attrs

from ticketcore._draft import Draft
from ticketcore.access import Principal
from ticketcore.automation.explanation import Happening, Outcome, RuleExplanation, RulesExplanation
from ticketcore.automation.past import Past, as_it_stood
from ticketcore.automation.queues import queue_department
from ticketcore.automation.record import Acted, Record, record_of
from ticketcore.automation.rehearsal import Scene
from ticketcore.automation.rules import Rule, RuleBook
from ticketcore.automation.settling import Asking, Begun, Part, Turn, event_facts
from ticketcore.automation.triggers import TimeTrigger
from ticketcore.commands.purging import Purge
from ticketcore.conditions import EntryF, EventF, Explanation, Field
from ticketcore.conditions.operators import CHANGING
from ticketcore.conditions.reading import ACTOR, EVENT, LAST_MESSAGE, MESSAGE, RECORD
from ticketcore.errors import NotFound
from ticketcore.events import Cause, ChainStopped, EntryAdded, Event, RuleFailed, TimeReached, changed_value
from ticketcore.model.actors import SYSTEM
from ticketcore.model.copying import copy_with
from ticketcore.model.ids import RuleId, TicketId
from ticketcore.model.kinds import ENTRIES, TICKETS
from ticketcore.model.tickets import AnyTicket
from ticketcore.query import Order, Query

THEN: Final = "rules are asked as they are today: what they said then is not kept"
MADE_UP: Final = "nothing of the kind has happened on this ticket: what a rule asks of the event itself is missing"


@attrs.frozen(kw_only=True)
class Question(Scene):
    """
    What all rules are asked about.

    Args:
        events: The event; of times that rules wait for one for each of these rules.
        past: The ticket as it then stood, with what is not known of it; None if it is asked about as of now.
        record: What the thread tells; None if it is asked about as of now.
        stopped_by: The name of the rule that had stopped all others before the event was answered, if one had.
        unknown: What cannot be known.
    """

    events: Sequence[Event]
    past: Past | None = None
    record: Record | None = None
    stopped_by: str | None = None
    unknown: Sequence[str] = ()
    watch: "Witness"

    @property
    def scenes(self) -> Sequence[Scene]:
        """The only one."""
        return (self,)


def question(draft: Draft, book: RuleBook, on: TicketId, event: Happening) -> Question:
    """
    What rules are to be asked.

    Args:
        draft: The unit of work of whoever wants to know.
        book: Today's rules.
        on: The ticket.
        event: The event, or a class of events.

    Raises:
        NotFound: The ticket, or an event of this kind in its thread, does not exist or may not be seen.
    """
    ticket = draft.ticket(on)
    entries = draft.find(Query(ENTRIES, EntryF.ticket == ticket.id, (Order("position"),))).items
    events = [it for it in entries if isinstance(it, Event)]
    if isinstance(event, type):
        return _as_of_now(draft, book, ticket, event, events)
    found = next((it for it in events if it.id == event.id), None)
    if found is None:
        raise NotFound("event", event.id)
    return _as_of_then(draft.principal, book, ticket, found, events)


def _as_of_now(draft: Draft, book: RuleBook, ticket: AnyTicket, kind: type[Event], events: Sequence[Event]) -> Question:
    asked = supposed(draft, ticket, kind, events, book)
    is_told = kind is TimeReached or asked[0] in events
    return Question(
        ticket=ticket,
        now=draft.now,
        begun=Begun(asked),
        book=book,
        events=asked,
        unknown=() if is_told else (MADE_UP,),
        watch=Witness(asked, draft.principal),
    )


def _as_of_then(asker: Principal, book: RuleBook, ticket: AnyTicket, event: Event, events: Sequence[Event]) -> Question:
    record = record_of(event, events)
    past = as_it_stood(ticket, events, record.begins)
    stopped_by = _stopped_by(record.earlier, book)
    return Question(
        ticket=past.ticket,
        now=event.at,
        begun=Begun((event,) if stopped_by is None else (), record.done(ticket.id)),
        book=book,
        events=(event,),
        past=past,
        record=record,
        stopped_by=stopped_by,
        unknown=(THEN,),
        watch=Witness((event,), asker),
    )


def _stopped_by(earlier: Iterable[Acted], book: RuleBook) -> str | None:
    """The rule that had already stopped all others, by what today's rules say of stopping."""
    stopping = {it.id for it in book.rules if it.stop is not None}
    return next((it.name for it in earlier if it.is_done and it.rule in stopping), None)


def supposed(
    draft: Draft, ticket: AnyTicket, kind: type[Event], events: Sequence[Event], book: RuleBook
) -> Sequence[Event]:
    """
    What stands for an event of a class that might happen now: the last in the thread, or one that is made up.

    Of times that rules wait for, all are supposed to come now, each for its rule.

    Args:
        draft: The unit of work.
        ticket: The ticket.
        kind: The class.
        events: The events of the ticket's thread.
        book: The rules.
    """
    if kind is TimeReached and book.time_rules:
        return tuple(_made_up(draft, ticket, kind, rule=it.id, rule_name=it.name) for it in book.time_rules)
    last = next((it for it in reversed(events) if isinstance(it, kind)), None)
    return (_made_up(draft, ticket, kind) if last is None else last,)


def _made_up(draft: Draft, ticket: AnyTicket, kind: type[Event], **known: Any) -> Event:
    """An event of a class: of a change, to what is so now from what was missing; else no more than what is known."""
    told: dict[str, Any] = {field.name: None for field in attrs.fields(kind)} | known
    field = getattr(kind, "field", None)
    if field is not None and hasattr(ticket, field):
        told |= {"after": changed_value(field, getattr(ticket, field))}
    if issubclass(kind, EntryAdded):
        told |= {"entry": draft.new_id()}
    return kind(
        **told
        | {
            "id": draft.new_id(),
            "version": 1,
            "ticket": ticket.id,
            "position": ticket.entries + 1,
            "at": draft.now,
            "actor": SYSTEM if kind is TimeReached else draft.principal.actor,
            "cause": Cause("explain_rules"),
            "ticket_version": ticket.version + 1,
        }
    )


class Witness:
    """
    Keeps what rules saw at their turn of an event, and what they did.

    Args:
        asked: The event, or several.
        asker: Who wants to know.
    """

    def __init__(self, asked: Sequence[Event], asker: Principal) -> None:
        self._asked = {it.id for it in asked}
        self._asker = asker
        self.saw: dict[RuleId, Explanation] = {}
        self.turns: list[Turn] = []
        self.events: Sequence[Event] = ()

    def before(self, draft: Draft, part: Part) -> None:
        """Every rule that has not had its turn looks at things as they are."""
        if not self._is_about(part) or draft.peek(TICKETS, part.event.ticket) is None:
            return
        facts = event_facts(draft, part.event)
        if not self._sees_queue(draft, part.event):
            facts.queue_length = None
        for rule in part.left:
            try:
                self.saw[rule.id] = rule.when.explain(facts)
            except Exception as error:  # noqa: BLE001 - a condition of another make; the rule fails just so
                self.saw[rule.id] = Explanation(str(rule.when), holds=False, seen=type(error).__name__)

    def _sees_queue(self, draft: Draft, event: Event) -> bool:
        """Whether who wants to know may see the tickets that wait there: others are not even counted for them."""
        there = copy_with(draft.get(TICKETS, event.ticket), department=queue_department(draft, event))
        return draft.holds(draft.setup.access.visible_tickets(self._asker), TICKETS, there)

    def after(self, part: Part, turn: Turn) -> None:
        """One has had its turn."""
        if self._is_about(part):
            self.turns.append(turn)

    def ended(self, draft: Draft) -> None:
        """All is done."""
        self.events = tuple(draft.events)

    def _is_about(self, part: Part) -> TypeGuard[Asking]:
        return isinstance(part, Asking) and part.event.id in self._asked


def explained(asked: Question) -> RulesExplanation:
    """What became of every rule, once the scene has been played."""
    rules = [_explained(asked, rule) for rule in asked.book.rules]
    present = {it.rule for it in rules}
    recorded = () if asked.record is None else asked.record.acted
    gone = [_gone(it) for it in recorded if it.rule not in present]
    return RulesExplanation(
        ticket=asked.ticket.id,
        event=asked.events[0],
        at=None if asked.past is None else asked.events[0].at,
        rules=(*rules, *gone),
        unknown=asked.unknown,
    )


def _explained(asked: Question, rule: Rule) -> RuleExplanation:
    outcome, because = _outcome(asked, rule)
    found = RuleExplanation(
        rule=rule.id,
        name=rule.name,
        outcome=outcome,
        because=because,
        why=asked.watch.saw.get(rule.id) if outcome in _ASKED else None,
        events=_done_by(rule, asked),
        of_today=of_today(rule, asked.past) if outcome in _ASKED else (),
    )
    return found if asked.record is None else _compared(found, asked.record)


_ASKED: Final = frozenset({Outcome.ACTED, Outcome.FAILED, Outcome.CUT_OFF, Outcome.DID_NOT_HOLD})


def _outcome(asked: Question, rule: Rule) -> tuple[Outcome, str]:
    """What became of a rule, and why if that is not plain."""
    if not rule.active:
        return Outcome.PAUSED, ""
    if not any(rule.answers(it) for it in asked.events):
        waits = "its time" if isinstance(rule.trigger, TimeTrigger) else rule.trigger.__name__
        return Outcome.NOT_SET_OFF, f"it waits for {waits}"
    if (rule.id, asked.ticket.id) in asked.begun.done:
        return Outcome.HAD_ACTED, "each rule has one turn on a ticket, and it had its turn on an earlier event"
    turn = next((it for it in asked.watch.turns if it.rule.id == rule.id), None)
    if turn is not None:
        return (Outcome.ACTED, "") if turn.acted else _failed(_done_by(rule, asked))
    if asked.stopped_by is not None:
        return Outcome.NOT_REACHED, f"{asked.stopped_by!r} stopped all later rules"
    return _without_a_turn(asked.watch.turns, rule)


def _without_a_turn(turns: Sequence[Turn], rule: Rule) -> tuple[Outcome, str]:
    for turn in turns:
        if turn.acted and turn.rule.stop is not None:
            return _later(turn.rule, rule, f"{turn.rule.name!r} stopped all later rules")
        if turn.acted and any(isinstance(it, Purge) for it in turn.rule.then):
            return _later(turn.rule, rule, f"{turn.rule.name!r} purged the ticket")
    return Outcome.DID_NOT_HOLD, ""


def _later(turn: Rule, rule: Rule, because: str) -> tuple[Outcome, str]:
    """The outcome of a rule that one rule kept from its turn, if it comes later."""
    is_later = (rule.place, rule.id) > (turn.place, turn.id)
    return (Outcome.NOT_REACHED, because) if is_later else (Outcome.DID_NOT_HOLD, "")


def _failed(events: Sequence[Event]) -> tuple[Outcome, str]:
    """The outcome of a rule that had its turn and did not do its work."""
    if any(isinstance(it, ChainStopped) for it in events):
        return Outcome.CUT_OFF, "too many rules had set each other off in a row"
    failure = next((it for it in events if isinstance(it, RuleFailed)), None)
    return Outcome.FAILED, "" if failure is None else ": ".join(filter(None, (failure.action, failure.error)))


def _done_by(rule: Rule, asked: Question) -> Sequence[Event]:
    """What a rule did to the ticket in answer to the event."""
    answered = {it.id for it in asked.events}
    return tuple(
        it
        for it in asked.watch.events
        if it.ticket == asked.ticket.id and it.cause.rule == rule.id and it.cause.event in answered
    )


def of_today(rule: Rule, past: Past | None) -> Sequence[str]:
    """The fields that a rule was asked about as they are today, though then they may have been otherwise."""
    if past is None:
        return ()
    asked = [it.field for it in rule.when.comparisons() if it.operator not in CHANGING]
    return tuple(sorted({it.name for it in asked if _is_of_today(it, past)}))


def _is_of_today(field: Field[Any], past: Past) -> bool:
    if field.origin == RECORD:
        return field.attribute.partition(".")[0] in past.unknown or field.name == EventF.queue_length.name
    return field.origin not in (MESSAGE, LAST_MESSAGE, EVENT, ACTOR)


# What the thread tells.


def _compared(found: RuleExplanation, record: Record) -> RuleExplanation:
    """What became of a rule then, where the thread tells it, and whether today's rules would have done the same."""
    acted = next((it for it in record.acted if it.rule == found.rule), None)
    if acted is None:
        return attrs.evolve(found, differs=found.outcome in _LEAVES_A_TRACE and bool(found.events))
    outcome, because = _recorded(acted)
    differs = outcome is not found.outcome
    return attrs.evolve(found, outcome=outcome, because=because, events=acted.events, differs=differs)


_LEAVES_A_TRACE: Final = frozenset({Outcome.ACTED, Outcome.FAILED, Outcome.CUT_OFF})


def _recorded(acted: Acted) -> tuple[Outcome, str]:
    return (Outcome.ACTED, "") if acted.is_done else _failed(acted.events)


def _gone(acted: Acted) -> RuleExplanation:
    outcome, because = _recorded(acted)
    gone = "the rule is there no more" + (f"; {because}" if because else "")
    return RuleExplanation(rule=acted.rule, name=acted.name, outcome=outcome, because=gone, events=acted.events)
