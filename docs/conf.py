"""How Sphinx builds the documentation."""

import sys
from importlib.metadata import version as installed
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import diagrams  # noqa: E402 - found by the line above
import tables  # noqa: E402 - found by the line above

for maker in (diagrams, tables):
    maker.write(HERE / "_build" / "generated")

project = "ticketcore"
author = "The ticketcore contributors"
project_copyright = f"2026, {author}"
release = version = installed("ticketcore")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
default_role = (
    "py:obj"  # docstrings write `name` for a link where there is something to link to, and for code elsewhere
)

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
python_maximum_signature_line_length = 100

html_theme = "furo"
html_title = f"ticketcore {release}"
