"""The examples of docs/testing.md, run as a reader would run them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs" / "testing.md").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", GUIDE, flags=re.DOTALL)
SERVER, VALUES, FORMATS, LAWS, DOUBLE, RECORDING = BLOCKS


def ran(*command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.parametrize(("block", "count"), [(SERVER, 1), (VALUES, 4)], ids=["server", "values"])
def test_an_example_of_tests_passes(block: str, count: int, tmp_path: Path) -> None:
    (tmp_path / "test_example.py").write_text(block, "utf-8")
    done = ran("-W", "error", "-m", "pytest", "-q", "-p", "no:cacheprovider", folder=tmp_path)
    assert 0 == done.returncode, done.stdout
    assert f"{count} passed" in done.stdout


def zoo(folder: Path) -> None:
    """Generate the package of the examples."""
    spec = str(ROOT / "examples" / "zoo.yaml")
    done = ran("-m", "codegen", "generate", spec, "--out", str(folder / "zoo"), folder=ROOT)
    assert 0 == done.returncode, done.stderr


@pytest.mark.parametrize(
    "block",
    [FORMATS, LAWS, DOUBLE, RECORDING],
    ids=["formats", "laws", "double", "recording"],
)
def test_an_example_of_a_program_runs(block: str, tmp_path: Path) -> None:
    if "zoo" in block:
        zoo(tmp_path)
    (tmp_path / "example.py").write_text(block, "utf-8")
    done = ran("example.py", folder=tmp_path)
    assert (0, "") == (done.returncode, done.stderr)


@pytest.mark.parametrize("block", BLOCKS)
def test_the_examples_pass_mypy(block: str, tmp_path: Path) -> None:
    path = tmp_path / "example.py"
    path.write_text(block, "utf-8")
    if "zoo" in block:
        zoo(tmp_path)
    cache = str(tmp_path / "cache" if "zoo" in block else ROOT / ".mypy_cache")
    folder = tmp_path if "zoo" in block else ROOT
    done = ran("-m", "mypy", "--strict", "--cache-dir", cache, str(path), folder=folder)
    assert 0 == done.returncode, done.stdout


def test_every_law_is_explained() -> None:
    from topchef_sdk.testing.laws import SUBJECT

    names = {case.law.name for case in SUBJECT.cases()}
    explained = set(re.findall(r"^\| `(\w+)` \|", GUIDE, flags=re.MULTILINE))
    assert names <= explained
