"""`spec/topchef.yaml` against OpenAPI, against itself, and against recorded servers.

Everything here is judged by jsonschema, never by our generator: were both wrong about a schema in
the same way, no other test would tell.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias, TypeGuard, cast
from urllib.parse import quote

import pytest
from attrs import frozen
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from codegen.load import load

ROOT = Path(__file__).parents[2]
JsonObject: TypeAlias = dict[str, Any]
Pointer: TypeAlias = tuple[str | int, ...]

DOCUMENT = cast("JsonObject", load(ROOT / "spec" / "topchef.yaml").tree)

OPERATION_IDS = [
    "check_in",
    "check_in_by_post",
    "create_job",
    "create_service",
    "describe_validator",
    "echo",
    "get_api",
    "get_job",
    "get_next_job",
    "get_next_job_by_job",
    "get_queue",
    "get_service",
    "list_jobs",
    "list_service_jobs",
    "list_service_methods",
    "list_services",
    "replace_job",
    "replace_service_job",
    "update_job",
    "update_service",
    "validate",
]
ONLY_1_0 = {"echo", "get_next_job_by_job", "replace_job", "replace_service_job"}
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
TAGS = {"services", "jobs", "validator", "api"}


# --- reading the document ------------------------------------------------------------------------


def is_object(node: object) -> TypeGuard[JsonObject]:
    return isinstance(node, dict)


def is_array(node: object) -> TypeGuard[list[Any]]:
    return isinstance(node, list)


def follow(pointer: Pointer) -> tuple[Pointer, Any]:
    """The node at a pointer, and where it really stands: `$ref` along the way is followed."""
    here, node = resolve((), DOCUMENT)
    for step in pointer:
        here, node = resolve((*here, step), node[step])
    return here, node


def resolve(here: Pointer, node: Any) -> tuple[Pointer, Any]:
    """What a node refers to, or the node itself; `$ref` beside other keywords stays."""
    if is_object(node) and node.keys() == {"$ref"}:
        return follow(tuple(node["$ref"].removeprefix("#/").split("/")))
    return here, node


@frozen
class Operation:
    """One operation of the document."""

    pointer: Pointer
    method: str
    path: str
    node: JsonObject

    @property
    def id(self) -> str:
        return cast("str", self.node["operationId"])

    @property
    def has_body(self) -> bool:
        return "requestBody" in self.node

    @property
    def statuses(self) -> list[str]:
        return list(self.node["responses"])

    def takes(self, request: JsonObject) -> bool:
        """Whether a recorded request is a call of this operation."""
        parts = re.split(r"\{\w+\}", self.path.partition("#")[0])
        if request["method"] != self.method.upper():
            return False
        if re.fullmatch("[^/]+".join(map(re.escape, parts)), request["path"]) is None:
            return False
        return self.has_body == bool(request["body"] or request["headers"].get("Content-Type"))

    def response(self, status: int) -> tuple[Pointer, JsonObject]:
        return follow((*self.pointer, "responses", str(status)))


def read_operations() -> Iterator[Operation]:
    for path, item in DOCUMENT["paths"].items():
        for method in METHODS:
            if method in item:
                yield Operation(("paths", path, method), method, path, item[method])


OPERATIONS = list(read_operations())
SCHEMAS = cast("dict[str, JsonObject]", DOCUMENT["components"]["schemas"])


def nodes(node: Any, pointer: Pointer = ()) -> Iterator[tuple[Pointer, JsonObject]]:
    """Each object of the document, but for what is inside examples."""
    if is_object(node):
        yield pointer, node
        for name, value in node.items():
            if name not in ("example", "examples"):
                yield from nodes(value, (*pointer, name))
    elif is_array(node):
        for index, item in enumerate(node):
            yield from nodes(item, (*pointer, index))


def examples() -> Iterator[tuple[Pointer, Pointer, Any]]:
    """Each example: where it stands, where its schema stands, and its value."""
    for pointer, node in nodes(DOCUMENT):
        if "example" in node:
            yield (*pointer, "example"), (*pointer, "schema"), node["example"]
        for index, value in enumerate(node.get("examples", [])):
            yield (*pointer, "examples", index), pointer, value


# --- judging by it -------------------------------------------------------------------------------

REGISTRY: Registry[Any] = Registry[Any]().with_resource(
    "urn:topchef", DRAFT202012.create_resource(DOCUMENT)
)
FORMATS = Draft202012Validator.FORMAT_CHECKER


def problems(value: Any, schema: Pointer) -> list[str]:
    """How a value breaks the schema at a pointer."""
    steps = (quote(str(step).replace("~", "~0").replace("/", "~1"), safe="~") for step in schema)
    validator: Any = Draft202012Validator(
        {"$ref": "urn:topchef#/" + "/".join(steps)}, registry=REGISTRY, format_checker=FORMATS
    )
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


# --- the recorded exchanges ----------------------------------------------------------------------


@frozen
class Exchange:
    """One recorded exchange with a real server."""

    name: str
    request: JsonObject
    status: int
    headers: Mapping[str, str]
    body: object

    @property
    def operation(self) -> Operation | None:
        """The described operation that was called, if the document describes the call."""
        taking = [one for one in OPERATIONS if one.takes(self.request)]
        if not taking:
            return None
        # A path that is spelled out goes before one with a parameter in the same place.
        return min(taking, key=lambda one: one.path.count("{"))

    @property
    def is_json(self) -> bool:
        """Whether the answer is JSON; some that say so have no body."""
        return self.media_type == "application/json" and self.body is not None

    @property
    def media_type(self) -> str:
        return self.headers.get("Content-Type", "").partition(";")[0]


def read_exchanges() -> Iterator[Exchange]:
    for generation in ("1.0", "2.0"):
        recording = json.loads(
            (ROOT / "tests" / "data" / f"topchef-{generation}.json").read_text("utf-8")
        )
        for one in recording["exchanges"]:
            answer = one["response"]
            yield Exchange(
                name=f"{generation} {one['name']}",
                request=one["request"],
                status=answer["status"],
                headers=answer["headers"],
                body=answer["body"],
            )


EXCHANGES = list(read_exchanges())
DESCRIBED = [(one, one.operation) for one in EXCHANGES if one.operation is not None]


def named(pairs: Sequence[tuple[Exchange, Operation]]) -> pytest.MarkDecorator:
    """Each exchange as a test case of its own."""
    return pytest.mark.parametrize(
        ("exchange", "operation"),
        [pytest.param(*pair, id=pair[0].name.replace(" ", "-")) for pair in pairs],
    )


# --- the document by itself ----------------------------------------------------------------------


def test_the_document_is_valid_openapi_3_1() -> None:
    assert DOCUMENT["openapi"].startswith("3.1.")
    assert [str(error) for error in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []


def test_every_operation_has_its_name_once() -> None:
    assert sorted(one.id for one in OPERATIONS) == OPERATION_IDS


def test_what_only_1_0_speaks_is_deprecated_and_says_why() -> None:
    deprecated = {one.id for one in OPERATIONS if one.node.get("deprecated")}
    assert deprecated == ONLY_1_0
    everything = [found for found in nodes(DOCUMENT) if found[1].get("deprecated")]
    assert len(everything) > len(deprecated)
    assert [pointer for pointer, node in everything if "1.0" not in node["description"]] == []


def test_every_tag_is_described_and_used() -> None:
    assert {tag["name"] for tag in DOCUMENT["tags"] if tag["description"]} == TAGS
    assert {tag for one in OPERATIONS for tag in one.node["tags"]} == TAGS


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.id)
def test_every_operation_has_a_summary_one_tag_and_a_success(operation: Operation) -> None:
    assert operation.node["summary"].endswith(".")
    assert len(operation.node["tags"]) == 1
    assert any(status.startswith("2") for status in operation.statuses)


def test_every_schema_has_a_description() -> None:
    assert [name for name, schema in SCHEMAS.items() if not schema.get("description")] == []


def test_every_component_is_used() -> None:
    used = {node["$ref"] for _, node in nodes(DOCUMENT) if "$ref" in node}
    all_of_them = {
        f"#/components/{kind}/{name}"
        for kind, components in DOCUMENT["components"].items()
        for name in components
    }
    # What 2.0 lists in `Errors`, which takes in 1.0's strings and objects as well.
    assert all_of_them - used == {"#/components/schemas/ErrorDetail"}


def test_dates_and_uuids_are_really_checked() -> None:
    assert {"date-time", "uuid"} <= set(FORMATS.checkers)
    job = ("components", "schemas", "Job", "properties")
    assert problems("2026-11-23", (*job, "date_submitted")) != []
    assert problems("zzz", (*job, "id")) != []


def test_there_are_examples() -> None:
    assert len(list(examples())) > 40


@pytest.mark.parametrize(
    ("pointer", "schema", "value"),
    [pytest.param(*one, id="-".join(map(str, one[0]))) for one in examples()],
)
def test_every_example_is_valid(pointer: Pointer, schema: Pointer, value: object) -> None:
    assert problems(value, schema) == [], pointer


def test_the_error_examples_of_2_0_are_error_details() -> None:
    lists = [one["errors"] for one in SCHEMAS["Errors"]["examples"] if is_array(one["errors"])]
    details = [detail for details in lists for detail in details]
    assert details != []
    for detail in details:
        assert problems(detail, ("components", "schemas", "ErrorDetail")) == []


# --- the document and real servers ---------------------------------------------------------------


def test_there_are_103_exchanges() -> None:
    assert len(EXCHANGES) == 103


def test_the_document_describes_all_exchanges_but_these() -> None:
    assert [one.name for one in EXCHANGES if one.operation is None] == [
        "1.0 nofound",
        "2.0 job-delete",
        "2.0 service-delete",
        "2.0 nofound",
        "2.0 head",
    ]


def test_every_operation_was_recorded() -> None:
    assert sorted({one.id for _, one in DESCRIBED}) == OPERATION_IDS


def test_a_check_in_is_told_from_an_update_by_its_body() -> None:
    called = {one.name: operation.id for one, operation in DESCRIBED}
    assert called["2.0 checkin"] == called["1.0 checkin"] == "check_in"
    assert called["2.0 checkin-emptyjson"] == called["1.0 checkin-json"] == "update_service"
    assert called["2.0 override"] == "check_in_by_post"


def test_no_recorded_server_knows_the_offers_and_so_none_is_required() -> None:
    sent = {name for one in EXCHANGES for name in one.headers}
    assert sent & {"ETag", "Preference-Applied"} == set()
    assert 412 not in {one.status for one in EXCHANGES}

    components = DOCUMENT["components"]
    offers = [components["headers"][name] for name in ("ETag", "Preference-Applied")]
    offers += [components["parameters"][name] for name in ("IfMatch", "IdempotencyKey", "Prefer")]
    assert [offer for offer in offers if offer.get("required")] == []


def test_every_answer_that_carries_one_job_has_its_tag() -> None:
    tagged = {
        (one.id, status)
        for one in OPERATIONS
        for status in one.statuses
        if "ETag" in one.response(int(status))[1].get("headers", {})
    }
    assert tagged == {
        ("create_job", "201"),
        ("get_job", "200"),
        ("replace_job", "200"),
        ("replace_service_job", "200"),
        ("update_job", "200"),
    }


@named(DESCRIBED)
def test_every_recorded_answer_is_described(exchange: Exchange, operation: Operation) -> None:
    assert str(exchange.status) in operation.statuses
    pointer, response = operation.response(exchange.status)
    for header in response.get("headers", {}):
        _, node = follow((*pointer, "headers", header))
        if node.get("required"):
            assert header in exchange.headers
    for header in exchange.headers.keys() - {"Content-Type"}:
        assert header in response["headers"]
    if exchange.body is None:
        assert "content" not in response
    else:
        assert exchange.media_type in response["content"]


@named([pair for pair in DESCRIBED if pair[0].is_json])
def test_every_recorded_json_answer_is_valid(exchange: Exchange, operation: Operation) -> None:
    pointer, _ = operation.response(exchange.status)
    assert problems(exchange.body, (*pointer, "content", "application/json", "schema")) == []


@named([pair for pair in DESCRIBED if pair[0].status < 300 and pair[1].has_body])
def test_every_recorded_request_that_succeeded_is_valid(
    exchange: Exchange, operation: Operation
) -> None:
    pointer, body = follow((*operation.pointer, "requestBody"))
    content = (*pointer, "content", "application/json", "schema")
    assert problems(exchange.request["body"], content) == []
    _, schema = follow(content)
    if "properties" in schema and "additionalProperties" not in schema:
        assert exchange.request["body"].keys() <= schema["properties"].keys()
    assert body["required"]
