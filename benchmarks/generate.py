"""How fast the generator is, beside others and as documents grow.

`python -m benchmarks.generate DOCUMENT ...` prints tables in Markdown. Beside others, whole processes
are measured from the start of Python to the last file: the median of several, in CPU seconds, so that
what else the machine does counts little; the generators take turns, so that it counts for all alike.
Growth is measured stage by stage.

All run as they are used: with the bytecode that an installation has, in a folder where files were not
deleted a moment ago (ext4 looks long for an inode that was not), and with what they call by default.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.peers import OURS, ROOT, WITHOUT_CONTRACT, Generator, peers
from benchmarks.process import WITH_BYTECODE, Cost, cost, machine, median_of
from benchmarks.stages import STAGES

SIZES = (100, 300, 1_000, 3_000, 10_000)
"""Schemas of the synthetic documents."""


def compare(specs: Iterable[Path], runs: int) -> None:
    """Print the cost of every generator on every document."""
    generators = [OURS, WITHOUT_CONTRACT, *peers()]
    print("| document | generator | exit | CPU s | MiB | CPU, ours = 1 | memory, ours = 1 |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(dir=place(), prefix="bench-") as folder:
        cost(OURS.command(ROOT / "examples" / "zoo.yaml", Path(folder) / "zoo"), ROOT)  # bytecode
        for spec in specs:
            found = _costs(generators, spec, runs, Path(folder))
            for generator, each in zip(generators, found, strict=True):
                _print_row(spec, generator, each, found[0])


def grow(runs: int) -> None:
    """Print what each stage costs on documents of 100 to 10,000 schemas."""
    print(f"| schemas | kB | {' | '.join(f'{stage} s' for stage in STAGES)} | ms a schema |")
    print(f"|---|---|{'---|' * len(STAGES)}---|")
    with tempfile.TemporaryDirectory(dir=place(), prefix="bench-") as folder:
        for size in SIZES:
            spec = Path(folder) / f"api{size}.json"
            spec.write_text(json.dumps(synthetic(size)), "utf-8")
            seconds = _stages(spec, Path(folder), runs)
            cells = " | ".join(f"{one:.3f}" for one in seconds)
            kilobytes = spec.stat().st_size // 1000
            each = 1000 * sum(seconds) / size
            print(f"| {size} | {kilobytes} | {cells} | {each:.2f} |", flush=True)


def place() -> Path:
    """The folder to generate into: beside the project, where its users' own would be."""
    place = ROOT / "build"
    place.mkdir(exist_ok=True)
    return place


def synthetic(size: int) -> object:
    """A document of so many schemas, one operation for every four, all of which refer to others."""
    schemas = {f"Thing{number}": _schema(number, size) for number in range(size)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Things", "version": "1"},
        "paths": {f"/things{number}/{{id}}": _path(number) for number in range(0, size, 4)},
        "components": {"schemas": schemas},
    }


def _schema(number: int, size: int) -> object:
    other = {"$ref": f"#/components/schemas/Thing{(number * 7 + 1) % size}"}
    if number % 5 == 4:
        return {"type": "string", "enum": [f"value {letter}" for letter in "abcd"]}
    return {
        "type": "object",
        "description": f"Thing number {number}, which is like others.",
        "required": ["id", "name"],
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "name": {"type": "string", "minLength": 1, "description": "What people call it."},
            "createdAt": {"type": "string", "format": "date-time"},
            "weight": {"type": ["number", "null"], "minimum": 0},
            "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 9},
            "other": other,
            "more": {"type": "array", "items": other},
            "detail": {"type": "object", "properties": {"text": {"type": "string"}}},
        },
    }


def _path(number: int) -> object:
    body = {"application/json": {"schema": {"$ref": f"#/components/schemas/Thing{number}"}}}
    return {
        "get": {
            "operationId": f"getThing{number}",
            "tags": [f"group {number % 20}"],
            "parameters": [
                {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
                {"name": "limit", "in": "query", "schema": {"type": "integer"}},
            ],
            "responses": {"200": {"description": "It.", "content": body}},
        }
    }


def _costs(generators: Sequence[Generator], spec: Path, runs: int, folder: Path) -> list[Cost]:
    """The median cost of each generator, which take turns."""
    costs: list[list[Cost]] = [[] for _ in generators]
    for _ in range(runs):
        for generator, found in zip(generators, costs, strict=True):
            out = Path(tempfile.mkdtemp(dir=folder)) / "api_client"
            cwd = ROOT if generator in (OURS, WITHOUT_CONTRACT) else out.parent
            found.append(cost(generator.command(spec, out), cwd, generator.environment))
    return [median_of(found) for found in costs]


def _print_row(spec: Path, generator: Generator, found: Cost, ours: Cost) -> None:
    ratios = f"{found.seconds / ours.seconds:.1f} | {found.mebibytes / ours.mebibytes:.1f}"
    print(
        f"| {spec.stem} | {generator.name} {generator.version} | {found.code} "
        f"| {found.seconds:.2f} | {found.mebibytes:.0f} | {ratios} |",
        flush=True,
    )


def _stages(spec: Path, folder: Path, runs: int) -> list[float]:
    """The median CPU seconds of each stage."""
    taken: list[list[float]] = []
    for _ in range(runs):
        out = Path(tempfile.mkdtemp(dir=folder)) / "sdk"
        command = [sys.executable, "-m", "benchmarks.stages", str(spec), str(out)]
        done = subprocess.run(
            command, cwd=ROOT, env=WITH_BYTECODE, check=True, capture_output=True, text=True
        )
        seconds: list[float] = json.loads(done.stdout)
        taken.append(seconds)
    return [statistics.median(stage) for stage in zip(*taken, strict=True)]


def main() -> int:
    """Print the tables that are asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generate", description=__doc__)
    parser.add_argument("documents", type=Path, nargs="*")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--no-growth", action="store_true")
    arguments = parser.parse_args()
    print(f"{machine()}; medians of {arguments.runs} runs\n")
    if arguments.documents:
        compare([path.resolve() for path in arguments.documents], arguments.runs)
    if not arguments.no_growth:
        print()
        grow(min(arguments.runs, 3))
    return 0


if __name__ == "__main__":
    sys.exit(main())
