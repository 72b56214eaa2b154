"""What the cases say that a type checker must find, and what it finds.

An expectation is a comment above a line: `# error: mypy[CODE] pyright[RULE, RULE]`. A checker that is
not named must find nothing there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from attrs import frozen

_COMMENT = re.compile(r"^ *# error: (?P<checkers>.*)$")
_CHECKER = re.compile(r"(?P<name>\w+)\[(?P<codes>[^\]]+)\]")


@frozen(order=True)
class Finding:
    """One error at one line."""

    file: str
    line: int
    code: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.code}"


def expected_of(checker: str, files: Iterable[Path]) -> str:
    """What a checker must find in some files, a line for each."""
    findings = sorted(one for path in files for one in _expected_in(path, checker))
    return "".join(f"{one}\n" for one in findings)


def _expected_in(path: Path, checker: str) -> Iterator[Finding]:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        comment = _COMMENT.match(line)
        if comment is None:
            continue
        named = list(_CHECKER.finditer(comment["checkers"]))
        if not named or {one["name"] for one in named} - {"mypy", "pyright"}:
            raise ValueError(f"{path.name}:{number}: no expectation: {comment[0]}")
        for one in named:
            if one["name"] == checker:
                for code in one["codes"].split(","):
                    yield Finding(path.name, number + 1, code.strip())
