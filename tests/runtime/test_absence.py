"""Absent properties read as their defaults and stay absent until somebody sets them."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from inspect import signature
from typing import Literal

import pytest
from attrs import define, evolve, field

from codegen.runtime.absence import _made, constant, tag, with_defaults  # pyright: ignore[reportPrivateUsage]  # nobody else can tell
from codegen.runtime.codec import Codec, codec, lenient_codec
from codegen.runtime.constraints import Constraints
from codegen.runtime.json_types import JsonObject
from codegen.runtime.record import wire_name
from codegen.runtime.violations import InvalidError


@with_defaults
@define(kw_only=True)
class Page:
    """Has defaults of both kinds."""

    title: str
    number: int = field(default=1, validator=Constraints(minimum=1))
    tags: list[str] = field(factory=list)
    note: str | None = None


@pytest.mark.parametrize("reader", [codec, lenient_codec], ids=["strict", "lenient"])
@pytest.mark.parametrize(
    "value",
    [
        {"title": "a"},
        {"title": "a", "number": 1},
        {"title": "a", "number": 2, "tags": []},
        {"title": "a", "tags": ["x"], "note": "n"},
    ],
)
def test_what_was_absent_stays_absent(reader: Codec, value: JsonObject) -> None:
    assert value == reader.unstructure(reader.structure(value, Page))


def test_an_absent_property_reads_as_its_default() -> None:
    page = codec.structure({"title": "a"}, Page)
    assert (1, [], None) == (page.number, page.tags, page.note)


def test_a_list_that_was_absent_can_be_filled() -> None:
    page = codec.structure({"title": "a"}, Page)
    page.tags.append("x")
    assert {"title": "a", "tags": ["x"]} == codec.unstructure(page)


def test_a_property_that_is_set_to_its_default_is_written() -> None:
    page = codec.structure({"title": "a"}, Page)
    page.number = 1
    assert {"title": "a", "number": 1} == codec.unstructure(page)


def test_an_object_made_by_hand_writes_what_it_was_given() -> None:
    assert {"title": "a"} == codec.unstructure(Page(title="a"))
    assert {"title": "a", "number": 1} == codec.unstructure(Page(title="a", number=1))


def test_a_copy_with_changes_gives_everything() -> None:
    page = evolve(Page(title="a"), title="b")
    assert {"title": "b", "number": 1, "tags": []} == codec.unstructure(page)


def test_the_constructor_still_says_what_it_takes() -> None:
    assert ["title", "number", "tags", "note"] == list(signature(Page).parameters)


def test_objects_are_equal_whether_a_default_was_said_or_not() -> None:
    assert Page(title="a") == codec.structure({"title": "a"}, Page)


def test_copies_are_equal() -> None:
    page = codec.structure({"title": "a"}, Page)
    again = pickle.loads(pickle.dumps(page))  # our own
    assert [page, page, page, page] == [copy.copy(page), copy.deepcopy(page), evolve(page), again]
    assert "Page(title='a', number=1, tags=[], note=None)" == repr(page)


LOOKS: dict[str, Callable[[Page], object]] = {
    "read": lambda page: page.tags,
    "repr": repr,
    "equal": lambda page: page == Page(title="a"),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": pickle.dumps,
    "evolve": evolve,
}


WRITERS: dict[str, Callable[[Page], object]] = {
    "unstructure": codec.unstructure,
    "encode": lambda page: json.loads(codec.encode(page)),
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_to_look_at_an_object_gives_nothing(
    look: Callable[[Page], object], write: Callable[[Page], object]
) -> None:
    page = codec.structure({"title": "a"}, Page)
    look(page)
    assert write(page) == {"title": "a"}


COPIES: dict[str, Callable[[Page], Page]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda page: pickle.loads(pickle.dumps(page)),  # our own
}


@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
def test_what_is_absent_is_absent_in_a_copy(copied: Callable[[Page], Page]) -> None:
    page = codec.structure({"title": "a"}, Page)
    assert codec.unstructure(copied(page)) == {"title": "a"}
    page.tags.append("x")
    again = copied(page)
    page.number = 2
    assert codec.unstructure(again) == {"title": "a", "tags": ["x"]}


def test_what_an_object_was_read_as_goes_with_it() -> None:
    page = Page(title="a")
    page.tags.append("x")
    assert id(page) in _made
    key = id(page)
    del page
    assert key not in _made


def test_an_unknown_attribute_is_missing_as_usual() -> None:
    page = Page(title="a")
    with pytest.raises(AttributeError, match="'Page' object has no attribute 'nothing'"):
        getattr(page, "nothing")  # noqa: B009  # type checkers know that it is missing


def test_constraints_hold_as_always() -> None:
    with pytest.raises(InvalidError, match=r"\$\.number: is less than 1"):
        codec.structure({"title": "a", "number": 0}, Page)


@define(kw_only=True)
class Note:
    """Says what it is by itself."""

    kind: Literal["note"] = field(default="note", metadata=constant())
    text: str | None = None


@with_defaults
@define(kw_only=True)
class Letter:
    """The same beside a default, and under another name."""

    class_: Literal["letter"] = field(default="letter", metadata=constant(wire_name("class")))
    pages: int = 1


def test_nobody_has_to_say_a_constant_and_it_is_always_sent() -> None:
    assert {"kind": "note", "text": "a"} == codec.unstructure(Note(text="a"))
    assert b'{"kind":"note"}' == codec.encode(evolve(Note(text="a"), text=None))
    assert {"class": "letter"} == codec.unstructure(Letter())
    assert {"class": "letter"} == codec.unstructure(copy.copy(Letter()))


@pytest.mark.parametrize("reader", [codec, lenient_codec], ids=["strict", "lenient"])
@pytest.mark.parametrize(("form", "name"), [(Note, "kind"), (Letter, "class")])
def test_a_constant_has_to_be_in_what_is_read(reader: Codec, form: type[object], name: str) -> None:
    reads: list[Callable[[], object]] = [
        lambda: reader.structure({}, form),
        lambda: reader.decode(b"{}", form),
        lambda: reader.decode(b"[{}]", list[form]),  # type: ignore[valid-type]  # of a parameter
    ]
    for read in reads:
        with pytest.raises(InvalidError, match=f"'{name}' is required"):
            read()


@with_defaults
@define(kw_only=True)
class Dog:
    """Unions tell it from others, though it may be without what does."""

    class_: Literal["dog"] = field(default="dog", metadata=tag(wire_name("class")))
    legs: int = 4


def test_what_unions_tell_a_model_by_is_sent_though_nobody_has_to_say_it() -> None:
    made = Dog()

    assert {"class": "dog"} == codec.unstructure(made)
    assert b'{"class":"dog"}' == codec.encode(copy.copy(made))
    assert {"class": "dog"} == codec.unstructure(pickle.loads(pickle.dumps(made)))


@pytest.mark.parametrize("reader", [codec, lenient_codec], ids=["strict", "lenient"])
@pytest.mark.parametrize("value", [{}, {"legs": 3}, {"class": "dog"}])
def test_what_unions_tell_a_model_by_stays_absent_where_it_was_not_read(
    reader: Codec, value: JsonObject
) -> None:
    for read in (reader.structure(value, Dog), reader.decode(json.dumps(value).encode(), Dog)):
        assert "dog" == read.class_
        assert value == reader.unstructure(read)


def test_a_class_with_a_constant_that_msgspec_could_read_by_itself_is_not() -> None:
    @define(kw_only=True)
    class Odd:
        kind: Literal["odd"] = field(default="odd", metadata=constant())

        def __init_subclass__(cls) -> None:
            """What keeps a shadow from it."""

    assert Odd() == codec.decode(b'{"kind": "odd"}', Odd)
    with pytest.raises(InvalidError, match="'kind' is required"):
        codec.decode(b"{}", Odd)
