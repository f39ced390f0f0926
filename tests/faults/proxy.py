"""A proxy between a program and its database, which cuts the connection at the moment of a commit when told to."""

import socket
from contextlib import suppress
from enum import Enum
from threading import Event, Thread

COMMIT = b"COMMIT\0"
"""What a program asks with, and what PostgreSQL answers when it is done; not the end of `READ COMMITTED`."""

SIZE = 65_536
PATIENCE = 30.0


class Cut(Enum):
    """When the connection is cut."""

    BEFORE = "before the database has heard of the commit"
    AFTER = "after the database has committed, before the program has heard of it"


class Proxy:
    """
    Passes on, from a port of 127.0.0.1, what is said to a database and what it answers.

    Args:
        reach: Gives a new connection to the database.
    """

    def __init__(self, reach):
        self._reach = reach
        self._cut = None
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        Thread(target=self._accept, daemon=True).start()

    def cut_next(self, cut):
        """Has the connection cut on which the next commit is asked."""
        self._cut = cut

    def cut_here(self):
        """Whether, and when, this connection is to be cut; no other one is, then."""
        cut, self._cut = self._cut, None
        return cut

    def close(self):
        """Takes no more connections."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self):
        with suppress(OSError):
            while True:
                program, _ = self._listening.accept()
                line = _Line(program, self._reach(), self)
                Thread(target=line.ask, daemon=True).start()
                Thread(target=line.answer, daemon=True).start()


class _Line:
    """One connection, with a thread for each direction."""

    def __init__(self, program, database, proxy):
        self._program = program
        self._database = database
        self._proxy = proxy
        self._is_cut = False
        self._has_committed = Event()

    def ask(self):
        """Passes on what the program says."""
        with suppress(OSError):
            while asked := self._program.recv(SIZE):
                cut = self._proxy.cut_here() if COMMIT in asked else None
                self._is_cut = cut is not None
                if cut is Cut.AFTER:
                    self._database.sendall(asked)
                    assert self._has_committed.wait(PATIENCE)
                if self._is_cut:
                    break
                self._database.sendall(asked)
        self._end()

    def answer(self):
        """Passes on what the database says."""
        with suppress(OSError):
            while said := self._database.recv(SIZE):
                if not self._is_cut:
                    self._program.sendall(said)
                elif COMMIT in said:
                    self._has_committed.set()
        self._end()

    def _end(self):
        for end in (self._program, self._database):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
