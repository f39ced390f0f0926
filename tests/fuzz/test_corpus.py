"""Feeds the targets with the corpus that `make fuzz` left; see `tests/fuzz/__main__.py`."""

from pathlib import Path

import pytest

from tests.fuzz.targets import TARGETS

CORPUS = Path(__file__).parent / "corpus"


@pytest.mark.parametrize("target", TARGETS)
def test_what_the_fuzzer_found_breaks_no_promise(target):
    """Every input of the corpus is taken as it should be, and there are some."""
    inputs = sorted((CORPUS / target).iterdir())

    assert inputs
    for path in inputs:
        TARGETS[target](path.read_bytes())


@pytest.mark.parametrize(
    ("target", "data"),
    [
        ("json", b'{"format": 1, "condition": {"field": "subject", "operator": "contains", "value": ""}}'),
        ("json", b"[" * 5_000),
        ("like", b"*a?*b\nxaybzb"),
        ("like", b"\xff*\n\xff"),
        ("mail", b""),
        ("mail", b"\x00" * 1_000),
    ],
)
def test_what_nobody_would_write_breaks_no_promise(target, data):
    """Nor does what is neither JSON nor text nor a mail."""
    TARGETS[target](data)
