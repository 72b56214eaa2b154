"""The commands `diff` and `changelog`, and what may be said to them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Final

from ..command import Command

FORMATS: Final = ("text", "markdown", "json", "github")


def _diff(arguments: argparse.Namespace) -> int:
    from .running import diff  # most runs of the generator compare nothing

    return diff(arguments)


def _changelog(arguments: argparse.Namespace) -> int:
    from .running import changelog

    return changelog(arguments)


def _add_documents(command: argparse.ArgumentParser) -> None:
    add: Callable[..., object] = command.add_argument
    add("old", type=Path, metavar="OLD", help="OpenAPI 3 in YAML or JSON, as it was released")
    add("new", type=Path, metavar="NEW", help="the same API as it will be")


def _add_diff(command: argparse.ArgumentParser) -> None:
    _add_documents(command)
    add: Callable[..., object] = command.add_argument
    add("--format", choices=FORMATS, default="text", help="text (the default), or for whom it is")
    add(
        "--fail-on",
        choices=("breaking", "major"),
        default="major",
        help="exit with 1 for any break that nobody approved, or (the default) for those that come "
        "without a major step of info.version",
    )
    add("--approved", type=Path, metavar="FILE", help="breaks that were approved, in TOML")
    add("--all", action="store_true", help="tell each change, also where many are alike")
    add("--no-examples", action="store_true", help="do not search for payloads that prove breaks")
    add("--prove", action="store_true", help="search also where all is said to be compatible")


DIFF: Final = Command(
    name="diff",
    what="tell what changed between two documents, and whom it breaks",
    add=_add_diff,
    run=_diff,
)

CHANGELOG: Final = Command(
    name="changelog",
    what="write what changed between two documents as Markdown for a release note",
    add=_add_documents,
    run=_changelog,
)
