"""
What else one could pip-install to tell which rules match, and what one could write by hand.

Each engine is given the same rules in its own language, prepared beforehand in the quickest way that it has, and a
ticket as a plain dict. An engine that is not installed is left out.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import reduce
from importlib import import_module
from importlib.util import find_spec
from itertools import count
from operator import and_, eq, ge, lt, ne, or_
from typing import Any, TypeAlias

import attrs

from benchmarks.rule_sets import FIELDS, MEASURED, Plain, Predicate, Rule

Match: TypeAlias = Callable[[Plain], Sequence[int]]
"""From a ticket to the places of the rules that match, ascending."""

Prepare: TypeAlias = Callable[[Any, Sequence[Rule]], Match]
"""From the engine's module, of which no types are known here, and rules to the way of matching them."""


@attrs.frozen
class Engine:
    """
    Something that matches rules.

    Args:
        name: Its distribution.
        module: What it is imported as.
        prepare: How it is given rules.
        most_rules: With how many it is still measured; beyond that a sample would take minutes.
    """

    name: str
    module: str
    prepare: Prepare
    most_rules: int = 10_000

    @property
    def is_installed(self) -> bool:
        """Whether it can be imported here."""
        return find_spec(self.module.partition(".")[0]) is not None

    def make(self, rules: Sequence[Rule]) -> Match:
        """The way of matching rules with it."""
        return self.prepare(import_module(self.module), rules)


def lambdas(rules: Sequence[Rule]) -> Match:
    """A lambda for each rule, as one would write it by hand."""
    tests = [eval(f"lambda t: {_joined(rule, ' and ', _python)}") for rule in rules]  # noqa: S307 - our own text

    def match(ticket: Plain) -> Sequence[int]:
        return [place for place, test in enumerate(tests) if test(ticket)]

    return match


# Rust and C.


def _datalogic(datalogic: Any, rules: Sequence[Rule]) -> Match:
    engine = datalogic.Engine()
    session, compiled = engine.session(), [engine.compile(_json_logic(rule)) for rule in rules]

    def match(ticket: Plain) -> Sequence[int]:
        answers = session.evaluate_many(compiled, datalogic.DataHandle(ticket))
        return [place for place, answer in enumerate(answers) if answer == "true"]

    return match


def _cel(cel: Any, rules: Sequence[Rule]) -> Match:
    programs = [cel.compile(_joined(rule, " && ", _common_expression)) for rule in rules]

    def match(ticket: Plain) -> Sequence[int]:
        context = cel.Context(dict(ticket))
        return [place for place, program in enumerate(programs) if program.execute(context)]

    return match


def _zen(zen: Any, rules: Sequence[Rule]) -> Match:
    decision = zen.ZenEngine().create_decision(json.dumps(_decision_table(rules)))

    def match(ticket: Plain) -> Sequence[int]:
        return [row["place"] for row in decision.evaluate(dict(ticket))["result"]]

    return match


def _durable(lang: Any, rules: Sequence[Rule]) -> Match:
    found: list[int] = []
    name = f"tickets {len(rules)} {id(rules)}"
    with lang.ruleset(name):
        for place, rule in enumerate(rules):
            lang.when_all(_durable_rule(lang, rule))(_noting(found, place))

    numbers = count()

    def match(ticket: Plain) -> Sequence[int]:
        found.clear()
        # An event would be used up by the first rule that matches; a fact is not, and is taken back afterwards.
        fact = {**ticket, "id": str(next(numbers))}
        with suppress(lang.engine.MessageNotHandledException):  # no rule matches
            lang.assert_fact(name, fact)
        with suppress(lang.engine.MessageNotHandledException):
            lang.retract_fact(name, fact)
        return sorted(found)

    return match


# Python.


def _rule_engine(rule_engine: Any, rules: Sequence[Rule]) -> Match:
    compiled = [rule_engine.Rule(_joined(rule, " and ", _rule_engine_text)) for rule in rules]

    def match(ticket: Plain) -> Sequence[int]:
        return [place for place, rule in enumerate(compiled) if rule.matches(ticket)]

    return match


def _simpleeval(simpleeval: Any, rules: Sequence[Rule]) -> Match:
    evaluator = simpleeval.EvalWithCompoundTypes()
    texts = [_joined(rule, " and ", _bare_python) for rule in rules]
    parsed = [(text, evaluator.parse(text)) for text in texts]

    def match(ticket: Plain) -> Sequence[int]:
        evaluator.names = dict(ticket)
        return [place for place, (text, tree) in enumerate(parsed) if evaluator.eval(text, previously_parsed=tree)]

    return match


def _panzi(json_logic: Any, rules: Sequence[Rule]) -> Match:
    texts = [_json_logic(rule) for rule in rules]

    def match(ticket: Plain) -> Sequence[int]:
        return [place for place, text in enumerate(texts) if json_logic.jsonLogic(text, ticket)]

    return match


def _business_rules(business_rules: Any, rules: Sequence[Rule]) -> Match:
    variables = _business_variables(import_module("business_rules.variables"))
    texts = [{"all": [_business_condition(predicate) for predicate in rule]} for rule in rules]

    def match(ticket: Plain) -> Sequence[int]:
        known = variables(ticket)
        return [
            place for place, text in enumerate(texts) if business_rules.engine.check_conditions_recursively(text, known)
        ]

    return match


ENGINES = (
    Engine("datalogic-py", "datalogic_py", _datalogic),
    Engine("common-expression-language", "cel", _cel),
    Engine("zen-engine", "zen", _zen),
    Engine("durable-rules", "durable.lang", _durable, most_rules=100),
    Engine("rule-engine", "rule_engine", _rule_engine, most_rules=1_000),
    Engine("simpleeval", "simpleeval", _simpleeval, most_rules=1_000),
    Engine("panzi-json-logic", "json_logic", _panzi, most_rules=1_000),
    Engine("business-rules", "business_rules", _business_rules, most_rules=1_000),
)


# The rules in their languages.

_ALONE, _TOGETHER = "_alone", "_together"


def _joined(rule: Rule, by: str, write: Callable[[Predicate], str]) -> str:
    return by.join(f"({write(predicate)})" for predicate in rule)


def _python(predicate: Predicate) -> str:
    return _written(f"t[{predicate.field!r}]", predicate)


def _bare_python(predicate: Predicate) -> str:
    return _written(predicate.field, predicate)


def _written(field: str, predicate: Predicate) -> str:
    match predicate.operator:
        case "has" | "contains":
            return f"{predicate.value!r} in {field}"
        case operator:
            return f"{field} {operator} {predicate.value!r}"


def _rule_engine_text(predicate: Predicate) -> str:
    value = predicate.value
    if isinstance(value, tuple):
        return f"{predicate.field} in [{', '.join(json.dumps(it) for it in value)}]"
    return _written(predicate.field, predicate)


def _common_expression(predicate: Predicate) -> str:
    field, value = predicate.field, json.dumps(predicate.value)
    match predicate.operator:
        case "has":
            return f"{value} in {field}"
        case "contains":
            return f"{field}.contains({value})"
        case operator:
            return f"{field} {operator} {value}"


def _json_logic(rule: Rule) -> object:
    return {"and": [_json_logic_part(predicate) for predicate in rule]}


def _json_logic_part(predicate: Predicate) -> object:
    field, value = {"var": predicate.field}, predicate.value
    match predicate.operator:
        case "has" | "contains":
            return {"in": [value, field]}
        case "in":
            return {"in": [field, list(value)]}
        case operator:
            return {operator: [field, value]}


def _decision_table(rules: Sequence[Rule]) -> object:
    """One table with a column for each field, of which all rows that match are collected."""
    fields = sorted({predicate.field for rule in rules for predicate in rule})
    inputs = [{"id": field, "name": field, "field": field} for field in fields]
    rows = [
        {
            "_id": str(place),
            "place": str(place),
            **{it.field: _cell(it) for it in rule},
        }
        for place, rule in enumerate(rules)
    ]
    content = {
        "hitPolicy": "collect",
        "inputs": inputs,
        "outputs": [{"id": "place", "name": "place", "field": "place"}],
        "rules": rows,
    }
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in"},
        {"id": "table", "type": "decisionTableNode", "name": "table", "content": content},
        {"id": "out", "type": "outputNode", "name": "out"},
    ]
    edges = [
        {"id": "1", "sourceId": "in", "targetId": "table", "type": "edge"},
        {"id": "2", "sourceId": "table", "targetId": "out", "type": "edge"},
    ]
    return {"nodes": nodes, "edges": edges}


def _cell(predicate: Predicate) -> str:
    value = json.dumps(predicate.value)
    match predicate.operator:
        case "has":
            return f"{value} in $"
        case "contains":
            return f"contains($, {value})"
        case "in":
            return f"$ in {value}"
        case operator:
            return f"$ {operator} {value}"


def _durable_rule(lang: Any, rule: Rule) -> Any:
    return reduce(and_, [_durable_part(lang, predicate) for predicate in rule])


def _durable_part(lang: Any, predicate: Predicate) -> Any:
    field, value = getattr(lang.m, predicate.field), predicate.value
    match predicate.operator:
        case "in":
            return reduce(or_, [field == one for one in value])
        case "contains":
            return field.imatches(f".*{value}.*")
        case "has":
            return field.anyItem(lang.item == value)
        case operator:
            return _COMPARED[operator](field, value)


_COMPARED: Mapping[str, Callable[[Any, Any], Any]] = {"==": eq, "!=": ne, ">=": ge, "<": lt}


def _noting(found: list[int], place: int) -> Callable[[Any], None]:
    return lambda _context: found.append(place)


def _business_condition(predicate: Predicate) -> Mapping[str, object]:
    name, operator = _BUSINESS[predicate.operator]
    value = list(predicate.value) if isinstance(predicate.value, tuple) else predicate.value
    return {"name": f"{predicate.field}{name}", "operator": operator, "value": value}


_BUSINESS: Mapping[str, tuple[str, str]] = {
    "==": ("", "equal_to"),
    "!=": (_ALONE, "does_not_contain"),
    ">=": ("", "greater_than_or_equal_to"),
    "<": ("", "less_than"),
    "in": (_TOGETHER, "is_contained_by"),
    "has": ("", "contains"),
    "contains": ("", "contains"),
}
"""Business rules has no *not* and no *one of* for texts, but for lists: so each text is there as a list of it, too."""


def _business_variables(variables: Any) -> Callable[[Plain], Any]:
    """The class of a ticket's variables: a method for each field, with its type."""

    def variable(field: str, of_type: Callable[[Any], Any], *, listed: bool = False) -> Any:
        return of_type(lambda self: [self.ticket[field]] if listed else self.ticket[field])

    methods: dict[str, Any] = {"__init__": lambda self, ticket: setattr(self, "ticket", ticket)}
    for field in FIELDS:
        if field in {"tags", "cc"}:
            methods[field] = variable(field, variables.select_rule_variable())
        elif field in MEASURED:
            methods[field] = variable(field, variables.numeric_rule_variable())
        else:
            methods[field] = variable(field, variables.string_rule_variable())
            methods[field + _ALONE] = variable(field, variables.select_rule_variable(), listed=True)
            methods[field + _TOGETHER] = variable(field, variables.select_multiple_rule_variable(), listed=True)
    return type("TicketVariables", (variables.BaseVariables,), methods)
