"""What `diff` costs beside `generate`, with breaks planted in a document, and as documents grow.

`python -m benchmarks.diff DOCUMENT ...` prints tables in Markdown: whole processes in CPU seconds, the
median of several, with the search for examples as people run it. `generate` is measured on the old
document alone, so that the ratio says how often one could have generated instead.
"""

from __future__ import annotations

import argparse
import copy
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import yaml

from benchmarks.generate import place, synthetic
from benchmarks.peers import ROOT
from benchmarks.process import WITH_BYTECODE, Cost, cost, machine, median_of
from codegen.tree import Json

PLANTED = (0, 1, 10, 100, 1_000)
"""How many breaks are planted in a document."""

SIZES = (300, 1_000, 3_000, 7_000)
"""Schemas of the synthetic documents; the last is of 5 MB."""

_EVERY = 100
"""In the synthetic documents one schema in so many breaks."""


def plant(document: Any, most: int) -> int:
    """Break a document in some places, all kinds of breaks in turns; return how many there are."""
    planted = 0
    kinds = (_another_type, _tighter, _less_values, _required)
    for schema in _schemas(document):
        if planted == most:
            break
        planted += any(kinds[(planted + turn) % len(kinds)](schema) for turn in range(len(kinds)))
    return planted


def _schemas(tree: Any) -> Iterator[dict[str, Any]]:
    """All schemas of objects with properties, those of deep places too; each object once."""
    ahead: list[Json] = [tree]
    seen: set[int] = set()
    while ahead:
        one = ahead.pop()
        if id(one) in seen:
            continue  # an alias of YAML
        seen.add(id(one))
        if isinstance(one, dict):
            if isinstance(one.get("properties"), dict) and one.get("type") == "object":
                yield one
            ahead += reversed([value for key, value in one.items() if "example" not in key])
        elif isinstance(one, list):
            ahead += reversed(one)


def _properties(schema: dict[str, Any], type_: str) -> list[dict[str, Any]]:
    described = cast("dict[str, dict[str, Any]]", schema["properties"]).values()
    return [one for one in described if one.get("type") == type_ and "properties" not in one]


def _another_type(schema: dict[str, Any]) -> bool:
    for one in _properties(schema, "integer"):
        one.clear()
        one["type"] = "boolean"
        return True
    return False


def _tighter(schema: dict[str, Any]) -> bool:
    for one in _properties(schema, "string"):
        if "maxLength" not in one and "enum" not in one and "format" not in one:
            one["pattern"] = "^[a-c]{2,7}$"
            one.pop("example", None)
            one.pop("default", None)
            return True
    return False


def _less_values(schema: dict[str, Any]) -> bool:
    for one in _properties(schema, "string"):
        if len(one.get("enum", ())) > 1:
            one["enum"] = [*one["enum"][:-1], "a value that is new"]
            one.pop("default", None)
            return True
    return False


def _required(schema: dict[str, Any]) -> bool:
    known = schema.get("required", [])
    left = [name for name in schema["properties"] if name not in known]
    if left:
        schema["required"] = [*known, left[0]]
    return bool(left)


def breaks(spec: Path, runs: int, folder: Path) -> None:
    """Print the cost of `diff` by the number of breaks that are planted in a document."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    tree = yaml.load(spec.read_text("utf-8"), loader)
    old = _written(folder, "old.json", tree)
    generated = _seconds(["generate", str(old), "--out", "{out}"], runs, folder)
    for most in PLANTED:
        changed = copy.deepcopy(tree)
        found = plant(changed, most)
        new = _written(folder, "new.json", changed)
        _print_row(spec.stem, old, found, generated, _diffed(old, new, runs, folder))


def grow(runs: int, folder: Path) -> None:
    """Print the cost of `diff` on synthetic documents, of which a part is broken."""
    for size in SIZES:
        old = _written(folder, "old.json", synthetic(size))
        changed = synthetic(size)
        found = plant(changed, size // _EVERY)
        new = _written(folder, "new.json", changed)
        generated = _seconds(["generate", str(old), "--out", "{out}"], runs, folder)
        _print_row(f"{size} schemas", old, found, generated, _diffed(old, new, runs, folder))


def _diffed(old: Path, new: Path, runs: int, folder: Path) -> float:
    return _seconds(["diff", str(old), str(new)], runs, folder)


def _written(folder: Path, name: str, tree: object) -> Path:
    file = folder / name
    file.write_text(json.dumps(tree, default=str), "utf-8")
    return file


def _seconds(arguments: list[str], runs: int, folder: Path) -> float:
    """The median CPU seconds of a command; 1 is how `diff` tells of breaks."""
    costs: list[Cost] = []
    for _ in range(runs):
        out = Path(tempfile.mkdtemp(dir=folder)) / "sdk"
        said = [one.format(out=out) if one == "{out}" else one for one in arguments]
        costs.append(cost([sys.executable, "-m", "codegen", *said], ROOT, WITH_BYTECODE))
        if costs[-1].code not in (0, 1):
            raise SystemExit(f"{' '.join(said)} exits with {costs[-1].code}")
    return median_of(costs).seconds


def _print_row(name: str, old: Path, planted: int, generated: float, diffed: float) -> None:
    print(
        f"| {name} | {old.stat().st_size // 1000} | {planted} | {generated:.2f} | {diffed:.2f} "
        f"| {diffed / generated:.2f} |",
        flush=True,
    )


def main() -> int:
    """Print the tables that are asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.diff", description=__doc__)
    parser.add_argument("documents", type=Path, nargs="*")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--no-growth", action="store_true")
    arguments = parser.parse_args()
    print(f"{machine()}; medians of {arguments.runs} runs\n")
    print("| document | kB | breaks planted | generate, CPU s | diff, CPU s | diff / generate |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(dir=place(), prefix="bench-") as folder:
        for spec in arguments.documents:
            breaks(spec.resolve(), arguments.runs, Path(folder))
        if not arguments.no_growth:
            grow(arguments.runs, Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
