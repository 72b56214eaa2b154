"""The commands `generate` and `check`: one document to the files of its SDK."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from .command import Command, program
from .config import nearest_config
from .emit import emit
from .errors import OptionError, SpecError, WriteError, printable
from .ir import Api
from .job import Job, job_of
from .load import load
from .lower import lower
from .options import is_importable
from .report import report, warn
from .select import select
from .source_file import SourceFile
from .unheeded import unheeded
from .values import evolve
from .write import refuse_strangers, stale, write


def _job(arguments: argparse.Namespace) -> Job:
    return job_of(arguments, None if arguments.spec else nearest_config(Path.cwd()))


def _generate(arguments: argparse.Namespace) -> int:
    job = _job(arguments)
    try:
        if not job.among_others:
            refuse_strangers(job.out)
        print(write(_generated(job), job.out))
        _warn_of_folder(job)
    except OSError as error:
        raise _refused(error, job) from None
    return 0


def _check(arguments: argparse.Namespace) -> int:
    job = _job(arguments)
    files = _generated(job)
    try:
        found = stale(files, job.out)
    except OSError as error:
        raise _refused(error, job) from None
    if not found:
        print(f"{len(files)} files: up to date")
        return 0
    for each in found:
        print(printable(f"{job.out / each.path}: {each.fault.value}"))
    command = shlex.join([*program(), "generate", *job.arguments])
    print(printable(f"mend with: {command}"))
    return 1


def _warn_of_folder(job: Job) -> None:
    """Warn of a folder that no import can name, unless it is said what the SDK is imported as.

    It is no refusal: some folders get another name before they are imported.
    """
    name = job.out.resolve().name
    if job.options.package is None and not is_importable(name):
        what = "no import can name this folder; name another, or say --package NAME"
        print(OptionError(str(job.out), what), file=sys.stderr)


def _refused(error: OSError, job: Job) -> WriteError:
    return WriteError(str(error.filename or job.out), error.strerror or str(error))


def _generated(job: Job) -> tuple[SourceFile, ...]:
    """The files of a job."""
    try:
        return emit(_understood(job), job.options)
    except OptionError as error:
        raise job.placed(error) from None


def _understood(job: Job) -> Api:
    """What the document of a job means; what there is to say of it is said.

    Nothing else is kept of the document: its trees and texts are large, and so are the files to come.
    """
    document = load(job.spec)
    sources = document.sources
    try:
        whole = lower(document.tree, document.files)
        whole = evolve(whole, notes=(*unheeded(document), *whole.notes))
        api = select(whole, job.selection)
    except SpecError as error:
        raise sources.locate(error) from None
    warn(sources, api.notes, sys.stderr)
    if job.report is not None:
        report(sources, api.notes, job.report, sys.stdout)
    return api


# --- what may be said to them -------------------------------------------------------------------


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
    what = "write contract.py, which later SDKs are checked against (by default)"
    add("--contract", action=argparse.BooleanOptionalAction, default=None, help=what)
    add("--report", metavar="FILE", help="list all that goes unheeded; JSON in *.json, - to print")


def _add_options_and_force(command: argparse.ArgumentParser) -> None:
    _add_options(command)
    what = "write among other files, all of which stay as they are"
    command.add_argument("--force", action="store_true", help=what)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


GENERATE: Final = Command(
    name="generate",
    what="write the SDK; files that would not change are left alone",
    add=_add_options_and_force,
    run=_generate,
)

CHECK: Final = Command(
    name="check",
    what="list what `generate` would change, and write nothing",
    add=_add_options,
    run=_check,
)
