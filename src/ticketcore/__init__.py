"""The core of a help desk as a library."""

__version__ = "0.1.0"
