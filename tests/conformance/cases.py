"""The functional cases: what each kind of them asks of generated code, and whether it holds."""

from __future__ import annotations

import copy
import inspect
import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from enum import Enum
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from attrs import define, field, frozen

from codegen.runtime.json_types import is_array, is_object
from tests.conformance.annotations import words_of_annotation, words_of_names, words_of_property
from tests.conformance.generated import Outcome, Package, package, run
from tests.conformance.outside import Json


@frozen
class Case:
    """One case, with the document that it speaks of."""

    id: str
    kind: str
    is_normative: bool
    """Whether it follows from the standards; of the others, either outcome is good."""
    what: Json
    document: Json
    siblings: tuple[Json, ...]
    """All cases of the document."""


def cases(data: Json) -> list[Case]:
    """All functional cases."""
    return [
        Case(
            id=one["id"],
            kind=one["kind"],
            is_normative=one["status"] == "normative",
            what=one,
            document=data["specs"].get(one["spec"]),
            siblings=tuple(other for other in data["cases"] if other["spec"] == one["spec"]),
        )
        for one in data["cases"]
    ]


@define
class Judge:
    """Generates what cases need, each document once, and judges them."""

    root: Path
    _packages: dict[str, tuple[Outcome, Package | None]] = field(factory=dict)

    def fault(self, case: Case) -> str | None:
        """What is wrong in a case, or None. Whatever else it raises is a crash."""
        if case.kind in ("problem", "refuse"):
            return self._unreported(case)
        outcome, generated = self._package_of(case)
        if generated is None:
            return f"refused: {outcome.lines}"
        return _FAULTS[case.kind](case.what, generated)

    def _package_of(self, case: Case) -> tuple[Outcome, Package | None]:
        """The package of the case's document, without what only lenient cases are about."""
        spec = case.what["spec"]
        if spec not in self._packages:
            self._packages[spec] = self._generated(spec, case.document)
            if self._packages[spec][1] is None:
                self._packages[spec] = self._generated(f"{spec}.less", _without_lenient_parts(case))
        return self._packages[spec]

    def _generated(self, name: str, document: Json) -> tuple[Outcome, Package | None]:
        return package(self._written(name, json.dumps(document)), self.root)

    def _written(self, name: str, text: str, suffix: str = ".json") -> Path:
        spec = self.root / f"{name}{suffix}"
        spec.write_text(text, "utf-8")
        return spec

    def _unreported(self, case: Case) -> str | None:
        what = case.what
        pointer = what.get("pointer", "")
        if case.kind == "problem":
            spec = self._written(case.id, json.dumps(_without_other_problems(case)))
        elif "text" in what:
            spec = self._written(case.id, what["text"], what["suffix"])
        else:
            spec = self._written(case.id, json.dumps(what["document"]))
        out = self.root / f"{case.id}.out"
        outcome = run("generate", spec, out)
        if outcome.code == 0:
            is_warning = case.kind == "problem" and outcome.reports(pointer)
            return None if is_warning else f"accepted: {outcome.lines}"
        if not outcome.is_refusal or out.exists():
            return f"refused badly: {outcome}"
        where = pointer.rpartition("/")[0] if case.kind == "refuse" else pointer
        # What is missing is reported where it is missing.
        named = outcome.reports(pointer) or outcome.reports(where) or not where
        return None if named else f"named elsewhere: {outcome.lines}"


def _without_lenient_parts(case: Case) -> Json:
    document = copy.deepcopy(case.document)
    schemas = document["components"]["schemas"]
    for other in case.siblings:
        if other["status"] != "lenient" or "schema" not in other:
            continue
        properties = schemas[other["schema"]]["properties"]
        for name in [other["property"]] if "property" in other else other.get("json", {}):
            properties.pop(name, None)
    return document


def _without_other_problems(case: Case) -> Json:
    """The document with this problem only: a refusal tells the first one."""
    document = copy.deepcopy(case.document)
    for other in case.siblings:
        pointer = other.get("pointer")
        if pointer is not None and pointer != case.what["pointer"]:
            document["components"]["schemas"].pop(pointer.rpartition("/")[2], None)
    return document


def _roundtrip_fault(what: Json, generated: Package) -> str | None:
    refused = what.get("enforce_instead") == "reject"
    try:
        value = generated.decode(what["schema"], what["json"])
    except generated.invalid as error:
        return None if refused else f"rejected: {error}"
    if refused:
        return f"accepted: {value!r}"
    for name, expected in what.get("decoded", {}).items():
        field_name = generated.properties(what["schema"])[name].name
        fault = _value_fault(generated, getattr(value, field_name), expected)
        if fault is not None:
            return f"{name}: {fault}"
    again = generated.encode(value)
    return None if is_same_json(again, what["json"]) else f"came back as {again!r}"


def _value_fault(generated: Package, value: Any, expected: Json) -> str | None:
    if "items" in expected:
        faults = [
            _value_fault(generated, *pair) for pair in zip(value, expected["items"], strict=True)
        ]
        return next(filter(None, faults), None)
    if "items_model" in expected:
        return _value_fault(generated, value[0], {"model": expected["items_model"]})
    if "model" in expected or "enum" in expected:
        model = generated.looked_through(generated.model(expected.get("model") or expected["enum"]))
        is_one = isinstance(value, model if isinstance(model, type) else dict)
        return None if is_one else f"{value!r} is no {model}"
    named = type(value).__name__ if type(value) in (str, int, float, bool) else ""
    names = {
        "None": value is None,
        "str": named == "str",
        "uuid.UUID": type(value).__name__ == "UUID",
        "datetime.date": type(value) is date,
        "datetime.datetime": type(value) is datetime and value.tzinfo is not None,
    }
    return None if names[expected["py"]] else f"{value!r} is no {expected['py']}"


def _reject_fault(what: Json, generated: Package) -> str | None:
    try:
        value = generated.decode(what["schema"], what["json"])
    except generated.invalid:
        return None
    return f"accepted as {value!r}"


def _type_fault(what: Json, generated: Package) -> str | None:
    known = generated.properties(what["schema"])[what["property"]]
    expected = words_of_names(generated, what["type"])
    found = words_of_property(generated, known)
    return None if expected == found else f"{sorted(found)}, not {sorted(expected)}"


def _default_fault(what: Json, generated: Package) -> str | None:
    known = generated.properties(what["schema"])[what["property"]]
    values = [
        getattr(generated.model(what["schema"])(), known.name),
        getattr(generated.decode(what["schema"], {}), known.name),
    ]
    for value in values:
        written = generated.encode(value)
        is_equal = is_same_json(written, what["value"]) or _is_same_instant(value, what["value"])
        if not is_equal:
            return f"{value!r} is not {what['value']!r}"
        if what["py"].startswith("enum"):
            if not isinstance(value, Enum | str):
                return f"{value!r} is no member"
        elif type(value).__name__ != what["py"].rpartition(".")[2]:
            return f"{value!r} is no {what['py']}"
    return None


def _enum_value_fault(what: Json, generated: Package) -> str | None:
    model = generated.model(what["schema"])
    members = [member for member in model if member.value == what["value"]]
    return None if len(members) == 1 else f"{len(members)} members have this value"


def _doc_fault(what: Json, generated: Package) -> str | None:
    target = what["target"]
    if "schema" in target:
        text = inspect.getsource(generated.model(target["schema"]))
    else:
        text = _function(what, generated, target["operation"]).__doc__ or ""
    missing = [part for part in what["contains"] if part not in text]
    return f"not said: {missing}" if missing else None


def _operation_type_fault(what: Json, generated: Package) -> str | None:
    function = _function(what, generated, what["operation"])
    source = inspect.getsource(function)
    parameters = inspect.signature(function).parameters
    for part in what.get("doc_contains", []):
        if part not in source:
            return f"not said: {part}"
    if "returns" in what:
        answers = source.partition("answers=")[2]
        missing = [
            name
            for name in what["returns"]
            if not any(spelling in answers for spelling in _spellings(generated, name))
        ]
        return f"no answer is read as {missing}" if missing else None
    wanted = dict(what.get("params", {}))
    if "body" in what:
        wanted["body"] = what["body"]
    for name, expected in wanted.items():
        found = words_of_annotation(str(parameters[name].annotation))
        spelled = [_spellings(generated, word) for word in expected]
        if len(found) != len(spelled) or not all(found & each for each in spelled):
            return f"{name}: {sorted(found)}, not {expected}"
    return None


def _spellings(generated: Package, name: str) -> set[str]:
    """How an annotation may spell a model: an alias may be looked through."""
    if isinstance(generated.looked_through(getattr(generated.models, name, type)), type):
        return {name}
    return {name, "JsonObject"}


def _request_fault(what: Json, generated: Package) -> str | None:
    function = _function(what, generated, what["operation"])
    reply = json.dumps(what["server_replies"]["json"]).encode()
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(f"{self.command} {self.path}")
            self.send_response(what["server_replies"]["status"])
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    client_class: Any = generated.module("_runtime.client").ApiClient
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            with client_class(f"http://127.0.0.1:{server.server_port}") as client:
                client.send(function(**what["args"]))
        finally:
            server.shutdown()
            thread.join()
    expected = [f"{what['expect']['method']} {what['expect']['raw_path']}"]
    return None if seen == expected else f"sent {seen}"


def _function(what: Json, generated: Package, operation: str) -> Any:
    """The endpoint function of an operation, whatever it is called."""
    by_document = generated.functions()
    words = operation.lower()
    for function in by_document.values():
        if function.__name__.replace("_", "").lower() == words:
            return function
    raise LookupError(f"{what['id']}: no function for {operation}")


_FAULTS: dict[str, Callable[[Json, Package], str | None]] = {
    "roundtrip": _roundtrip_fault,
    "reject": _reject_fault,
    "type": _type_fault,
    "default": _default_fault,
    "enum_value": _enum_value_fault,
    "doc": _doc_fault,
    "operation_type": _operation_type_fault,
    "request": _request_fault,
}


def is_same_json(one: Json, other: Json) -> bool:
    """Whether two JSON values are equal as JSON Schema has it: 1 is 1.0, and True is not 1.

    Strings that are one instant in RFC 3339 count as equal, to the microsecond that a `datetime` has.
    """
    if is_object(one) and is_object(other):
        return one.keys() == other.keys() and all(is_same_json(one[k], other[k]) for k in one)
    if is_array(one) and is_array(other):
        return len(one) == len(other) and all(map(is_same_json, one, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return one == other or _is_same_instant(one, other)


def _is_same_instant(one: object, other: object) -> bool:
    first, second = _moment(one), _moment(other)
    if first is None or second is None or (first.tzinfo is None) is not (second.tzinfo is None):
        return False
    is_finer = isinstance(one, str) and _FINER_THAN_MICROSECONDS.search(one) is not None
    return abs(first - second) <= timedelta(microseconds=1 if is_finer else 0)


_FINER_THAN_MICROSECONDS = re.compile(r"\.\d{7,}")


def _moment(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
