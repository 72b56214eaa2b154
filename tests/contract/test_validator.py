"""The validator: JSON Schema draft 4 as the server judges it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from topchef_sdk.api import JsonObject, is_object
from topchef_sdk.api.endpoints import validator
from topchef_sdk.api.models import ValidationRequest

if TYPE_CHECKING:
    from tests.contract.conftest import TopChef

SCHEMA: JsonObject = {
    "type": "object",
    "properties": {"value": {"type": "integer", "minimum": 1, "exclusiveMinimum": True}},
    "required": ["value"],
}


def test_the_validator_describes_what_it_takes(topchef: TopChef) -> None:
    answer = topchef.client.send(validator.describe_validator())

    name = "validation_schema" if topchef.is_1_0 else "validator_schema"
    assert is_object(answer.meta)
    assert set(answer.meta[name]["required"]) == {"object", "schema"}


def test_a_valid_object_is_found_valid(topchef: TopChef) -> None:
    request = ValidationRequest(object={"value": 2}, schema=SCHEMA)

    answer = topchef.client.send(validator.validate(request))

    assert topchef.is_1_0 or answer.data.status == "Validation was successful"


# `exclusiveMinimum: true` is draft 4: later drafts take a number there.
@pytest.mark.parametrize("value", [{"value": 1}, {"value": "a"}, {"value": 2.5}, {}], ids=repr)
def test_an_invalid_object_is_found_invalid(topchef: TopChef, value: JsonObject) -> None:
    request = ValidationRequest(object=value, schema=SCHEMA)

    assert topchef.refusal(validator.validate(request)).status == 400


@pytest.mark.not_on("1.0", "2.0", why="it answers 500 to a schema that is none")
@pytest.mark.parametrize(
    "schema",
    [{"type": "nope"}, {"$ref": "http://topchef.example/x"}, {"$ref": "#"}, {"multipleOf": 0}],
    ids=repr,
)
def test_an_invalid_schema_is_told_with_its_place(topchef: TopChef, schema: JsonObject) -> None:
    error = topchef.refusal(validator.validate(ValidationRequest(object={}, schema=schema)))

    assert error.status == 400
    assert b"$.schema" in error.body


@pytest.mark.not_on("1.0", why="it answers 500")
@pytest.mark.parametrize(
    "body", [b'{"object": {}}', b'{"schema": {}}', b'{"object": 1, "schema": {}}', b"[]"]
)
def test_a_request_without_object_or_schema_is_refused(topchef: TopChef, body: bytes) -> None:
    assert topchef.refusal_raw("POST", "/validator", body)
