"""What `diff` and `changelog` do: read, compare, judge, print."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from ..config import nearest_config
from ..errors import SpecError, printable
from ..ir import Api
from ..load import Document, load
from ..lower import lower
from .approvals import USUAL_FILE, Approvals, read_approvals
from .changes import Comparison
from .comparing import compare
from .judgement import FailOn, Judgement
from .proof import DisagreementError
from .reports.as_json import as_json
from .reports.github import github
from .reports.markdown import changelog as as_changelog
from .reports.markdown import markdown
from .reports.text import text

EX_SOFTWARE: Final = 70
"""The exit code of a program that is at fault itself (sysexits.h)."""

_REPORTS: Final[Mapping[str, Callable[[Judgement], str]]] = {
    "text": text,
    "markdown": markdown,
    "json": as_json,
    "github": github,
}


def diff(arguments: argparse.Namespace) -> int:
    """Print the report that a command line asks for; 1 where something fails, 70 for our bugs."""
    approvals = _approvals(arguments.approved)
    try:
        comparison = _compared(
            arguments, is_searching=not arguments.no_examples, proves_all=arguments.prove
        )
    except DisagreementError as error:
        print(printable(f"internal error, please report it: {error}"), file=sys.stderr)
        return EX_SOFTWARE
    judgement = Judgement(comparison, approvals, FailOn(arguments.fail_on), arguments.all)
    sys.stdout.write(_REPORTS[arguments.format](judgement))
    for fingerprint in approvals.unused(comparison.changes):
        what = f"{approvals.file}: {fingerprint} approves nothing here; take it out when released"
        print(printable(what), file=sys.stderr)
    return 1 if judgement.fails else 0


def changelog(arguments: argparse.Namespace) -> int:
    """Print the release note that a command line asks for."""
    comparison = _compared(arguments, is_searching=False, proves_all=False)
    sys.stdout.write(as_changelog(Judgement(comparison, Approvals())))
    return 0


def _compared(arguments: argparse.Namespace, *, is_searching: bool, proves_all: bool) -> Comparison:
    return compare(
        understood(arguments.old),
        understood(arguments.new),
        is_searching=is_searching,
        proves_all=proves_all,
    )


def understood(file: Path) -> tuple[Document, Api]:
    """A document, and what the generator understands of it.

    Raises:
        SpecError: it is refused.
    """
    document = load(file)
    try:
        return document, lower(document.tree, document.files)
    except SpecError as error:
        raise document.sources.locate(error) from None


def _approvals(file: Path | None) -> Approvals:
    """The approvals of the file that is named, in the table or by its usual name."""
    if file is not None:
        return read_approvals(file)
    config = nearest_config(Path.cwd())
    if config is not None and config.approved is not None:
        return read_approvals(config.approved)
    usual = Path(USUAL_FILE)
    return read_approvals(usual) if usual.is_file() else Approvals()
