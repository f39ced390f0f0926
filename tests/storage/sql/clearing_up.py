"""
Clears up after tests that were killed: stops their PostgreSQL server, and removes the folder that it is in.

A program of its own, to which tests give the folder. It waits until its input ends, as it does with whoever started it.
"""

import os
import shutil
import signal
import sys
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

PATIENCE = 30.0
"""Seconds after which a server that does not end is left alone."""


def stop_servers(folder):
    """Stops the servers whose data are in a folder, and waits for their ends."""
    latest = monotonic() + PATIENCE
    for file in folder.rglob("postmaster.pid"):
        with suppress(OSError, ValueError):
            server = int(file.read_text(encoding="utf-8").splitlines()[0])
            os.kill(server, signal.SIGINT)  # what is under way there is rolled back
            while monotonic() < latest:
                os.kill(server, 0)  # raises once it is no more
                sleep(0.1)


if __name__ == "__main__":
    sys.stdin.buffer.read()
    stop_servers(Path(sys.argv[1]))
    shutil.rmtree(sys.argv[1], ignore_errors=True)
