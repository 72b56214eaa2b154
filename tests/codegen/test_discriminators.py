"""What discriminators choose: heirs of heirs, choices within choices."""

from __future__ import annotations

import json
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
