"""Uses ticketcore as somebody does who has just installed it: `make smoke` runs this against the built wheel."""

import sys
from importlib.metadata import entry_points, version
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import ticketcore

REPOSITORY = Path(__file__).parents[2]


def main() -> None:
    """Check that what is installed is whole, and say which version it is."""
    if Path(ticketcore.__file__).is_relative_to(REPOSITORY / "src"):
        sys.exit(f"the working tree was imported, not the wheel: {ticketcore.__file__}")
    if not files("ticketcore").joinpath("py.typed").is_file():
        sys.exit("py.typed is missing: type checkers would ignore the annotations")
    if ticketcore.__version__ != version("ticketcore"):
        sys.exit(f"the package says {ticketcore.__version__}, its metadata {version('ticketcore')}")
    (plugin,) = (it.module for it in entry_points(group="pytest11") if it.name == "ticketcore")
    if find_spec(plugin) is None:
        sys.exit(f"{plugin} is missing: pytest would not start where ticketcore is installed")
    print(f"ticketcore {ticketcore.__version__} works from the wheel")


main()
