"""Nothing is taken for what it is not, and every violation is told with its path."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Literal
from uuid import UUID

import pytest
from attrs import define, field

from codegen.runtime.codec import Codec, codec, lenient_codec, server_codec
from codegen.runtime.constraints import ConstraintError, Constraints
from codegen.runtime.enums import OpenIntEnum, OpenStrEnum
from codegen.runtime.json_text import AwareDatetime, parse_json
from codegen.runtime.record import closed, other_properties, wire_name
from codegen.runtime.unset import UNSET, Unset
from codegen.runtime.violations import InvalidError


class Colour(OpenStrEnum):
    RED = "red"
    GREEN = "green"


class Level(OpenIntEnum):
    LOW = 1
    HIGH = 2


@define(kw_only=True)
class Item:
    id: int
    label: str | None = None


@define(kw_only=True)
class Order:
    name: str = field(validator=Constraints(min_length=2, pattern="^[a-z]"))
    items: list[Item] = field(validator=Constraints(max_items=2))
    colour: Colour | None = None
    note: str | Unset | None = UNSET
    by_key: dict[str, Item] | None = None
    class_: int | None = field(default=None, metadata=wire_name("class"))


@closed
@define(kw_only=True)
class Closed:
    id: int


@define(kw_only=True)
class Kept:
    id: int
    additional_properties: dict[str, str] = field(
        factory=dict,
        validator=Constraints(values=Constraints(max_length=2)),
        metadata=other_properties(),
    )


def violations(value: object, form: Any, by: Codec = codec) -> list[tuple[str, str]]:
    """What both roads find, which is the same."""
    with pytest.raises(InvalidError) as structured:
        by.structure(value, form)
    with pytest.raises(InvalidError) as decoded:
        by.decode(json.dumps(value).encode(), form)
    assert structured.value.violations == decoded.value.violations
    return [(each.path, each.keyword) for each in decoded.value.violations]


@pytest.mark.parametrize(
    ("form", "value", "keyword"),
    [
        (bool, "false", "type"),
        (bool, 0, "type"),
        (bool, 1.0, "type"),
        (bool, None, "type"),
        (int, "5", "type"),
        (int, True, "type"),
        (int, 1.5, "type"),
        (int, None, "type"),
        (float, "1.5", "type"),
        (float, True, "type"),
        (str, None, "type"),
        (str, 1, "type"),
        (str, ["a"], "type"),
        (bytes, "%", "format"),
        (bytes, 1, "type"),
        (list[str], "abc", "type"),
        (list[str], {"a": "b"}, "type"),
        (list[str], None, "type"),
        (dict[str, int], [], "type"),
        (dict[str, int], [["a", 1]], "type"),
        (Literal[True], 1, "const"),
        (Literal[True], "true", "const"),
        (Literal[1], True, "const"),
        (Literal["a"], "b", "const"),
        (UUID, "no-uuid", "format"),
        (UUID, 5, "type"),
        (date, "2020-02-30", "format"),
        (date, "2020-01-01T00:00:00Z", "format"),
        (AwareDatetime, "2020-01-01T00:00:00", "format"),
        (AwareDatetime, "2020-01-01", "format"),
        (AwareDatetime, 1577836800, "type"),
        (type(None), 0, "type"),
        (type(None), "", "type"),
        (Item, [], "type"),
        (Item, None, "type"),
        (Item, "{}", "type"),
        (Colour, 1, "type"),
        (Colour, None, "type"),
        (Level, "1", "type"),
        (Level, True, "type"),
        (Level, 1.5, "type"),
    ],
)
def test_nothing_is_taken_for_what_it_is_not(form: Any, value: object, keyword: str) -> None:
    assert [("$", keyword)] == violations(value, form)
    assert [("$", keyword)] == violations(value, form, lenient_codec)


@pytest.mark.parametrize(
    ("form", "body", "expected"),
    [
        (int, "1.0", 1),
        (int, "1e2", 100),
        (int, "-0.0", 0),
        (int, str(2**63), 2**63),
        (int, str(2**64), 2**64),
        (int, str(-(2**70)), -(2**70)),
        (float, "1", 1.0),
        (float, str(2**53), float(2**53)),
        (str, '""', ""),
        (str, '"\\ud83d\\ude00"', "😀"),
        (bytes, '"AAE="', b"\x00\x01"),
        (UUID, '"00000000-0000-0000-0000-000000000001"', UUID(int=1)),
        (date, '"2020-02-29"', date(2020, 2, 29)),
        (AwareDatetime, '"2020-01-01T00:00:00Z"', datetime(2020, 1, 1, tzinfo=UTC)),
        (
            AwareDatetime,
            '"2020-01-01T00:00:00+01:30"',
            datetime(2020, 1, 1, tzinfo=timezone(timedelta(minutes=90))),
        ),
        (Literal[1], "1.0", 1),
        (Literal[True], "true", True),
        (str | None, "null", None),
        (Level, "2.0", Level.HIGH),
        (Any, '{"a": [1, 1.0, null, true]}', {"a": [1, 1.0, None, True]}),
    ],
)
def test_what_json_means_is_read(form: Any, body: str, expected: object) -> None:
    decoded: object = codec.decode(body.encode(), form)
    structured: object = codec.structure(parse_json(body.encode()), form)
    assert (expected, type(expected)) == (decoded, type(decoded))
    assert (expected, type(expected)) == (structured, type(structured))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"nul",
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b"01",
        b"'a'",
        b"[1,]",
        b"{1: 2}",
        b'"\\ud800"',
        b'"\xff"',
        b"\xef\xbb\xbf1",
        b"1 2",
        b"<html>",
    ],
)
def test_what_is_no_json_is_refused(body: bytes) -> None:
    for form in (Any, str, float, Item):
        with pytest.raises(InvalidError) as caught:
            codec.decode(body, form)
        assert [("$", "json")] == [(each.path, each.keyword) for each in caught.value.violations]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_a_number_that_json_cannot_say_is_not_written(value: float) -> None:
    with pytest.raises(InvalidError) as caught:
        codec.encode({"a": [value]})
    assert [("$.a[0]", "type")] == [(each.path, each.keyword) for each in caught.value.violations]


@pytest.mark.parametrize(
    ("value", "keyword"),
    [
        (datetime(2020, 1, 1), "format"),
        ("\ud800", "type"),
        ({"\udfff": 1}, "type"),
        ({1: 2}, "type"),
        ({1, 2}, "type"),
        (object(), "type"),
        (Colour("blue"), "enum"),
        (Level(3), "enum"),
        (complex(1, 2), "type"),
    ],
)
def test_what_json_cannot_say_is_not_written(value: object, keyword: str) -> None:
    with pytest.raises(InvalidError) as caught:
        codec.encode(value)
    assert [keyword] == [each.keyword for each in caught.value.violations]


def test_large_integers_are_written_as_they_are() -> None:
    assert codec.encode([2**64, -(2**70)]) == b"[18446744073709551616,-1180591620717411303424]"


def test_an_unknown_value_of_an_enumeration_is_kept_and_says_that_it_is_unknown() -> None:
    colour = codec.decode(b'"blue"', Colour)
    level = codec.decode(b"7", Level)
    assert ("blue", True, 7, True) == (colour, colour.is_unknown, level, level.is_unknown)
    assert (Colour.RED, False) == (codec.decode(b'"red"', Colour), Colour.RED.is_unknown)
    assert colour == codec.decode(b'"blue"', Colour)
    assert len({colour, codec.decode(b'"blue"', Colour)}) == 1


def test_a_server_refuses_an_unknown_value_of_an_enumeration() -> None:
    assert [("$", "enum")] == violations("blue", Colour, server_codec)
    assert [("$[1]", "enum")] == violations([1, 3], list[Level], server_codec)
    assert server_codec.decode(b'"red"', Colour) is Colour.RED


def test_every_violation_is_listed_with_its_path() -> None:
    value = {
        "name": "A",
        "items": [{"id": "1"}, {"label": 5}, {"id": 3, "label": None}],
        "colour": 4,
        "note": [],
        "by_key": {"a b": {"id": None}, "ok": {"id": 1}},
        "class": "x",
    }
    assert [
        ("$.items[0].id", "type"),
        ("$.items[1]", "required"),
        ("$.items[1].label", "type"),
        ("$.colour", "type"),
        ("$.note", "type"),
        ('$.by_key["a b"].id', "type"),
        ("$.class", "type"),
        ("$.name", "minLength"),
        ("$.name", "pattern"),
    ] == violations(value, Order)


def test_a_constraint_is_told_with_its_path_on_reading_and_writing() -> None:
    value = {"name": "ab", "items": [{"id": 1}, {"id": 2}, {"id": 3}]}
    assert [("$[0].items", "maxItems")] == violations([value], list[Order])
    order = codec.structure({"name": "ab", "items": []}, Order)
    order.items.extend([Item(id=1), Item(id=2), Item(id=3)])
    with pytest.raises(InvalidError, match=r"^\$\[0\]\.items: has more than 2 items$"):
        codec.encode([order])


def test_a_constraint_of_additional_properties_is_told_with_its_path() -> None:
    assert [("$.note", "maxLength")] == violations({"id": 1, "note": "long"}, Kept)
    assert [("$.note", "type")] == violations({"id": 1, "note": 5}, Kept)
    kept = Kept(id=1)
    kept.additional_properties["note"] = "long"
    with pytest.raises(InvalidError, match=r"^\$\.note: is longer than 2 characters$"):
        codec.encode(kept)


def test_a_model_refuses_what_breaks_its_constraints_when_it_is_made() -> None:
    with pytest.raises(ConstraintError, match=r"^name: is shorter than 2 characters$"):
        Order(name="a", items=[])
    order = Order(name="ab", items=[])
    with pytest.raises(ConstraintError, match=r"^name: does not match '\^\[a-z\]'$"):
        order.name = "AB"


def test_a_lenient_reader_takes_what_breaks_constraints_but_no_wrong_types() -> None:
    value = {"name": "A", "items": [{"id": 1}] * 3}
    order = lenient_codec.decode(json.dumps(value).encode(), Order)
    assert ("A", 3, None, UNSET) == (order.name, len(order.items), order.colour, order.note)
    assert [("$.name", "type")] == violations({"name": 5, "items": []}, Order, lenient_codec)
    assert [("$", "required")] == violations({"name": "ab"}, Order, lenient_codec)
    kept = lenient_codec.decode(b'{"id": 1, "note": "long"}', Kept)
    assert {"note": "long"} == kept.additional_properties
    assert lenient_codec.decode(b'{"id": 1}', Kept) == Kept(id=1)


def test_an_absent_field_stays_absent() -> None:
    body = b'{"name":"ab","items":[]}'
    order = codec.decode(body, Order)
    assert (None, UNSET, None) == (order.colour, order.note, order.class_)
    assert codec.encode(order) == body


def test_a_null_reads_as_absent_where_absent_and_null_are_one() -> None:
    order = codec.decode(b'{"name":"ab","items":[],"colour":null,"class":null}', Order)
    assert codec.encode(order) == b'{"name":"ab","items":[]}'


def test_a_null_stays_null_where_absent_and_null_differ() -> None:
    body = b'{"name":"ab","items":[],"note":null}'
    order = codec.decode(body, Order)
    assert order.note is None
    assert codec.encode(order) == body


def test_unknown_fields_never_fail_and_are_kept_only_where_a_model_has_a_place_for_them() -> None:
    assert codec.decode(b'{"id": 1, "new": [1, 2]}', Item) == Item(id=1)
    kept = codec.decode(b'{"id": 1, "a": "b"}', Kept)
    assert Kept(id=1, additional_properties={"a": "b"}) == kept
    assert codec.encode(kept) == b'{"a":"b","id":1}'


def test_a_closed_model_names_each_field_that_it_does_not_have() -> None:
    assert [("$.a", "additionalProperties"), ("$.b", "additionalProperties")] == violations(
        {"id": 1, "a": 1, "b": 2}, Closed
    )


def test_an_additional_property_cannot_take_the_place_of_a_field() -> None:
    with pytest.raises(InvalidError, match=r"^\$\.id: has a field of its own$"):
        codec.encode(Kept(id=1, additional_properties={"id": "2"}))


@pytest.mark.parametrize("form", [Any, list[Any], Item, dict[str, Any], str])
@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'{"id":'])
def test_endless_nesting_is_refused(form: Any, opening: bytes) -> None:
    for body in (opening * 100_000, opening * 100_000 + b"1"):
        with pytest.raises(InvalidError):
            codec.decode(body, form)


def test_endless_nesting_is_not_written() -> None:
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(InvalidError, match=r"^\$: is nested too deeply$"):
        codec.encode(value)
    while value:  # or else Python would take the whole of it apart at once
        value = value.pop()


def test_a_path_quotes_what_is_no_plain_name() -> None:
    value = {"a b": {'"': {"ö": "x"}}}
    form = dict[str, dict[str, dict[str, int]]]
    assert [('$["a b"]["\\""].ö', "type")] == violations(value, form)


def test_violations_never_tell_the_value() -> None:
    forms: list[Any] = [int, bool, list[int], Item, Colour, Literal["a"]]
    for form in forms:
        with pytest.raises(InvalidError) as caught:
            server_codec.structure("s3cret", form)
        assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("^a$", "a", True),
        ("^a$", "a\n", False),
        ("^(a|b$)", "b\n", False),
        (r"^a\$$", "a$", True),
        ("^[$a]+$", "$a", True),
        (r"^[\]$]+$", "]$", True),
        ("b", "abc", True),
    ],
)
def test_a_pattern_ends_where_ecma_262_says(pattern: str, text: str, matches: bool) -> None:
    assert matches is not bool(list(Constraints(pattern=pattern).problems(text)))


NAIVE = "2024-01-31T12:00:00"


def test_a_date_time_without_an_offset_is_none_and_says_so() -> None:
    with pytest.raises(InvalidError, match=r"\$\[0\]: is no date-time: it has no UTC offset"):
        codec.structure([NAIVE], list[AwareDatetime])
    assert [("$", "format")] == violations(NAIVE, AwareDatetime)


def test_a_date_time_without_an_offset_is_of_the_zone_that_a_codec_is_told() -> None:
    zone = timezone(timedelta(hours=2))
    reader = Codec(zone_of_naive=zone)
    expected = [datetime(2024, 1, 31, 12, tzinfo=zone), datetime(2024, 1, 31, 12, tzinfo=UTC)]

    for read in (
        reader.structure([NAIVE, NAIVE + "Z"], list[AwareDatetime]),
        reader.decode(json.dumps([NAIVE, NAIVE + "Z"]).encode(), list[AwareDatetime]),
    ):
        assert expected == read
        assert [zone, UTC] == [one.tzinfo for one in read]
    assert [("$", "format")] == violations("noon", AwareDatetime, reader)
