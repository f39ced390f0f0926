"""Pages: how much of many records is shown at once."""

PAGE = 50
"""How many records a page has, where the caller does not say."""
