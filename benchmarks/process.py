"""What a whole process costs, and on which machine."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import frozen

WITH_BYTECODE = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
"""An environment in which Python compiles modules once, as installed programs have it."""


@frozen
class Cost:
    """What one process cost, with all that it started."""

    code: int
    seconds: float
    """Of CPU, user and system."""
    mebibytes: float
    """Resident at most, of the largest process."""


def cost(command: Sequence[str], cwd: Path, env: Mapping[str, str] | None = None) -> Cost:
    """Run a command to its end, unheard."""
    environment = {**WITH_BYTECODE, **(env or {})}
    with subprocess.Popen(
        command,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(process.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def median_of(costs: Sequence[Cost]) -> Cost:
    """The median of each figure; the exit code of the first run that failed."""
    return Cost(
        next((one.code for one in costs if one.code != 0), 0),
        statistics.median(one.seconds for one in costs),
        statistics.median(one.mebibytes for one in costs),
    )


def machine() -> str:
    """The machine and its Python, in a line."""
    cpu = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            cpu = line.partition(":")[2].strip()
            break
    return f"{cpu}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def python_of(program: Path) -> str:
    """The Python beside an installed program, or this one."""
    beside = program.parent / "python"
    return str(beside) if beside.exists() else sys.executable
