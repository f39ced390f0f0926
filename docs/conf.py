"""How Sphinx builds the documentation."""

from importlib.metadata import version as installed

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
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"

html_theme = "furo"
html_title = f"ticketcore {release}"
