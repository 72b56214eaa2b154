"""mypy, as a process of its own: the only module that knows how it is told and what it says.

It is told everything on the command line, so that no configuration of the folder at hand, which
could name plugins to run, has a say.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final, cast

from ..errors import OptionError
from ..values import frozen

_SECONDS: Final = 900
"""How long a check may take; a contract of 60,000 lines takes ten seconds."""

_OPTIONS: Final = (
    "--config-file=",
    "--follow-imports=silent",
    "--output=json",
    "--no-error-summary",
    "--show-column-numbers",
    "--no-color-output",
)

_NO_MYPY: Final = "is missing; pip install 'topchef-sdk[contract]'"


@frozen
class Complaint:
    """What the type checker says of a line."""

    file: str
    """Relative to the folder that was checked."""
    line: int
    message: str
    code: str
    """Such as `call-arg`."""


def complaints(
    folder: Path, modules: Sequence[str], *, cache: Path, blamed: str
) -> tuple[Complaint, ...]:
    """Return what mypy says of modules below a folder, in the order of their lines.

    Raises:
        OptionError: mypy is missing, takes too long, or cannot read what is `blamed` for it.
    """
    if find_spec("mypy") is None:
        raise OptionError("mypy", _NO_MYPY)
    command = [sys.executable, "-P", "-m", "mypy", *_OPTIONS, "--cache-dir", str(cache.resolve())]
    for module in modules:
        command += ["-m", module]
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=_environment(folder),
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise OptionError("mypy", f"took more than {_SECONDS} seconds") from None
    read = [_complaint(line) for line in done.stdout.splitlines() if line.strip()]
    said = [one for one in read if one is not None]
    files = {f"{module.replace('.', '/')}.py" for module in modules}
    strays = [one for one in said if one.file not in files]
    if done.returncode not in (0, 1) or strays:
        what = _first_of(strays) or done.stderr.strip() or f"it exits with {done.returncode}"
        raise OptionError(blamed, f"mypy cannot read it: {what}")
    return tuple(sorted(said, key=lambda one: (one.file, one.line)))


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MYPY")}
    return {**kept, "MYPYPATH": str(folder.resolve())}


def _first_of(strays: Iterable[Complaint]) -> str:
    first = next(iter(strays), None)
    return "" if first is None else f"{first.file}:{first.line}: {first.message}"


def _complaint(line: str) -> Complaint | None:
    """What a line says; None for a remark on another."""
    try:
        read = cast("dict[str, object]", json.loads(line))
    except ValueError:  # what goes wrong before there is anything to check is plain text
        return Complaint("", 0, line.strip(), "")
    if read["severity"] != "error":
        return None
    return Complaint(
        file=str(read["file"]).replace(os.sep, "/"),
        line=cast("int", read["line"]),
        message=str(read["message"]),
        code=str(read["code"] or ""),
    )
