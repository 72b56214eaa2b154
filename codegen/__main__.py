"""The command: `python -m codegen generate | check`, also installed as `topchef-codegen`.

Exit codes: 0 done or up to date, 1 stale (`check`), 2 refused; a refusal is one line on stderr.
"""

from __future__ import annotations

import argparse
import gc
import os
import shlex
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

from .config import nearest_config
from .emit import emit
from .errors import OptionError, SpecError, WriteError, printable
from .job import Job, job_of
from .load import load
from .lower import lower
from .report import report, warn
from .select import select
from .source_file import SourceFile
from .unheeded import unheeded
from .values import evolve
from .write import refuse_strangers, stale, write

if find_spec("yaml") is None:
    print("yaml is missing; pip install 'topchef-sdk[codegen]'", file=sys.stderr)
    sys.exit(2)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that `argv` names, and return its exit code.

    Raises:
        SystemExit: `argv` is no command (2), or asks for help or the version (0).
    """
    arguments = _parser().parse_args(argv)
    out = Path()
    try:
        job = job_of(arguments, None if arguments.spec else nearest_config(Path.cwd()))
        out = job.out
        with _nothing_collected():
            return _check(job) if arguments.command == "check" else _generate(job)
    except (OptionError, SpecError, WriteError) as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(WriteError(str(error.filename or out), error.strerror or str(error)), file=sys.stderr)
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


def _generate(job: Job) -> int:
    if not job.among_others:
        refuse_strangers(job.out)
    print(write(_generated(job), job.out))
    return 0


def _check(job: Job) -> int:
    files = _generated(job)
    found = stale(files, job.out)
    if not found:
        print(f"{len(files)} files: up to date")
        return 0
    for each in found:
        print(printable(f"{job.out / each.path}: {each.fault.value}"))
    command = shlex.join(["python", "-m", "codegen", "generate", *job.arguments])
    print(printable(f"mend with: {command}"))
    return 1


def _generated(job: Job) -> tuple[SourceFile, ...]:
    """The files of a job; what there is to say of its document is said."""
    document = load(job.spec)
    try:
        whole = lower(document.tree, document.files)
        whole = evolve(whole, notes=(*unheeded(document), *whole.notes))
        api = select(whole, job.selection)
        files = emit(api, job.options)
    except SpecError as error:
        raise document.locate(error) from None
    warn(document, api.notes, sys.stderr)
    if job.report is not None:
        report(document, api.notes, job.report, sys.stdout)
    return files


# --- what may be said to it ---------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m codegen",
        description="Generate a typed Python SDK from an OpenAPI document.",
        epilog="Without SPEC, [tool.topchef-codegen] of the nearest pyproject.toml says the rest.",
    )
    parser.add_argument(
        "--version", action=_Version, nargs=0, help="show program's version number and exit"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, what, add in (
        ("generate", "write the SDK; files that would not change are left alone", _add_force),
        ("check", "list what `generate` would change, and write nothing", _add_nothing),
    ):
        command = commands.add_parser(name, help=what, description=what)
        _add_options(command)
        add(command)
    return parser


def _add_options(command: argparse.ArgumentParser) -> None:
    add: Callable[..., object] = command.add_argument
    add("spec", type=Path, nargs="?", metavar="SPEC", help="OpenAPI 3 in YAML or JSON")
    add("--out", type=Path, metavar="DIR", help="the folder of the SDK")
    for option, metavar, what in (
        ("--tags", "TAG,…", "only the operations of these tags; * is wild; may be repeated"),
        ("--only", "OPERATION,…", "only these: ids, or such as 'GET /jobs/*'; may be repeated"),
    ):
        add(option, action="append", type=_names, metavar=metavar, help=what)
    add("--package", metavar="NAME", help="what the SDK is imported as; the folder, without --out")
    add("--base-error", metavar="NAME", help="what the SDK calls the parent of all its errors")
    add("--report", metavar="FILE", help="list all that goes unheeded; JSON in *.json, - to print")


def _add_force(command: argparse.ArgumentParser) -> None:
    what = "write among other files, all of which stay as they are"
    command.add_argument("--force", action="store_true", help=what)


def _add_nothing(_: argparse.ArgumentParser) -> None:
    return None


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


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
