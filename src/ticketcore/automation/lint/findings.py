"""Findings: what may be wrong with rules, each kind with its code and a sentence that says why it matters."""

from collections.abc import Sequence
from enum import Enum

import attrs

from ticketcore.automation.rules import Rule
from ticketcore.model.ids import RuleId
from ticketcore.model.values import FrozenValue


class Severity(Enum):
    """How bad a finding is: of an `ERROR` it is sure that something never runs, or fails when it does."""

    WARNING = "warning"
    ERROR = "error"


@attrs.frozen
class _Meaning(FrozenValue):
    key: str
    severity: Severity
    description: str


class Code(Enum):
    """What can be found."""

    NEVER_HOLDS = _Meaning(
        "never-holds",
        Severity.ERROR,
        "The condition contradicts itself, or asks what the rule's events can never be. The rule never runs.",
    )
    ALWAYS_HOLDS = _Meaning(
        "always-holds",
        Severity.WARNING,
        "The condition holds whatever comes. The rule runs every time; leave the condition out if that is meant.",
    )
    DEAD_ALTERNATIVE = _Meaning(
        "dead-alternative",
        Severity.WARNING,
        "One of the alternatives that are joined by `|` can never hold. The others decide alone.",
    )
    SHADOWED = _Meaning(
        "shadowed",
        Severity.WARNING,
        "An earlier rule stops all later ones wherever this one would run. It is asked only where that one fails.",
    )
    ORDER_NOT_CHOSEN = _Meaning(
        "order-not-chosen",
        Severity.WARNING,
        "Two rules at the same place set a field to different values on the same event. Which comes last nobody chose; "
        "give one of them another place.",
    )
    UNDONE = _Meaning(
        "undone",
        Severity.WARNING,
        "A later rule runs wherever this one does, and sets the same field to something else. What this one sets never "
        "stays.",
    )
    CYCLE = _Meaning(
        "cycle",
        Severity.WARNING,
        "What a rule does sets off another one, and so on back to the first. Each runs once and no more, so where it "
        "ends depends on where it began.",
    )
    MAIL_LOOP = _Meaning(
        "mail-loop",
        Severity.WARNING,
        "The rule answers customers however often they have been answered, or answers mail that nobody wrote. Two "
        "machines could write to each other for ever. Ask for the first message, a number of answers, or a tag that "
        "the rule adds.",
    )
    MAIL_TO_DESK = _Meaning(
        "mail-to-desk",
        Severity.ERROR,
        "The rule has mail sent to an address of the desk's own. It is not sent, or comes back as a ticket that sets "
        "off rules again.",
    )
    MISSING = _Meaning(
        "missing",
        Severity.ERROR,
        "The rule names a department, an agent, a contact, a canned response, a system or something else that there is "
        "not. What it would do fails; what it asks for never comes.",
    )
    INACTIVE = _Meaning(
        "inactive",
        Severity.ERROR,
        "The rule assigns tickets to an agent who is not active, which fails.",
    )
    AGENTS_ALONE = _Meaning(
        "agents-alone",
        Severity.ERROR,
        "The rule gives a command that the desk itself cannot do, such as claiming a ticket. It fails.",
    )
    UNKNOWN_FIELD = _Meaning(
        "unknown-field",
        Severity.ERROR,
        "The rule names a custom field that is not defined, or is of another type.",
    )
    UNKNOWN_STATUS = _Meaning(
        "unknown-status",
        Severity.ERROR,
        "The rule names a status that the life cycle has not.",
    )

    @property
    def key(self) -> str:
        """Its name in JSON and on pages."""
        return self.value.key

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return self.value.severity

    @property
    def description(self) -> str:
        """Why it matters, and what to do."""
        return self.value.description


@attrs.frozen
class Finding(FrozenValue):
    """
    Something that may be wrong with rules.

    Args:
        code: What kind of thing.
        sentence: What was found.
        rules: The rules concerned, the one to look at first; the empty id stands for one that is not saved yet.
        path: Where in the first rule, as in its JSON: `"when"`, `"then[0].department"`; empty for the rule as a whole.
    """

    code: Code
    sentence: str
    rules: Sequence[RuleId]
    path: str = ""

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return self.code.severity

    def to_json(self) -> dict[str, object]:
        """The finding as JSON: its code, severity, sentence, rules and path."""
        return {
            "code": self.code.key,
            "severity": self.severity.value,
            "sentence": self.sentence,
            "rules": list(self.rules),
            "path": self.path,
        }

    def __str__(self) -> str:
        return f"{self.severity.value} {self.code.key}: {self.sentence}"


def found(code: Code, sentence: str, *rules: Rule, path: str = "") -> Finding:
    """A finding on some rules."""
    return Finding(code, sentence, tuple(it.id for it in rules), path)


def named(rule: Rule) -> str:
    """A rule as sentences call it."""
    return repr(rule.name)
