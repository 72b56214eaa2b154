"""What only a JSON Schema can say, and what holds for an object as a whole."""

from __future__ import annotations

import json
import pickle
import sys
import types
from typing import Any
from uuid import UUID

import pytest
from attrs import define, evolve, field

from codegen.runtime.codec import codec, lenient_codec
from codegen.runtime.constraints import ConstraintError, Constraints
from codegen.runtime.enums import OpenStrEnum
from codegen.runtime.json_schema import schema_problems
from codegen.runtime.record import checked, other_properties, record_of, wire_name
from codegen.runtime.violations import InvalidError

NOT_RED = Constraints(schema='{"not": {"const": "red"}}')
PAIR = Constraints(schema='{"prefixItems": [{"type": "string"}, {"type": "integer"}]}')
BOTH = '{"dependentRequired": {"user": ["password"]}}'


@define(kw_only=True)
class Paint:
    colour: str = field(validator=NOT_RED)
    spots: list[str] = field(
        factory=list, validator=Constraints(items=Constraints(schema='{"enum": ["a", "b"]}'))
    )


@define(kw_only=True)
@checked(Constraints(min_properties=1, max_properties=2, schema=BOTH))
class Login:
    user: str | None = None
    password: str | None = None
    klass: int | None = field(default=None, metadata=wire_name("class"))


@define(kw_only=True)
@checked(
    Constraints(max_properties=2, schema='{"patternProperties": {"^x-": {"type": "integer"}}}')
)
class Extended:
    id: int
    additional_properties: dict[str, Any] = field(factory=dict, metadata=other_properties())


@define(kw_only=True)
class Holder:
    login: Login = field(validator=Constraints(schema='{"maxProperties": 1}'))


@define(kw_only=True)
class Defaults:
    name: str = "a"
    ids: list[int] = field(factory=lambda: [1])
    note: str | None = "n"
    nothing: str | None = None


def violations(value: object, form: Any) -> list[str]:
    with pytest.raises(InvalidError) as structured:
        codec.structure(value, form)
    with pytest.raises(InvalidError) as decoded:
        codec.decode(json.dumps(value).encode(), form)
    assert structured.value.violations == decoded.value.violations
    return [f"{each.keyword} {each.path}" for each in decoded.value.violations]


def test_a_field_keeps_to_its_schema_when_it_is_made_read_and_written() -> None:
    assert Paint(colour="blue", spots=["a"]) == codec.structure(
        {"colour": "blue", "spots": ["a"]}, Paint
    )
    assert ["not $.colour", "enum $.spots[1]"] == violations(
        {"colour": "red", "spots": ["a", "c"]}, Paint
    )
    with pytest.raises(ConstraintError, match=r"^colour: does not fit 'not'"):
        Paint(colour="red")
    paint = Paint(colour="blue")
    paint.spots.append("c")
    with pytest.raises(InvalidError, match=r"^\$\.spots\[0\]: does not fit 'enum'"):
        codec.encode(paint)


def test_a_schema_of_a_whole_value_is_checked_with_the_value() -> None:
    assert ["a", 1] == codec.decode(b'["a", 1]', list[Any], PAIR)
    for value in (["a", "b"], [1, 1]):
        with pytest.raises(InvalidError, match="does not fit 'type'"):
            codec.decode(json.dumps(value).encode(), list[Any], PAIR)
        with pytest.raises(InvalidError, match="does not fit 'type'"):
            codec.encode(value, PAIR)
    assert [1, 1] == lenient_codec.decode(b"[1, 1]", list[Any], PAIR)


def test_values_are_judged_as_the_json_they_are_written_as() -> None:
    some_id = UUID(int=1)

    codec.encode(some_id, Constraints(schema=json.dumps({"const": str(some_id)})))
    with pytest.raises(InvalidError):
        codec.encode(some_id, Constraints(schema='{"maxLength": 3}'))


def test_an_object_as_a_whole_is_checked_when_it_is_made() -> None:
    assert "a" == Login(user="a", password="b").user
    wrongs: list[dict[str, Any]] = [
        {},
        {"user": "a"},
        {"user": "a", "password": "b", "klass": 1},
    ]
    for wrong in wrongs:
        with pytest.raises(ConstraintError):
            Login(**wrong)
    with pytest.raises(ConstraintError, match="does not fit 'dependentRequired'"):
        evolve(Login(user="a", password="b"), password=None)


def test_an_object_as_a_whole_is_checked_when_it_is_read_and_written() -> None:
    assert Login(klass=1) == codec.structure({"class": 1}, Login)
    assert ["minProperties $"] == violations({}, Login)
    assert ["dependentRequired $[0]"] == violations([{"user": "a"}], list[Login])
    login = Login(user="a", password="b")
    login.password = None
    with pytest.raises(InvalidError, match="does not fit 'dependentRequired'"):
        codec.encode([login])
    assert Login(user="a", password="b") == pickle.loads(
        pickle.dumps(Login(user="a", password="b"))
    )


def test_properties_without_a_name_count_and_are_kept() -> None:
    assert ["maxProperties $"] == violations({"class": 1, "x": 1, "y": 2}, Login)
    assert {"x": 1} == codec.unstructure(codec.structure({"x": 1}, Login))
    assert ["maxProperties $.login"] == violations({"login": {"class": 1, "x": 2}}, Holder)
    assert Holder(login=Login(klass=1)) == codec.structure({"login": {"class": 1}}, Holder)


def test_properties_that_are_kept_count_once() -> None:
    assert Extended(id=1, additional_properties={"x-a": 1}) == codec.structure(
        {"id": 1, "x-a": 1}, Extended
    )
    assert ['type $["x-a"]'] == violations({"id": 1, "x-a": "b"}, Extended)
    assert ["maxProperties $"] == violations({"id": 1, "a": 1, "b": 2}, Extended)


def test_a_lenient_reader_looks_at_no_schema() -> None:
    assert Paint(colour="blue").spots == lenient_codec.structure({"colour": "red"}, Paint).spots
    assert None is lenient_codec.structure({"user": "a"}, Login).password


@pytest.mark.parametrize(
    ("form", "expected"),
    [(Paint, True), (Login, False), (Extended, False), (Holder, True), (list[Login], True)],
    ids=str,
)
def test_only_the_part_that_a_schema_judges_leaves_the_fast_road(form: Any, expected: bool) -> None:
    assert expected is (codec.fast_reader(form) is not None)


# Defaults.


def test_an_absent_property_is_its_default_and_is_written() -> None:
    first, second = codec.decode(b"{}", Defaults), lenient_codec.decode(b"{}", Defaults)

    assert Defaults() == first == second == codec.structure({}, Defaults)
    assert {"name": "a", "ids": [1], "note": "n"} == codec.unstructure(first)
    assert first.ids is not codec.structure({}, Defaults).ids
    assert second.ids is not lenient_codec.decode(b"{}", Defaults).ids


def test_a_null_stays_null_where_the_default_is_something_else() -> None:
    read = codec.decode(b'{"note": null}', Defaults)

    assert {"name": "a", "ids": [1], "note": None} == codec.unstructure(read)


# Schemas.


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        ('{"pattern": "^a$"}', "a\n", [("", "pattern")]),
        ('{"patternProperties": {"^a$": false}}', {"a\n": 1}, []),
        ('{"patternProperties": {"^a$": false}}', {"a": 1}, [("a", "schema")]),
        ('{"multipleOf": 0.01}', 0.07, []),
        ('{"multipleOf": 0.01}', 0.075, [("", "multipleOf")]),
        ('{"type": "integer"}', 1.0, []),
        ('{"const": 1}', True, [("", "const")]),
        ('{"format": "email"}', "nobody", []),
        ('{"format": "date"}', "no date", [("", "format")]),
        ('{"$ref": "#/$defs/a", "$defs": {"a": {"type": "string"}}}', 1, [("", "type")]),
        (
            '{"unevaluatedProperties": false, "properties": {"a": {}}}',
            {"b": 1},
            [("", "unevaluatedProperties")],
        ),
        ('{"const": {"pattern": "a$"}}', {"pattern": "a$"}, []),
        (
            '{"properties": {"pattern": {"pattern": "^b$"}}}',
            {"pattern": "b\\n"},
            [("pattern", "pattern")],
        ),
        ("false", 1, [("", "schema")]),
        ("true", 1, []),
    ],
)
def test_a_schema_judges_json(schema: str, value: object, expected: list[tuple[str, str]]) -> None:
    found = schema_problems(schema, value)

    assert expected == [("/".join(map(str, steps)), keyword) for steps, keyword, _ in found]


def test_a_schema_fetches_nothing() -> None:
    ((_, keyword, text),) = schema_problems('{"$ref": "http://localhost:9/schema.json"}', 1)

    assert ("schema", True) == (keyword, text.startswith("cannot be judged: "))


def test_a_problem_tells_the_schema_and_never_the_value() -> None:
    schema = (
        '{"properties": {"a": {"maxLength": 3}}, "required": ["b"], "not": {"minProperties": 1}}'
    )
    text = str(schema_problems(schema, {"a": "s3cret"}))

    assert ("s3cret" in text, "'maxLength' 3" in text) == (False, True)


def test_a_schema_that_never_ends_is_nested_too_deeply() -> None:
    endless = Constraints(schema='{"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}}')

    with pytest.raises(InvalidError, match="nested too deeply"):
        codec.decode(b"[1]", list[int], endless)
    with pytest.raises(InvalidError, match="nested too deeply"):
        codec.encode([1], endless)


# Names that the module of a class does not have.


class Shade(OpenStrEnum):
    A = "a"
    OTHER = "B"


def test_a_value_spelled_as_the_name_of_another_is_unknown() -> None:
    assert (True, False, False) == (
        Shade("A").is_unknown,
        Shade("a").is_unknown,
        Shade("B").is_unknown,
    )


SPLIT = """
from __future__ import annotations
from attrs import define
from typing_extensions import TypeAliasType
@define(kw_only=True)
class Owner:
    pets: list[Pet]
    best: Pet | None = None
Keeper = TypeAliasType("Keeper", "Owner | list[Pet]")
"""


def test_names_are_looked_for_in_the_package_around_a_module(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    @define(kw_only=True)
    class Pet:
        name: str

    asked: list[str] = []

    def load(name: str) -> object:
        asked.append(name)
        if name == "Pet":
            return Pet
        raise AttributeError(name)

    package, module = types.ModuleType("split_models"), types.ModuleType("split_models.owner")
    package.__dict__["__getattr__"] = load
    monkeypatch.setitem(sys.modules, "split_models", package)
    monkeypatch.setitem(sys.modules, "split_models.owner", module)
    exec(SPLIT, module.__dict__)
    owner: Any = module.__dict__["Owner"]
    value = {"pets": [{"name": "a"}], "best": {"name": "b"}}

    assert owner(pets=[Pet(name="a")], best=Pet(name="b")) == codec.structure(value, owner)
    assert "Pet" in asked
    assert None is not codec.fast_reader(owner)
    assert codec.decode(json.dumps(value).encode(), owner) == codec.structure(value, owner)
    keeper: Any = module.__dict__["Keeper"]
    assert [Pet(name="a")] == codec.structure([{"name": "a"}], keeper)
    assert list[Pet] == record_of(owner).properties[0].form
