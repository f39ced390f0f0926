"""What a finding says, and how."""

from tests.automation.rules_by_hand import a_rule
from ticketcore.automation.lint import Code, Finding, Severity
from ticketcore.automation.lint.findings import found
from ticketcore.model.ids import RuleId


def test_each_code_has_a_name_and_a_reason():
    """Every code has a name of its own, says how bad it is, and why."""
    assert len({it.key for it in Code}) == len(Code)
    assert all(it.description.endswith(".") for it in Code)
    assert {it.severity for it in Code} == set(Severity)


def test_finding_as_text_and_json():
    """A finding prints as one line, and as JSON has all that a page needs."""
    finding = Finding(Code.SHADOWED, "'B' is not reached", (RuleId("2"), RuleId("1")), "when")

    assert str(finding) == "warning shadowed: 'B' is not reached"
    assert finding.to_json() == {
        "code": "shadowed",
        "severity": "warning",
        "sentence": "'B' is not reached",
        "rules": ["2", "1"],
        "path": "when",
    }


def test_finding_names_the_rules_by_id():
    """A finding concerns rules in the order in which they are to be looked at."""
    one, two = a_rule("one"), a_rule("two")

    assert found(Code.CYCLE, "…", two, one).rules == (two.id, one.id)
