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
