"""Documents written to run code, to read files or to exhaust the machine: none gets its way.

`tests/data/hostile/index.json` says what must become of each; `check_hostile.py` there runs the
command on one in a process of its own, watched, and then imports what it wrote.

A document that is refused is also tried with each of its parts alone, because the first fault hides
the others. `python -m tests.conformance --only hostile` does so with those that are accepted, too.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
HOSTILE = ROOT / "tests" / "data" / "hostile"
INDEX: Any = json.loads((HOSTILE / "index.json").read_text("utf-8"))
START = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from codegen.__main__ import main; sys.exit(main())"


PARTED = [one["id"] for one in INDEX["files"] if "isolate" in one and one["accept"] == ["error"]]
WHOLE = [one["id"] for one in INDEX["files"] if one["id"] not in PARTED]

AT_A_TIME = 10
"""Documents: each judge takes a while to start, and workers of the test suite share them."""

BATCHES = [WHOLE[first : first + AT_A_TIME] for first in range(0, len(WHOLE), AT_A_TIME)]


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"{batch[0]} to {batch[-1]}")
def test_hostile_documents_do_no_harm(tmp_path: Path, batch: list[str]) -> None:
    judged = judged_by_others(tmp_path, "--no-isolate", "--only", ",".join(batch))

    assert batch == [one["id"] for one in judged]
    assert [] == violations(judged)


@pytest.mark.parametrize("name", PARTED)
def test_no_part_of_a_document_that_is_refused_does_harm(tmp_path: Path, name: str) -> None:
    judged = judged_by_others(tmp_path, "--only", name)

    assert len(judged) > 2
    assert [] == violations(judged)


def judged_by_others(folder: Path, *options: str) -> list[dict[str, Any]]:
    """The verdicts of the program that came with the documents."""
    start = folder / "start.py"
    start.write_text(START, "utf-8")
    verdicts = folder / "verdicts.json"
    command = f"{sys.executable} {start} generate {{spec}} --out {{out}}"
    done = subprocess.run(
        [
            *(sys.executable, str(HOSTILE / "check_hostile.py"), "--strict", *options),
            *("--cmd", command, "--python", sys.executable, "--json", str(verdicts)),
        ],
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert verdicts.exists(), done.stdout + done.stderr
    found: list[dict[str, Any]] = json.loads(verdicts.read_text("utf-8"))
    return found


def violations(judged: list[dict[str, Any]]) -> list[str]:
    return [f"{one['id']}: {one['violations']} {one['tail']}" for one in judged if not one["ok"]]
