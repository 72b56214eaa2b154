"""The command: `topchef-codegen generate | check | diff | changelog`, also `python -m codegen`.

Exit codes: 0 done, or nothing found; 1 found: stale files (`check`), a break (`diff`); 2 refused.
A refusal is one line on stderr.
"""

from __future__ import annotations

import argparse
import gc
import os
import re
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Final, NoReturn

if find_spec("yaml") is None:
    print("yaml is missing; pip install 'topchef-sdk[codegen]'", file=sys.stderr)
    sys.exit(2)

from .command import Command, program
from .compare.commands import CHANGELOG, DIFF
from .contract.command import CONTRACT
from .errors import OptionError, SpecError, WriteError, nearest, printable
from .generating import CHECK, GENERATE

COMMANDS: Final[tuple[Command, ...]] = (GENERATE, CHECK, DIFF, CONTRACT, CHANGELOG)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that `argv` names, and return its exit code.

    Raises:
        SystemExit: `argv` is no command (2), or asks for help or the version (0).
    """
    arguments = _arguments(argv)
    command = next(one for one in COMMANDS if one.name == arguments.command)
    try:
        with _nothing_collected():
            return command.run(arguments)
    except (OptionError, SpecError, WriteError) as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(WriteError(str(error.filename or ""), error.strerror or str(error)), file=sys.stderr)
    return 2


def run() -> NoReturn:
    """Run the command that this process was started for, and end the process.

    Python would look for cycles in all that is left and free it piece by piece, which takes 7 %
    of a run; the system takes it back at once.
    """
    code = main()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # nobody reads any more; Python has its own way to say so
        sys.exit(code)
    os._exit(code)


@contextmanager
def _nothing_collected() -> Generator[None, None, None]:
    """Leave cycles alone: a run makes next to none, and many trees that would be looked through."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """What the words say; the command that a word was said to tells that it knows none such."""
    arguments, unknown = _parser().parse_known_args(argv)
    if unknown:
        parser: argparse.ArgumentParser = arguments.parser
        known = sorted(set(re.findall(r"--[\w-]+", parser.format_help())))
        meant = nearest(unknown[0].partition("=")[0], known)
        parser.error(printable(f"unrecognized arguments: {' '.join(unknown)}{meant}"))
    return arguments


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=" ".join(program()),
        description="Generate a typed Python SDK from an OpenAPI document.",
        epilog="Without SPEC, [tool.topchef-codegen] of the nearest pyproject.toml says the rest.",
    )
    parser.add_argument(
        "--version", action=_Version, nargs=0, help="show program's version number and exit"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for each in COMMANDS:
        command = commands.add_parser(each.name, help=each.what, description=each.what)
        command.set_defaults(parser=command)
        each.add(command)
    return parser


class _Version(argparse.Action):
    """Prints the version, which takes long to find out, so nobody else does."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        print(f"topchef-codegen {_version()}")
        parser.exit()


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("topchef-sdk")
    except PackageNotFoundError:  # started where it was copied to, not installed
        return "(not installed)"


if __name__ == "__main__":
    run()
