"""The generators to compare with: how each is called, and where it may be installed.

None is a dependency of the project. `TOPCHEF_PEERS` names folders (with `:` between) that hold their
programs; without it, those on the PATH are taken. What is not installed is left out.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from attrs import frozen

from benchmarks.process import python_of

ROOT = Path(__file__).parents[1]


@frozen
class Generator:
    """One generator."""

    name: str
    version: str
    command: Callable[[Path, Path], list[str]]
    """From the document and the folder to write to."""


def peers() -> Iterator[Generator]:
    """The peers that are installed."""
    for name, command in _COMMANDS.items():
        program = _program(name)
        if program is not None:
            yield Generator(name, _version(name, program), _command(program, command))


def _command(
    program: Path, options: Callable[[Path, Path], list[str]]
) -> Callable[[Path, Path], list[str]]:
    return lambda spec, out: [str(program), *options(spec, out)]


def _program(name: str) -> Path | None:
    folders = os.environ.get("TOPCHEF_PEERS", "")
    found = shutil.which(name, path=folders or None)
    return None if found is None else Path(found)


def _version(name: str, program: Path) -> str:
    asked = f"from importlib.metadata import version; print(version({name!r}))"
    done = subprocess.run(
        [python_of(program), "-c", asked], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "?"


_COMMANDS: dict[str, Callable[[Path, Path], list[str]]] = {
    "openapi-python-client": lambda spec, out: [
        *("generate", "--path", str(spec), "--output-path", str(out)),
        *("--meta", "none"),
    ],
    "openapi-python-generator": lambda spec, out: [str(spec), str(out)],
    "pyopenapi-gen": lambda spec, out: [
        *(str(spec), "--project-root", str(out.parent), "--output-package", out.name),
        *("--force", "--no-postprocess"),
    ],
    "clientele": lambda spec, out: ["generate", "-f", str(spec), "-o", str(out)],
}
