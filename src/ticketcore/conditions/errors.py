"""What is raised when a condition cannot be: one error, a branch of `InvalidInput`."""

from ticketcore.errors import Fault, InvalidInput, shown


class ConditionError(InvalidInput):
    """A condition that cannot be: a wrong operator, a wrong operand, or a condition used as a truth value."""


def wrong(subject: str, expected: str, got: object, *, path: str = "") -> ConditionError:
    """
    The error for one fault.

    Args:
        subject: What was to be made, such as `"condition on priority"`.
        expected: What would be right.
        got: What came.
        path: Where.
    """
    return ConditionError(subject, [Fault(path, expected, shown(got))])
