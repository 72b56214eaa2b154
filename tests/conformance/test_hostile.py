"""Documents written to run code, to read files or to exhaust the machine: none gets its way.

`tests/data/hostile/index.json` says what must become of each; `check_hostile.py` there runs the
command on one in a process of its own, watched, and then imports what it wrote.
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


@pytest.mark.parametrize("entry", INDEX["files"], ids=lambda entry: Path(entry["file"]).stem)
def test_a_hostile_document_does_no_harm(tmp_path: Path, entry: dict[str, Any]) -> None:
    start = tmp_path / "start.py"
    start.write_text(START, "utf-8")
    verdicts = tmp_path / "verdicts.json"
    command = f"{sys.executable} {start} generate {{spec}} --out {{out}}"

    subprocess.run(
        [
            *(sys.executable, str(HOSTILE / "check_hostile.py"), "--strict"),
            *("--cmd", command, "--python", sys.executable),
            *("--only", entry["id"], "--json", str(verdicts)),
        ],
        capture_output=True,
        timeout=300,
        check=False,
    )

    judged = json.loads(verdicts.read_text("utf-8"))
    bad = [f"{one['id']}: {one['violations']} {one['tail']}" for one in judged if not one["ok"]]
    assert ([], True) == (bad, bool(judged))
