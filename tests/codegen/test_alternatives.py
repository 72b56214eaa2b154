"""Alternatives are told apart by all that they say, and each is held to its own limits alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID

import pytest

from codegen.emit import emit
from codegen.lower import lower

from .conftest import GOLDEN

CASE = "alternatives_with_limits"
AN_ID = "6f1c0d1e-0000-4000-8000-000000000001"

Fits: TypeAlias = Callable[[str, object], bool]


def models(case: str) -> Any:
    return import_module(f"{GOLDEN}.{case}.models")


def codec() -> Any:
    return import_module(f"{GOLDEN}._runtime.codec").codec


@pytest.fixture
def read(golden: Path) -> Callable[[str, object], Any]:
    """Reads a property of the model that has it, on both roads."""
    named = models(CASE)
    holders = {
        name: model
        for model in (named.Texts, named.Places, named.Containers)
        for name in model.__annotations__
    }

    def property_of(name: str, value: object) -> Any:
        body = {name: value}
        read = codec().decode(json.dumps(body).encode(), holders[name])
        assert read == codec().structure(body, holders[name])
        return getattr(read, name)

    return property_of


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("id", AN_ID, UUID(AN_ID)),
        ("id", "a-slug", "a-slug"),
        ("since", "2020-01-01T00:00:00Z", datetime(2020, 1, 1, tzinfo=UTC)),
        ("since", "now-1d", "now-1d"),
        ("data", "QUJD", "QUJD"),
        ("data", "a!", "a!"),
        ("any", AN_ID, AN_ID),
        ("one", AN_ID, UUID(AN_ID)),
        ("one", "abc", "abc"),
        ("day", "2020-01-01", date(2020, 1, 1)),
        ("day", "2020-01-01T00:00:00Z", datetime(2020, 1, 1, tzinfo=UTC)),
        ("day", 5, 5),
        ("region", "BE", "BE"),
        ("region", "12", "12"),
        ("regions", ["LU", "x"], ["LU", "x"]),
        ("level", 1, 1),
        ("level", 10, 10),
        ("apart", "big", "big"),
        ("apart", "LU", "LU"),
        ("both", "NL", "NL"),
        ("items", [1, 2], [1, 2]),
        ("items", ["a"], ["a"]),
        ("entries", {"a": 1, "b": 2}, {"a": 1, "b": 2}),
    ],
)
def test_what_fits_one_alternative_is_read(
    read: Callable[[str, object], Any], name: str, value: object, expected: object
) -> None:
    assert expected == read(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "A slug"),
        ("since", "2020-01-01T00:00:00"),
        ("data", "a!aa"),
        ("one", "abcdef"),
        ("day", "soon"),
        ("day", 6),
        ("region", "123"),
        ("regions", ["xx"]),
        ("level", 3),
        ("zone", 3),
        ("both", "LU"),
        ("items", ["a", "b"]),
        ("entries", {"a": "a", "b": "b"}),
    ],
)
def test_what_fits_no_alternative_or_several_of_one_is_refused(
    read: Callable[[str, object], Any], name: str, value: object
) -> None:
    with pytest.raises(ValueError, match=rf"^\$\.{name}"):
        read(name, value)


def test_values_that_enumerations_apart_do_not_name_are_read(
    read: Callable[[str, object], Any],
) -> None:
    assert (True, "huge") == ((found := read("apart", "huge")).is_unknown, found.value)


def test_texts_without_an_offset_are_times_to_who_knows_the_zone(golden: Path) -> None:
    knowing = import_module(f"{GOLDEN}._runtime.codec").Codec(zone_of_naive=UTC)
    found = knowing.structure({"since": "2020-01-01T00:00:00"}, models(CASE).Texts)
    assert datetime(2020, 1, 1, tzinfo=UTC) == found.since


def test_constants_with_titles_are_an_enumeration_that_is_open(golden: Path) -> None:
    named = models("enumerations_annotated")
    read = codec().structure({"severity": 2, "perhaps": None}, named.Report)
    assert (named.Severity.VERY_BAD, None) == (read.severity, read.perhaps)
    assert {"severity": 1} == codec().unstructure(named.Report(severity=named.Severity.HARMLESS))
    assert codec().structure({"severity": 9}, named.Report).severity.is_unknown


def test_constants_without_titles_are_what_they_are(golden: Path) -> None:
    named = models("enumerations_annotated")
    assert "x" == codec().structure({"severity": 1, "untitled": "x"}, named.Report).untitled
    with pytest.raises(ValueError, match=r"^\$\.untitled"):
        codec().structure({"severity": 1, "untitled": "z"}, named.Report)


@pytest.mark.parametrize("value", ["a", 1])
def test_what_is_said_of_objects_makes_none_of_other_types(golden: Path, value: object) -> None:
    form = models("unions").NeverAnObject
    assert value == codec().structure(value, form)
    with pytest.raises(ValueError, match="fits no alternative"):
        codec().structure({"n": "x"}, form)


@pytest.mark.parametrize("is_first", [True, False])
def test_alternatives_are_the_same_wherever_what_they_refer_to_stands(is_first: bool) -> None:
    region = {"Region": {"type": "string", "enum": ["BE", "LU"]}}
    choice = [{"$ref": "#/components/schemas/Region"}, {"type": "string", "maxLength": 1}]
    thing = {"Thing": {"type": "object", "properties": {"region": {"anyOf": choice}}}}
    schemas = {**region, **thing} if is_first else {**thing, **region}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Order", "version": "1"},
        "paths": {},
        "components": {"schemas": schemas},
    }
    texts = {str(file.path): file.text for file in emit(lower(document, {}))}
    assert '"anyOf":[' in texts["models/thing.py"]
    assert "max_length" not in texts["models/thing.py"]
