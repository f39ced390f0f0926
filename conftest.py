"""
Runs what the documentation shows: Python in Markdown, doctests in docstrings.

The examples of one file run in order and share their names.
"""

from doctest import ELLIPSIS

from sybil import Sybil
from sybil.parsers.myst import DocTestDirectiveParser, PythonCodeBlockParser, SkipParser
from sybil.parsers.rest import DocTestParser

pages = Sybil(
    parsers=[PythonCodeBlockParser(doctest_optionflags=ELLIPSIS), DocTestDirectiveParser(ELLIPSIS), SkipParser()],
    patterns=["README.md", "docs/*.md", "docs/*/*.md"],
)
docstrings = Sybil(parsers=[DocTestParser(ELLIPSIS)], path="src", pattern="*.py")

pytest_collect_file = (pages + docstrings).pytest()
