"""Plants payloads in documents, generates what comes of it, and looks whether they are harmless."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import rmtree

from attrs import define, field, frozen

from codegen.load import load
from codegen.runtime.json_types import is_array, is_object
from tests.conformance.generated import run
from tests.conformance.outside import ROOT, Json
from tests.fuzz.payloads import PAYLOADS, faults_of_source, planted, positions

CASES = ROOT / "tests" / "codegen" / "cases"

SECONDS = 20.0
"""The longest that one document may take: 3 MB of it take five."""

IMPORT_ALL = """
import importlib, pathlib, sys
sys.path.insert(0, "..")
for path in sorted(pathlib.Path("../sdk").rglob("*.py")):
    parts = path.relative_to("..").with_suffix("").parts
    module = importlib.import_module(".".join(part for part in parts if part != "__init__"))
    for name in getattr(module, "__all__", ()):
        getattr(module, name)
models = importlib.import_module("sdk.models")
records = importlib.import_module("sdk._runtime.record")
for name in models.__all__:
    model = getattr(models, name)
    if hasattr(model, "__attrs_attrs__"):
        records.record_of(model)
"""


@frozen
class Attempt:
    """One planted document."""

    name: str
    """Of the document that it was made from."""
    path: tuple[str | int, ...]
    payload: str
    tree: Json


@define
class Fuzzer:
    """Generates planted documents in one folder, one after the other."""

    root: Path
    imports_each: int = 10
    """How often an accepted package is also imported, in a process of its own."""
    accepted: int = 0
    refused: int = 0
    _slowest: float = field(default=0.0)

    def faults(self, attempt: Attempt) -> Iterator[str]:
        """What is wrong with what comes of a document."""
        spec, out = self.root / "api.json", self.root / "sdk"
        rmtree(out, ignore_errors=True)
        spec.write_text(json.dumps(attempt.tree), "utf-8")
        start = time.monotonic()
        try:
            outcome = run("generate", spec, out)
        except Exception as error:  # a crash is what we look for
            yield f"crashed: {error!r}"[:300]
            return
        self._slowest = max(self._slowest, time.monotonic() - start)
        if self._slowest > SECONDS:
            yield f"took {self._slowest:.0f} s"
            self._slowest = 0.0
        yield from (f"said {line!r}" for line in outcome.lines if not line.isprintable())
        if outcome.code == 2:
            self.refused += 1
            if not outcome.is_refusal or out.exists():
                yield f"refused badly: {outcome.lines}"
            return
        self.accepted += 1
        for path in sorted(out.rglob("*.py")):
            if "_runtime" not in path.parts:
                name = path.relative_to(out)
                yield from (f"{name}: {each}" for each in faults_of_source(path.read_text("utf-8")))
        if self.accepted % self.imports_each == 0:
            yield from self._faults_of_import()

    def _faults_of_import(self) -> Iterator[str]:
        folder = self.root / "empty"
        folder.mkdir(exist_ok=True)
        done = subprocess.run(
            [sys.executable, "-B", "-W", "error", "-c", IMPORT_ALL],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode != 0:
            yield f"does not import: {done.stderr[-300:]}"
        if (folder / "PWNED").exists():
            (folder / "PWNED").unlink()
            yield "a payload ran when it was imported"


def golden_documents() -> dict[str, Json]:
    """The documents of our own golden cases, by name."""
    return {path.parent.name: load(path).tree for path in sorted(CASES.glob("*/openapi.yaml"))}


def attempts(documents: dict[str, Json], seed: int) -> Iterator[Attempt]:
    """One payload at one place, for ever; each document has its turn."""
    chance = random.Random(seed)
    places = {name: list(positions(tree)) for name, tree in documents.items()}
    while True:
        for name, tree in documents.items():
            path, payload = chance.choice(places[name]), _spelled(chance)
            yield Attempt(name, path, payload, planted(tree, path, payload))


def crowds(documents: dict[str, Json], seed: int, size: int) -> Iterator[Attempt]:
    """Payloads at many places of free text at once: large documents are slow to generate."""
    chance = random.Random(seed)
    places = {
        name: [path for path in positions(tree) if path and path[-1] in _FREE]
        for name, tree in documents.items()
    }
    while True:
        for name, tree in documents.items():
            chosen = chance.sample(places[name], min(size, len(places[name])))
            planted_tree = tree
            for path in chosen:
                planted_tree = planted(planted_tree, path, _spelled(chance))
            yield Attempt(name, chosen[0] if chosen else (), f"{len(chosen)} texts", planted_tree)


_FREE = ("description", "summary", "title", "example", "operationId", "externalDocs", "url")


def _spelled(chance: random.Random) -> str:
    """A payload, perhaps behind ordinary text."""
    return chance.choice(("", "", "pet", "a ")) + chance.choice(PAYLOADS)


def smallest(attempt: Attempt, is_bad: Callable[[Json], bool]) -> Json:
    """The tree with everything left out that is not needed for the fault to show."""
    tree = attempt.tree
    is_smaller = True
    while is_smaller:
        is_smaller = False
        for path in list(_parts(tree)):
            less = _without(tree, path)
            if less is not None and is_bad(less):
                tree, is_smaller = less, True
                break
    return tree


def _parts(node: Json, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    if is_object(node):
        entries: dict[str, Json] = node
        for key, value in entries.items():
            yield from _parts(value, (*path, key))
    elif is_array(node):
        items: list[Json] = node
        for index, value in enumerate(items):
            yield from _parts(value, (*path, index))


def _without(tree: Json, path: tuple[str | int, ...]) -> Json:
    step, *rest = path
    if is_array(tree):
        items: list[Json] = list(tree)
        if isinstance(step, int) and step < len(items):
            if rest:
                items[step] = _without(items[step], tuple(rest))
            else:
                del items[step]
        return items
    entries: dict[str, Json] = dict(tree)
    if rest:
        entries[str(step)] = _without(entries[str(step)], tuple(rest))
    else:
        entries.pop(str(step), None)
    return entries
