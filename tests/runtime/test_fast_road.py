"""The fast road reads what the strict hooks read, and checks what `Constraints` checks."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any, TypeAlias

import attrs
import pytest
from attrs import define, field, make_class
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from codegen.runtime.absence import with_defaults
from codegen.runtime.bounds import with_bounds
from codegen.runtime.choice import Choice
from codegen.runtime.codec import Codec, codec, lenient_codec, server_codec
from codegen.runtime.constraints import Constraints
from codegen.runtime.patterns import translated
from codegen.runtime.record import other_properties, record_of, wire_name
from codegen.runtime.unset import UNSET, Unset
from codegen.runtime.violations import InvalidError

CODECS = (codec, lenient_codec, server_codec)


@with_defaults
@define(kw_only=True)
class Crossed:
    """Its fields have each other's names on the wire, and names that are none of Python's."""

    first: int = field(metadata=wire_name("second"))
    second: str = field(metadata=wire_name("first"))
    third: int = field(default=3, metadata=wire_name("a b"), validator=Constraints(minimum=3))
    fourth: list[int] = field(factory=list, metadata=wire_name("_0"))
    fifth: float | Unset | None = field(default=UNSET, metadata=wire_name("class"))
    sixth: Crossed | None = field(default=None, metadata=wire_name("__init"))


@define(kw_only=True)
class Dunder:
    """Python would take its property for one of its own."""

    one: int = field(metadata=wire_name("__class__"))


@define(kw_only=True)
class Leaf:
    kind: str
    size: int


@define(kw_only=True)
class Branch:
    kind: str
    nodes: list[Node]
    others: dict[str, Node] = field(factory=dict, metadata=other_properties())


Node = Annotated[Leaf | Branch, Choice(tag="kind", types={"leaf": Leaf, "branch": Branch})]
attrs.resolve_types(Branch, globals(), locals(), include_extras=True)

CROSSED: dict[str, Any] = {"second": 1, "first": "x"}


def outcome(read: Any, *arguments: Any) -> object:
    try:
        value: object = read(*arguments)
    except InvalidError as error:
        return str(error)
    return value, repr(value), type(value)


@pytest.mark.parametrize("by", CODECS)
@pytest.mark.parametrize(
    ("form", "value"),
    [
        (Crossed, CROSSED),
        (Crossed, {**CROSSED, "a b": 4, "_0": [1], "class": None, "__init": CROSSED}),
        (Crossed, {**CROSSED, "a b": 2}),
        (Crossed, {**CROSSED, "first": 1}),
        (Crossed, {"first": "x"}),
        (list[Crossed], [CROSSED, CROSSED]),
        (Dunder, {"__class__": 1}),
        (Dunder, {"__class__": "1"}),
        (Branch, {"kind": "branch", "nodes": [], "more": {"kind": "leaf", "size": 1}}),
        (Branch, {"kind": "branch", "nodes": [{"kind": "twig", "size": 1}]}),
        (Branch, {"kind": "branch", "nodes": [None]}),
    ],
    ids=str,
)
def test_both_roads_agree(by: Codec, form: Any, value: object) -> None:
    body = json.dumps(value).encode()
    assert outcome(by.structure, value, form) == outcome(by.decode, body, form)


def test_what_was_read_is_of_the_class_itself() -> None:
    read = codec.decode(json.dumps({**CROSSED, "__init": CROSSED}).encode(), Crossed)
    assert (Crossed, Crossed) == (type(read), type(read.sixth))
    assert None is not codec.fast_reader(Crossed)
    read.third = 5
    with pytest.raises(ValueError, match="third: is less than 3"):
        read.third = 2
    assert {**CROSSED, "a b": 5, "__init": CROSSED} == codec.unstructure(read)


def test_a_name_of_pythons_own_is_left_to_the_strict_hooks() -> None:
    assert None is codec.fast_reader(Dunder)
    assert Dunder(one=1) == codec.decode(b'{"__class__": 1}', Dunder)


@pytest.mark.parametrize(
    "body", [b'{"kind":"leaf","size":1,"x":"\xff"}', b'{"kind":"leaf","size":1,"\xff":1}']
)
def test_text_that_is_skipped_is_utf_8_all_the_same(body: bytes) -> None:
    with pytest.raises(InvalidError, match="is not JSON"):
        codec.decode(body, Leaf)


def test_parts_in_parts_are_read_in_time_that_grows_with_their_depth() -> None:
    body = b'{"kind":"leaf","size":1}'
    for _ in range(60):
        body = b'{"kind":"branch","more":{"kind":"leaf","size":2},"nodes":[' + body + b"]}"
    wide = b'{"kind":"branch","nodes":[' + b",".join([body] * 40) + b"]}"
    start = time.process_time()
    codec.decode(wide, Branch)
    assert time.process_time() - start < 5  # about 0.1


def test_threads_may_be_the_first_to_read_and_to_write_at_once() -> None:
    cls = make_class("Fresh", {"one": field(type=int, metadata=wire_name("uno"))}, kw_only=True)

    def turn(number: int) -> bytes:
        return codec.encode(codec.decode(b'{"uno":%d}' % number, cls))

    with ThreadPoolExecutor(8) as threads:
        assert [b'{"uno":%d}' % number for number in range(64)] == list(
            threads.map(turn, range(64))
        )


FORMS: list[Any] = [
    *(str, int, float, str | None, int | str, Any, bool, list[str], list[int], list[list[int]]),
    *(dict[str, int], list[Leaf] | None),
]

numbers = st.integers(-3, 3) | st.sampled_from([0.5, -1.5, 2.0, 2**60, 2**70, 1e300])
counts = st.none() | st.integers(0, 3)
simple = st.builds(
    Constraints,
    min_length=counts,
    max_length=counts,
    pattern=st.none() | st.sampled_from(["^a", "b$", r"\d", "é"]),
    minimum=st.none() | numbers,
    maximum=st.none() | numbers,
    exclusive_minimum=st.none() | numbers,
    exclusive_maximum=st.none() | numbers,
    multiple_of=st.none() | st.sampled_from([1, 2, 0.5, 2**64]),
    min_items=counts,
    max_items=counts,
    unique_items=st.booleans(),
    min_properties=counts,
    max_properties=counts,
)
Values: TypeAlias = st.SearchStrategy[Any]


def nested(
    whole: Constraints, items: Constraints | None, of_map: Constraints | None
) -> Constraints:
    return attrs.evolve(whole, items=items, values=of_map)


def lists_and_maps(inner: Values) -> Values:
    return st.lists(inner, max_size=4) | st.dictionaries(st.text("ab", max_size=2), inner)


constraints = st.builds(nested, simple, st.none() | simple, st.none() | simple)
values: Values = st.recursive(
    st.none() | st.booleans() | numbers | st.text("ab1é", max_size=4),
    lists_and_maps,
    max_leaves=5,
)


@given(constraints, values)
def test_the_quick_check_is_right_where_it_says_yes(limits: Constraints, value: Any) -> None:
    kind: Any = value.__class__
    found = list(limits.problems(value))
    if limits.holds(value):
        assert [] == found
    elif not isinstance(value, (list, dict)):
        assert [] != found
    check = limits.holds_for(kind)
    assert (check is None or check(value)) is limits.holds(value)


@given(st.sampled_from(FORMS), constraints, values)
def test_msgspec_enforces_what_constraints_do(
    form: Any, limits: Constraints, value: object
) -> None:
    cls = make_class("Holder", {"one": field(type=form, validator=limits)}, kw_only=True)
    body = json.dumps({"one": value}).encode()
    for by in CODECS:
        strict, fast = outcome(by.structure, {"one": value}, cls), outcome(by.decode, body, cls)
        assert strict == fast
    assert [attrs.fields(cls).one.name] == [one.name for one in record_of(cls).properties]


@pytest.mark.parametrize(
    ("form", "limits", "fitting", "breaking"),
    [
        (str, Constraints(min_length=2), "ab", "a"),
        (str, Constraints(max_length=2), "ab", "abc"),
        (str, Constraints(min_length=1, max_length=2, pattern="^a"), "ab", "ba"),
        *(
            (form, limits, form(2), form(broken))
            for form in (int, float)
            for limits, broken in [
                (Constraints(minimum=2), 1),
                (Constraints(maximum=2), 3),
                (Constraints(exclusive_minimum=1), 1),
                (Constraints(exclusive_maximum=3), 3),
                (Constraints(minimum=1, maximum=3, multiple_of=2), 3),
            ]
        ),
    ],
    ids=str,
)
def test_a_value_beyond_its_bounds_is_not_written(
    form: type[Any], limits: Constraints, fitting: object, breaking: object
) -> None:
    cls: Any = make_class("Holder", {"one": field(type=form, validator=limits)}, slots=True)
    assert json.dumps({"one": fitting}, separators=(",", ":")).encode() == codec.encode(
        cls(fitting)
    )
    # Whoever reads leniently may hold what is not to be sent.
    held = lenient_codec.decode(json.dumps({"one": breaking}).encode(), cls)
    with pytest.raises(InvalidError):
        codec.encode(held)


def test_texts_that_re_may_take_long_for_are_not_left_to_msgspec() -> None:
    limits = Constraints(pattern="(a+)+$", max_length=9)
    form, rest = with_bounds(str, limits)
    assert (Annotated[str, Meta(max_length=9)], Constraints(pattern="(a+)+$")) == (form, rest)
    mail = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
    form, rest = with_bounds(str, Constraints(pattern=mail))
    pattern = mail.replace("$", r"\Z").replace(r"\s", translated(r"[\s]")[1:-1])
    assert (Annotated[str, Meta(pattern=pattern, max_length=512)], None) == (form, rest)
    form, rest = with_bounds(str, Constraints(pattern="^[a-z]+(-[a-z]+)*"))
    assert (Annotated[str, Meta(pattern="^[a-z]+(-[a-z]+)*")], None) == (form, rest)
