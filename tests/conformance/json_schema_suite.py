"""The official tests of JSON Schema, put to generated models.

Each schema becomes a component, and a second one that holds it in a property: what the schema
allows must be read and written again, and what it forbids must be refused. The cases come in tiers:
what must be enforced exactly, what may also be refused at generation, what must be refused.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from attrs import field, frozen

from codegen.runtime.json_types import is_array, is_object
from tests.conformance.cases import is_same_json
from tests.conformance.generated import Package, package, run
from tests.conformance.outside import SUITE, TIERS, Json

OPENAPI = {"draft2020-12": "3.1.0", "draft4": "3.0.3"}
BATCH = 50
"""How many schemas share a document."""

NOT_IN_3_0 = frozenset({"$schema", "additionalItems", "dependencies", "id"})
"""What draft 4 has and OpenAPI 3.0 has not, beside tuples (`items` that is an array).

Lists of types, null, `definitions` and `patternProperties` are not in 3.0 either, but in documents
of people who do not know that, and the generator understands them.
"""

_DATA = ("const", "default", "enum", "examples")
"""Keywords whose values are data, not schemas."""

_MAPS = ("$defs", "definitions", "dependentSchemas", "patternProperties", "properties")
"""Keywords whose values are schemas by names."""


@frozen
class SuiteCase:
    """One schema, and values with a verdict on each."""

    number: int
    draft: str
    file: str
    index: int
    tier: str
    description: str
    schema: Json
    tests: tuple[Json, ...]

    @property
    def id(self) -> str:
        """Where it stands in the suite."""
        return f"{self.draft}/{self.file}#{self.index}"

    @property
    def components(self) -> dict[str, Json]:
        """The schema, and one that holds it."""
        name = f"Case{self.number}"
        value = {"$ref": f"#/components/schemas/{name}"}
        return {
            name: _rebased(self.schema, f"#/components/schemas/{name}"),
            f"Holder{self.number}": {
                "type": "object",
                "required": ["value"],
                "properties": {"value": value},
            },
        }


@frozen
class Verdict:
    """What became of one case."""

    case: SuiteCase
    refusal: str | None = None
    """Why the generator refused the schema, if it did."""
    is_crash: bool = False
    """Whether it ended in anything but a package or a refusal."""
    wrong: tuple[str, ...] = field(default=())
    """The values that were judged wrongly."""
    accepted: int = 0
    """How many of these were accepted and should not have been."""
    dropped: int = 0
    """How many came back without properties that no keyword names."""

    @property
    def right(self) -> int:
        """How many values were judged as the suite does."""
        done = self.refusal is None and not self.is_crash
        return len(self.case.tests) - len(self.wrong) if done else 0


def suite() -> list[SuiteCase]:
    """All cases that an OpenAPI document can hold."""
    listed = json.loads(TIERS.read_text("utf-8"))["cases"]
    found: list[SuiteCase] = []
    for number, one in enumerate(listed):
        groups = json.loads((SUITE / one["draft"] / one["file"]).read_text("utf-8"))
        group = groups[one["index"]]
        case = SuiteCase(
            number=number,
            draft=one["draft"],
            file=one["file"],
            index=one["index"],
            tier=one["tier"],
            description=group["description"],
            schema=_without_dialect(group["schema"]),
            tests=tuple(group["tests"]),
        )
        if case.draft != "draft4" or _can_be_said_in_3_0(case.schema):
            found.append(case)
    return found


def judged(cases: Iterable[SuiteCase], root: Path) -> Iterator[Verdict]:
    """Generate what can be generated, in batches, and judge every value."""
    rest = iter(cases)
    while batch := list(islice(rest, BATCH)):
        refusals = {case.id: _refusal(case, root) for case in batch}
        kept = [case for case in batch if refusals[case.id] is None]
        yield from (verdict for verdict in refusals.values() if verdict is not None)
        for draft in OPENAPI:
            together = [case for case in kept if case.draft == draft]
            if together:
                yield from _judged_together(together, root)


def table(verdicts: Iterable[Verdict]) -> dict[str, dict[str, int]]:
    """The sums of each draft and tier."""
    sums: dict[str, Counter[str]] = {}
    for verdict in verdicts:
        row = sums.setdefault(f"{verdict.case.draft} {verdict.case.tier}", Counter())
        row["tests"] += len(verdict.case.tests)
        row["right"] += verdict.right
        row["refused"] += len(verdict.case.tests) if verdict.refusal is not None else 0
        row["crashed"] += verdict.is_crash
        row["silently accepted"] += verdict.accepted
        row["dropped"] += verdict.dropped
    return {name: dict(row) for name, row in sorted(sums.items())}


def _refusal(case: SuiteCase, root: Path) -> Verdict | None:
    """The verdict on a schema that is refused, or that crashes the generator."""
    spec = _written([case], root, f"case{case.number}")
    try:
        outcome = run("check", spec, root / "nothing")
    except Exception as error:  # a crash is what we look for
        return Verdict(case, is_crash=True, wrong=(repr(error)[:300],))
    if outcome.code != 2:
        return None
    if not (outcome.is_refusal and outcome.reports(f"/components/schemas/Case{case.number}")):
        return Verdict(case, is_crash=True, wrong=(f"refused badly: {outcome.lines}",))
    return Verdict(case, refusal=outcome.lines[0].partition(": ")[2])


def _judged_together(batch: list[SuiteCase], root: Path) -> Iterator[Verdict]:
    spec = _written(batch, root, f"batch{batch[0].number}")
    generated: Package | None = None
    try:
        outcome, generated = package(spec, root)
        said = repr(outcome.lines)
    except Exception as error:  # a crash is what we look for
        said = repr(error)
    for case in batch:
        if generated is None:
            yield Verdict(case, is_crash=True, wrong=(f"only in a batch: {said}",))
        else:
            yield _judged(case, generated)


def _judged(case: SuiteCase, generated: Package) -> Verdict:
    wrong: list[str] = []
    accepted = dropped = 0
    for test in case.tests:
        fault = _fault(case, generated, test)
        if fault is not None:
            wrong.append(f"{json.dumps(test['data'])}: {fault}")
            accepted += fault == "accepted"
            dropped += fault.startswith("dropped")
    return Verdict(case, wrong=tuple(wrong), accepted=accepted, dropped=dropped)


def _fault(case: SuiteCase, generated: Package, test: Json) -> str | None:
    holder = {"value": test["data"]}
    try:
        value = generated.decode(f"Holder{case.number}", holder)
        again = generated.encode(value)
    except generated.invalid as error:
        return f"rejected: {error}"[:200] if test["valid"] else None
    except Exception as error:  # a crash is what we look for
        return f"crashed: {error!r}"[:200]
    if not test["valid"]:
        return "accepted"
    if is_same_json(again, holder):
        return None
    return f"{'dropped' if _is_within(again, holder) else 'changed'}: came back as {again}"[:200]


def _is_within(less: Json, more: Json) -> bool:
    """Whether one value is the other without some properties."""
    if is_object(less) and is_object(more):
        return all(key in more and _is_within(less[key], more[key]) for key in less)
    if is_array(less) and is_array(more):
        return len(less) == len(more) and all(map(_is_within, less, more))
    return is_same_json(less, more)


def _written(cases: list[SuiteCase], root: Path, name: str) -> Path:
    schemas = {key: value for case in cases for key, value in case.components.items()}
    spec = root / f"{name}.json"
    document = {
        "openapi": OPENAPI[cases[0].draft],
        "info": {"title": "JSON Schema", "version": "1"},
        "paths": {},
        "components": {"schemas": schemas},
    }
    spec.write_text(json.dumps(document), "utf-8")
    return spec


def _without_dialect(schema: Json) -> Json:
    """Leave out the official `$schema`, which OpenAPI documents do not repeat in each schema."""
    official = (
        "https://json-schema.org/draft/2020-12/schema",
        "http://json-schema.org/draft-04/schema#",
    )
    if is_object(schema) and schema.get("$schema") in official:
        return {key: value for key, value in schema.items() if key != "$schema"}
    return schema


def _rebased(schema: Json, base: str) -> Json:
    """The schema with its local references pointing to where it stands in the document."""
    if is_array(schema):
        return [_rebased(one, base) for one in schema]
    if not is_object(schema):
        return schema
    return {key: _rebased_keyword(key, value, base) for key, value in schema.items()}


def _rebased_keyword(key: str, value: Json, base: str) -> Json:
    if key == "$ref" and isinstance(value, str) and (value == "#" or value.startswith("#/")):
        return base + value[1:]
    if key in _DATA:
        return value
    if key in _MAPS and is_object(value):
        return {name: _rebased(one, base) for name, one in value.items()}
    return _rebased(value, base)


def _can_be_said_in_3_0(schema: Json) -> bool:
    if is_array(schema):
        return all(map(_can_be_said_in_3_0, schema))
    if not is_object(schema):
        return True
    if NOT_IN_3_0 & schema.keys() or is_array(schema.get("items")):
        return False
    if str(schema.get("$ref", "#/")).startswith(("http", "urn", "file")):
        return False
    return all(
        all(map(_can_be_said_in_3_0, value.values()))
        if key in _MAPS and is_object(value)
        else key in _DATA or _can_be_said_in_3_0(value)
        for key, value in schema.items()
    )
