"""What a document says in vain is found wherever an object or a reference stands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codegen.ir import Note
from codegen.keys import FORMER, KEYWORDS
from codegen.load import load
from codegen.tree import Json, tokens, value_at
from codegen.unheeded import unheeded

NOT_HEEDED = "is no keyword of schemas and not heeded; did you mean"


def notes(tmp_path: Path, tree: Json, **files: Json) -> tuple[Note, ...]:
    for name, other in files.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(other))
    path = tmp_path / "api.json"
    path.write_text(json.dumps(tree))
    return unheeded(load(path))


def of_schema(tmp_path: Path, schema: Json) -> tuple[Note, ...]:
    return notes(tmp_path, {"components": {"schemas": {"A": schema}}})


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [
        ("requried", "required"),
        ("require", "required"),
        ("additionalproperties", "additionalProperties"),
        ("additional_properties", "additionalProperties"),
        ("propertees", "properties"),
        ("minlength", "minLength"),
        ("nulable", "nullable"),
        ("oneof", "oneOf"),
        ("readonly", "readOnly"),
        ("discription", "description"),
        ("tpye", "type"),
        ("enums", "enum"),
        ("item", "items"),
        ("fromat", "format"),
        ("ref", "$ref"),
    ],
)
def test_a_misspelt_keyword_is_a_warning_with_the_nearest_one(
    tmp_path: Path, misspelt: str, meant: str
) -> None:
    pointer = f"/components/schemas/A/{misspelt}"
    what = f"{misspelt!r} {NOT_HEEDED} {meant!r}?"
    expected = Note(pointer=pointer, what=what, is_warning=True)
    assert (expected,) == of_schema(tmp_path, {misspelt: 1})


def test_a_word_that_is_like_no_keyword_or_like_one_that_is_there_is_no_warning(
    tmp_path: Path,
) -> None:
    found = of_schema(tmp_path, {"colour": 1, "types": 1, "type": "string", "z" * 9000: 1})
    assert [False] * 3 == [note.is_warning for note in found]


@pytest.mark.parametrize(
    "foreign",
    [
        *("id", "note", "noneOf", "typeof", "schema", "optionalProperties", "bsonType", "min"),
        *("formatMaximum", "formatExclusiveMaximum", "patternRequired", "allRequired", "switch"),
        *("enumNames", "enumDescriptions", "propertyOrder", "markdownDescription", "links", "url"),
        *("divisibleBy", "disallow", "extends", "instanceof", "defaultValue", "options", "range"),
    ],
)
def test_keywords_of_others_are_not_taken_for_misspelt_ones(tmp_path: Path, foreign: str) -> None:
    assert [False] == [note.is_warning for note in of_schema(tmp_path, {foreign: 1})]


def test_keywords_and_extensions_are_no_matter(tmp_path: Path) -> None:
    schema: dict[str, Json] = dict.fromkeys(KEYWORDS - {"$ref", *FORMER}, None)
    assert () == of_schema(tmp_path, {**schema, "x-anything": 1})


@pytest.mark.parametrize(
    ("outer", "where"),
    [
        ({"properties": {"requried": {"tpye": 1}}}, "/properties/requried/tpye"),
        ({"items": {"tpye": 1}}, "/items/tpye"),
        ({"allOf": [{}, {"not": {"tpye": 1}}]}, "/allOf/1/not/tpye"),
        ({"$defs": {"x-a": {"if": {"tpye": 1}}}}, "/$defs/x-a/if/tpye"),
    ],
)
def test_schemas_are_looked_for_in_schemas(tmp_path: Path, outer: Json, where: str) -> None:
    pointers = [note.pointer for note in of_schema(tmp_path, outer)]
    assert [f"/components/schemas/A{where}"] == pointers


@pytest.mark.parametrize(
    "schema",
    [
        {"example": {"tpye": 1}},
        {"default": {"items": {"tpye": 1}}},
        {"enum": [{"tpye": 1}]},
        {"x-old": {"properties": {"a": {"tpye": 1}}}},
        {"dependentRequired": {"tpye": ["a"]}},
    ],
)
def test_data_is_no_schema(tmp_path: Path, schema: Json) -> None:
    assert () == of_schema(tmp_path, schema)


def test_every_place_of_a_schema_in_a_document_is_known(tmp_path: Path) -> None:
    wrong: dict[str, Json] = {"schema": {"tpye": 1}}
    content: dict[str, Json] = {
        "content": {"a/b": {**wrong, "encoding": {"f": {"headers": {"H": wrong}}}}}
    }
    operation: Json = {
        "parameters": [wrong],
        "requestBody": content,
        "responses": {"200": {"headers": {"H": wrong}, **content}, "x-a": content},
        "callbacks": {"c": {"{$url}": {"get": {"parameters": [content]}}, "x-a": {"get": 1}}},
    }
    tree: Json = {
        "paths": {"/a": {"parameters": [wrong], "get": operation}, "x-a": {"get": operation}},
        "webhooks": {
            "w": {"post": {"requestBody": content}},
            "x-w": {"get": {"parameters": [wrong]}},
        },
        "components": {
            "responses": {"R": content},
            "parameters": {"P": wrong},
            "requestBodies": {"B": content},
            "headers": {"H": wrong},
            "callbacks": {"C": {"u": {"get": {"parameters": [wrong]}}}},
            "pathItems": {"I": {"get": {"parameters": [wrong]}}},
        },
    }
    found = [note.pointer for note in notes(tmp_path, tree)]
    assert 20 == len(found)
    assert 20 == len(set(found))
    assert "/paths/~1a/get/callbacks/c/{$url}/get/parameters/0/content/a~1b/schema/tpye" in found


def test_other_files_and_odd_places_are_looked_into_once(tmp_path: Path) -> None:
    tree: Json = {
        "x-odd": {"B": {"tpye": 1}},
        "components": {
            "schemas": {
                "A": {"items": {"$ref": "other.json#/A"}},
                "B": {"items": {"$ref": "other.json#/A"}},
                "C": {"$ref": "#/x-odd/B"},
                "D": {"$ref": "#nowhere"},
                "E": {"$ref": "#/x-odd/gone"},
            }
        },
    }
    found = notes(tmp_path, tree, other={"A": {"properties": {"p": {"tpye": 1}}}})
    assert ["other.json#/A/properties/p/tpye", "/x-odd/B/tpye"] == [each.pointer for each in found]


def test_what_stands_beside_a_reference_is_told_but_for_texts(tmp_path: Path) -> None:
    reference: Json = {
        "$ref": "#/components/responses/R",
        "description": "d",
        "summary": "s",
        "x-a": 1,
        "headers": {},
    }
    tree: Json = {
        "paths": {"/a": {"get": {"responses": {"200": reference}}}},
        "components": {"responses": {"R": {"description": "r"}}},
    }
    what = "'headers' beside $ref is not heeded; OpenAPI has none there"
    expected = Note(pointer="/paths/~1a/get/responses/200/headers", what=what)
    assert (expected,) == notes(tmp_path, tree)


@pytest.mark.parametrize(
    ("kind", "reference", "what"),
    [
        ("responses", "schemas/A", "one of the schemas, and one of the responses is wanted"),
        ("requestBodies", "schemas/A", "one of the schemas, and one of the request bodies is"),
        ("parameters", "headers/A", "one of the headers, and one of the parameters is wanted"),
        ("schemas", "headers/A", "one of the headers, and one of the schemas is wanted"),
    ],
)
def test_a_reference_to_another_kind_of_component_is_a_warning(
    tmp_path: Path, kind: str, reference: str, what: str
) -> None:
    refers: Json = {"$ref": f"#/components/{reference}"}
    components: dict[str, dict[str, Json]] = {"schemas": {"A": {}}, "headers": {"A": {}}}
    components.setdefault(kind, {})["B"] = refers
    expected = Note(
        pointer=f"/components/{kind}/B/$ref",
        what=f"this names {what}",
        is_warning=True,
    )
    [found] = notes(tmp_path, {"components": {**components}})
    assert (expected.pointer, True) == (found.pointer, found.is_warning)
    assert found.what.startswith(expected.what)
    assert found.what.endswith(f"write '#/components/{kind}/...'")


# --- objects that are no schemas ----------------------------------------------------------------

WHOLE: Json = {
    "openapi": "3.1.0",
    "info": {
        "title": "T",
        "summary": "s",
        "description": "d",
        "termsOfService": "u",
        "contact": {"name": "n", "url": "u", "email": "e"},
        "license": {"name": "n", "identifier": "MIT", "url": "u"},
        "version": "1",
    },
    "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
    "servers": [
        {
            "url": "http://{v}",
            "description": "d",
            "variables": {"varible": {"enum": ["a"], "default": "a", "description": "d"}},
        }
    ],
    "paths": {
        "x-path": {"gett": 1},
        "/a": {
            "summary": "s",
            "description": "d",
            "servers": [{"url": "/"}],
            "parameters": [
                {
                    "name": "n",
                    "in": "query",
                    "description": "d",
                    "required": False,
                    "deprecated": False,
                    "allowEmptyValue": False,
                    "style": "form",
                    "explode": True,
                    "allowReserved": False,
                    "schema": {
                        "externalDocs": {"url": "u", "description": "d"},
                        "discriminator": {"propertyName": "p", "mapping": {"propertynam": "x"}},
                        "xml": {
                            "name": "n",
                            "namespace": "n",
                            "prefix": "p",
                            "attribute": False,
                            "wrapped": False,
                        },
                    },
                    "examples": {"exampel": {"summary": "s", "description": "d", "value": 1}},
                },
                {"name": "c", "in": "query", "content": {"text/plan": {"example": {"tpye": 1}}}},
            ],
            **{method: {} for method in ("put", "delete", "options", "head", "patch", "trace")},
            "get": {"$ref": "#/x-get"},
            "post": {
                "tags": ["t"],
                "summary": "s",
                "description": "d",
                "externalDocs": {"url": "u"},
                "operationId": "o",
                "parameters": [],
                "requestBody": {
                    "description": "d",
                    "required": True,
                    "content": {
                        "multipart/form-data": {
                            "encoding": {
                                "encodng": {
                                    "contentType": "a/b",
                                    "headers": {"H": {"required": True, "schema": {}}},
                                    "style": "form",
                                    "explode": True,
                                    "allowReserved": False,
                                }
                            }
                        }
                    },
                },
                "responses": {
                    "200": {
                        "description": "d",
                        "headers": {"contnt": {"description": "d", "example": 1}},
                        "content": {},
                        "links": {
                            "l": {
                                "operationRef": "r",
                                "operationId": "o",
                                "parameters": {"parametrs": "$url"},
                                "requestBody": {"contnt": 1},
                                "description": "d",
                                "server": {"url": "/"},
                            }
                        },
                    },
                    "default": {"description": "d"},
                },
                "callbacks": {"c": {"{$url}": {"post": {"responses": {}}}}},
                "deprecated": False,
                "security": [{"oaut": ["scop"]}],
                "servers": [{"url": "/"}],
            },
        },
    },
    "webhooks": {"w": {"post": {}}},
    "components": {
        "schemas": {"propertis": {}},
        "responses": {"contnt": {"description": "d"}},
        "parameters": {"requird": {"name": "n", "in": "query"}},
        "examples": {"valu": {"externalValue": "u"}},
        "requestBodies": {"contnt": {}},
        "headers": {"schem": {}},
        "securitySchemes": {
            "flow": {
                "type": "oauth2",
                "description": "d",
                "name": "n",
                "in": "header",
                "scheme": "bearer",
                "bearerFormat": "JWT",
                "openIdConnectUrl": "u",
                "flows": {
                    flow: {
                        "authorizationUrl": "u",
                        "tokenUrl": "u",
                        "refreshUrl": "u",
                        "scopes": {"scop": "d"},
                    }
                    for flow in ("implicit", "password", "clientCredentials", "authorizationCode")
                },
            }
        },
        "links": {"parametrs": {}},
        "callbacks": {"paramters": {}},
        "pathItems": {"gett": {}},
    },
    "security": [{"flow": []}],
    "tags": [{"name": "t", "description": "d", "externalDocs": {"url": "u"}}],
    "externalDocs": {"url": "u", "x-any": 1},
}
"""Every object of OpenAPI with all of its keys, and data that looks like misspelt ones."""


def without_reference() -> dict[str, Json]:
    text = json.dumps(WHOLE).replace('{"$ref": "#/x-get"}', "{}")
    tree: dict[str, Json] = json.loads(text)
    return tree


def test_nothing_is_said_of_a_document_with_every_key(tmp_path: Path) -> None:
    assert () == notes(tmp_path, without_reference())


POST = "/paths/~1a/post"
PARAMETER = "/paths/~1a/parameters/0"
FLOWS = "/components/securitySchemes/flow/flows"
ANSWER = f"{POST}/responses/200"
FORM = f"{POST}/requestBody/content/multipart~1form-data"


@pytest.mark.parametrize(
    ("where", "misspelt", "noun", "meant"),
    [
        ("", "pths", "OpenAPI documents", "paths"),
        ("", "securty", "OpenAPI documents", "security"),
        ("/info", "licence", "info", "license"),
        ("/info/contact", "mail", "contacts", "email"),
        ("/info/license", "nme", "licenses", "name"),
        ("/servers/0", "varables", "servers", "variables"),
        ("/servers/0/variables/varible", "defualt", "variables of servers", "default"),
        ("/tags/0", "externaldocs", "tags", "externalDocs"),
        ("/tags/0/externalDocs", "descripton", "external docs", "description"),
        ("/components", "shemas", "components", "schemas"),
        ("/paths/~1a", "parametrs", "path items", "parameters"),
        ("/paths/~1a/servers/0", "descripton", "servers", "description"),
        (POST, "paramters", "operations", "parameters"),
        (POST, "operationID", "operations", "operationId"),
        (POST, "tag", "operations", "tags"),
        (POST, "respnses", "operations", "responses"),
        (POST, "security_", "operations", "security"),
        (PARAMETER, "requird", "parameters", "required"),
        (PARAMETER, "schemas", "parameters", "schema"),
        (f"{PARAMETER}/schema/xml", "warpped", "xml", "wrapped"),
        (f"{PARAMETER}/schema/discriminator", "propertyname", "discriminators", "propertyName"),
        (f"{PARAMETER}/examples/exampel", "vlaue", "examples", "value"),
        (f"{POST}/requestBody", "contnt", "request bodies", "content"),
        (FORM, "schemas", "media types", "schema"),
        (f"{FORM}/encoding/encodng", "contenttype", "encodings", "contentType"),
        (ANSWER, "contents", "responses", "content"),
        (f"{ANSWER}/headers/contnt", "shema", "headers", "schema"),
        (f"{ANSWER}/links/l", "operationRefs", "links", "operationRef"),
        (f"{POST}/callbacks/c/{{$url}}/post", "respones", "operations", "responses"),
        ("/components/securitySchemes/flow", "bearerformat", "security schemes", "bearerFormat"),
        (FLOWS, "authorisationCode", "OAuth flows", "authorizationCode"),
        (f"{FLOWS}/password", "tokenURL", "an OAuth flow", "tokenUrl"),
    ],
)
def test_a_misspelt_key_of_every_object_is_a_warning_with_the_nearest_one(
    tmp_path: Path, where: str, misspelt: str, noun: str, meant: str
) -> None:
    tree = without_reference()
    place = value_at(tree, tokens(where))
    assert isinstance(place, dict)
    place.pop(meant, None)
    place[misspelt] = 1
    what = f"{misspelt!r} is no key of {noun} and not heeded; did you mean {meant!r}?"
    expected = Note(pointer=f"{where}/{misspelt}", what=what, is_warning=True)
    assert (expected,) == notes(tmp_path, tree)


def test_a_key_that_is_like_none_is_a_remark(tmp_path: Path) -> None:
    tree: Json = {"paths": {"/a": {"get": {"colour": 1, "x-colour": 1}}}}
    what = "'colour' is no key of operations, so it is not heeded"
    assert (Note(pointer="/paths/~1a/get/colour", what=what),) == notes(tmp_path, tree)


def test_what_stands_beside_operations_may_be_one_so_it_is_a_warning(tmp_path: Path) -> None:
    tree: Json = {"paths": {"/a": {"fetch": {}, "additionalOperations": {"COPY": {}}}}}
    assert (
        Note(
            pointer="/paths/~1a/fetch",
            what="'fetch' is no key of path items, so it is not heeded",
            is_warning=True,
        ),
        Note(
            pointer="/paths/~1a/additionalOperations",
            what="'additionalOperations' is a key of OpenAPI 3.2, and heeded as in it",
        ),
    ) == notes(tmp_path, tree)


@pytest.mark.parametrize(
    ("outer", "key", "home"),
    [
        ({"paths": {"/a": {"responses": {}}}}, "path items", "an operation, such as 'get'"),
        ({"components": {"parameters": {"P": {"maximum": 3}}}}, "parameters", "'schema'"),
        ({"components": {"headers": {"H": {"type": "string"}}}}, "headers", "'schema'"),
        (
            {"components": {"responses": {"R": {"schema": {}}}}},
            "responses",
            "a media type under 'content'",
        ),
        (
            {"components": {"requestBodies": {"B": {"content": {"a/b": {"type": "string"}}}}}},
            "media types",
            "'schema'",
        ),
    ],
)
def test_a_key_of_an_object_within_is_a_warning(
    tmp_path: Path, outer: Json, key: str, home: str
) -> None:
    (found,) = notes(tmp_path, outer)
    assert found.is_warning
    assert found.what.endswith(f" is no key of {key} and not heeded; it belongs to {home}")


def test_an_example_that_is_what_it_shows_is_one_remark(tmp_path: Path) -> None:
    examples: Json = {"user": {"valu": 1, "sumary": 2}, "none": {"x-any": 1}}
    what = "what an example shows belongs under its 'value'"
    expected = Note(pointer="/components/examples/user", what=what)
    assert (expected,) == notes(tmp_path, {"components": {"examples": examples}})


def test_a_reference_where_there_is_none_is_a_warning(tmp_path: Path) -> None:
    what = "'$ref' is no key of operations, so it is not heeded"
    expected = Note(pointer="/paths/~1a/get/$ref", what=what, is_warning=True)
    assert (expected,) == notes(tmp_path, WHOLE)


# --- other versions -----------------------------------------------------------------------------


def test_keys_of_3_1_are_remarks_in_3_0_where_they_go_unheeded(tmp_path: Path) -> None:
    tree: Json = {
        "openapi": "3.0.3",
        "info": {"summary": "s", "license": {"identifier": "MIT"}},
        "jsonSchemaDialect": "u",
        "webhooks": {},
        "components": {"pathItems": {}},
    }
    found = notes(tmp_path, tree)
    assert [
        ("/jsonSchemaDialect", "3.1"),
        ("/info/summary", "3.1"),
        ("/info/license/identifier", "3.1"),
    ] == [(each.pointer, each.what.split()[6].strip(",")) for each in found]
    assert not any(each.is_warning for each in found)


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_keys_of_3_2_are_heeded_in_other_versions(version: str, tmp_path: Path) -> None:
    tree: dict[str, Json] = {
        "openapi": version,
        "tags": [{"name": "t", "summary": "s", "kind": "nav"}],
        "components": {"mediaTypes": {}},
    }
    assert [
        ("/tags/0/summary", "'summary' is a key of OpenAPI 3.2, and heeded as in it"),
        ("/tags/0/kind", "'kind' is a key of OpenAPI 3.2, so it is not heeded"),
        ("/components/mediaTypes", "'mediaTypes' is a key of OpenAPI 3.2, and heeded as in it"),
    ] == [(each.pointer, each.what) for each in notes(tmp_path, tree)]
    assert () == notes(tmp_path, {**tree, "openapi": "3.2.0"})


def test_what_is_not_supported_of_3_2_is_a_remark_in_it(tmp_path: Path) -> None:
    media_type: Json = {"prefixEncoding": [], "encoding": {"p": {"itemEncoding": {}}}}
    tree: Json = {
        "openapi": "3.2.0",
        "$self": "https://example.org/openapi",
        "paths": {"/a": {"query": {"requestBody": {"content": {"a/b": media_type}}}}},
    }
    place = "/paths/~1a/query/requestBody/content/a~1b"
    assert [
        ("/$self", "'$self' is not supported, so it is not heeded"),
        (f"{place}/prefixEncoding", "'prefixEncoding' is not supported, so it is not heeded"),
        (
            f"{place}/encoding/p/itemEncoding",
            "'itemEncoding' is not supported, so it is not heeded",
        ),
    ] == [(each.pointer, each.what) for each in notes(tmp_path, tree)]


def test_nullable_is_heeded_in_both_versions(tmp_path: Path) -> None:
    tree: dict[str, Json] = {"components": {"schemas": {"A": {"type": "string", "nullable": True}}}}
    assert () == notes(tmp_path, {"openapi": "3.1.0", **tree})
    assert () == notes(tmp_path, {"openapi": "3.0.3", **tree})


def test_a_description_that_is_no_text_is_a_warning(tmp_path: Path) -> None:
    what = "what describes is no text, so it is not heeded"
    schema: Json = {"description": {"$ref": "#/x"}, "properties": {"a": {"description": 404}}}
    expected = Note(pointer="/components/schemas/A/description", what=what, is_warning=True)
    assert (expected,) == of_schema(tmp_path, schema)


def test_a_dialect_of_ones_own_is_a_remark(tmp_path: Path) -> None:
    what = "a dialect of one's own is not heeded; keywords mean what they mean in OpenAPI 3.1"
    expected = Note(pointer="/jsonSchemaDialect", what=what)
    assert (expected,) == notes(tmp_path, {"jsonSchemaDialect": "https://acme.example/dialect"})


def test_keywords_that_went_before_openapi_came_are_remarks(tmp_path: Path) -> None:
    what = (
        "'dependencies' is of former JSON Schema, so it is not heeded; "
        "write 'dependentRequired' or 'dependentSchemas'"
    )
    expected = Note(pointer="/components/schemas/A/dependencies", what=what)
    assert (expected,) == of_schema(tmp_path, {"dependencies": {"a": ["b"]}})


def test_what_restricts_beside_a_reference_of_3_0_is_told_but_for_null(tmp_path: Path) -> None:
    reference: dict[str, Json] = {"$ref": "#/components/schemas/B", "description": "d"}
    schemas: dict[str, Json] = {
        "A": {**reference, "nullable": True, "maxLength": 3, "readOnly": True},
        "B": {"type": "string"},
    }
    tree: dict[str, Json] = {"openapi": "3.0.3", "components": {"schemas": schemas}}
    what = "'maxLength' beside $ref is not heeded in OpenAPI 3.0"
    assert (Note(pointer="/components/schemas/A/maxLength", what=what),) == notes(tmp_path, tree)


# --- required names -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("required", "described"),
    [("idd", "id"), ("user_nmae", "user_name"), ("userid", "userId"), ("detail", "details")],
)
def test_a_required_name_that_is_like_a_property_is_a_warning(
    tmp_path: Path, required: str, described: str
) -> None:
    schema: Json = {"required": ["other", required], "properties": {"other": {}, described: {}}}
    what = f"no property is called {required!r}; did you mean {described!r}?"
    place = "/components/schemas/A/required/1"
    expected = Note(pointer=place, what=what, is_warning=True)
    assert (expected,) == of_schema(tmp_path, schema)


RIGHTLY_REQUIRED: list[Json] = [
    {"required": ["idd"], "properties": {"name": {}}},
    {"required": ["idd", "id"], "properties": {"id": {}}},
    {"required": ["line2"], "properties": {"line1": {}}},
    {"required": ["created_at"], "properties": {"updated_at": {}}},
    {"required": ["min_value"], "properties": {"max_value": {}}},
    {"required": ["idd"]},
    {"required": ["idd"], "properties": {"id": {}}, "patternProperties": {"^i": {}}},
    {"required": ["idd"], "properties": {"id": {}}, "additionalProperties": {"type": "null"}},
    {"required": ["idd"], "properties": {"id": {}}, "allOf": [{"properties": {"idd": {}}}]},
    {"required": ["idd"], "properties": {"id": {}}, "then": {"properties": {"idd": {}}}},
    {"allOf": [{"required": ["idd"]}, {"properties": {"id": {}}}]},
]


@pytest.mark.parametrize("schema", RIGHTLY_REQUIRED)
def test_a_required_name_that_may_well_be_meant_is_no_warning(tmp_path: Path, schema: Json) -> None:
    assert () == of_schema(tmp_path, schema)


def test_a_required_name_that_another_schema_describes_is_no_warning(tmp_path: Path) -> None:
    schemas: Json = {
        "Base": {"type": "object", "required": ["kinds"], "properties": {"kind": {}}},
        "Heir": {"allOf": [{"$ref": "#/components/schemas/Base"}, {"properties": {"kinds": {}}}]},
    }
    assert () == notes(tmp_path, {"components": {"schemas": schemas}})


def test_a_required_name_that_only_strangers_describe_is_a_warning(tmp_path: Path) -> None:
    schemas: Json = {
        "A": {"properties": {"b": {"required": ["userid"], "properties": {"userId": {}}}}},
        "B": {"properties": {"userid": {}}},
        "C": {"properties": {"a": {"$ref": "#/components/schemas/A"}}},
    }
    what = "no property is called 'userid'; did you mean 'userId'?"
    place = "/components/schemas/A/properties/b/required/0"
    expected = Note(pointer=place, what=what, is_warning=True)
    assert (expected,) == notes(tmp_path, {"components": {"schemas": schemas}})
