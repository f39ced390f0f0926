"""What `import ticketcore` loads, seen in an interpreter of its own."""

import json
import subprocess
import sys

ALLOWED = {
    "attr",
    "attrs",
    "cattrs",
    "dateutil",
    "six",  # of python-dateutil 2
    "ticketcore",
    "typing_extensions",  # of cattrs
}
PROGRAM = """
import json, sys
before = set(sys.modules)
import ticketcore
loaded = {name.partition(".")[0] for name in set(sys.modules) - before}
standard = {name for name in loaded if name in sys.stdlib_module_names or name.startswith("_sysconfigdata")}
print(json.dumps(sorted(loaded - standard)))
"""


def test_import_loads_the_core_alone():
    """Neither an optional dependency nor a test tool is loaded, only what every installation has."""
    run = subprocess.run(
        [sys.executable, "-I", "-W", "error", "-c", PROGRAM], capture_output=True, check=True, text=True
    )

    loaded = set(json.loads(run.stdout))
    assert "ticketcore" in loaded
    assert loaded <= ALLOWED
