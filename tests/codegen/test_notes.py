"""What cannot be meant, though an SDK can be made of it, is warned of where it stands."""

from __future__ import annotations

import pytest

from codegen.errors import SpecError
from codegen.ir import Alias, MapOf, Text
from codegen.lower import lower
from codegen.lower.broken_patterns import fault_of
from codegen.tree import Json

Told = list[tuple[bool, str, str]]


def notes(tree: dict[str, Json], *, version: str = "3.1.0") -> Told:
    info: Json = {"title": "T", "version": "1"}
    api = lower({"openapi": version, "info": info, **tree})
    return [(note.is_warning, note.pointer, note.what) for note in api.notes]


def of_schema(schema: Json, *, version: str = "3.1.0") -> Told:
    return notes({"components": {"schemas": {"A": schema}}}, version=version)


@pytest.mark.parametrize(
    ("schema", "where", "what"),
    [
        (
            {"type": "integer", "minimum": 5, "maximum": 3},
            "/maximum",
            "no number fits both 'minimum' and 'maximum'",
        ),
        (
            {"type": "number", "exclusiveMinimum": 5, "maximum": 5},
            "/maximum",
            "no number fits both 'exclusiveMinimum' and 'maximum'",
        ),
        (
            {"type": "integer", "format": "int32", "minimum": 2**31},
            "/format",
            "no number fits both 'minimum' and 'format'",
        ),
        (
            {"type": "string", "minLength": 2, "maxLength": 1},
            "/maxLength",
            "no string fits both 'minLength' and 'maxLength'",
        ),
        (
            {"type": "array", "items": {}, "minItems": 2, "maxItems": 1},
            "/maxItems",
            "no array fits both 'minItems' and 'maxItems'",
        ),
        (
            {"type": "object", "minProperties": 2, "maxProperties": 1},
            "/maxProperties",
            "no object fits both 'minProperties' and 'maxProperties'",
        ),
        (
            {"type": "integer", "allOf": [{"minimum": 5}, {"maximum": 3}]},
            "/allOf/1/maximum",
            "no number fits both 'minimum' and 'maximum'",
        ),
    ],
)
def test_bounds_between_which_there_is_nothing_are_a_warning(
    schema: Json, where: str, what: str
) -> None:
    assert [(True, f"/components/schemas/A{where}", what)] == of_schema(schema)


def test_exclusive_bounds_of_3_0_are_a_warning_too() -> None:
    schema: Json = {"type": "integer", "minimum": 5, "maximum": 5, "exclusiveMaximum": True}
    what = "no number fits both 'minimum' and 'exclusiveMaximum'"
    place = "/components/schemas/A/exclusiveMaximum"
    assert [(True, place, what)] == of_schema(schema, version="3.0.3")


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "minimum": 5, "maximum": 5},
        {"type": "string", "minLength": 0, "maxLength": 0},
        {"type": "string", "minimum": 5, "maximum": 3},
        {"type": "integer", "exclusiveMinimum": 5, "exclusiveMaximum": 5.5},
    ],
)
def test_bounds_that_leave_a_value_or_say_nothing_are_no_warning(schema: Json) -> None:
    assert [] == of_schema(schema)


_CONTRARY = "no value fits, for its parts contradict each other"


@pytest.mark.parametrize(
    ("schema", "where"),
    [
        ({"allOf": [{"type": "string"}, {"type": "integer"}]}, ""),
        ({"allOf": [{"enum": ["a"]}, {"enum": ["b"]}]}, ""),
        ({"allOf": [{"const": 1}, {"const": 2}]}, ""),
        (
            {
                "allOf": [
                    {"properties": {"a": {"type": "string"}}},
                    {"type": "object", "properties": {"a": {"type": "integer"}}},
                ]
            },
            "/allOf/1/properties/a",
        ),
    ],
)
def test_parts_that_no_value_fits_together_are_a_warning(schema: Json, where: str) -> None:
    assert (True, f"/components/schemas/A{where}", _CONTRARY) in of_schema(schema)


_NOTHING: list[Json] = [
    {"not": {}},
    {"properties": {"a": False}},
    {"type": "object", "oneOf": [{"type": "null"}, {"properties": {"a": {}}}]},
    {"allOf": [{"type": ["string", "null"]}, {"type": ["integer", "null"]}]},
]


@pytest.mark.parametrize("schema", _NOTHING)
def test_what_says_that_nothing_fits_is_no_warning(schema: Json) -> None:
    assert [] == [note for note in of_schema(schema) if note[0]]


@pytest.mark.parametrize(
    ("kind", "values", "version", "index", "what_to_do"),
    [
        ("string", ["all", 2019], "3.1.0", 1, "put it in quotes"),
        ("string", ["on", False], "3.0.3", 1, "put it in quotes"),
        ("integer", ["one", 1], "3.1.0", 0, "name its type, too"),
        ("string", ["a", None], "3.1.0", 1, "add 'null' to its types"),
        ("string", ["a", None], "3.0.3", 1, "say 'nullable: true'"),
    ],
)
def test_each_value_that_its_type_leaves_out_is_a_warning(
    kind: str, values: list[Json], version: str, index: int, what_to_do: str
) -> None:
    what = f"is not of type {kind} and is left out; {what_to_do}"
    place = f"/components/schemas/A/enum/{index}"
    schema: Json = {"type": kind, "enum": values}
    assert [(True, place, what)] == of_schema(schema, version=version)


@pytest.mark.parametrize(
    ("schema", "version"),
    [
        ({"type": ["string", "null"], "enum": ["a", None]}, "3.1.0"),
        ({"type": "string", "nullable": True, "enum": ["a", None]}, "3.0.3"),
        ({"type": "string", "nullable": True, "enum": ["a"]}, "3.0.3"),
        ({"allOf": [{"type": "string"}, {"enum": ["a", 1]}]}, "3.1.0"),
        ({"type": "number", "enum": [1, 2.5]}, "3.1.0"),
    ],
)
def test_values_that_fit_or_are_narrowed_elsewhere_are_no_warning(
    schema: Json, version: str
) -> None:
    assert [] == of_schema(schema, version=version)


def test_a_constant_of_another_type_is_a_warning() -> None:
    what = "no value fits, for this is not of type string"
    assert [(True, "/components/schemas/A/const", what)] == of_schema(
        {"type": "string", "const": 1}
    )


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ("([", "'[' is never closed"),
        ("[^", "'[' is never closed"),
        ("(a", "'(' is never closed"),
        ("[)](", "'(' is never closed"),
        ("[]x(", "'(' is never closed"),
        ("a)", "')' closes nothing"),
        ("*.txt", "'*' repeats nothing"),
        ("a|+", "'+' repeats nothing"),
        ("a\\", "it ends in half an escape"),
    ],
)
def test_a_pattern_that_is_none_anywhere_is_a_warning(pattern: str, fault: str) -> None:
    what = f"this is no regular expression, for {fault}; it is not checked"
    place = "/components/schemas/A/pattern"
    assert [(True, place, what)] == of_schema({"type": "string", "pattern": pattern})


@pytest.mark.parametrize("pattern", [r"\p{Script=Greek}", "(?<=a+)b", "a++*", "[z-a]", r"\k<b>"])
def test_a_pattern_that_others_may_read_is_a_remark(pattern: str) -> None:
    what = "Python cannot read this regular expression; it is not checked"
    place = "/components/schemas/A/pattern"
    assert [(False, place, what)] == of_schema({"type": "string", "pattern": pattern})


_UNREADABLE: Json = {"pattern": r"\p{Script=Greek}"}


@pytest.mark.parametrize(
    ("schema", "where"),
    [
        ({"propertyNames": _UNREADABLE}, "/propertyNames"),
        ({"not": {"type": "null"}, "allOf": [_UNREADABLE]}, "/allOf/0"),
        ({"if": {"minLength": 3}, "then": _UNREADABLE}, "/then"),
        ({"contains": _UNREADABLE}, "/contains"),
        (
            {"dependentSchemas": {"a": {"properties": {"b": _UNREADABLE}}}},
            "/dependentSchemas/a/properties/b",
        ),
    ],
)
def test_a_pattern_in_what_only_a_schema_can_say_is_a_remark(schema: Json, where: str) -> None:
    what = "Python cannot read this regular expression; it is not checked"
    assert [(False, f"/components/schemas/A{where}/pattern", what)] == of_schema(schema)


@pytest.mark.parametrize(
    ("schema", "where"),
    [
        ({"not": _UNREADABLE}, "/not"),
        ({"not": {"not": _UNREADABLE}}, "/not/not"),
        (
            {"if": {"properties": {"a": _UNREADABLE}}, "then": {"minProperties": 2}},
            "/if/properties/a",
        ),
        ({"type": "string", "oneOf": [_UNREADABLE, {"maxLength": 3}]}, "/oneOf/0"),
        ({"contains": _UNREADABLE, "maxContains": 2}, "/contains"),
    ],
)
def test_a_pattern_without_which_more_is_refused_cannot_be_left_out(
    schema: Json, where: str
) -> None:
    with pytest.raises(SpecError, match="would mean something else") as caught:
        of_schema(schema)
    assert f"/components/schemas/A{where}/pattern" == caught.value.pointer


@pytest.mark.parametrize("pattern", [r"(\w)\1{3,}", "((a{1,100}){1,100}){1,100}", "a*+b"])
def test_a_pattern_that_nobody_matches_in_time_is_a_warning(pattern: str) -> None:
    what = "matching this regular expression may take for ever; it is not checked"
    place = "/components/schemas/A/pattern"
    assert [(True, place, what)] == of_schema({"type": "string", "pattern": pattern})


@pytest.mark.parametrize("pattern", ["[]", "[]a]", r"\(", "[(]", "[[^]", "(?:a|b)*?", "[^]]"])
def test_brackets_that_match_in_some_language_are_no_fault(pattern: str) -> None:
    assert fault_of(pattern) is None


OPERATION = "/paths/~1a/get"


def test_keywords_that_are_left_blank_say_nothing() -> None:
    blank = dict.fromkeys(("required", "properties", "enum", "items", "maxLength", "description"))
    assert [] == of_schema({"type": "string", **blank})
    assert [] == of_schema({"type": "object", **blank})


def test_a_check_that_is_left_blank_checks_nothing() -> None:
    schema: Json = {"type": "object", "propertyNames": None, "not": {"required": ["a"], "if": None}}
    tree = {"info": {"title": "T", "version": "1"}, "components": {"schemas": {"A": schema}}}
    model = lower({"openapi": "3.1.0", **tree}).models[0]
    assert isinstance(model, Alias)
    assert isinstance(model.type, MapOf)
    assert model.type.limits.schema == Text('{"not":{"required":["a"]}}')


def test_a_version_that_is_a_number_is_a_warning() -> None:
    api = lower({"openapi": "3.1.0", "info": {"title": "T", "version": 1.5}})
    what = "1.5 is a number, and no text; put it in quotes"
    assert "1.5" == api.version.reveal()
    assert [(True, "/info/version", what)] == [
        (note.is_warning, note.pointer, note.what) for note in api.notes
    ]


@pytest.mark.parametrize(
    ("schema", "where", "what"),
    [
        (
            {"type": "string", "nullable": True},
            "/nullable",
            "'nullable' is of OpenAPI 3.0, and heeded as in it; write type: [string, 'null']",
        ),
        (
            {"type": ["string", "integer"], "nullable": True},
            "/nullable",
            "'nullable' is of OpenAPI 3.0, and heeded as in it; write 'null' among the types",
        ),
        (
            {"enum": ["a"], "nullable": True},
            "/nullable",
            "'nullable' is of OpenAPI 3.0, and heeded as in it; "
            "write anyOf, with {type: 'null'} among the alternatives",
        ),
        (
            {"type": ["null"], "allOf": [{"type": "object"}]},
            "/type",
            "['null'] beside other schemas is taken for their alternative; "
            "write anyOf, with {type: 'null'} among the alternatives",
        ),
        (
            {"type": "string", "pattern": "/[a-z]/i"},
            "/pattern",
            "a pattern has no slashes around it and no flags; it is not checked for its flags",
        ),
        (
            {"type": "string", "pattern": "/a.b/g"},
            "/pattern",
            "a pattern has no slashes around it and no flags; it is taken for what is between them",
        ),
        (
            {"type": "string", "pattern": "/a./"},
            "/pattern",
            "the slashes around this are taken for text that must be there; leave them out "
            "if they are JavaScript's",
        ),
        (
            {"type": "string", "enum": ["a", None], "nullable": True},
            "/nullable",
            "'nullable' is of OpenAPI 3.0, and heeded as in it; write type: [string, 'null']",
        ),
        (
            {"type": ["string", None]},
            "/type",
            "a null is taken for the type 'null'; put it in quotes",
        ),
        (
            {"type": "array", "items": [{"type": "string"}]},
            "/items",
            "a list of schemas is taken for 'prefixItems'",
        ),
        (
            {"type": "number", "minimum": 1, "exclusiveMinimum": True},
            "/exclusiveMinimum",
            "is a number in OpenAPI 3.1; write that of 'minimum' here instead, "
            "as it is taken to be",
        ),
    ],
)
def test_what_another_version_says_is_heeded_with_a_warning(
    schema: Json, where: str, what: str
) -> None:
    assert [(True, f"/components/schemas/A{where}", what)] == of_schema(schema)


@pytest.mark.parametrize(
    "schema",
    [
        {"nullable": True},
        {"nullable": False, "type": "string"},
        {"type": "string", "pattern": "/users/s"},
        {"type": "string", "pattern": "/v[0-9]+/users/i"},
        {"nullable": True, "type": ["string", "null"]},
        {"type": ["null"], "oneOf": [{"type": "null"}, {"const": 1}]},
        {"nullable": True, "anyOf": [{"type": "string"}, {"type": "null"}]},
        {"type": "object", "default": {"type": None, "items": [1]}},
    ],
)
def test_what_makes_no_difference_or_is_data_is_no_warning(schema: Json) -> None:
    assert [] == of_schema(schema)


def test_an_operation_of_3_0_without_responses_is_a_warning() -> None:
    what = "has no 'responses', which OpenAPI 3.0 requires; its function returns None"
    tree: dict[str, Json] = {"paths": {"/a": {"get": {}}}}
    assert [(True, OPERATION, what)] == notes(tree, version="3.0.3")


def test_an_operation_of_3_1_without_responses_is_a_remark() -> None:
    what = "no success is described; it is taken to have no body"
    assert [(False, OPERATION, what)] == notes({"paths": {"/a": {"get": {}}}})


JSON: dict[str, Json] = {"application/json": {"schema": {"type": "integer"}}}
FORM: Json = {"type": "object", "properties": {"a": {"type": "string"}}}


@pytest.mark.parametrize(
    ("operation", "is_warning", "where", "what"),
    [
        (
            {"parameters": [{"name": "q", "in": "query", "schema": {}, "content": JSON}]},
            True,
            "/parameters/0",
            "this has 'schema' and 'content', of which OpenAPI allows one; 'content' counts",
        ),
        (
            {"parameters": [{"name": "Accept", "in": "header", "schema": {"type": "string"}}]},
            False,
            "/parameters/0",
            "OpenAPI ignores header parameters called 'accept'; the media types of answers say it",
        ),
        (
            {
                "requestBody": {
                    "content": {
                        "multipart/form-data": {
                            "schema": FORM,
                            "encoding": {"b": {"contentType": "text/plain"}},
                        }
                    }
                }
            },
            False,
            "/requestBody/content/multipart~1form-data/encoding/b",
            "the schema has no property 'b' to encode",
        ),
        (
            {"requestBody": {"content": {**JSON, "*/*": {"schema": FORM}}}},
            False,
            "/requestBody/content/*~1*",
            "this would be application/json too, and goes unheeded beside it",
        ),
        (
            {
                "requestBody": {
                    "content": {"application/json": {"schema": {"type": ["string", "null"]}}}
                }
            },
            False,
            "/requestBody",
            "None sends no body, so that null cannot be sent; a required body can be null",
        ),
    ],
)
def test_what_goes_unheeded_of_an_operation_is_told(
    operation: dict[str, Json], is_warning: bool, where: str, what: str
) -> None:
    done: Json = {"204": {"description": "Done."}}
    described: Json = {"responses": done, **operation}
    told = notes({"paths": {"/a": {"get": described}}})
    assert [(is_warning, f"{OPERATION}{where}", what)] == told


def test_what_goes_unheeded_of_the_header_fields_of_an_answer_is_told() -> None:
    both: Json = {"schema": {"type": "string"}, "content": JSON}
    headers: Json = {"Content-Type": {"schema": {"type": "string"}}, "X": both}
    responses: Json = {"204": {"description": "Done.", "headers": headers}}
    place = f"{OPERATION}/responses/204/headers"
    assert [
        (
            False,
            f"{place}/Content-Type",
            "OpenAPI ignores a header field of this name; the media types say it",
        ),
        (
            True,
            f"{place}/X",
            "this has 'schema' and 'content', of which OpenAPI allows one; 'content' counts",
        ),
    ] == notes({"paths": {"/a": {"get": {"responses": responses}}}})


def test_a_variable_of_a_server_that_is_a_number_is_a_warning() -> None:
    variable: Json = {"enum": [80, "8080"], "default": 80}
    servers: Json = [{"url": "http://localhost:{port}", "variables": {"port": variable}}]
    what = "80 is a number, and no text; put it in quotes"
    place = "/servers/0/variables/port"
    assert [(True, f"{place}/enum/0", what), (True, f"{place}/default", what)] == notes(
        {"servers": servers}
    )


@pytest.mark.parametrize(
    ("kind", "name", "what"),
    [
        (
            "string",
            "Cat.yaml",
            "names a file that no $ref names, so it is not loaded; the value is left out",
        ),
        ("string", "Cat", "names no schema; the value is left out"),
        (
            "boolean",
            "#/components/schemas/B",
            "'cat' is no value of 'kind' in what it is mapped to",
        ),
    ],
)
def test_what_a_mapping_cannot_mean_is_told(kind: str, name: str, what: str) -> None:
    schemas: dict[str, Json] = {
        one: {"type": "object", "required": ["kind"], "properties": {"kind": {"type": kind}}}
        for one in "BC"
    }
    discriminator: Json = {"propertyName": "kind", "mapping": {"cat": name}}
    references: list[Json] = [{"$ref": f"#/components/schemas/{one}"} for one in schemas]
    union: Json = {"oneOf": references, "discriminator": discriminator}
    told = notes({"components": {"schemas": {**schemas, "A": union}}})
    assert what in [one for _, _, one in told]
