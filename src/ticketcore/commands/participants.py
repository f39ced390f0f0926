"""
Who takes part in a customer's ticket: requesters, followers, and addresses that get copies.

Requesters and followers see the ticket with all its public past, and hear of new public messages. A copied address sees
nothing but the messages written from then on. Copies that a sender wants who is no party of the ticket are proposals,
until an agent decides.
"""

from collections.abc import Iterable, Sequence
from typing import ClassVar

import attrs

from ticketcore._draft import Draft
from ticketcore.commands.command import AddingTicketCommand, OverwritingTicketCommand
from ticketcore.errors import OutOfPlace
from ticketcore.model import checks
from ticketcore.model.checks import IS_ADDRESS, IS_ID
from ticketcore.model.ids import ContactId
from ticketcore.model.keys import address_key
from ticketcore.model.permissions import Permission
from ticketcore.model.tickets import AnyTicket, Ticket

PARTIES_LIMIT = 100
"""How many contacts, or addresses, one command names at most."""


@attrs.frozen
class AddRequesters(AddingTicketCommand[Ticket]):
    """
    Makes contacts ask for a ticket, too (requirement FL-10). A follower who becomes a requester ceases to follow.

    Args:
        contacts: Who; they see the whole public past of the ticket.
    """

    permission: ClassVar[Permission] = Permission.CHANGE

    contacts: Sequence[ContactId] = checks.several(IS_ID, at_most=PARTIES_LIMIT)

    def decide(self, draft: Draft, ticket: AnyTicket) -> Ticket:
        """The ticket with these requesters, too, behind those it had."""
        theirs = customers_ticket(ticket, self.asked)
        return add_parties(draft, theirs, _known(draft, self.contacts))


@attrs.frozen
class RemoveRequesters(AddingTicketCommand[Ticket]):
    """
    Makes contacts ask for a ticket no more: they do not see it any longer. Who is no requester is passed over.

    Args:
        contacts: Who; one requester must remain.
    """

    permission: ClassVar[Permission] = Permission.CHANGE

    contacts: Sequence[ContactId] = checks.several(IS_ID, at_most=PARTIES_LIMIT)

    def decide(self, draft: Draft, ticket: AnyTicket) -> Ticket:
        """The ticket without these requesters; the first of the others is the main one."""
        theirs = customers_ticket(ticket, self.asked)
        remaining = tuple(it for it in theirs.requesters if it not in self.contacts)
        if not remaining:
            raise OutOfPlace(self.asked, "nobody would be left who asked", ("AddRequesters of somebody else first",))
        return draft.change(theirs, requesters=remaining)


@attrs.frozen
class AddFollowers(AddingTicketCommand[Ticket]):
    """
    Makes contacts follow a ticket (requirement FL-10). Who asked for it follows it anyway, and is passed over.

    Args:
        contacts: Who; they see the whole public past of the ticket.
    """

    permission: ClassVar[Permission] = Permission.CHANGE

    contacts: Sequence[ContactId] = checks.several(IS_ID, at_most=PARTIES_LIMIT)

    def decide(self, draft: Draft, ticket: AnyTicket) -> Ticket:
        """The ticket with these followers, too."""
        theirs = customers_ticket(ticket, self.asked)
        return add_parties(draft, theirs, (), _known(draft, self.contacts))


@attrs.frozen
class RemoveFollowers(AddingTicketCommand[Ticket]):
    """
    Makes contacts cease to follow a ticket: they do not see it any longer. Who does not follow it is passed over.

    Args:
        contacts: Who.
    """

    permission: ClassVar[Permission] = Permission.CHANGE

    contacts: Sequence[ContactId] = checks.several(IS_ID, at_most=PARTIES_LIMIT)

    def decide(self, draft: Draft, ticket: AnyTicket) -> Ticket:
        """The ticket without these followers."""
        theirs = customers_ticket(ticket, self.asked)
        return draft.change(theirs, followers=tuple(it for it in theirs.followers if it not in self.contacts))


@attrs.frozen
class SetCopies(OverwritingTicketCommand[Ticket]):
    """
    Says which addresses get copies of public messages by mail.

    Args:
        addresses: All of them, in place of those before; none ends all copies. Each counts once, however it is written.

    Raises:
        OutOfPlace: One is an address of the desk's own, to which a copy would come back as mail.
    """

    permission: ClassVar[Permission] = Permission.CHANGE
    overwrites: ClassVar[frozenset[str]] = frozenset({"cc"})

    addresses: Sequence[str] = checks.several(IS_ADDRESS, at_most=PARTIES_LIMIT)

    def decide(self, draft: Draft, ticket: AnyTicket) -> Ticket:
        """The ticket with these copies; what was proposed of them is decided."""
        theirs = customers_ticket(ticket, self.asked)
        for address in self.addresses:
            if draft.configuration.roster.department_of_address(address) is not None:
                raise OutOfPlace(self.asked, f"mail to {address} comes to this desk", ("addresses outside",))
        addresses = _each_once(self.addresses)
        return draft.change(theirs, cc=addresses, proposed_cc=_without(theirs.proposed_cc, addresses))


@attrs.frozen
class AcceptProposedCopies(AddingTicketCommand[Ticket]):
    """
    Has addresses copied that somebody proposed who is no party of the ticket. They get what is written from now on.

    Args:
        addresses: Which of the proposed ones; those that are copied already are passed over.

    Raises:
        OutOfPlace: One is not proposed; the error lists those that are.
    """

    permission: ClassVar[Permission] = Permission.CHANGE

    addresses: Sequence[str] = checks.several(IS_ADDRESS, at_most=PARTIES_LIMIT)

    def decide(self, draft: Draft, ticket: AnyTicket) -> Ticket:
        """The ticket with these copies, too."""
        theirs = customers_ticket(ticket, self.asked)
        _check_proposed(theirs, _without(self.addresses, theirs.cc), self.asked)
        return add_copies(draft, theirs, self.addresses)


@attrs.frozen
class RejectProposedCopies(AddingTicketCommand[Ticket]):
    """
    Drops proposals to have addresses copied.

    Args:
        addresses: Which of the proposed ones.

    Raises:
        OutOfPlace: One is not proposed; the error lists those that are.
    """

    permission: ClassVar[Permission] = Permission.CHANGE

    addresses: Sequence[str] = checks.several(IS_ADDRESS, at_most=PARTIES_LIMIT)

    def decide(self, draft: Draft, ticket: AnyTicket) -> Ticket:
        """The ticket without these proposals."""
        theirs = customers_ticket(ticket, self.asked)
        _check_proposed(theirs, self.addresses, self.asked)
        return draft.change(theirs, proposed_cc=_without(theirs.proposed_cc, self.addresses))


def add_parties(
    draft: Draft, ticket: Ticket, requesters: Iterable[ContactId], followers: Iterable[ContactId] = ()
) -> Ticket:
    """The ticket with more requesters and followers, each behind those it had; who asks does not follow, too."""
    asking = tuple(dict.fromkeys((*ticket.requesters, *requesters)))
    following = dict.fromkeys((*ticket.followers, *followers))
    return draft.change(ticket, requesters=asking, followers=tuple(it for it in following if it not in asking))


def add_copies(draft: Draft, ticket: Ticket, addresses: Iterable[str], proposed: Iterable[str] = ()) -> Ticket:
    """The ticket with more copies, and more proposals of copies; what is copied is not proposed, too."""
    copied = _each_once((*ticket.cc, *addresses))
    proposals = _each_once((*ticket.proposed_cc, *proposed))
    return draft.change(ticket, cc=copied, proposed_cc=_without(proposals, copied))


def customers_ticket(ticket: AnyTicket, asked: str) -> Ticket:
    """
    The ticket, which must be a customer's.

    Raises:
        OutOfPlace: It is an internal one.
    """
    if not isinstance(ticket, Ticket):
        raise OutOfPlace(asked, "no customer takes part in an internal ticket", ("ask it on a customer's ticket",))
    return ticket


def _known(draft: Draft, contacts: Sequence[ContactId]) -> list[ContactId]:
    """The contacts that a command names; each must be there."""
    return [draft.contact(it).id for it in contacts]


def _check_proposed(ticket: Ticket, addresses: Iterable[str], asked: str) -> None:
    unknown = _without(addresses, ticket.proposed_cc)
    if unknown:
        raise OutOfPlace(asked, f"copies to {', '.join(unknown)} are not proposed", ticket.proposed_cc)


def _each_once(addresses: Iterable[str]) -> tuple[str, ...]:
    """Addresses, each once, as it was written first."""
    first: dict[str, str] = {}
    for address in addresses:
        first.setdefault(address_key(address), address)
    return tuple(first.values())


def _without(addresses: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    """Those addresses that are none of the others, however written."""
    left_out = {address_key(it) for it in others}
    return tuple(it for it in addresses if address_key(it) not in left_out)
