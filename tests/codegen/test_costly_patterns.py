"""An answer that a document's patterns would take for ever to match is refused like any other.

If one of them was matched by trying its ways one after the other, these tests would not end.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from codegen.ir import NoDefault
from codegen.lower import lower

from .conftest import generate

PACKAGE = "costly"

LONG = "a" * 20_000 + "!"

DOCUMENT = r"""
openapi: 3.1.0
info: {title: Costly, version: '1'}
paths:
  /costly:
    get:
      operationId: getCostly
      parameters: [{name: word, in: query, schema: {type: string, pattern: '^(a+)+$'}}]
      responses:
        '200': {description: Ok, content: {application/json: {schema: {$ref: '#/components/schemas/Costly'}}}}
components:
  schemas:
    Costly:
      type: object
      required: [text]
      properties:
        text: {type: string, pattern: '^(a+)+$'}
        words: {type: array, items: {type: string, pattern: '^(\w+\s?)+$', maxLength: 20}}
        named: {type: object, propertyNames: {pattern: '^(x+x+)+y$'}}
        by_name:
          type: object
          patternProperties: {'^(.*)*x$': {type: integer}}
          additionalProperties: {type: string}
        mail: {type: string, pattern: '^[^@\s]+@[^@\s]+\.[^@\s]+$'}
        when: {type: string, format: date, pattern: '^([0-9-]*)*1$'}
        unchecked: {type: string, pattern: '(\w)\1{3,}'}
"""


@pytest.fixture(scope="module")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The package of the document, imported."""
    root = tmp_path_factory.mktemp("costly")
    (root / "openapi.yaml").write_text(DOCUMENT, encoding="utf-8")
    for file in generate(root):
        place = root / PACKAGE / file.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(file.content)
    sys.path.insert(0, str(root))
    yield importlib.import_module(PACKAGE)
    sys.path.remove(str(root))
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


def client(sdk: Any, answer: dict[str, Any], **options: Any) -> Any:
    http = importlib.import_module(f"{PACKAGE}._runtime.http")
    in_process = importlib.import_module(f"{PACKAGE}._runtime.in_process")
    body = json.dumps(answer).encode()
    headers = http.Headers({"Content-Type": "application/json"})
    response = http.Response(status=200, headers=headers, body=body)

    def answered(_request: object) -> object:
        return response

    transport = in_process.InProcessTransport(answered)
    return sdk.ApiClient("http://costly", transport=transport, **options)


def costly(sdk: Any, **arguments: Any) -> Any:
    return sdk.endpoints.default.get_costly(**arguments)


@pytest.mark.parametrize(
    ("broken", "path"),
    [
        ({"text": LONG}, "$.text"),
        ({"words": ["b", "a" * 19 + "!"]}, "$.words[1]"),
        ({"named": {"x" * 20_000: 1}}, "$.named"),
        ({"by_name": {"ax": LONG, LONG: "a"}}, "$.by_name.ax"),
        ({"by_name": {"a": 1, LONG: "a"}}, "$.by_name.a"),
        ({"mail": "a@" + "." * 20_000 + " "}, "$.mail"),
    ],
)
@pytest.mark.parametrize("road", ["fast", "strict"])
def test_a_hostile_answer_is_refused(
    sdk: Any, broken: dict[str, Any], path: str, road: str
) -> None:
    options = {} if road == "fast" else {"codec": sdk.Codec(keep_unnamed=True)}
    with pytest.raises(sdk.DecodeError) as caught:
        client(sdk, {"text": "a", **broken}, **options).send(costly(sdk))
    assert [path] == [one.path for one in caught.value.violations]


def test_an_answer_is_read_whose_texts_are_too_long_for_the_fast_road(sdk: Any) -> None:
    given = {
        "text": "a" * 20_000,
        "mail": "a" * 20_000 + "@b.c",
        "named": {"xxy": 1},
        "by_name": {"a" * 5_000 + "x": 1, "a" * 5_000: "b"},
        "when": "2020-01-01",
        "unchecked": "a",
    }
    read = client(sdk, given).send(costly(sdk))
    assert (given["mail"], given["by_name"]) == (read.mail, read.by_name)
    assert given["text"] == read.text


def test_what_users_give_is_refused(sdk: Any) -> None:
    with pytest.raises(ValueError, match="does not match"):
        sdk.models.Costly(text=LONG)
    with pytest.raises(ValueError, match="does not match"):
        costly(sdk, word=LONG)


def test_values_are_judged_by_costly_patterns_when_an_sdk_is_generated() -> None:
    text = {"type": "string", "pattern": "(a+)+$"}
    hostile = LONG[-1000:]
    named, held = lower(
        {
            "openapi": "3.1.0",
            "info": {"title": "Costly", "version": "1"},
            "paths": {},
            "components": {
                "schemas": {
                    "Named": {**text, "enum": [hostile, "ba"]},
                    "Held": {
                        "type": "object",
                        "properties": {
                            "given": {**text, "default": hostile},
                            "map": {
                                "type": "object",
                                "propertyNames": {"pattern": "(a+)+$"},
                                "default": {hostile: 1},
                            },
                        },
                    },
                }
            },
        }
    ).models
    fields: Any = held
    members: Any = named
    assert ["ba"] == [one.value.reveal() for one in members.members]
    assert [NoDefault(), NoDefault()] == [one.default for one in fields.fields]
