"""What type checkers must see of the package itself; checked, never run."""

from typing import assert_type

import ticketcore

assert_type(ticketcore.__version__, str)
