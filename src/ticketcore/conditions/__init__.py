"""
The condition language: typed fields, the operators that make sense for them, and what becomes of them.

Conditions are values. They can be asked of facts, compiled, explained, printed, and written as JSON.
"""

from ticketcore.conditions.catalogue import (
    AgentF,
    CompanyF,
    ContactF,
    DepartmentF,
    EntryF,
    EventF,
    F,
    RecordF,
)
from ticketcore.conditions.comparisons import Comparison, Field
from ticketcore.conditions.compiling import compile_condition
from ticketcore.conditions.errors import ConditionError
from ticketcore.conditions.explanation import Explanation
from ticketcore.conditions.expressions import All, AnyOf, Condition, Not, all_of, always, any_of, groups, never
from ticketcore.conditions.facts import (
    AgentFacts,
    CompanyFacts,
    ContactFacts,
    DepartmentFacts,
    EntryFacts,
    EventFacts,
    Facts,
    RecordFacts,
    TicketFacts,
    facts_of,
)
from ticketcore.conditions.folding import fold, words
from ticketcore.conditions.json_form import from_json, to_json
from ticketcore.conditions.making import CustomFields, Fields
from ticketcore.conditions.matching import Matcher
from ticketcore.conditions.operators import Operator
from ticketcore.conditions.placeholders import (
    NOW,
    Moment,
    Placeholder,
    ago,
    ahead,
    current_agent,
    ticket_assignee,
    ticket_requester,
)
from ticketcore.conditions.vocabulary import VOCABULARIES, Vocabulary

__all__ = [
    "NOW",
    "VOCABULARIES",
    "AgentF",
    "AgentFacts",
    "All",
    "AnyOf",
    "CompanyF",
    "CompanyFacts",
    "Comparison",
    "Condition",
    "ConditionError",
    "ContactF",
    "ContactFacts",
    "CustomFields",
    "DepartmentF",
    "DepartmentFacts",
    "EntryF",
    "EntryFacts",
    "EventF",
    "EventFacts",
    "Explanation",
    "F",
    "Facts",
    "Field",
    "Fields",
    "Matcher",
    "Moment",
    "Not",
    "Operator",
    "Placeholder",
    "RecordF",
    "RecordFacts",
    "TicketFacts",
    "Vocabulary",
    "ago",
    "ahead",
    "all_of",
    "always",
    "any_of",
    "compile_condition",
    "current_agent",
    "facts_of",
    "fold",
    "from_json",
    "groups",
    "never",
    "ticket_assignee",
    "ticket_requester",
    "to_json",
    "words",
]
