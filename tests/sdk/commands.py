"""`topchef` run by tests: in this process, and as a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from click.testing import CliRunner, Result

from tests.sdk.servers import ADD_ONE, ANY_OBJECT
from topchef_sdk import Client, Service
from topchef_sdk.api import JsonObject
from topchef_sdk.api.models import NewService
from topchef_sdk.cli import topchef

ROOT = Path(__file__).parents[2]
TOPCHEF = [sys.executable, "-W", "error", "-m", "topchef_sdk"]
PATIENCE = 180.0
"""Seconds after which a process is held for stuck."""


def registered(
    client: Client, name: str = "Add one", description: str = "adds one", **schemas: JsonObject
) -> Service:
    new = NewService(
        name=name,
        description=description,
        job_registration_schema=schemas.get("parameters", ADD_ONE),
        job_result_schema=ANY_OBJECT,
    )
    return Service(client.connection.create_service(new), client)


def run(url: str, *arguments: str, text: str | None = None) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(topchef, arguments, input=text, env={"TOPCHEF_URL": url})


def told(result: Result, code: int) -> str:
    """The one line of an error, which must have this exit code."""
    assert (code, "") == (result.exit_code, result.stdout), result.output
    assert result.stderr.startswith("topchef: ")
    assert [result.stderr] == result.stderr.splitlines(keepends=True)
    assert result.stderr.strip().isprintable()
    return result.stderr.removeprefix("topchef: ").strip()


def done(result: Result) -> str:
    """What a command that went well printed."""
    assert (0, "") == (result.exit_code, result.stderr), result.output
    return result.stdout


def until(condition: Callable[[], bool]) -> None:
    """Look again and again, until it is so."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


class _Lines:
    """The lines that a process writes to one stream, read as they come."""

    def __init__(self, stream: IO[str] | None) -> None:
        assert stream is not None
        self._stream = stream
        self.lines: list[str] = []
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self) -> None:
        with self._stream:
            self.lines.extend(self._stream)

    @property
    def text(self) -> str:
        return "".join(self.lines)


class Process:
    """A running command, and what it wrote."""

    def __init__(self, *arguments: str, cwd: Path = ROOT, **environment: str) -> None:
        self._process = subprocess.Popen(
            [*TOPCHEF, *arguments],
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # a process group of its own, as a shell makes it
        )
        self._out, self._err = _Lines(self._process.stdout), _Lines(self._process.stderr)

    @property
    def pid(self) -> int:
        """Its id, and that of its group."""
        return self._process.pid

    def line(self, number: int = 0) -> str:
        """A line of standard output, waited for."""
        until(lambda: len(self._out.lines) > number or not self._out.thread.is_alive())
        return self._out.lines[number].rstrip("\n")

    def said(self, text: str) -> str:
        """The first line of standard error that has a text, waited for."""
        until(lambda: text in self._err.text or not self._err.thread.is_alive())
        found = [line for line in self._err.lines if text in line]
        assert found, self._err.text
        return found[0].rstrip("\n")

    def supervise(self, number: signal.Signals) -> None:
        """Send a signal to the process alone, as a supervisor does."""
        self._process.send_signal(number)

    def interrupt(self, number: signal.Signals = signal.SIGINT) -> None:
        """Send a signal to the whole group, as a terminal does with Ctrl-C."""
        os.killpg(self._process.pid, number)

    def is_ended_by(self, number: signal.Signals) -> bool:
        """Send a signal and say whether that ended the process.

        Python drops the exception of a signal that comes in a callback of the garbage
        collector, and then a person presses Ctrl-C again.
        """
        self.interrupt(number)
        try:
            self._process.wait(timeout=PATIENCE / 6)
        except subprocess.TimeoutExpired:
            return False
        return True

    def end(self) -> tuple[int, str, str]:
        """Exit code, standard output and error, once it has ended and its group is empty."""
        try:
            code = self._process.wait(timeout=PATIENCE)
            for stream in (self._out, self._err):
                # Whoever holds it open is a process that should not be there any more.
                stream.thread.join(timeout=PATIENCE)
            until(self._is_group_empty)
        except BaseException:
            print(self._err.text)
            self.kill()
            raise
        return code, self._out.text, self._err.text

    def kill(self) -> None:
        """End it, and all processes of its group that have not ended."""
        if not self._is_group_empty():
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for stream in (self._out, self._err):
            stream.thread.join()

    def _is_group_empty(self) -> bool:
        try:
            os.killpg(self._process.pid, 0)
        except ProcessLookupError:
            return True
        return False


@contextmanager
def running(*arguments: str, cwd: Path = ROOT, **environment: str) -> Generator[Process]:
    process = Process(*arguments, cwd=cwd, **environment)
    try:
        yield process
    finally:
        process.kill()
