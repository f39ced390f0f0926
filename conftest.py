"""
Runs what the documentation shows: Python in Markdown, doctests in docstrings.

The examples of one file run in order and share their names.
"""

from doctest import ELLIPSIS
from importlib.util import find_spec

from sybil import Sybil
from sybil.parsers.myst import DocTestDirectiveParser, PythonCodeBlockParser, SkipParser
from sybil.parsers.rest import DocTestParser

# What these show needs an extra, which not everybody has installed.
ON_DATABASES = ["docs/how-to/keep-tickets-in-a-database.md", "docs/how-to/use-your-own-transaction.md"]

pages = Sybil(
    parsers=[PythonCodeBlockParser(doctest_optionflags=ELLIPSIS), DocTestDirectiveParser(ELLIPSIS), SkipParser()],
    patterns=["README.md", "docs/*.md", "docs/*/*.md"],
    excludes=[] if find_spec("sqlalchemy") else ON_DATABASES,
)
docstrings = Sybil(parsers=[DocTestParser(ELLIPSIS)], path="src", pattern="*.py")

pytest_collect_file = (pages + docstrings).pytest()
