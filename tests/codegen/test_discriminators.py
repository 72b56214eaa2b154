"""What discriminators choose: heirs of heirs, choices within choices, properties that are not there."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from .conftest import GOLDEN

Read: TypeAlias = Callable[[str, str, Any], Any]


@pytest.fixture
def read(golden: Path) -> Read:
    """Reads a value as a model of a case."""
    codec = import_module(f"{GOLDEN}._runtime.codec").codec

    def decode(case: str, model: str, value: Any) -> Any:
        form = getattr(import_module(f"{GOLDEN}.{case}.models"), model)
        return codec.decode(json.dumps(value).encode(), form)

    return decode


def test_an_heir_that_has_heirs_stands_for_them(read: Read) -> None:
    sports_car = {"type": "SportsCar", "doors": 2, "turbo": True}
    garage = read("discriminators", "Garage", {"car": sports_car, "vehicle": sports_car})
    assert ("SportsCar", True) == (type(garage.car).__name__, garage.car.turbo)
    assert garage.vehicle == garage.car


@pytest.mark.parametrize("name", ["car", "Car", "Lorry"])
def test_what_is_no_heir_of_an_heir_is_read_as_it_itself(read: Read, name: str) -> None:
    garage = read("discriminators", "Garage", {"car": {"type": name, "doors": 2}})
    assert ("Car", 2) == (type(garage.car).__name__, garage.car.doors)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("cat", "Cat"),  # as the outer choice maps it
        ("dog", "Dog"),  # as the inner one does, to which the outer one leads
        ("cow", "Cow"),  # as the inner one does
        ("hound", "Dog"),  # as the outer one maps it, to an alternative of the inner one
        ("Cow", "Cow"),
        ("bird", "UnknownVariant"),
    ],
)
def test_a_choice_within_a_choice_by_the_same_property_is_made_at_once(
    read: Read, kind: str, expected: str
) -> None:
    animal = read("discriminators_nested", "Animal", {"kind": kind})
    assert expected == type(animal).__name__
    assert animal == read("discriminators_nested", "Perhaps", {"kind": kind})


@pytest.mark.parametrize("model", ["Shape", "Either"])
@pytest.mark.parametrize("name", ["Circle", "Square"])
def test_a_property_that_no_alternative_has_says_which_it_is_and_is_written_again(
    read: Read, model: str, name: str
) -> None:
    runtime = import_module(f"{GOLDEN}._runtime.codec")
    for value in ({"form": name, "size": 1}, {"size": 1, "form": name, "label": "a"}):
        shape = read("discriminators_hinted", model, value)
        assert name == type(shape).__name__
        written = runtime.codec.unstructure(shape)
        assert {"form": name, "size": 1} == {one: written[one] for one in ("form", "size")}
        assert shape == read("discriminators_hinted", model, written)
        assert shape == pickle.loads(pickle.dumps(shape))


def test_without_the_property_alternatives_are_told_apart_by_what_they_hold(read: Read) -> None:
    assert "Circle" == type(read("discriminators_hinted", "Shape", {"form": "other"})).__name__
    assert (
        "Square"
        == type(read("discriminators_hinted", "Shape", {"form": "square", "size": 1})).__name__
    )
    with pytest.raises(ValueError, match="fits several alternatives: Circle, Square"):
        read("discriminators_hinted", "Shape", {"size": 1})


def test_what_an_object_says_that_it_is_it_has_to_be(read: Read) -> None:
    with pytest.raises(ValueError, match="'size' is required"):
        read("discriminators_hinted", "Shape", {"form": "Square"})


def test_a_property_that_an_alternative_forbids_says_nothing(read: Read) -> None:
    value = {"form": "Closed", "size": 1}
    assert "Square" == type(read("discriminators_hinted", "Forbidden", value)).__name__


# What stands beside a choice.


@pytest.mark.parametrize(
    ("model", "value", "expected"),
    [
        ("Fruit", {"fruitType": "Apple", "seeds": 5}, "FruitApple"),
        ("Fruit", {"fruitType": "Banana", "seeds": 5}, "FruitBanana"),
        ("Fruit", {"fruitType": "Cherry"}, "UnknownVariant"),
        ("Filter", {"type": "set", "value": "a"}, "FilterSet"),
        ("Filter", {"type": "range", "value": "a"}, "FilterRange"),
        ("Vehicle", {"kind": "CAR"}, "VehicleCar"),
        ("Vehicle", {"kind": "TRUCK"}, "VehicleTruck"),
        ("Wrapped", {"kind": "car"}, "Car"),
        ("Wrapped", {"kind": "truck"}, "Truck"),
        ("Wrapped", {"kind": "lorry"}, "Truck"),
        ("Wrapped", {"kind": "Lorry"}, "Truck"),
    ],
)
def test_a_property_beside_the_choice_says_which_alternative_it_is(
    read: Read, model: str, value: dict[str, Any], expected: str
) -> None:
    found = read("discriminators_beside_choices", model, value)
    assert expected == type(found).__name__


def test_a_property_beside_the_choice_that_is_missing_is_told(read: Read) -> None:
    with pytest.raises(ValueError, match="'fruitType' is required: it says what the object is"):
        read("discriminators_beside_choices", "Fruit", {"seeds": 5})


# Other values than texts.


@pytest.mark.parametrize(
    ("model", "value", "expected"),
    [
        ("Result", {"success": True}, "Good"),
        ("Result", {"success": False}, "Bad"),
        ("Lamp", {"on": True}, "On"),
        ("Lamp", {"on": False}, "Off"),
        ("Versioned", {"version": 1}, "First"),
        ("Versioned", {"version": 1.0}, "First"),
        ("Versioned", {"version": 3}, "Later"),
        ("Versioned", {"version": 4}, "UnknownVariant"),
        ("Sized", {"size": 1}, "Small"),
        ("Sized", {"size": 1.0}, "Small"),
        ("Sized", {"size": 2}, "Large"),
        ("Sized", {"size": "2"}, "Large"),
        ("Sized", {"size": -30.0}, "Large"),
        ("Sized", {"size": "all"}, "Large"),
        ("Sized", {"size": 1.5}, "UnknownVariant"),
    ],
)
def test_numbers_and_booleans_say_what_an_object_is(
    read: Read, model: str, value: dict[str, Any], expected: str
) -> None:
    assert expected == type(read("discriminators_of_other_types", model, value)).__name__


def test_a_number_that_names_nothing_is_told_as_json_has_it(read: Read) -> None:
    variant = read("discriminators_of_other_types", "Versioned", {"version": 4.0})
    assert ("4.0", {"version": 4.0}) == (variant.tag, variant.data)


@pytest.mark.parametrize("said", ["true", 1, 0, None])
def test_what_is_no_boolean_names_nothing_where_booleans_do(read: Read, said: object) -> None:
    with pytest.raises(ValueError, match=r"\$\.success: expected a boolean"):
        read("discriminators_of_other_types", "Result", {"success": said})


def test_true_is_no_one(read: Read) -> None:
    with pytest.raises(ValueError, match=r"\$\.version: expected a number"):
        read("discriminators_of_other_types", "Versioned", {"version": True})


@pytest.mark.parametrize(("kind", "expected"), [(1, "Heir"), (2, "Base")])
def test_a_number_names_an_heir(read: Read, kind: int, expected: str) -> None:
    value = {"base": {"kind": kind, "more": "x"}}
    assert expected == type(read("discriminators_of_other_types", "Holder", value).base).__name__


# Bases and heirs.


@pytest.mark.parametrize("name", ["post", "either", "perhaps"])
@pytest.mark.parametrize(
    ("kind", "expected"), [("image", "ImagePost"), ("post", "Post"), ("film", "Post")]
)
def test_a_base_beside_its_heir_goes_by_its_discriminator(
    read: Read, name: str, kind: str, expected: str
) -> None:
    wall = read("discriminators_inherited", "Wall", {name: {"kind": kind, "url": "u"}})
    assert expected == type(getattr(wall, name)).__name__


@pytest.mark.parametrize(
    ("value", "expected"),
    [({"form": "Circle"}, "Circle"), ({"form": "Square", "side": 1}, "Square")],
)
def test_an_heir_that_adds_nothing_to_the_choice_it_is_of_is_one_of_its_own(
    read: Read, value: dict[str, Any], expected: str
) -> None:
    assert expected == type(read("discriminators_inherited", "Form", value)).__name__


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"animalType": "domestic", "domesticType": "housecat", "indoor": True}, "HouseCat"),
        ({"animalType": "Domestic", "domesticType": "HouseCat", "indoor": True}, "HouseCat"),
        ({"animalType": "HouseCat", "indoor": True}, "HouseCat"),
        ({"animalType": "domestic", "domesticType": "dog"}, "Domestic"),
        ({"animalType": "domestic"}, "Domestic"),
        ({"animalType": "wild", "domesticType": "housecat"}, "Animal"),
    ],
)
def test_what_another_property_tells_apart_is_asked_for_it(
    read: Read, value: dict[str, Any], expected: str
) -> None:
    assert (
        expected == type(read("discriminators_in_turn", "Zoo", {"animal": value}).animal).__name__
    )


def test_what_an_heir_maps_by_the_same_property_its_base_reads_too(read: Read) -> None:
    zoo = read("discriminators_in_turn", "Zoo", {"tagged": {"kind": "long", "words": 2}})
    assert ("LongNamed", 2) == (type(zoo.tagged).__name__, zoo.tagged.words)


def test_an_heir_has_the_property_that_its_base_does_not_declare(read: Read) -> None:
    codec = import_module(f"{GOLDEN}._runtime.codec").codec
    value = {"base": {"@type": "Derived", "color": "red"}}
    holder = read("discriminators_undeclared", "Holder", value)
    assert "Derived" == type(holder.base).__name__
    assert value == codec.unstructure(holder)
    unknown = {"base": {"@type": "Later"}}
    assert unknown == codec.unstructure(read("discriminators_undeclared", "Holder", unknown))
    without = {"derived": {"color": "red"}}
    assert without == codec.unstructure(read("discriminators_undeclared", "Holder", without))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Dog", {"petType": "dog"}),
        ("Poodle", {"petType": "Poodle"}),
        ("Derived", {"@type": "Derived"}),
        ("Base", {}),
        ("Pet", {}),
        ("Square", {"form": "Square"}),
    ],
)
@pytest.mark.usefixtures("golden")
def test_an_heir_that_is_made_says_what_it_is(name: str, expected: dict[str, str]) -> None:
    codec = import_module(f"{GOLDEN}._runtime.codec").codec
    models = import_module(f"{GOLDEN}.discriminators_undeclared.models")
    assert expected == codec.unstructure(getattr(models, name)())


@pytest.mark.usefixtures("golden")
def test_an_enumeration_of_one_value_is_sent_as_a_constant_is() -> None:
    codec = import_module(f"{GOLDEN}._runtime.codec").codec
    models = import_module(f"{GOLDEN}.discriminators_optional.models")
    assert {"kind": "horse"} == codec.unstructure(models.Horse())
    assert {} == codec.unstructure(codec.structure({}, models.Horse))


@pytest.mark.parametrize(("name", "expected"), [("Free", "dict"), ("Square", "Square")])
def test_a_map_among_the_alternatives_is_named_too(read: Read, name: str, expected: str) -> None:
    codec = import_module(f"{GOLDEN}._runtime.codec").codec
    value = {"size": 1, "form": name}
    found = read("discriminators_hinted", "Mapped", value)
    assert expected == type(found).__name__
    assert value == codec.unstructure(found)
