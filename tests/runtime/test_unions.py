"""Which alternative of a union a JSON value is, what is lost, and what is told if it is none."""

from __future__ import annotations

import json
import time
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from attrs import define, field, frozen
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import TypeAliasType

from codegen.runtime.absence import constant
from codegen.runtime.choice import Choice, UnknownVariant
from codegen.runtime.codec import Codec, codec, lenient_codec, server_codec
from codegen.runtime.constraints import Constraints
from codegen.runtime.enums import OpenIntEnum, OpenStrEnum
from codegen.runtime.files import File
from codegen.runtime.record import closed, other_properties, wire_name
from codegen.runtime.violations import InvalidError


class Colour(OpenStrEnum):
    RED = "red"


class Level(OpenIntEnum):
    LOW = 1


@define(kw_only=True)
class Cat:
    pet_type: str = field(metadata=wire_name("petType"))
    lives: int = 9


@define(kw_only=True)
class Dog:
    pet_type: str = field(metadata=wire_name("petType"))
    bark: str


@define(kw_only=True)
class Animal:
    pet_type: str | None = field(default=None, metadata=wire_name("petType"))


Pet = TypeAliasType(
    "Pet",
    "Annotated[Cat | Dog | UnknownVariant, Choice(tag='petType', types={'cat': Cat, 'dog': Dog})]",
)
Beast = TypeAliasType(
    "Beast",
    "Annotated[Cat | Animal, Choice(tag='petType', types={'cat': Cat}, otherwise=Animal)]",
)
PetOrName = TypeAliasType(
    "PetOrName", "Annotated[Cat | str | UnknownVariant, Choice(tag='petType', types={'cat': Cat})]"
)


@define(kw_only=True)
class Narrow:
    a: int


@define(kw_only=True)
class Wide:
    a: int
    b: int | None = None


@define(kw_only=True)
class Open:
    a: int
    additional_properties: dict[str, Any] = field(factory=dict, metadata=other_properties())


@closed
@define(kw_only=True)
class Strict:
    c: int


@define(kw_only=True)
class Small:
    a: int = field(validator=Constraints(maximum=10))


@define(kw_only=True)
class Left:
    child: Tree
    left: int = 0


@define(kw_only=True)
class Right:
    child: Tree
    right: int = 0


@define(kw_only=True)
class Leaf:
    leaf: Literal[True]


Tree = TypeAliasType("Tree", "Annotated[Left | Right | Leaf, Choice(one_of=False)]")
Nested = TypeAliasType("Nested", "str | list[Nested] | dict[str, Nested]")
any_alias: Any = TypeAliasType
Itself: Any = any_alias("Itself", "Itself")  # which no type checker would let pass


class First(OpenStrEnum):
    ONE = "one"


class Second(OpenStrEnum):
    TWO = "two"


@define(kw_only=True)
class One:
    kind: First


@define(kw_only=True)
class Two:
    kind: Second


class Fault(OpenStrEnum):
    FAILED = "failed"
    BROKEN = "broken"


class Fatality(OpenStrEnum):
    BROKEN = "broken"


@define(kw_only=True)
class Failed:
    event: Fault
    code: int


@define(kw_only=True)
class Fatal:
    event: Fatality


@define(kw_only=True)
class Moved:
    event: Literal["moved"] = field(default="moved", metadata=constant())
    place: str | None = None


OneOrTwo = Annotated[One | Two, Choice(one_of=True)]
ExactlyOne = Annotated[Narrow | Strict, Choice(one_of=True)]
Overlapping = Annotated[Narrow | Wide, Choice(one_of=True)]
EVENT: Any = Failed | Moved


def read(value: object, form: Any, by: Codec = codec) -> object:
    structured: object = by.structure(value, form)
    decoded: object = by.decode(json.dumps(value).encode(), form)
    assert (structured, type(structured)) == (decoded, type(decoded))
    return structured


def problems(value: object, form: Any, by: Codec = codec) -> list[str]:
    with pytest.raises(InvalidError) as caught:
        by.structure(value, form)
    return [f"{one.keyword} {one}" for one in caught.value.violations]


# By a discriminator.


def test_the_tag_says_which_record_is_read() -> None:
    assert Cat(pet_type="cat", lives=3) == read({"petType": "cat", "lives": 3}, Pet)
    assert Dog(pet_type="dog", bark="!") == read({"petType": "dog", "bark": "!"}, Pet)
    assert [None, Cat(pet_type="cat")] == read([None, {"petType": "cat"}], list[Pet | None])


def test_what_is_wrong_with_the_named_record_is_told_and_nothing_of_the_others() -> None:
    assert ["required $[0]: 'bark' is required"] == problems([{"petType": "dog"}], list[Pet])


def test_an_unknown_tag_reads_as_an_unknown_variant_and_is_not_sent() -> None:
    value = {"petType": "fish", "fins": 2}
    read_pet = read(value, Pet)

    assert UnknownVariant("fish", value) == read_pet
    with pytest.raises(InvalidError, match="'fish' is not a variant that the document names"):
        codec.encode([read_pet])


def test_a_server_refuses_an_unknown_tag() -> None:
    assert ['discriminator $.petType: expected one of "cat", "dog"'] == problems(
        {"petType": "fish"}, Pet, server_codec
    )


def test_an_object_without_a_tag_is_none_of_the_alternatives() -> None:
    assert ["discriminator $: 'petType' is required: it says what the object is"] == problems(
        {"lives": 1}, Pet
    )
    assert ["discriminator $.petType: expected a string"] == problems({"petType": 1}, Pet)
    assert ["type $: expected an object, got a string"] == problems("cat", Pet)


def test_other_tags_may_have_a_record_too() -> None:
    assert Animal(pet_type="fish") == read({"petType": "fish"}, Beast)
    assert Animal() == read({}, Beast)
    assert Cat(pet_type="cat") == read({"petType": "cat"}, Beast, server_codec)


def test_beside_records_with_tags_there_may_be_scalars() -> None:
    assert "Tom" == read("Tom", PetOrName)
    assert Cat(pet_type="cat") == read({"petType": "cat"}, PetOrName | None)
    assert None is read(None, PetOrName | None)


def test_a_union_with_tags_may_stand_in_another_union() -> None:
    assert Dog(pet_type="dog", bark="!") == read({"petType": "dog", "bark": "!"}, int | Pet)
    assert Narrow(a=1) == read({"a": 1}, Narrow | Pet)
    assert 5 == read(5, Pet | int)


# By what is lost.


@pytest.mark.parametrize(
    ("form", "value", "expected"),
    [
        (Narrow | Wide, {"a": 1}, Narrow(a=1)),
        (Wide | Narrow, {"a": 1}, Wide(a=1)),
        (Narrow | Wide, {"a": 1, "b": 2}, Wide(a=1, b=2)),
        (Narrow | Wide, {"a": 1, "b": 2, "c": 3}, Wide(a=1, b=2)),
        (Narrow | Open, {"a": 1, "c": 3}, Open(a=1, additional_properties={"c": 3})),
        (Open | Wide, {"a": 1, "b": 3}, Wide(a=1, b=3)),
        (Narrow | Strict, {"c": 1}, Strict(c=1)),
        (Strict | dict[str, int], {"c": 1}, Strict(c=1)),
        (dict[str, int] | Strict, {"c": 1}, Strict(c=1)),
        (Strict | dict[str, int], {"d": 1}, {"d": 1}),
        (list[Narrow] | list[Wide], [{"a": 1}, {"a": 1, "b": 2}], [Wide(a=1), Wide(a=1, b=2)]),
        (list[Narrow] | Narrow, {"a": 1}, Narrow(a=1)),
        (dict[str, Narrow] | dict[str, Wide], {"x": {"a": 1, "b": 1}}, {"x": Wide(a=1, b=1)}),
        (Small | Wide, {"a": 11}, Wide(a=11)),
        (One | Two, {"kind": "two"}, Two(kind=Second.TWO)),
        (OneOrTwo, {"kind": "two"}, Two(kind=Second.TWO)),
        (OneOrTwo, {"kind": "three"}, One(kind=First("three"))),
        (dict[str, Any] | Open, {}, {}),
        (Any | Narrow, {"a": 1}, Narrow(a=1)),
        (Any | Narrow, {"b": 1}, {"b": 1}),
    ],
    ids=str,
)
def test_of_the_alternatives_that_fit_the_one_that_loses_least_is_read(
    form: Any, value: object, expected: object
) -> None:
    assert expected == read(value, form)


def test_of_alternatives_that_exclude_each_other_one_may_fit() -> None:
    assert Narrow(a=1) == read({"a": 1}, ExactlyOne)
    assert ["oneOf $[0]: fits several alternatives: Narrow, Wide"] == problems(
        [{"a": 1}], list[Overlapping]
    )
    assert Wide(a=1, b=2) == read({"a": 1, "b": 2}, Overlapping, lenient_codec)


def test_what_fits_none_is_told_about_the_nearest_with_all_paths() -> None:
    assert [
        "anyOf $.x: fits no alternative; the nearest is Wide",
        "type $.x.b: expected an integer, got a string",
    ] == problems({"x": {"a": 1, "b": "2"}}, dict[str, Strict | Wide])
    assert [
        "oneOf $: fits no alternative; the nearest is Narrow",
        "type $.a: expected an integer, got null",
    ] == problems({"a": None}, ExactlyOne)


def test_a_property_that_all_need_and_none_shares_says_which_record_is_read() -> None:
    assert Failed(event=Fault.BROKEN, code=7) == read({"event": "broken", "code": 7}, EVENT)
    assert Moved(place="x") == read({"event": "moved", "place": "x"}, EVENT)
    assert ["type $.code: expected an integer, got a string"] == problems(
        {"event": "failed", "code": "E7"}, EVENT
    )
    assert ["required $: 'code' is required"] == problems({"event": "failed"}, EVENT)


def test_what_no_record_names_there_is_a_new_value_of_one_that_fits() -> None:
    assert Failed(event=Fault("sunk"), code=7) == read({"event": "sunk", "code": 7}, EVENT)
    assert [
        "anyOf $: fits no alternative; the nearest is Failed",
        'enum $.event: expected one of "failed", "broken"',
    ] == problems({"event": "sunk", "code": 7}, EVENT, server_codec)


def test_what_several_records_name_tells_none_of_them_from_the_others() -> None:
    assert Fatal(event=Fatality.BROKEN) == read({"event": "broken"}, Failed | Fatal)
    assert Fatal(event=Fatality("failed")) == read({"event": "failed"}, Failed | Fatal)


def test_beside_maps_such_a_property_tells_nothing() -> None:
    form = Failed | Moved | dict[str, str]
    assert {"event": "failed", "code": "E7"} == read({"event": "failed", "code": "E7"}, form)


# Scalars.


@pytest.mark.parametrize(
    ("form", "value", "expected"),
    [
        (float | int, 1, 1),
        (float | int, 1.5, 1.5),
        (str | UUID, str(UUID(int=1)), UUID(int=1)),
        (str | date, "2020-01-02", date(2020, 1, 2)),
        (str | date, "2020-01-42", "2020-01-42"),
        (bytes | str, "AAAA", "AAAA"),
        (str | Colour, "red", Colour.RED),
        (Colour | str, "blue", "blue"),
        (Colour | int, "blue", Colour("blue")),
        (Level | int, 1, Level.LOW),
        (Level | int, 7, 7),
        (str | Literal["a"], "a", "a"),
        (int | bool, True, True),
        (str | list[str], ["a"], ["a"]),
        (float | Narrow | None, {"a": 1}, Narrow(a=1)),
    ],
    ids=str,
)
def test_the_most_particular_type_of_scalars_is_read(
    form: Any, value: object, expected: object
) -> None:
    found = read(value, form)

    assert (expected, type(expected)) == (found, type(found))


def test_a_file_is_neither_read_nor_written() -> None:
    assert ["type $: is a file, which is no JSON"] == problems("a", File)
    with pytest.raises(InvalidError, match="a File cannot be written as JSON"):
        codec.encode({"a": File(b"")})


# Aliases that hold themselves.


def test_an_alias_may_hold_itself() -> None:
    value = {"a": ["b", ["c", {"d": "e"}]]}

    assert value == read(value, Nested)
    (problem,) = problems({"a": ["b", 1]}, Nested)
    assert problem.startswith("anyOf $.a[1]: fits no alternative: expected a string")


def test_an_alias_of_nothing_but_itself_is_no_type() -> None:
    with pytest.raises(TypeError, match="is an alias of itself"):
        codec.structure(1, Itself)


def nested(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {"leaf": True}
    for level in range(depth):
        value = {"child": value, ("left" if level % 2 else "right"): level}
    return value


def test_deep_unions_are_read_in_time_that_grows_with_their_depth() -> None:
    value = nested(60)
    start = time.process_time()

    tree = codec.structure(value, Tree)

    assert value == codec.unstructure(tree)
    assert time.process_time() - start < 5  # about 0.01; exponential would be years
    value = nested(60)
    broken = value
    while "child" in broken:
        broken = broken["child"]
    broken["leaf"] = False
    *_, last = problems(value, Tree)
    assert f"const ${'.child' * 60}.leaf: expected true" == last


# The two roads.


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (int | str | None, True),
        (Narrow | str, True),
        (list[int] | Narrow | bool | None, True),
        (int | float, False),
        (str | date, False),
        (Any | int, False),
        (Narrow | Wide, True),
        (Narrow | dict[str, int], False),
        (Pet, True),
    ],
    ids=str,
)
def test_unions_take_the_fast_road_where_json_types_names_or_properties_tell(
    form: Any, expected: bool
) -> None:
    assert expected is (codec.fast_reader(form) is not None)


FORMS: list[Any] = [
    int | str | None,
    Narrow | str | bool,
    list[int] | Narrow | None,
    dict[str, int | str] | float,
    Narrow | Wide | None,
    Pet,
    ExactlyOne,
    Nested,
    Colour | int,
]

scalars = (
    st.none() | st.booleans() | st.integers(-3, 300) | st.sampled_from([1.0, 0.5, 2**70, "", "red"])
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
        | st.fixed_dictionaries({"petType": st.sampled_from(["cat", "dog", "x"])})
    ),
    max_leaves=6,
)


@given(st.sampled_from(FORMS), values)
def test_both_roads_agree_and_what_is_read_reads_the_same_again(form: Any, value: object) -> None:
    def outcome(road: str) -> object:
        try:
            body = json.dumps(value).encode()
            return codec.decode(body, form) if road == "fast" else codec.structure(value, form)
        except InvalidError as error:
            return str(error)

    fast, strict = outcome("fast"), outcome("strict")
    assert (fast, repr(fast)) == (strict, repr(strict))
    try:
        written = codec.unstructure(strict)
    except InvalidError:
        return  # what the document does not name is not sent
    if not isinstance(strict, str):
        assert strict == codec.structure(written, form)


@frozen
class Unrelated:
    x: int


def test_the_note_on_a_union_is_found_behind_other_names() -> None:
    assert Cat(pet_type="cat") == codec.structure({"petType": "cat"}, Annotated[Pet, "a note"])
    assert Unrelated(1) == codec.structure({"x": 1}, Unrelated | Pet)
