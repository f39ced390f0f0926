"""Finding tickets: one, many, how many, and why something is so of one."""

from collections.abc import Hashable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

import attrs

from ticketcore._draft import Draft
from ticketcore._reading.threads import thread_tickets
from ticketcore.commands.terms import terms_of
from ticketcore.conditions import Condition, Explanation, F, TicketFacts, always
from ticketcore.conditions.statuses import faults_of_statuses
from ticketcore.errors import Fault, InvalidInput, NotFound, listed, shown
from ticketcore.model.ids import ContactId, TicketId
from ticketcore.model.kinds import REFERENCES, TICKETS
from ticketcore.model.references import parse_reference
from ticketcore.model.targets import Target
from ticketcore.model.tickets import AnyTicket, InternalTicket, Ticket
from ticketcore.query import Cursor, Order, Page, Query
from ticketcore.sla import TargetReport, report
from ticketcore.words import Words

_CONDITIONS_KEPT: Final = 1_000
"""How many conditions are kept joined with what may be seen."""

BY_DUE_TIME = (Order("due_at"),)
NEWEST_FIRST = (Order("created_at", descending=True),)


def ticket(draft: Draft, id_or_reference: str) -> AnyTicket:
    """A ticket by its id, or by its reference as somebody quotes it (requirement TK-1)."""
    reference = parse_reference(id_or_reference)
    if reference is None:
        return draft.ticket(TicketId(id_or_reference))
    key = draft.peek(REFERENCES, reference)
    found = draft.peek(TICKETS, key.holder) if key else None
    if found is None or not draft.sees(found):
        raise NotFound("ticket", id_or_reference)
    return found


def visible(draft: Draft, where: Condition[Any]) -> Condition[Any]:
    """
    A condition on tickets, narrowed to what the principal may see.

    Raises:
        InvalidInput: It is no condition on tickets, or names a status that there is not.
    """
    _check_where(draft, where)
    return _both(draft.setup.access.visible_tickets(draft.principal), where)


def tickets(
    draft: Draft, where: Condition[Any], order: tuple[Order, ...], limit: int | None, after: Cursor | None
) -> Page[AnyTicket]:
    """A page of the tickets that the principal may see."""
    if not all(isinstance(it, Order) for it in order):
        raise InvalidInput("tickets", [Fault("order", 'criteria, such as [Order("due_at")]', shown(order))])
    _check_fields("order", (it.field for it in order))
    return draft.find(Query(TICKETS, visible(draft, where), order, limit, after, draft.principal.agent))


def search(draft: Draft, words: str, where: Condition[Any], limit: int | None, after: Cursor | None) -> Page[AnyTicket]:
    """A page of the tickets that the principal may see of which words are said, newest first."""
    looked_for = _looked_for(draft, words)
    return draft.find(_query(draft, where, looked_for, order=NEWEST_FIRST, limit=limit, after=after))


def count(draft: Draft, where: Condition[Any], words: str | None = None) -> int:
    """How many tickets the principal sees of those."""
    return draft.count(_query(draft, where, None if words is None else _looked_for(draft, words)))


def tally(draft: Draft, by: str, where: Condition[Any], words: str | None = None) -> Mapping[Hashable, int]:
    """How many tickets the principal sees, for each value of a field."""
    _check_fields("by", (by,))
    return draft.tally(_query(draft, where, None if words is None else _looked_for(draft, words)), by)


def sub_tickets(draft: Draft, id: TicketId) -> tuple[AnyTicket, ...]:
    """The tickets that are parts of a ticket, or of one merged into it, as far as the principal sees them."""
    below = F.parent.is_in(thread_tickets(draft, id))
    return draft.find(Query(TICKETS, visible(draft, below), (Order("created_at"),))).items


def history(draft: Draft, id: ContactId) -> tuple[AnyTicket, ...]:
    """All that a contact has ever asked, as far as the principal sees it, newest first (requirement TK-16)."""
    asked = F.requesters.has(draft.contact(id).id)
    return draft.find(Query(TICKETS, visible(draft, asked), NEWEST_FIRST)).items


def explain(draft: Draft, where: Condition[Any], id: TicketId) -> Explanation:
    """Why a condition holds of a ticket, or does not."""
    _check_where(draft, where)
    found = draft.ticket(id)
    return where.explain(TicketFacts(found, now=draft.now, get=draft.peek, viewer=draft.principal.agent))


def explain_deadlines(draft: Draft, on: TicketId) -> tuple[TargetReport, ...]:
    """How a ticket stands with each of its targets, and why."""
    found = draft.ticket(on)
    facts = TicketFacts(found, now=draft.now, get=draft.peek)
    reports: list[TargetReport] = []
    for target in Target:
        state = found.targets.get(target.value)
        if state is not None:
            policy = draft.configuration.policies.policy(state.policy)
            by_hand = policy is None or found.sla_level == policy.id
            why = None if policy is None or by_hand else policy.when.explain(facts)
            terms = terms_of(draft, policy, found).get(target)
            reports.append(report(target, state, draft.now, policy=policy, terms=terms, why=why))
    return tuple(reports)


def _query(draft: Draft, where: Condition[Any], words: Words | None, **more: Any) -> Query[AnyTicket]:
    """The query for tickets that the principal may see."""
    return Query(TICKETS, visible(draft, where), viewer=draft.principal.agent, words=words, **more)


def _looked_for(draft: Draft, words: str) -> Words:
    """
    The words that somebody of the desk looks for.

    What requesters are called and reached by is looked through only for those who may see every contact.
    """
    return Words.parse(words, people=draft.setup.access.visible_contacts(draft.principal) == always)


@lru_cache(maxsize=_CONDITIONS_KEPT)
def _both(visible: Condition[Any], where: Condition[Any]) -> Condition[Any]:
    """Both joined. A reading runs twice, and the same is asked again and again: joining takes longer than looking."""
    return visible & where


_TICKET_FIELDS = frozenset(field.name for kind in (Ticket, InternalTicket) for field in attrs.fields(kind))


def _check_fields(argument: str, names: Iterable[object]) -> None:
    """Makes sure that all of these name fields of tickets."""
    unknown = [name for name in names if name not in _TICKET_FIELDS]
    if unknown:
        wanted = f"fields of tickets: {listed(sorted(_TICKET_FIELDS))}"
        raise InvalidInput("tickets", [Fault(argument, wanted, shown(name)) for name in unknown])


def _check_where(draft: Draft, where: Condition[Any]) -> None:
    """Makes sure that a condition can be asked of a ticket alone, without an event, and of statuses that there are."""
    if not isinstance(where, Condition):
        raise InvalidInput("where", [Fault("", "a condition on tickets", shown(where))])
    if where.scope not in ("ticket", None):
        raise InvalidInput("where", [Fault("", "a condition on tickets", f"one on {where.scope}s: {where}")])
    if faults := faults_of_statuses(where, draft.setup.life_cycle):
        raise InvalidInput("where", faults)
