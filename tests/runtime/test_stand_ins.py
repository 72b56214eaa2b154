"""Where a schema has no type, what is no object fits it too, and stands in for a model."""

from __future__ import annotations

import copy
import pickle

import pytest
from attrs import define

from codegen.runtime.codec import codec
from codegen.runtime.constraints import Constraints
from codegen.runtime.json_types import Json
from codegen.runtime.record import untyped
from codegen.runtime.stand_ins import is_stand_in, stood_for
from codegen.runtime.violations import InvalidError


@untyped()
@define(kw_only=True)
class Loose:
    name: str


@untyped(Constraints(min_length=2, schema='{"not":{"const":7}}'))
@define(kw_only=True)
class Limited:
    name: str


@define(kw_only=True)
class Holder:
    value: Loose | int | list[int]


@pytest.mark.parametrize("value", [None, True, 1, 1.5, "text", [1, {"name": "x"}]])
def test_any_value_comes_back_as_it_was(value: Json) -> None:
    read = codec.structure(value, Loose)
    assert isinstance(read, Loose)
    assert is_stand_in(read)
    assert value == stood_for(read)
    assert value == codec.unstructure(read)


def test_objects_are_models() -> None:
    assert Loose(name="x") == codec.structure({"name": "x"}, Loose)
    assert not is_stand_in(Loose(name="x"))
    with pytest.raises(InvalidError, match=r"\$: 'name' is required"):
        codec.structure({}, Loose)


def test_a_stand_in_says_what_it_is() -> None:
    read = codec.structure(12, Loose)
    assert "<Loose: 12>" == repr(read)
    with pytest.raises(AttributeError, match="no 'name': the server sent no object but a int"):
        _ = read.name


def test_stand_ins_are_equal_where_their_values_are() -> None:
    assert codec.structure(12, Loose) == codec.structure(12, Loose)
    assert codec.structure(12, Loose) != codec.structure(13, Loose)
    assert codec.structure(12, Loose) != Loose(name="x")


def test_copies_and_pickles_stand_in_too() -> None:
    read = codec.structure([1], Loose)
    assert read == copy.deepcopy(read) == copy.copy(read) == pickle.loads(pickle.dumps(read))


@pytest.mark.parametrize(("value", "is_valid"), [("a", False), ("ab", True), (7, False), (8, True)])
def test_limits_hold_for_them(value: Json, is_valid: bool) -> None:
    if is_valid:
        assert value == codec.unstructure(codec.structure(value, Limited))
    else:
        with pytest.raises(InvalidError):
            codec.structure(value, Limited)


def test_in_a_union_another_type_goes_first() -> None:
    assert 1 == codec.structure({"value": 1}, Holder).value
    assert [1] == codec.structure({"value": [1]}, Holder).value
    assert is_stand_in(codec.structure({"value": "text"}, Holder).value)
    assert is_stand_in(codec.structure({"value": ["text"]}, Holder).value)
