"""What a command of the generator is; each is defined beside the stage that it runs.

Only this module knows what the generator itself is called: as whoever started it did.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import PurePath

from .values import frozen

_SCRIPT = "topchef-codegen"
"""What is installed; a copy of the package has no script, and pipx and uv give no module."""


def program() -> tuple[str, ...]:
    """Return the words that started the generator."""
    return (_SCRIPT,) if PurePath(sys.argv[0]).stem == _SCRIPT else ("python", "-m", "codegen")


@frozen(kw_only=True)
class Command:
    """A verb of the command line."""

    name: str
    what: str
    """What it does, in one line for `--help`."""
    add: Callable[[argparse.ArgumentParser], None]
    """Adds the arguments that it takes."""
    run: Callable[[argparse.Namespace], int]
    """Does it, and returns the exit code.

    Raises:
        OptionError: it is told what makes no sense.
        SpecError: a document is refused.
        WriteError: the SDK cannot be written.
    """
