"""What a generated package weighs: lines, bytes, and the time until it can be used.

`python benchmarks/weight.py SPEC [SPEC ...]` generates each document anew, and measures in fresh
processes that find bytecode, as users' second start does; the median of five counts.
"""

from __future__ import annotations

import ast
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

RUNS = 5

ROOT = "import sdk"
DEPENDENCIES = "import attrs, cattrs, msgspec, typing_extensions, urllib3"
CALL = "import sdk; from sdk import ApiClient, codec; from sdk.endpoints import {tag}"
MODEL = (
    "from sdk import models, codec; import sdk._runtime.record as r; r.record_of(models.{model})"
)


def main(specs: Sequence[str]) -> None:
    """Print a row for each document."""
    print("| document | files | lines | kB | root ms | first call ms | one model ms | modules |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for spec in specs:
        with TemporaryDirectory() as folder:
            print("|", " | ".join(row(Path(spec), Path(folder))), "|")


def row(spec: Path, folder: Path) -> list[str]:
    """Generate a document and measure the package."""
    out = folder / "sdk"
    generate = [sys.executable, "-m", "codegen", "generate", str(spec), "--out", str(out)]
    subprocess.run(generate, check=True, capture_output=True)
    files = [path for path in out.rglob("*.py") if "_runtime" not in path.parts]
    texts = [path.read_text("utf-8") for path in files]
    tag = min(path.stem for path in (out / "endpoints").glob("[a-z]*.py"))
    model = _largest_model(out / "models")
    times = [milliseconds(code, folder) for code in (ROOT, CALL.format(tag=tag))]
    times.append(milliseconds(MODEL.format(model=model), folder))
    return [
        spec.stem,
        str(len(files)),
        str(sum(text.count("\n") for text in texts)),
        str(sum(len(text.encode()) for text in texts) // 1000),
        *(f"{time:.1f}" for time in times),
        f"{_loaded(model, folder)} of {len(list((out / 'models').glob('*.py'))) - 1} ({model})",
    ]


def _largest_model(models: Path) -> str:
    """The first record of the longest module."""
    longest = max(models.glob("[a-z]*.py"), key=lambda path: (path.stat().st_size, path.name))
    body = ast.parse(longest.read_text("utf-8")).body
    return next(
        node.name for node in body if isinstance(node, ast.ClassDef) and node.decorator_list
    )


def milliseconds(code: str, folder: Path) -> float:
    """The median time of a statement, beyond that of the dependencies."""
    timed = f"{DEPENDENCIES}\nimport time; t = time.perf_counter()\n{code}\n"
    timed += "print((time.perf_counter() - t) * 1000)"
    run(code, folder)  # writes the bytecode
    return statistics.median(float(run(timed, folder)) for _ in range(RUNS))


def _loaded(model: str, folder: Path) -> int:
    count = "import sys; print(sum(name.startswith('sdk.models.') for name in sys.modules))"
    return int(run(f"{MODEL.format(model=model)}\n{count}", folder))


def run(code: str, folder: Path) -> str:
    """What a fresh process prints."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=environment,
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout


if __name__ == "__main__":
    main(sys.argv[1:])
