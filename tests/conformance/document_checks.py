"""What must hold of the package that any document gives: each check says what is wrong, in words."""

from __future__ import annotations

import ast
import filecmp
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from attrs import field, frozen
from jsonschema import FormatChecker
from openapi_schema_validator import OAS30Validator, OAS31Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4, DRAFT202012, Schema

from codegen.names import class_name
from codegen.runtime.json_types import is_array, is_object
from tests.conformance.cases import is_same_json
from tests.conformance.counted import Counted, Example, counted
from tests.conformance.generated import Package, package
from tests.conformance.outside import ROOT, Json

PACKAGE = "real_api"
CONFIGURATION = str(ROOT / "pyproject.toml")

IMPORT_ALL = """
import importlib, pathlib, sys
sys.path.insert(0, sys.argv[1])
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.py")):
    parts = path.relative_to(sys.argv[1]).with_suffix("").parts
    importlib.import_module(".".join(part for part in parts if part != "__init__"))
"""


@frozen
class Sdk:
    """A document, and the package that a process of its own generated from it."""

    spec: Path
    document: Counted
    root: Path
    """The folder that holds the package."""
    mypy_cache: Path
    """What mypy knows already: of other documents it is the runtime, and all libraries."""
    said: str = ""
    """What the generator wrote to stderr: warnings, or why it refused."""
    code: int = 0

    @property
    def folder(self) -> Path:
        """The package."""
        return self.root / PACKAGE


def sdk_of(spec: Path, root: Path, mypy_cache: Path) -> Sdk:
    """Generate a document's package below `root`."""
    done = _generated(spec, root, hash_seed="1")
    document = Counted({}) if done.returncode else counted(spec)  # what is refused may be anything
    return Sdk(spec, document, root, mypy_cache, done.stderr, done.returncode)


def generation_faults(sdk: Sdk) -> Iterator[str]:
    """It is generated at all."""
    if sdk.code != 0:
        yield f"exit code {sdk.code}: {sdk.said[-300:]}"


def operation_faults(sdk: Sdk) -> Iterator[str]:
    """Each operation is a function that names it."""
    functions = list(_functions(sdk.folder / "endpoints"))
    docs = [ast.get_docstring(function) or "" for function in functions]
    named = Counter(
        found[1]
        for doc in docs
        for paragraph in doc.split("\n\n")
        # Long ones are broken between method and path.
        if (found := re.fullmatch(r"`+ ?([A-Z]+ /.*?) ?`+", " ".join(paragraph.split())))
    )
    # What stands behind `#` is never sent; some documents part operations by it.
    expected = Counter(operation.partition("#")[0] for operation in sdk.document.operations)
    if len(functions) != expected.total():
        yield f"{len(functions)} functions for {expected.total()} operations"
    yield from (
        f"no function for {operation}" for operation in sorted((expected - named).elements())
    )


def schema_faults(sdk: Sdk) -> Iterator[str]:
    """Each schema under `components` is a model, or an alias."""
    text = "\n".join(path.read_text("utf-8") for path in _files(sdk.folder, "models"))
    names = set(re.findall(r"^(?:class )?(\w+)\b", text, re.MULTILINE))
    wanted = [class_name(schema) for schema in sdk.document.schemas]
    yield from (f"no model for {name}" for name in wanted if name not in names)


def import_faults(sdk: Sdk) -> Iterator[str]:
    """Every module imports, without a warning."""
    yield from _faults_of([sys.executable, "-W", "error", "-c", IMPORT_ALL, str(sdk.root)])


def mypy_faults(sdk: Sdk) -> Iterator[str]:
    """It passes mypy as strictly as the project does."""
    command = [sys.executable, "-m", "mypy", "--config-file", CONFIGURATION]
    yield from _faults_of([*command, "--cache-dir", str(sdk.mypy_cache), PACKAGE], sdk.root)


def lint_faults(sdk: Sdk) -> Iterator[str]:
    """It passes ruff under the project's rules."""
    ruff = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format", "concise"]
    yield from _faults_of([*ruff, "--config", CONFIGURATION, PACKAGE], sdk.root)


def format_faults(sdk: Sdk) -> Iterator[str]:
    """It is formatted as ruff would."""
    ruff = [sys.executable, "-m", "ruff", "format", "--no-cache", "--check"]
    yield from _faults_of([*ruff, "--config", CONFIGURATION, PACKAGE], sdk.root)


def repetition_faults(sdk: Sdk) -> Iterator[str]:
    """Another process, whose hashes differ, writes the same bytes."""
    again = sdk.root / "again"
    _generated(sdk.spec, again, hash_seed="20")
    yield from (f"differs: {name}" for name in _differences(sdk.folder, again / PACKAGE))


def example_faults(sdk: Sdk) -> Iterator[str]:
    """JSON examples are read and written again as they were, if their own schema allows them."""
    examples = list(sdk.document.examples())
    if not examples:
        return
    spec = sdk.root / "examples.json"
    spec.write_text(json.dumps(_of_examples(sdk.document.tree, examples)), "utf-8")
    outcome, generated = package(spec, sdk.root)
    if generated is None:
        yield f"refused: {outcome.lines}"
        return
    for number, example in enumerate(examples):
        declared = set(_declared(sdk.document, example.schema, set()))
        fault = _example_fault(generated, f"ExampleNumber{number}", example.value, declared)
        if fault is not None and _is_allowed(sdk.document, example):
            yield f"{example.pointer}: {fault}"


CHECKS: dict[str, Callable[[Sdk], Iterator[str]]] = {
    "generates": generation_faults,
    "operations": operation_faults,
    "schemas": schema_faults,
    "imports": import_faults,
    "mypy --strict": mypy_faults,
    "ruff check": lint_faults,
    "ruff format": format_faults,
    "same again": repetition_faults,
    "examples": example_faults,
}
"""All checks, in the order of a table."""


@frozen
class Report:
    """How one document did."""

    sdk: Sdk
    faults: dict[str, list[str]] = field()
    """By check; a document that is not generated has only the first."""

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong."""
        return not any(self.faults.values())


def report(spec: Path, root: Path, mypy_cache: Path, checks: Iterable[str] = CHECKS) -> Report:
    """Generate a document and check it in every way, or in those that are named."""
    sdk = sdk_of(spec, root, mypy_cache)
    if sdk.code != 0:
        return Report(sdk, {"generates": list(generation_faults(sdk))})
    return Report(sdk, {name: list(CHECKS[name](sdk)) for name in checks})


def _generated(spec: Path, root: Path, hash_seed: str) -> subprocess.CompletedProcess[str]:
    root.mkdir(parents=True, exist_ok=True)
    return subprocess.run(
        [sys.executable, "-m", "codegen", "generate", str(spec), "--out", str(root / PACKAGE)],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def _faults_of(command: list[str], cwd: Path | None = None) -> Iterator[str]:
    done = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, timeout=1800, check=False
    )
    if done.returncode != 0:
        said = (done.stdout + done.stderr).splitlines()
        yield from said or [f"exit code {done.returncode}"]


def _files(folder: Path, module: str) -> Iterator[Path]:
    """The files of a module or of a package."""
    yield from folder.glob(f"{module}.py")
    yield from folder.glob(f"{module}/*.py")


def _functions(folder: Path) -> Iterator[ast.FunctionDef]:
    for path in sorted(folder.glob("*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                yield node


def _differences(one: Path, other: Path) -> Iterator[str]:
    names = {
        path.relative_to(folder).as_posix()
        for folder in (one, other)
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    _same, differing, missing = filecmp.cmpfiles(one, other, sorted(names), shallow=False)
    yield from differing
    yield from missing


def _of_examples(tree: Json, examples: list[Example]) -> Json:
    """A document whose components are those of the other, and the schema of each example."""
    components = tree.get("components", {})
    schemas = {f"ExampleNumber{n}": one.schema for n, one in enumerate(examples)}
    return {
        "openapi": tree["openapi"],
        "info": {"title": "Examples", "version": "1"},
        "paths": {},
        "components": {**components, "schemas": {**components.get("schemas", {}), **schemas}},
    }


def _declared(document: Counted, node: Json, seen: set[int]) -> Iterator[str]:
    """The names of all properties that a schema speaks of, wherever in it."""
    node = document.resolved(node)
    if id(node) in seen:
        return
    seen.add(id(node))
    if is_object(node):
        for key, value in node.items():
            if key == "properties" and is_object(value):
                yield from value
            yield from _declared(document, value, seen)
    elif is_array(node):
        for value in node:
            yield from _declared(document, value, seen)


def _example_fault(generated: Package, schema: str, value: Json, declared: set[str]) -> str | None:
    codec = generated.module("_runtime.codec").Codec(keep_unnamed=True)
    try:
        again = codec.unstructure(codec.structure(value, generated.model(schema)))
    except generated.invalid as error:
        return f"refused: {error}"[:300]
    except Exception as error:  # whatever it is, it is no answer to an example
        return f"crashed: {error!r}"[:300]
    # Nobody keeps what the document does not name.
    lost = [
        one
        for one in _lost(value, again, "")
        if not (one.startswith("lost ") and one.rpartition("/")[2] not in declared)
    ]
    return f"came back differently: {'; '.join(lost)}"[:300] if lost else None


def _lost(value: Json, again: Json, pointer: str) -> Iterator[str]:
    """Where two JSON values differ."""
    if is_object(value) and is_object(again):
        yield from (f"lost {pointer}/{key}" for key in value if key not in again)
        yield from (f"added {pointer}/{key}" for key in again if key not in value)
        for key in value.keys() & again.keys():
            yield from _lost(value[key], again[key], f"{pointer}/{key}")
    elif is_array(value) and is_array(again) and len(value) == len(again):
        for index, pair in enumerate(zip(value, again, strict=True)):
            yield from _lost(*pair, f"{pointer}/{index}")
    elif not is_same_json(value, again):
        yield f"{pointer} was {value!r}, is {again!r}"


def _is_allowed(document: Counted, example: Example) -> bool:
    """Whether a validator that is not ours finds the example valid."""
    is_old = document.version == "3.0"
    specification: Any = DRAFT4 if is_old else DRAFT202012
    resource: Resource[Schema] = specification.create_resource(document.tree)
    validator = OAS30Validator if is_old else OAS31Validator
    place = re.sub(r"/examples?(/[^/]*)?$", "/schema", example.pointer)
    judge = validator(
        {"$ref": f"urn:api#{quote(place)}"},
        registry=Registry[Schema]().with_resource("urn:api", resource),
        format_checker=FormatChecker(["date", "uuid"]),
    )
    try:
        return bool(judge.is_valid(example.value))
    except RecursionError:  # a base that is one of its children
        return False
