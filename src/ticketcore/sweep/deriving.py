"""
Deriving: what follows from the state of the tickets that changed, as to what is agreed on and who waits for whom.

It is done after the command, and after every rule that acted, so it must cost next to nothing where nothing follows: a
ticket is looked at only if it is another one than last time.
"""

from ticketcore._draft import Draft
from ticketcore.commands.backlog import follow, give_out, returned
from ticketcore.model.kinds import TICKETS
from ticketcore.sweep.targets import agree


def derive(draft: Draft) -> None:
    """
    Brings up to date what follows from the tickets that changed.

    Args:
        draft: The unit of work, at a moment between a decision and what comes after it.
    """
    available = {*returned(draft), *_derive_tickets(draft)}
    if available:
        give_out(draft, available)
        _derive_tickets(draft)


def _derive_tickets(draft: Draft) -> set[str]:
    """Derives what follows from each ticket that changed, and gives the queues in which agents are available now."""
    available: set[str] = set()
    for id in draft.touched:
        ticket, before = draft.peek(TICKETS, id), draft.last_derived(id)
        if ticket is None or ticket is before:
            continue
        after = agree(draft, ticket)
        draft.note_derived(after)
        available.update(follow(draft, before, after))
    return available
