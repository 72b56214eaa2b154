"""The command: `python -m codegen generate | check`, also installed as `topchef-codegen`.

Exit codes: 0 done or up to date, 1 stale (`check`), 2 refused; a refusal is one line on stderr.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from .emit import emit
from .errors import SpecError, WriteError, printable
from .lower import lower
from .source_file import SourceFile
from .write import stale, write

try:
    from .load import Document, load
except ModuleNotFoundError as missing:
    print(f"{missing.name} is missing; pip install 'topchef-sdk[codegen]'", file=sys.stderr)
    sys.exit(2)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that `argv` names, and return its exit code.

    Raises:
        SystemExit: `argv` is no command (2), or asks for help (0).
    """
    arguments = _parser().parse_args(argv)
    spec: Path = arguments.spec
    out: Path = arguments.out
    try:
        return _check(spec, out) if arguments.command == "check" else _generate(spec, out)
    except (SpecError, WriteError) as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(WriteError(str(error.filename or out), error.strerror or str(error)), file=sys.stderr)
    return 2


def _generate(spec: Path, out: Path) -> int:
    print(write(_generated(load(spec)), out))
    return 0


def _check(spec: Path, out: Path) -> int:
    files = _generated(load(spec))
    found = stale(files, out)
    if not found:
        print(f"{len(files)} files: up to date")
        return 0
    for each in found:
        print(printable(f"{out / each.path}: {each.fault.value}"))
    command = shlex.join(["python", "-m", "codegen", "generate", str(spec), "--out", str(out)])
    print(printable(f"mend with: {command}"))
    return 1


def _generated(document: Document) -> tuple[SourceFile, ...]:
    try:
        return emit(lower(document.tree))
    except SpecError as error:
        raise document.locate(error) from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m codegen",
        description="Generate a typed Python SDK from an OpenAPI document.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, what in (
        ("generate", "write the SDK; files that would not change are left alone"),
        ("check", "list what `generate` would change, and write nothing"),
    ):
        command = commands.add_parser(name, help=what, description=what)
        command.add_argument("spec", type=Path, metavar="SPEC", help="OpenAPI 3 in YAML or JSON")
        command.add_argument(
            "--out", type=Path, required=True, metavar="DIR", help="the folder of the SDK"
        )
    return parser


if __name__ == "__main__":
    sys.exit(main())
