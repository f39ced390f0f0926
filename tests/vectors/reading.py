"""The vectors of other help desks, and the page that says where we differ from them."""

import json
import re
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def vectors(group: str, page: str = "behaviour.json") -> Any:
    """The vectors of a group, as they stand on a page of theirs."""
    return json.loads((HERE / page).read_text(encoding="utf-8"))[group]


def differences(group: str) -> dict[int, str]:
    """The places of a group's vectors that differ on purpose, each with the sentence that makes it so."""
    page = (HERE / "differences.md").read_text(encoding="utf-8")
    section = re.search(rf"^## {group}\n(.*?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE)
    assert section, f"differences.md has no section {group}"
    rows = re.findall(r'^\| (\d+) \|.*\| "(.+)" \|$', section[1], re.MULTILINE)
    return {int(place): sentence for place, sentence in rows}
