"""What a command of `python -m codegen` is; each is defined beside the stage that it runs."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from .values import frozen


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
