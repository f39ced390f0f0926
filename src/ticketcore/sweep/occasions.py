"""The table of what time can do. A further occasion is one more entry."""

from collections.abc import Mapping
from typing import Final

from ticketcore.commands.backlog import GIVE_OUT, give_out_in_time
from ticketcore.commands.departures import DEPARTURE, OUTSIDERS, go_on_with_departure, go_on_with_outsiders
from ticketcore.sweep.backfilling import NEW_RULE, RULE_TIME, backfill
from ticketcore.sweep.occasion import Occasion, never
from ticketcore.sweep.targets import SLA_WALK, TARGET_TIME, look_at_targets, target_time, walk_for_sla
from ticketcore.sweep.time_rules import reach_time, rule_times
from ticketcore.sweep.waking import wake, waking_time

WAKE: Final = Occasion("wake", wake, waking_time)
TIME_OF_RULE: Final = Occasion(RULE_TIME, reach_time, rule_times)
WALK_FOR_RULE: Final = Occasion(NEW_RULE, backfill, goes_alone=True)
BACKLOG: Final = Occasion(GIVE_OUT, give_out_in_time)
REST_OF_DEPARTURE: Final = Occasion(DEPARTURE, go_on_with_departure)
REST_OF_OUTSIDERS: Final = Occasion(OUTSIDERS, go_on_with_outsiders)
TIME_OF_TARGET: Final = Occasion(TARGET_TIME, look_at_targets, target_time)
WALK_FOR_SLA: Final = Occasion(SLA_WALK, walk_for_sla)

OCCASIONS: Final[Mapping[str, Occasion]] = {
    it.name: it
    for it in (
        WAKE,
        TIME_OF_RULE,
        WALK_FOR_RULE,
        BACKLOG,
        REST_OF_DEPARTURE,
        REST_OF_OUTSIDERS,
        TIME_OF_TARGET,
        WALK_FOR_SLA,
    )
}
"""Every occasion by its name."""

OF_TICKETS: Final = tuple(it for it in OCCASIONS.values() if it.times is not never)
"""Those whose time follows from tickets."""
