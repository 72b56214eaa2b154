"""The command `contract`: who breaks when an old SDK is replaced by a new one."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Final

from ..command import Command
from ..errors import OptionError
from .breaks import Break, breaks_of
from .laid_out import MODULE, contract_of, lay_out
from .lines import Lines
from .told import as_json, as_text
from .type_checker import complaints


def check_contract(contract: Path, new: Path) -> tuple[Break, ...]:
    """Return what breaks of an old SDK's contract if the new SDK takes its place.

    Raises:
        OptionError: there is no mypy, the contract is none, or the new SDK cannot be read.
        OSError: the disk refuses.
    """
    text = contract.read_text("utf-8")
    with tempfile.TemporaryDirectory(prefix="contract-") as made:
        folder = Path(made)
        lay_out(contract, new, folder)
        said = complaints(folder, [MODULE], cache=folder / "cache", blamed=str(new))
    if not said:
        return ()
    try:
        return breaks_of(said, Lines.of(text))
    except SyntaxError as error:
        raise OptionError(str(contract), f"is no Python: {error.msg}") from None


def _run(arguments: argparse.Namespace) -> int:
    contract = contract_of(arguments.old)
    found = check_contract(contract, arguments.new)
    tell = as_json if arguments.format == "json" else as_text
    print(tell(found, contract), end="")
    return 1 if any(not one.is_note for one in found) else 0


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
