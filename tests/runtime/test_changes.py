"""A PATCH says what has changed, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

import attrs
import pytest
from attrs import define, field

from codegen.runtime.absence import with_defaults
from codegen.runtime.changes import changes
from codegen.runtime.codec import Codec, codec
from codegen.runtime.constraints import Constraints
from codegen.runtime.json_types import JsonObject
from codegen.runtime.record import other_properties, wire_name
from codegen.runtime.unset import UNSET, Unset
from codegen.runtime.violations import InvalidError


@with_defaults
@define(kw_only=True)
class Service:
    id: int
    name: str
    maximum: int | None = field(default=None, metadata=wire_name("max"))
    note: str | None = None
    timeout: int = 30
    since: datetime | None = None


@define(kw_only=True)
class Update:
    name: str | None = field(default=None, validator=Constraints(min_length=2))
    maximum: int | Unset | None = field(default=UNSET, metadata=wire_name("max"))
    note: str | None = None
    timeout: int | None = None
    since: datetime | None = None


@define(kw_only=True)
class Open:
    additional_properties: JsonObject = field(factory=dict, metadata=other_properties())


SERVICE = codec.structure({"id": 1, "name": "NMR", "max": 3}, Service)


def test_nothing_has_changed() -> None:
    assert Update() == changes(SERVICE, attrs.evolve(SERVICE), Update)


def test_only_what_differs_is_said() -> None:
    assert Update(name="EPR") == changes(SERVICE, attrs.evolve(SERVICE, name="EPR"), Update)


def test_a_default_that_was_absent_is_no_change() -> None:
    assert Update() == changes(SERVICE, attrs.evolve(SERVICE, timeout=30), Update)
    assert Update(timeout=31) == changes(SERVICE, attrs.evolve(SERVICE, timeout=31), Update)


def test_values_are_written_and_read_by_the_names_of_json() -> None:
    since = datetime(2026, 1, 2, tzinfo=UTC)
    changed = attrs.evolve(SERVICE, maximum=4, since=since)
    assert Update(maximum=4, since=since) == changes(SERVICE, changed, Update)


def test_what_is_taken_out_is_null() -> None:
    assert Update(maximum=None) == changes(SERVICE, attrs.evolve(SERVICE, maximum=None), Update)


def test_all_that_cannot_be_said_is_listed() -> None:
    noted = attrs.evolve(SERVICE, note="x")
    with pytest.raises(InvalidError) as caught:
        changes(noted, attrs.evolve(noted, id=2, note=None), Update)
    assert [
        ("$.id", "additionalProperties", "cannot be changed by a Update"),
        ("$.note", "type", "cannot be taken out by a Update"),
    ] == [(one.path, one.keyword, one.message) for one in caught.value.violations]


def test_the_body_keeps_its_own_limits() -> None:
    with pytest.raises(InvalidError, match=r"\$\.name: is shorter than 2 characters"):
        changes(SERVICE, attrs.evolve(SERVICE, name="x"), Update)


def test_objects_and_unnamed_properties_are_compared_too() -> None:
    keeping = Codec(keep_unnamed=True)
    read = keeping.structure({"id": 1, "name": "NMR", "more": [1]}, Service)
    changed = keeping.structure({"id": 1, "name": "NMR", "more": [2]}, Service)
    assert Open(additional_properties={"more": [2]}) == changes(read, changed, Open)
    assert Update(name="EPR") == changes({"name": "NMR"}, {"name": "EPR"}, Update)


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(InvalidError, match="is no model but a int"):
        changes(1, 2, Update)
