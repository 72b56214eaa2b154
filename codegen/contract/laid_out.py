"""A copy of a new SDK that has the contract of an old one, where a type checker finds both."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

from ..errors import OptionError
from ..source_file import HEADER, MARKER

CONTRACT: Final = "contract.py"
PACKAGE: Final = "sdk"
"""What the copy is imported as: contracts do not say what their packages are called."""

MODULE: Final = f"{PACKAGE}.contract"

_FOREIGN: Final = frozenset({"__pycache__"})


def contract_of(old: Path) -> Path:
    """Return the file of a contract: that of an SDK, or one that is kept alone.

    Raises:
        OptionError: there is none.
    """
    file = old / CONTRACT if old.is_dir() else old
    if not file.is_file():
        what = f"has no {CONTRACT}; generate it without --no-contract, by this version or later"
        raise OptionError(str(old), what)
    if not file.read_bytes().startswith(HEADER.encode()):
        raise OptionError(str(file), "is no contract: it was not generated")
    return file


def lay_out(contract: Path, new: Path, folder: Path) -> None:
    """Make `folder/sdk`: the new SDK with the contract; what both are made of stays untouched.

    Raises:
        OptionError: the new SDK is none.
        OSError: something cannot be read or written.
    """
    if not (new / "__init__.py").is_file() or not (new / "_runtime").is_dir():
        raise OptionError(str(new), "is no SDK; name the folder that `generate` wrote")
    for above, subfolders, names in os.walk(new):
        subfolders[:] = [name for name in subfolders if name not in _FOREIGN]
        place = folder / PACKAGE / Path(above).relative_to(new)
        place.mkdir(parents=True)
        for name in names:
            if name.endswith(".py") or name == MARKER:
                shutil.copyfile(Path(above, name), place / name)
    shutil.copyfile(contract, folder / PACKAGE / CONTRACT)
