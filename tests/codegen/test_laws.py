"""The laws that every SDK brings along: they hold for TopChef and for all golden cases, and find
planted faults.
"""

from __future__ import annotations

import json
import pickle
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from traceback import format_exception
from typing import Any
from unittest import SkipTest

import pytest
from attrs import frozen

from tests.thoroughness import examples

from .conftest import CASES, GOLDEN, generate

ROOT = Path(__file__).parents[2]

LEFT_OUT = {
    "residues_left_out": {"document_agrees-LeftOut"},  # which the generator says itself
}
"""Models whose classes say something else than the document."""

WITHOUT_VALUES = {
    "schemas_without_values": {
        "Endless",
        "Holder",
        "TooShort",
        "things.ask_in_vain",
        "things.send_holder",
        "things.send_nothing",
    },
}
"""What there is no example of."""


@pytest.mark.hypothesis  # which sees the values only while they are made
@pytest.mark.parametrize("case", sorted(path.parent.name for path in CASES.glob("*/openapi.yaml")))
def test_the_laws_hold_for_a_golden_case(case: str, golden: Path) -> None:
    subject = import_module(f"{GOLDEN}.{case}.testing.laws").SUBJECT
    unchecked: set[str] = set()
    for each in subject.cases():
        if str(each) not in LEFT_OUT.get(case, ()):
            try:
                each.check(max_examples=examples(3))
            except SkipTest:
                unchecked.add(each.subject.name)
    assert unchecked == WITHOUT_VALUES.get(case, set())


@pytest.mark.hypothesis
def test_the_laws_hold_for_topchef() -> None:
    subject = import_module("topchef_sdk.api.testing.laws").SUBJECT
    assert len(subject.cases()) == subject.run(max_examples=examples(3))


def test_a_null_may_tell_two_alternatives_apart_that_are_written_alike(golden: Path) -> None:
    subject = import_module(f"{GOLDEN}.discriminators_hinted.testing.laws").SUBJECT
    (case,) = (one for one in subject.cases() if str(one) == "wire_is_read-Either2")
    case.law.holds(case.subject)({"size": 0, "label": None})


# Planted faults.

PLANTED = """
# What the laws are tried on: each fault is planted into the SDK of this document.
openapi: 3.1.0
info: {title: Planted, version: "1"}
paths:
  /things/{id}:
    put:
      operationId: putThing
      tags: [things]
      parameters:
        - {name: id, in: path, required: true, schema: {type: integer, minimum: 1}}
        - {name: sort, in: query, required: true, schema: {type: string, enum: [up, down]}}
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}
      responses:
        "200":
          description: Done.
          content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}
        "404":
          description: Not there.
          content: {application/json: {schema: {$ref: "#/components/schemas/Problem"}}}
components:
  schemas:
    Problem: {type: object, required: [title], properties: {title: {type: string}}}
    Flag: {type: object, required: [is_up], properties: {is_up: {type: boolean}}}
    Thing:
      type: object
      required: [name, when, is_new]
      properties:
        name: {type: string, maxLength: 8}
        when: {type: string, format: date-time}
        is_new: {type: boolean}
        size: {type: integer, minimum: 3}
        inner: {$ref: "#/components/schemas/Thing"}
        colour: {type: string, enum: [red, blue]}
"""


@frozen
class Fault:
    """A change of a generated file, and the law that does not hold then."""

    name: str
    file: str
    before: str
    after: str
    broken: str
    told: str
    """What is said of it."""


FAULTS = [
    Fault(
        "a limit that is left out",
        "models/thing.py",
        "Constraints(max_length=8)",
        "Constraints()",
        "document_agrees-Thing",
        "is too long",
    ),
    Fault(
        "a limit that is one off",
        "models/thing.py",
        "Constraints(minimum=3)",
        "Constraints(minimum=4)",
        "document_agrees-Thing",
        "is valid, and refused",
    ),
    Fault(
        "a required property that may be absent",
        "models/thing.py",
        "is_new: bool\n",
        "is_new: bool | None = None\n",
        "document_agrees-Thing",
        "'is_new' is a required property",
    ),
    Fault(
        "a property of another type",
        "models/thing.py",
        "is_new: bool\n",
        "is_new: int\n",
        "document_agrees-Thing",
        "0 is not of type 'boolean'",
    ),
    Fault(
        "a model that is no equal of its copy",
        "models/thing.py",
        "@define(kw_only=True)",
        "@define(kw_only=True, eq=False)",
        "copies_are_equal-Thing",
        "is copied as",
    ),
    Fault(
        "a reader that takes numbers for booleans",
        "_runtime/reading.py",
        "if type(value) is not bool:",
        "if type(value) not in (bool, int):",
        "invalid_is_refused-Flag",
        "is accepted",
    ),
    Fault(
        "a violation without its path",
        "_runtime/violations.py",
        "return [((step, *steps), keyword, text)",
        "return [(steps, keyword, text)",
        "invalid_is_refused-Thing",
        "is not among",
    ),
    Fault(
        "a length that may be one more",
        "_runtime/constraints.py",
        "len(value) <= most",
        "len(value) <= most + 1",
        "invalid_is_refused-Thing",
        "is accepted",
    ),
    Fault(
        "a writer that forgets the offset",
        "_runtime/json_text.py",
        "return value.isoformat()",
        "return value.replace(tzinfo=None).isoformat()",
        "decode_undoes_encode-Thing",
        "is refused as written",
    ),
    Fault(
        "a parameter of another name",
        "endpoints/things.py",
        '("sort", sort)',
        '("order", sort)',
        "requests_satisfy_the_document-things.put_thing",
        "no query parameter 'order'",
    ),
    Fault(
        "a path that leads elsewhere",
        "endpoints/things.py",
        'path("things"',
        'path("thing"',
        "requests_satisfy_the_document-things.put_thing",
        "the document has no PUT /thing/",
    ),
    Fault(
        "an answer of another model",
        "endpoints/things.py",
        "200: json_body(models.Thing)",
        "200: json_body(models.Problem)",
        "answers_satisfy_the_document-things.put_thing",
        "'name' is a required property",
    ),
    Fault(
        "an error that does not pickle",
        "_runtime/errors.py",
        "return type(self), (self.message, self.facts), self.__dict__",
        "return type(self), (), self.__dict__",
        "any_answer_is_read_or_refused-things.put_thing",
        "__init__() missing 1 required positional argument",
    ),
    Fault(
        "an error that is raised as it came",
        "_runtime/call.py",
        'raise DecodeError(f"{said}{error}", facts, error.violations) from None',
        "raise KeyError(str(error)) from None",
        "any_answer_is_read_or_refused-things.put_thing",
        "KeyError",
    ),
]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Fault | None], Any]]:
    """Gives the laws of an SDK with a fault in it."""
    root = tmp_path_factory.mktemp("planted")
    (root / "openapi.yaml").write_text(PLANTED)
    files = generate(root)
    sys.path.insert(0, str(root))

    def laws(fault: Fault | None) -> Any:
        package = "faultless" if fault is None else re.sub(r"\W", "_", fault.name)
        for file in files:
            text = file.text
            if fault is not None and str(file.path) == fault.file:
                assert fault.before in text
                text = text.replace(fault.before, fault.after)
            place = root / package / file.path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8", newline="")
        return import_module(f"{package}.testing.laws")

    yield laws
    sys.path.remove(str(root))


def test_an_sdk_without_faults_breaks_no_law(planted: Callable[[Fault | None], Any]) -> None:
    laws = planted(None)
    assert len(laws.SUBJECT.cases()) == laws.run(max_examples=8)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_law_finds_a_planted_fault(fault: Fault, planted: Callable[[Fault | None], Any]) -> None:
    cases = {str(case): case for case in planted(fault).SUBJECT.cases()}
    with pytest.raises((AssertionError, KeyError, ValueError, TypeError, ExceptionGroup)) as raised:
        cases[fault.broken].check(max_examples=2_000)  # far fewer do, mostly
    assert fault.told in "".join(format_exception(raised.value))


def test_all_broken_laws_are_told_at_once(planted: Callable[[Fault | None], Any]) -> None:
    laws = planted(FAULTS[9])
    with pytest.raises(AssertionError, match=r"1 of [0-9]+ laws are broken") as raised:
        laws.run(max_examples=8)
    assert FAULTS[9].broken in str(raised.value)
    assert "the document has no query parameter 'order'" in str(raised.value)
    again = pickle.loads(pickle.dumps(raised.value))
    assert str(again) == str(raised.value)


def test_pytest_runs_the_laws_of_a_package_by_its_name(
    planted: Callable[[Fault | None], Any], tmp_path: Path
) -> None:
    root = Path(planted(None).__file__).parents[2]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
            *("--pyargs", "faultless.testing", "--collect-only"),
        ],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "test_laws.py::test_the_law_holds[wire_is_read-Thing]" in done.stdout
    assert "[requests_satisfy_the_document-things.put_thing]" in done.stdout
    assert 0 == done.returncode


def test_the_document_goes_along_as_it_was(planted: Callable[[Fault | None], Any]) -> None:
    package = planted(None).__name__.removesuffix(".laws")
    documents = import_module(f"{package}.document").DOCUMENTS
    (tree,) = [json.loads("".join(pieces)) for pieces in documents.values()]
    assert 8 == tree["components"]["schemas"]["Thing"]["properties"]["name"]["maxLength"]
