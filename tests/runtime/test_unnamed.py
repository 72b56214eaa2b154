"""Properties that models do not name are dropped, or kept by a codec that is told so."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import attrs
import pytest
from attrs import define, field

from codegen.runtime.absence import with_defaults
from codegen.runtime.codec import Codec, codec
from codegen.runtime.constraints import Constraints
from codegen.runtime.json_text import parse_json
from codegen.runtime.json_types import Json, JsonObject
from codegen.runtime.record import checked, closed
from codegen.runtime.unnamed import unnamed_properties
from codegen.runtime.violations import InvalidError

keeping = Codec(keep_unnamed=True)


@define(kw_only=True)
class Owner:
    name: str


@with_defaults
@define(kw_only=True)
class Cat:
    owner: Owner
    lives: int = 9
    tags: list[str] | None = None


@closed
@define(kw_only=True)
class Closed:
    name: str


@define(kw_only=True)
@checked(Constraints(schema='{"minProperties":2}'))
class Crowd:
    name: str


@define(kw_only=True)
class Taken:
    additional_properties: str = field()


CAT: JsonObject = {"owner": {"name": "Ann", "age": 40}, "colour": ["black"]}


def test_the_usual_codec_drops_them() -> None:
    read = codec.structure(CAT, Cat)
    assert Cat(owner=Owner(name="Ann")) == read
    assert {"owner": {"name": "Ann"}} == codec.unstructure(read)


def test_they_are_kept_and_written_again_at_every_depth() -> None:
    read = keeping.structure(CAT, Cat)
    assert CAT == codec.unstructure(read)
    assert {"colour": ["black"]} == unnamed_properties(read)
    assert {"age": 40} == unnamed_properties(read.owner)


def test_what_has_none_is_the_model_itself() -> None:
    assert type(keeping.structure({"owner": {"name": "Ann"}}, Cat)) is Cat
    assert {} == unnamed_properties(Owner(name="Ann"))


def test_a_model_with_some_is_a_model_like_others() -> None:
    read = keeping.structure(CAT, Cat)
    assert isinstance(read, Cat)
    match read:
        case Cat(owner=Owner(name=name), lives=lives):
            assert ("Ann", 9) == (name, lives)
    assert read == keeping.structure(CAT, Cat)
    assert read != codec.structure(CAT, Cat)
    assert "colour" in repr(read)


def test_copies_have_them_and_know_what_was_absent() -> None:
    read = keeping.structure(CAT, Cat)
    for copied in (copy.copy(read), copy.deepcopy(read), pickle.loads(pickle.dumps(read))):
        assert read == copied
        assert CAT == codec.unstructure(copied)


def test_they_outlive_a_change() -> None:
    changed = attrs.evolve(keeping.structure(CAT, Cat), tags=["a"])
    assert {"colour": ["black"]} == unnamed_properties(changed)


def test_what_is_forbidden_stays_forbidden() -> None:
    with pytest.raises(InvalidError, match="does not allow"):
        keeping.structure({"name": "x", "more": 1}, Closed)


def test_they_are_kept_anyway_where_a_schema_judges_the_whole() -> None:
    read = codec.structure({"name": "x", "more": 1}, Crowd)
    assert {"name": "x", "more": 1} == codec.unstructure(read)


def test_a_field_of_the_same_name_keeps_it() -> None:
    value: JsonObject = {"additional_properties": "x", "more": 1}
    assert value == codec.unstructure(keeping.structure(value, Taken))


@define(kw_only=True)
class Tag:
    id: int | None = None


UNLIKE = Constraints(unique_items=True)
WITH_X = Constraints(schema='{"contains":{"required":["x"]}}')


@define(kw_only=True)
class Tagged:
    tags: list[Tag] = field(factory=list, validator=UNLIKE)


@with_defaults
@define(kw_only=True)
class TaggedByDefault:
    tags: list[Tag] = field(factory=list, validator=UNLIKE)
    count: int = 0


@define(kw_only=True)
class Marked:
    tags: list[Tag] | None = field(default=None, validator=WITH_X)


@define(kw_only=True)
@checked(Constraints(min_properties=2))
class Two:
    a: str | None = None


@pytest.mark.parametrize(
    ("form", "value"),
    [
        (Tagged, {"tags": [{"x": 1}, {"x": 2}]}),
        (TaggedByDefault, {"tags": [{"id": 1, "x": 1}, {"id": 1, "x": 2}]}),
        (Marked, {"tags": [{"id": 1}, {"x": 1}]}),
        (Two, {"a": "a", "b": 1}),
    ],
)
def test_they_are_kept_anyway_where_without_them_nothing_could_be_written(
    form: Any, value: JsonObject
) -> None:
    read = codec.decode(json.dumps(value).encode(), form)
    assert read == codec.structure(value, form)
    assert value == codec.unstructure(read)
    assert value == parse_json(codec.encode(read))


def test_they_are_dropped_where_the_value_fits_without_them() -> None:
    value: JsonObject = {"tags": [{"id": 1, "x": 1}, {"id": 2}]}
    assert Tagged(tags=[Tag(id=1), Tag(id=2)]) == codec.structure(value, Tagged)
    assert Tagged(tags=[Tag(id=1), Tag(id=2)]) == codec.decode(json.dumps(value).encode(), Tagged)


def test_they_are_kept_where_the_value_itself_is_judged() -> None:
    value: Json = [{"x": 1}, {"x": 2}]
    read = codec.decode(json.dumps(value).encode(), list[Tag], UNLIKE)
    assert value == codec.unstructure(read, UNLIKE)


@pytest.mark.parametrize("form", [Tagged, TaggedByDefault])
def test_items_that_are_equal_in_json_are_told(form: Any) -> None:
    with pytest.raises(InvalidError, match=r"^\$\.tags: has equal items$"):
        codec.structure({"tags": [{"x": 1}, {"x": 1}]}, form)


@pytest.mark.parametrize("form", [Tagged, TaggedByDefault])
def test_what_differs_in_json_alone_is_read(form: Any) -> None:
    value: JsonObject = {"tags": [{"id": None}, {}]}
    assert [Tag(), Tag()] == codec.structure(value, form).tags
