"""The command `contract`: who breaks when an old SDK is replaced by a new one."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from ..command import Command


def _run(arguments: argparse.Namespace) -> int:
    from .checking import run  # most runs of the generator check no contract

    return run(arguments)


def _add(command: argparse.ArgumentParser) -> None:
    command.epilog = "Exit codes: 0 nobody who calls breaks, 1 somebody does, 2 refused."
    command.add_argument(
        "old", type=Path, metavar="OLD_SDK", help="the folder of the old SDK, or its contract.py"
    )
    command.add_argument("new", type=Path, metavar="NEW_SDK", help="the folder of the new SDK")
    command.add_argument("--format", choices=("text", "json"), default="text")


CONTRACT: Final = Command(
    name="contract",
    what="type-check the contract of an old SDK against a new one, and list what breaks",
    add=_add,
    run=_run,
)
