"""The rules that are looked at together: in their order, with what each does, and what is known of their events."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any

import attrs

from ticketcore.automation.effects import Effects, effects_of
from ticketcore.automation.lint.following import Glances
from ticketcore.automation.occasions import event_class, given_by, share_events
from ticketcore.automation.rules import Rule
from ticketcore.automation.triggers import TimeTrigger
from ticketcore.commands.command import TicketCommand
from ticketcore.conditions import Field
from ticketcore.conditions.possibility import Given
from ticketcore.events import Event
from ticketcore.model.lifecycle import LifeCycle


@attrs.frozen
class RuleSet:
    """
    Active rules in the order in which they run.

    Args:
        rules: The rules.
        effects: What each does.
        about: The rule, by its place in this order, that alone is of interest; None for all.
    """

    rules: Sequence[Rule]
    effects: Sequence[Effects]
    about: int | None = None
    _given: dict[type[Event], Given] = attrs.field(factory=dict, init=False, repr=False)
    _shared: dict[tuple[type[Event], type[Event]], bool] = attrs.field(factory=dict, init=False, repr=False)

    _places: dict[int, list[int]] = attrs.field(factory=dict, init=False, repr=False)
    _glances: Glances = attrs.field(
        default=attrs.Factory(lambda self: Glances(it.when for it in self.rules), takes_self=True),
        init=False,
        repr=False,
    )

    # There are as many pairs as there are rules, squared: what is asked of each must cost next to nothing.

    _fields: Sequence[frozenset[str]] = attrs.field(
        default=attrs.Factory(lambda self: [frozenset(it.sets) for it in self.effects], takes_self=True),
        init=False,
        repr=False,
    )
    _settings: Sequence[frozenset[tuple[str, Any]]] = attrs.field(
        default=attrs.Factory(lambda self: [frozenset(it.sets.items()) for it in self.effects], takes_self=True),
        init=False,
        repr=False,
    )

    @classmethod
    def of(
        cls,
        rules: Iterable[Rule],
        life_cycle: LifeCycle,
        about: Rule | None = None,
        commands: Callable[[Rule], Iterable[TicketCommand[Any]]] = attrgetter("then"),
    ) -> "RuleSet":
        """
        The set of the active ones of some rules.

        Args:
            rules: In their order.
            life_cycle: The statuses and their moves.
            about: The rule that alone is of interest; None for all.
            commands: What a rule does, where that is more than it says.
        """
        active = [it for it in rules if it.active]
        place = next((i for i, it in enumerate(active) if about is not None and it.id == about.id), None)
        return cls(active, [effects_of(commands(it), life_cycle) for it in active], place)

    def indexes(self) -> Iterable[int]:
        """The rules that are of interest."""
        return range(len(self.rules)) if self.about is None else (self.about,)

    def pairs(self) -> Iterator[tuple[int, int]]:
        """
        The pairs of an earlier rule and a later one whose order matters.

        They share events, and the earlier one stops others or sets a field to something else than the later one does;
        and one of their conditions may follow from the other, or both stand at one place and may hold together.
        """
        for last in range(len(self.rules)):
            for first in self._before(last):
                if (self.rules[first].stop is not None or self.differ(first, last)) and self.share(first, last):
                    yield first, last

    def asked(self, index: int) -> frozenset[Field[Any]]:
        """The fields that a rule's condition asks."""
        return self._glances[index].fields

    def differ(self, one: int, other: int) -> bool:
        """Whether two rules set a field to different values."""
        both = self._fields[one] & self._fields[other]
        return bool(both) and len(both) != len(self._settings[one] & self._settings[other])

    def share(self, one: int, other: int) -> bool:
        """Whether one event can set off both of two rules."""
        first, second = self.rules[one], self.rules[other]
        if isinstance(first.trigger, TimeTrigger) or isinstance(second.trigger, TimeTrigger):
            return share_events(first, second)
        key = (first.trigger, second.trigger)
        if key not in self._shared:
            self._shared[key] = share_events(first, second)
        return self._shared[key]

    def given(self, index: int) -> Given:
        """What is known before a rule's condition is asked."""
        return self.given_by(event_class(self.rules[index].trigger))

    def given_by(self, event: type[Event]) -> Given:
        """What is known of the events of a class."""
        if event not in self._given:
            self._given[event] = given_by(event)
        return self._given[event]

    def _before(self, last: int) -> Iterable[int]:
        """The rules before one that may have to do with it, in their order."""
        if self.about is not None and self.about != last:
            return (self.about,) if self.about < last else ()
        found = {it for it in self._glances.following(last) if self.rules[it].stop is not None}
        found.update(self._glances.from_which(last))
        glance = self._glances[last]
        found.update(it for it in self._at_place(last) if not glance.excludes(self._glances[it]))
        return sorted(it for it in found if it < last)

    def _at_place(self, index: int) -> Sequence[int]:
        """The rules that stand at the place of one."""
        if not self._places:
            for it, rule in enumerate(self.rules):
                self._places.setdefault(rule.place, []).append(it)
        return self._places[self.rules[index].place]
