"""What other help desks' tests say of merged tickets, asked of ours."""

import pytest

from tests.meanwhile import Meanwhile
from tests.small_shop import SmallShop
from tests.vectors.reading import differences, vectors
from ticketcore.commands.merging import MergeInto
from ticketcore.commands.messages import SendMessage
from ticketcore.errors import OutOfPlace
from ticketcore.events import MergedFrom
from ticketcore.model.ids import TicketId
from ticketcore.model.kinds import TICKETS
from ticketcore.model.lifecycle import CLOSED
from ticketcore.model.thread import Written

COUNTS = (4, 1)
"""How many pass, and how many differ on purpose."""


class Pair:
    """Two tickets of Mia's, A and B, in a shop."""

    def __init__(self):
        self.shop = SmallShop()
        self.a, self.b = (self.shop.ticket(subject=name).id for name in "AB")

    def merged(self):
        """The same once A was merged into B."""
        self.shop.ana.do(MergeInto(self.b), on=self.a)
        return self

    def reply(self):
        """The message that Mia writes to A."""
        return self.shop.desk.as_customer(self.shop.mia.id).do(SendMessage("Any news?"), on=self.a)

    def ticket(self, id):
        """A ticket as it now is."""
        return self.shop.ana.ticket(id)


def merge_closes_and_unites():
    """A is closed and names B, whose thread has its own message, A's, and what tells of the merge."""
    pair = Pair().merged()
    merged = pair.ticket(pair.a)
    comments = [it for it in pair.shop.ana.thread(pair.b) if isinstance(it, (Written, MergedFrom))]
    return (merged.status, merged.merged_into, len(comments)) == (CLOSED, pair.b, 3)


def reply_lands_on_the_survivor():
    """What is written to A is found on B, and A stays closed."""
    pair = Pair().merged()
    return pair.reply().ticket == pair.b and pair.ticket(pair.a).status == CLOSED


def circle_leads_nowhere():
    """Were there a circle, which no command makes, a reply would neither go round for ever nor reach B."""
    pair = Pair().merged()
    pair.shop.rewrite(TICKETS, pair.b, merged_into=pair.a)
    return pair.reply().ticket != pair.b


def reply_stays_where_the_chain_breaks():
    """A reply to A stays on A if its survivor is gone."""
    pair = Pair().merged()
    pair.shop.rewrite(TICKETS, pair.a, merged_into=TicketId("gone"))
    return pair.reply().ticket == pair.a


def opposite_merges_do_not_both_happen():
    """Of A into B and B into A at once, one happens."""
    pair = Pair()
    Meanwhile(pair.shop.storage).happens(lambda: pair.shop.system.do(MergeInto(pair.a), on=pair.b))
    with pytest.raises(OutOfPlace):
        pair.merged()
    return [pair.ticket(id).merged_into for id in (pair.a, pair.b)] == [None, pair.a]


ASKED = {
    "merge A into B: A Closed, is_merged, merged_with=B;"
    " B has its own 1 comment + A 1 comment + 1 merge comment = 3": merge_closes_and_unites,
    "reply arriving on A after merge lands on B; A stays Closed": reply_lands_on_the_survivor,
    "cycle A->B->A: no merge target resolved (no recursion)": circle_leads_nowhere,
    "reply on A with an unresolvable merge chain stays on A, not dropped": reply_stays_where_the_chain_breaks,
    "two agents merge A->B and B->A concurrently: must not end with both merged": opposite_merges_do_not_both_happen,
}
"""How each of their cases is asked of ours."""


def test_vectors_pass_but_for_the_differences_on_purpose():
    """Every vector passes or stands in `differences.md`, and none that passes stands there."""
    cases = [case for vector in vectors("merge") for case in vector["cases"]]
    verdict = [ASKED[case]() for case in cases]

    assert {place for place, passed in enumerate(verdict) if not passed} == set(differences("merge"))
    assert (verdict.count(True), verdict.count(False)) == COUNTS


def test_reply_is_not_dropped_where_ours_differs():
    """A reply to a merged ticket whose survivor is gone begins a follow-up that is linked to it."""
    pair = Pair().merged()
    pair.shop.rewrite(TICKETS, pair.a, merged_into=TicketId("gone"))

    message = pair.reply()

    assert message.ticket not in {pair.a, pair.b}
    assert pair.ticket(message.ticket).links == {pair.a}
