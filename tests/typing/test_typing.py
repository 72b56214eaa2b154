"""What type checkers make of the SDK: the cases are only checked, never run.

Each checker goes over all cases once. What it finds must be exactly what the cases say.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from codegen.emit import emit
from codegen.load import load
from codegen.lower import lower
from codegen.write import write
from tests.typing.expectations import Finding, expected_of

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
CASES = sorted((HERE / "cases").glob("*.py"))

_CACHE = ROOT / ".mypy_cache" / "typing"
"""Its own, for other runs have other packages beside."""

_LINE = re.compile(r"(?P<file>[^:]+):(?P<line>\d+): error: .*\[(?P<code>[a-z-]+)\]$")


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the package `pets`."""
    folder = tmp_path_factory.mktemp("packages")
    document = load(HERE / "pets.yaml")
    write(emit(lower(document.tree, document.files)), folder / "pets")
    return folder


def test_mypy_finds_what_the_cases_say_and_nothing_else(packages: Path) -> None:
    # The usual settings leave the cases out, but not where they are named.
    output = _output_of(
        [
            sys.executable,
            "-m",
            "mypy",
            "--no-error-summary",
            "--no-pretty",
            f"--cache-dir={_CACHE}",
        ],
        {"MYPYPATH": str(packages)},
    )
    found = [_LINE.match(line) for line in output.splitlines() if ": error: " in line]
    assert None not in found, output
    findings = [
        Finding(Path(one["file"]).name, int(one["line"]), one["code"]) for one in found if one
    ]
    assert expected_of("mypy", CASES) == _lines(findings)


def test_pyright_finds_what_the_cases_say_and_nothing_else(packages: Path) -> None:
    settings = {
        "typeCheckingMode": "strict",
        "pythonVersion": "3.11",
        "include": [str(HERE / "cases")],
        "extraPaths": [str(packages), str(ROOT)],
    }
    (packages / "pyrightconfig.json").write_text(json.dumps(settings), "utf-8")
    program = Path(sys.executable).with_name("basedpyright")
    python = ["--pythonpath", sys.executable]
    output = _output_of([str(program), "--outputjson", "-p", str(packages), *python], {}, [])
    findings = [
        Finding(
            Path(one["file"]).name, one["range"]["start"]["line"] + 1, one.get("rule", "syntax")
        )
        for one in json.loads(output)["generalDiagnostics"]
        if one["severity"] == "error"
    ]
    assert expected_of("pyright", CASES) == _lines(findings)


def _lines(findings: list[Finding]) -> str:
    return "".join(f"{one}\n" for one in sorted(findings))


def _output_of(
    command: list[str], environment: dict[str, str], files: list[Path] | None = None
) -> str:
    arguments = map(str, CASES if files is None else files)
    done = subprocess.run(
        [*command, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout


def test_an_expectation_that_says_nothing_is_refused(tmp_path: Path) -> None:
    case = tmp_path / "case.py"
    case.write_text("# error: whatever\nx = 1\n", "utf-8")
    with pytest.raises(ValueError, match=r"case.py:1: no expectation: # error: whatever"):
        expected_of("mypy", [case])
