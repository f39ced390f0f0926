"""Contents pages: packages that lead to names in their modules, which are loaded when they are first asked for."""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec


def leading_to(page: str, names: Mapping[str, str]) -> Callable[[str], object]:
    """
    The `__getattr__` of a package whose page is a table of contents.

    It leads to the names on the page, and to the modules of the package. Type checkers are told of the names by imports
    under `if TYPE_CHECKING`; they must not see this function, or would take every name to be there.

    Args:
        page: The package.
        names: The names on its page, with blanks between them, by the module of the package where they live.
    """
    homes = {name: f"{page}.{module}" for module, listed in names.items() for name in listed.split()}

    def lead(name: str) -> object:
        if name in homes:
            found = getattr(import_module(homes[name]), name)
        elif find_spec(f"{page}.{name}"):
            found = import_module(f"{page}.{name}")
        else:
            raise AttributeError(f"module {page!r} has no attribute {name!r}")
        return vars(sys.modules[page]).setdefault(name, found)

    return lead
