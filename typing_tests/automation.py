"""
What the type checkers know of rules, and of what notifiers are handed.

Every ignored error stands for a mistake that must be found: an ignore that is not needed is an error itself.
"""

from datetime import timedelta
from typing import assert_never, assert_type

from ticketcore import F, HelpDesk, Priority
from ticketcore.automation import AddRule, OlderThan, Rule, Stop
from ticketcore.commands import AddAgent, SetPriority
from ticketcore.events import TicketOpened
from ticketcore.events.sentences import sentence
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.public import PublicContact, PublicMessage
from ticketcore.notices import AgentNotice, CustomerNotice, MailNotice, Notice, Notifier, RequestNotice

system = HelpDesk().as_system()
high = SetPriority(Priority.HIGH)

# A rule is set off by a class of events, or by a time.
assert_type(system.do(AddRule("first", trigger=TicketOpened, then=[high])), Rule)
assert_type(AddRule("old", trigger=OlderThan(timedelta(days=1)), when=F.tags.has("a"), then=[high]), AddRule)
AddRule("any", trigger=TicketOpened, then=[high], stop=Stop.ALL)

# Mistakes: no class of events, no command that is done on a ticket, no choice.
AddRule("text", trigger=str, then=[high])  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
AddRule("agent", trigger=TicketOpened, then=[AddAgent("Ana")])  # type: ignore[list-item] # pyright: ignore[reportArgumentType]
AddRule("stop", trigger=TicketOpened, then=[high], stop=True)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


class Letters:
    """A notifier that knows every class of notices."""

    def send(self, notice: Notice) -> None:
        """Takes one."""
        match notice:
            case CustomerNotice():
                assert_type(notice.to, PublicContact | None)
            case AgentNotice():
                assert_type(notice.to.name, str)
            case MailNotice():
                assert_type(notice.message, PublicMessage | None)
            case RequestNotice():
                assert_type(notice.values, FrozenMap[str, str])
            case _:
                assert_never(notice)


notifier: Notifier = Letters()

# Names come from a dictionary, a function, or nowhere.
names: dict[str, str] = {}
opened: TicketOpened
for opened in ():
    assert_type(sentence(opened), str)
    assert_type(sentence(opened, names.get), str)
