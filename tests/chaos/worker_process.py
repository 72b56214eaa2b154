"""`WorkerProcess`: the worker as the harness sees it, to be killed and started again."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Final, Self

from tests.chaos.patience import OverdueError, wait_until_none

BEGINS: Final = "begins"
"""What a worker prints before it begins to work."""

HEEDS: Final = "heeds"
"""What a worker prints once it heeds signals."""

_SECONDS: Final = 60.0
"""For what takes one or two on an idle machine: to start, and to end."""

_ROOT: Final = Path(__file__).parents[2]


class WorkerProcess:
    """One worker after the other, all with the same arguments; what they say goes to a file.

    Use it in a `with` statement: afterwards no process of it is left. Raises `OverdueError` where
    a worker does not do in time what it is told to.
    """

    def __init__(self, arguments: Sequence[str], log: Path) -> None:
        self._arguments = arguments
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._heard: FileIO | None = None
        """What the worker says."""
        self._orphans: int | None = None
        """The group of the worker that was killed last."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end_orphans()
        if self._process is not None:
            _end_group(self._process.pid)
            self._process.wait(_SECONDS)
        self._hang_up()

    def start(self, *more: str) -> None:
        """Start a worker, and wait until it begins; `more` are arguments for it alone."""
        command = [sys.executable, "-m", "tests.chaos.worker", *self._arguments, *more]
        self._hang_up()
        reading, writing = os.pipe()
        self._heard = open(reading, "rb", buffering=0)  # noqa: SIM115 -- as long as the worker
        with open(writing, "wb") as said, self._log.open("ab") as log:
            # In a group of its own, to which the processes of its executor belong as well.
            self._process = subprocess.Popen(
                command, stdout=said, stderr=log, cwd=_ROOT, process_group=0
            )
        self._await_word(BEGINS)
        self._end_orphans()

    @property
    def told(self) -> str:
        """The end of what the workers have said."""
        return self._log.read_text("utf-8", "replace")[-4000:]

    @property
    def exit_code(self) -> int | None:
        """With what the worker ended, or None while it runs; negative: by which signal."""
        return self._running.poll()

    def send(self, number: signal.Signals) -> None:
        """Send a signal, unless the worker has ended."""
        self._running.send_signal(number)

    def wait(self) -> int:
        """Wait for the worker's end; its exit code."""
        try:
            return self._running.wait(_SECONDS)
        except subprocess.TimeoutExpired:
            raise OverdueError(f"a worker did not end: {self.told}") from None

    def kill(self) -> None:
        """End the worker at once.

        The processes of its executor go on until the next worker stands ready: a pool does not
        notice that it was left alone.
        """
        self.send(signal.SIGKILL)
        self.wait()
        self._orphans = self._running.pid

    def terminate(self) -> int:
        """Ask the worker to end, and wait until no process of it is left; its exit code."""
        if self.exit_code is None:
            self._await_word(HEEDS)
            self.send(signal.SIGTERM)
        code = self.wait()
        wait_until_none(self._left, _SECONDS)
        self._process = None
        return code

    def _await_word(self, word: str) -> None:
        """Wait until the worker says something, which comes in one piece."""
        assert self._heard is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._heard, selectors.EVENT_READ)
            heard = self._heard.readline() if selector.select(_SECONDS) else b""
        if heard != f"{word}\n".encode():
            raise OverdueError(f"the worker did not say that it {word}: {self.told}")

    def _hang_up(self) -> None:
        if self._heard is not None:
            self._heard.close()
            self._heard = None

    def _left(self) -> list[str]:
        group = self._running.pid
        return [f"a process of worker {group}"] if _lives(group) else []

    def _end_orphans(self) -> None:
        if self._orphans is not None:
            _end_group(self._orphans)
            self._orphans = None

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise OverdueError("there is no worker")
        return self._process


def _end_group(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
