"""Checking a contract: from the files of two SDKs to the breaks, and their telling."""

from __future__ import annotations

import argparse
import ast
import tempfile
from pathlib import Path

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
    text = _text_of(contract)
    with tempfile.TemporaryDirectory(prefix="contract-") as made:
        folder = Path(made)
        lay_out(contract, new, folder)
        said = complaints(folder, [MODULE], cache=folder / "cache", blamed=str(new))
    return breaks_of(said, Lines.of(text)) if said else ()


def _text_of(contract: Path) -> str:
    """The text of a contract; what is none would be taken for a fault of the new SDK later."""
    try:
        text = contract.read_text("utf-8")
        ast.parse(text)
    except (SyntaxError, ValueError) as error:  # bytes that are no UTF-8, or null
        raise OptionError(str(contract), f"is no Python: {error}") from None
    return text


def run(arguments: argparse.Namespace) -> int:
    """Check a contract as a command line says, tell what breaks, and return the exit code."""
    contract = contract_of(arguments.old)
    found = check_contract(contract, arguments.new)
    tell = as_json if arguments.format == "json" else as_text
    print(tell(found, contract), end="")
    return 1 if any(not one.is_note for one in found) else 0
