"""The codec reads and writes attrs classes and TypedDicts that nobody generated."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import Enum, IntEnum
from typing import Annotated, Any, Literal, NewType, NotRequired, Required, TypedDict
from uuid import UUID

import pytest
from attrs import define, field, frozen
from attrs.validators import in_, instance_of
from typing_extensions import TypeAliasType

from codegen.runtime.codec import Codec, codec, lenient_codec
from codegen.runtime.violations import InvalidError

Celsius = NewType("Celsius", float)
Names = TypeAliasType("Names", list[str])


class Gain(IntEnum):
    LOW = 1
    HIGH = 2


class Switch(Enum):
    ON = True
    OFF = False


@frozen
class Point:
    x: float
    y: float = 0.0


class Spectrum(TypedDict):
    points: list[Point]
    note: NotRequired[str]


class Settings(TypedDict, total=False):
    gain: Required[Gain]
    spectrum: Spectrum


closed_codec = Codec(open_objects=False)


def read(value: object, form: Any, by: Codec = codec) -> object:
    """What a value is read as, on both roads."""
    structured: object = by.structure(value, form)
    decoded: object = by.decode(json.dumps(value).encode(), form)
    assert (structured, type(structured)) == (decoded, type(decoded))
    return structured


def problems(value: object, form: Any, by: Codec = codec) -> list[str]:
    """What is wrong with a value, on both roads."""
    with pytest.raises(InvalidError) as structured:
        by.structure(value, form)
    with pytest.raises(InvalidError) as decoded:
        by.decode(json.dumps(value).encode(), form)
    assert structured.value.violations == decoded.value.violations
    return [str(violation) for violation in structured.value.violations]


# TypedDicts.


def test_a_typed_dict_is_read_with_what_it_holds() -> None:
    value = {"gain": 1, "spectrum": {"points": [{"x": 1}], "note": "a"}}

    assert {"gain": Gain.LOW, "spectrum": {"points": [Point(1.0)], "note": "a"}} == read(
        value, Settings
    )
    assert value | {"spectrum": {"points": [{"x": 1.0, "y": 0.0}], "note": "a"}} == (
        codec.unstructure(read(value, Settings))
    )


def test_keys_that_are_not_required_stay_away() -> None:
    assert {"gain": Gain.LOW} == read({"gain": 1}, Settings)
    assert {"points": []} == read({"points": []}, Spectrum)
    assert {"points": []} == lenient_codec.structure({"points": []}, Spectrum)
    assert ["$: 'gain' is required"] == problems({}, Settings)
    assert ["$: 'points' is required"] == problems({"note": "a"}, Spectrum)


def test_all_that_is_wrong_with_a_typed_dict_is_told() -> None:
    assert [
        "$.gain: expected one of 1, 2",
        "$.spectrum.points[1].x: expected a number, got a string",
        "$.spectrum.note: expected a string, got null",
    ] == problems(
        {"gain": 3, "spectrum": {"points": [{"x": 1}, {"x": ""}], "note": None}}, Settings
    )
    assert ["$: expected an object, got an array"] == problems([], Settings)


@pytest.mark.parametrize("form", [Point, Spectrum])
def test_unknown_properties_are_dropped_or_refused(form: Any) -> None:
    value: dict[str, Any] = {"x": 1, "points": [], "a b": 1}
    unknown = ["points"] if form is Point else ["x"]

    read(value, form)
    assert len([*unknown, "a b"]) == len(problems(value, form, closed_codec))
    assert ['$["a b"]: is a property that the schema does not allow'] == problems(
        {key: one for key, one in value.items() if key not in unknown}, form, closed_codec
    )


# Other names for types, and notes on them.


@pytest.mark.parametrize(
    ("form", "value", "expected"),
    [
        (Celsius, 1, 1.0),
        (Names, ["a"], ["a"]),
        (list[Names], [["a"]], [["a"]]),
        (Names | None, None, None),
        (Annotated[int, "a note"], 1, 1),
        (Annotated[int, {"unit": "mm"}], 1, 1),
        (list[Annotated[int, {"unit": "mm"}]], [1], [1]),
        (dict[str, Annotated[int | None, []]], {"a": 1, "b": None}, {"a": 1, "b": None}),
        (Annotated[Gain, "a note"], 1, Gain.LOW),
        (list, [1, "a"], [1, "a"]),
        (dict, {"a": [1]}, {"a": [1]}),
        (None, None, None),
    ],
    ids=str,
)
def test_a_type_is_read_by_any_name(form: Any, value: object, expected: object) -> None:
    structured: object = codec.structure(value, form)

    assert (expected, type(expected)) == (structured, type(structured))


@pytest.mark.parametrize(
    ("form", "value"),
    [
        (Celsius, "1"),
        (Names, [1]),
        (list[Annotated[int, {"unit": "mm"}]], ["1"]),
        (Annotated[Gain, "a note"], True),
        (list, {}),
        (dict, []),
    ],
    ids=str,
)
def test_nothing_else_is_read_by_that_name(form: Any, value: object) -> None:
    with pytest.raises(InvalidError):
        codec.structure(value, form)


# Unions.


@pytest.mark.parametrize(
    ("form", "value", "expected"),
    [
        (int | str, 1, 1),
        (int | str, "1", "1"),
        (int | str | None, None, None),
        (int | float, 1.5, 1.5),
        (int | float, 1, 1),
        (bool | int, True, True),
        (bool | int, 1, 1),
        (Literal["auto"] | float, "auto", "auto"),
        (Literal["auto"] | float, 1, 1.0),
        (UUID | str, str(UUID(int=1)), UUID(int=1)),
        (UUID | str, "a", "a"),
        (Gain | str, 2, Gain.HIGH),
        (str | list[Point], [{"x": 1}], [Point(1.0)]),
        (str | Point | None, {"x": 1}, Point(1.0)),
        (Spectrum | bool, {"points": []}, {"points": []}),
    ],
    ids=str,
)
def test_a_union_is_read_as_the_first_that_fits(form: Any, value: object, expected: object) -> None:
    assert expected == read(value, form)
    assert type(expected) is type(read(value, form))


def test_what_fits_no_part_of_a_union_is_told_why() -> None:
    text = "$: fits no alternative: expected an integer, got a boolean, expected a string, got a boolean"

    assert [text] == problems(True, int | str | None)
    assert ["$[0].x: expected a number, got null"] == problems([{"x": None}], str | list[Point])
    assert ["$: expected an array, got an object"] == problems({}, str | list[Point])


@pytest.mark.parametrize(
    ("form", "value", "expected"),
    [
        (Point | Spectrum, {"x": 1}, Point(1.0)),
        (Point | Spectrum, {"points": []}, {"points": []}),
        (list[int] | dict[str, int], {"a": 1}, {"a": 1}),
        (list[int] | dict[str, int], [1], [1]),
        (list[int] | list[str], ["a"], ["a"]),
    ],
    ids=str,
)
def test_of_several_types_of_objects_or_arrays_the_one_that_fits_is_read(
    form: Any, value: object, expected: object
) -> None:
    assert expected == read(value, form)


def test_to_an_enumeration_true_is_not_one() -> None:
    assert ["$: expected one of 1, 2"] == problems(True, Gain)
    assert ["$: expected one of true, false"] == problems(1, Switch)
    assert Switch.ON is read(True, Switch)
    assert Gain.LOW is read(1.0, Gain)


# attrs classes with a will of their own.


@define
class Private:
    _secret: int
    computed: int = field(init=False, default=3)
    klass: str = field(default="a", alias="class_name")


@define
class Choosy:
    name: str = field(validator=in_(["a", "b"]))
    size: Any = field(default=1, validator=instance_of(int))


def upper(name: str) -> str:
    return name.upper()


@define
class Loud:
    name: str = field(converter=upper)


@define
class Late:
    when: datetime

    def __attrs_post_init__(self) -> None:
        if self.when.year < 2000:
            raise ValueError


def test_json_names_are_those_of_the_constructor() -> None:
    value = {"secret": 1, "class_name": "b"}

    assert Private(1, class_name="b") == read(value, Private)
    assert value == codec.unstructure(Private(1, class_name="b"))
    assert ["$: 'secret' is required"] == problems({"_secret": 1}, Private)
    assert ["$.computed: is a property that the schema does not allow"] == problems(
        {"secret": 1, "computed": 3}, Private, closed_codec
    )


def test_a_converter_is_run() -> None:
    assert Loud("a") == read({"name": "a"}, Loud)
    assert "A" == codec.structure({"name": "a"}, Loud).name
    assert [None, None] == [codec.fast_reader(one) for one in (Loud, Private)]


def test_what_a_class_refuses_is_a_problem_at_its_place() -> None:
    assert ["$[0]: is refused: 'name' must be in ['a', 'b'] (got 'c')"] == problems(
        [{"name": "c"}], list[Choosy]
    )
    (problem,) = problems({"name": "a", "size": "1"}, Choosy)
    assert problem.startswith("$: is refused: 'size' must be <class 'int'>")
    assert ["$: is refused: ValueError"] == problems({"when": "1999-01-01T00:00:00Z"}, Late)
    assert Late(datetime(2020, 1, 1, tzinfo=UTC)) == read({"when": "2020-01-01T00:00:00Z"}, Late)
