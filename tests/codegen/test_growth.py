"""Documents in which a schema stands twice in the next one, so that each step doubles the ways.

Forty such steps would take for ever, were each way gone. So whoever ends at all has passed.
"""

from __future__ import annotations

import pytest

from codegen.emit.homes import homes_of
from codegen.errors import SpecError
from codegen.ir import Alias, Api, Record, UnionOf
from codegen.lower import lower
from codegen.tree import Json
from codegen.uses import uses_of

STEPS = 40


def lowered(schemas: dict[str, Json]) -> Api:
    return lower(
        {
            "openapi": "3.1.0",
            "info": {"title": "Growth", "version": "1"},
            "paths": {},
            "components": {"schemas": schemas},
        }
    )


def ref(number: int) -> Json:
    return {"$ref": f"#/components/schemas/S{number}"}


def record_of(name: str) -> Json:
    return {"type": "object", "properties": {name: {"type": "string"}}}


def test_a_schema_that_joins_the_next_one_twice_has_its_properties_once() -> None:
    schemas: dict[str, Json] = {
        f"S{number}": {"allOf": [ref(number + 1), ref(number + 1), record_of(f"p{number}")]}
        for number in range(STEPS)
    }
    first = lowered({**schemas, f"S{STEPS}": record_of("last")}).models[0]
    assert isinstance(first, Record)
    assert [f"p{number}" for number in range(STEPS)] + ["last"] == sorted(
        (one.wire_name.reveal() for one in first.fields),
        key=lambda name: int(name[1:]) if name != "last" else STEPS,
    )


def test_a_base_that_is_joined_twice_in_each_step_has_each_child_once() -> None:
    base: Json = {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"type": "string"}},
        "discriminator": {"propertyName": "kind"},
    }
    schemas: dict[str, Json] = {
        f"S{number}": {"allOf": [ref(number + 1), ref(number + 1)]} for number in range(STEPS)
    }
    holder: Json = {"type": "object", "properties": {"inner": ref(STEPS)}}
    models = lowered({**schemas, f"S{STEPS}": base, "Holder": holder}).models
    union = next(
        one.type for one in models if isinstance(one, Alias) and isinstance(one.type, UnionOf)
    )
    assert STEPS + 1 == len(union.alternatives)


def test_unions_of_all_unions_before_them_are_asked_once_whether_they_take_null() -> None:
    schemas: dict[str, Json] = {
        f"S{number}": {"oneOf": [*map(ref, range(number)), record_of(f"p{number}")]}
        for number in range(STEPS)
    }
    assert STEPS <= len(lowered(schemas).models)


def test_choices_that_multiply_each_other_are_refused() -> None:
    schemas: dict[str, Json] = {
        f"S{number}": {
            "oneOf": [ref(number + 1), {"allOf": [ref(number + 1), record_of(f"p{number}")]}]
        }
        for number in range(STEPS)
    }
    with pytest.raises(SpecError, match="choices of choices make too many alternatives"):
        lowered({**schemas, f"S{STEPS}": record_of("last")})


def test_models_that_own_each_other_in_a_row_have_one_home() -> None:
    count = 3000
    schemas: dict[str, Json] = {
        f"S{number}": {"type": "object", "properties": {"inner": ref(number + 1)}}
        for number in range(count)
    }
    api = lowered({**schemas, f"S{count}": record_of("last")})
    assert [count + 1] == [len(home.models) for home in homes_of(api, uses_of(api))]
