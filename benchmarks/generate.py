"""How fast the generator is, beside others and as documents grow.

`python -m benchmarks.generate DOCUMENT ...` prints tables in Markdown. Beside others, whole processes
are measured from the start of Python to the last file: the median of several, in CPU seconds, so that
what else the machine does counts little. Growth is measured in one process, stage by stage.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from shutil import rmtree
from typing import TypeVar

from benchmarks.peers import ROOT, Generator, peers
from benchmarks.process import Cost, cost, machine, median_cost
from codegen.emit import emit
from codegen.load import load
from codegen.lower import lower
from codegen.write import write

T = TypeVar("T")

SIZES = (100, 300, 1_000, 3_000, 10_000)
"""Schemas of the synthetic documents."""

STAGES = ("load", "lower", "emit", "write")

OURS = Generator(
    "topchef-codegen",
    "this tree",
    lambda spec, out: [sys.executable, "-m", "codegen", "generate", str(spec), "--out", str(out)],
)


def compare(specs: Iterable[Path], runs: int) -> None:
    """Print the cost of every generator on every document."""
    others = list(peers())
    print("| document | generator | exit | CPU s | MiB | CPU, ours = 1 | memory, ours = 1 |")
    print("|---|---|---|---|---|---|---|")
    for spec in specs:
        ours = _cost_of(OURS, spec, runs)
        _print_row(spec, OURS, ours, ours)
        for other in others:
            _print_row(spec, other, _cost_of(other, spec, runs), ours)


def grow(runs: int) -> None:
    """Print what each stage costs on documents of 100 to 10,000 schemas."""
    print(f"| schemas | kB | {' | '.join(f'{stage} s' for stage in STAGES)} | ms a schema |")
    print(f"|---|---|{'---|' * len(STAGES)}---|")
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            spec = Path(folder) / "api.json"
            spec.write_text(json.dumps(synthetic(size)), "utf-8")
            seconds = _stages(spec, Path(folder), runs)
            cells = " | ".join(f"{one:.3f}" for one in seconds)
            kilobytes = spec.stat().st_size // 1000
            each = 1000 * sum(seconds) / size
            print(f"| {size} | {kilobytes} | {cells} | {each:.2f} |", flush=True)


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


def _cost_of(generator: Generator, spec: Path, runs: int) -> Cost:
    def run() -> Cost:
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "api_client"
            return cost(generator.command(spec, out), ROOT if generator is OURS else Path(folder))

    return median_cost(run, runs)


def _print_row(spec: Path, generator: Generator, found: Cost, ours: Cost) -> None:
    ratios = f"{found.seconds / ours.seconds:.1f} | {found.mebibytes / ours.mebibytes:.1f}"
    print(
        f"| {spec.stem} | {generator.name} {generator.version} | {found.code} "
        f"| {found.seconds:.2f} | {found.mebibytes:.0f} | {ratios} |",
        flush=True,
    )


def _stages(spec: Path, folder: Path, runs: int) -> list[float]:
    """The median CPU seconds of each stage."""
    taken: list[list[float]] = [[] for _ in STAGES]
    for _ in range(runs):
        out = folder / "sdk"
        rmtree(out, ignore_errors=True)
        document, load_seconds = _timed(partial(load, spec))
        api, lower_seconds = _timed(partial(lower, document.tree))
        files, emit_seconds = _timed(partial(emit, api))
        _said, write_seconds = _timed(partial(write, files, out))
        for stage, seconds in zip(
            taken, (load_seconds, lower_seconds, emit_seconds, write_seconds), strict=True
        ):
            stage.append(seconds)
    return [statistics.median(stage) for stage in taken]


def _timed(run: Callable[[], T]) -> tuple[T, float]:
    start = time.process_time()
    result = run()
    return result, time.process_time() - start


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
