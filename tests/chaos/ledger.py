"""What was run, told by the handler itself: one line for each run, on the disk before it goes on."""

from __future__ import annotations

import os
from pathlib import Path

from attrs import frozen


@frozen
class Run:
    """One run of the handler."""

    number: int
    """The job's."""
    attempt: int
    pid: int


def append(path: Path, run: Run) -> None:
    """Add a run; safe from many processes, and against the end of this one."""
    line = f"{run.number} {run.attempt} {run.pid}\n".encode()
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        # In one write: a process that is killed leaves a whole line or none.
        os.write(file, line)
        os.fsync(file)
    finally:
        os.close(file)


def read(path: Path) -> list[Run]:
    """All runs in the order in which they began."""
    lines = path.read_text("ascii").splitlines() if path.exists() else []
    return [Run(*map(int, line.split())) for line in lines]
