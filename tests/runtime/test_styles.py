"""Every style gives what RFC 6570 and OpenAPI's tables say, and reads as what it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from types import GenericAlias
from typing import Any
from uuid import UUID

import pytest
from attrs import define, field
from hypothesis import given, reject
from hypothesis import strategies as st

from codegen.runtime.enums import OpenStrEnum
from codegen.runtime.errors import RequestError
from codegen.runtime.http import Headers
from codegen.runtime.json_types import Json
from codegen.runtime.parameters import (
    ResponseHeader,
    cookie_fields,
    header_fields,
    path,
    query_fields,
    read_cookie,
    read_header,
    read_path,
    read_query,
    styled,
)
from codegen.runtime.record import other_properties, wire_name
from codegen.runtime.styles import query_text, raw_query
from codegen.runtime.violations import InvalidError

COLORS = ["blue", "black", "brown"]
POINT = {"R": 100, "G": 200, "B": 150}


def in_path(value: object, style: Any) -> str:
    return path(styled("color", value, style))[1:]


def in_query(value: object, style: Any) -> str:
    return query_text(query_fields(("color", value, style)))


def in_header(value: object, style: Any) -> list[str]:
    return [text for _, text in header_fields(("color", value, style))]


def in_cookies(value: object, style: Any) -> str:
    return "; ".join(f"{name}={text}" for name, text in cookie_fields(("color", value, style)))


@pytest.mark.parametrize(
    ("style", "value", "text"),
    [
        # OpenAPI 3.2, section 4.12.4.
        ("cookie*", "", "color="),
        ("cookie*", "blue", "color=blue"),
        ("cookie*", COLORS, "color=blue; color=black; color=brown"),
        ("cookie*", POINT, "R=100; G=200; B=150"),
        ("cookie", COLORS, "color=blue,black,brown"),
        ("cookie", "a%20b+c", "color=a%20b+c"),
    ],
)
def test_a_plain_cookie_stays_as_it_is(style: Any, value: object, text: str) -> None:
    assert text == in_cookies(value, style)


@pytest.mark.parametrize(
    ("style", "value"),
    [
        *[("cookie", text) for text in ("a b", "a;b", 'a"b', "a\\b", "a,b", "é")],
        ("cookie*", ["a b"]),
        ("cookie*", {"a": "b c"}),
        ("cookie*", {"a=b": "c"}),
    ],
)
def test_what_would_end_a_plain_cookie_is_refused(style: Any, value: object) -> None:
    with pytest.raises(RequestError, match="cookie"):
        in_cookies(value, style)


def test_a_plain_cookie_is_read_as_it_is() -> None:
    header = "a=x%20y; b=1; b=2; c=1,2"
    assert "x%20y" == read_cookie(header, "a", str, "cookie")
    assert [1, 2] == read_cookie(header, "b", list[int], "cookie*")
    assert [1, 2] == read_cookie(header, "c", list[int], "cookie")


@pytest.mark.parametrize(
    ("style", "value", "text"),
    [
        # OpenAPI 3.1.1, section 4.8.12.4.
        ("matrix", "", ";color"),
        ("matrix", "blue", ";color=blue"),
        ("matrix", COLORS, ";color=blue,black,brown"),
        ("matrix", POINT, ";color=R,100,G,200,B,150"),
        ("matrix*", "", ";color"),
        ("matrix*", "blue", ";color=blue"),
        ("matrix*", COLORS, ";color=blue;color=black;color=brown"),
        ("matrix*", POINT, ";R=100;G=200;B=150"),
        ("label", "blue", ".blue"),
        ("label", COLORS, ".blue,black,brown"),
        ("label", POINT, ".R,100,G,200,B,150"),
        ("label*", "blue", ".blue"),
        ("label*", COLORS, ".blue.black.brown"),
        ("label*", POINT, ".R=100.G=200.B=150"),
        ("simple", "blue", "blue"),
        ("simple", COLORS, "blue,black,brown"),
        ("simple", POINT, "R,100,G,200,B,150"),
        ("simple*", "blue", "blue"),
        ("simple*", COLORS, "blue,black,brown"),
        ("simple*", POINT, "R=100,G=200,B=150"),
        # RFC 6570, section 3.2.
        ("simple", "Hello World!", "Hello%20World%21"),
        ("simple", "50%", "50%25"),
        ("simple", "/foo/bar", "%2Ffoo%2Fbar"),
        ("label", "50%", ".50%25"),
        ("matrix", "Hello World!", ";color=Hello%20World%21"),
        ("simple", {"semi": ";", "dot": ".", "comma": ","}, "semi,%3B,dot,.,comma,%2C"),
        ("simple*", {"semi": ";", "dot": ".", "comma": ","}, "semi=%3B,dot=.,comma=%2C"),
        ("matrix*", {"semi": ";", "dot": ".", "comma": ","}, ";semi=%3B;dot=.;comma=%2C"),
        ("json", POINT, "%7B%22R%22%3A100%2C%22G%22%3A200%2C%22B%22%3A150%7D"),
    ],
)
def test_a_path_parameter_is_written_as_the_standards_say(
    style: Any, value: object, text: str
) -> None:
    assert text == in_path(value, style)


@pytest.mark.parametrize(
    ("style", "value", "text"),
    [
        # OpenAPI 3.1.1, section 4.8.12.4.
        ("form", "", "color="),
        ("form", "blue", "color=blue"),
        ("form", COLORS, "color=blue,black,brown"),
        ("form", POINT, "color=R,100,G,200,B,150"),
        ("form*", "", "color="),
        ("form*", "blue", "color=blue"),
        ("form*", COLORS, "color=blue&color=black&color=brown"),
        ("form*", POINT, "R=100&G=200&B=150"),
        ("spaceDelimited", COLORS, "color=blue%20black%20brown"),
        ("spaceDelimited", POINT, "color=R%20100%20G%20200%20B%20150"),
        ("pipeDelimited", COLORS, "color=blue%7Cblack%7Cbrown"),
        ("pipeDelimited", POINT, "color=R%7C100%7CG%7C200%7CB%7C150"),
        ("deepObject", POINT, "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150"),
        # What no table has: one value, nested values.
        ("spaceDelimited", "a b", "color=a%20b"),
        ("deepObject", True, "color=true"),
        (
            "deepObject",
            {"a": {"b": [1, {"c": 2}]}},
            "color%5Ba%5D%5Bb%5D%5B0%5D=1&color%5Ba%5D%5Bb%5D%5B1%5D%5Bc%5D=2",
        ),
        ("form*", [["a", 1], {"b": None}], "color=%5B%22a%22%2C1%5D&color=%7B%22b%22%3Anull%7D"),
        # RFC 6570, section 3.2.8, and its reserved expansion, 3.2.3.
        ("form", {"semi": ";", "dot": ".", "comma": ","}, "color=semi,%3B,dot,.,comma,%2C"),
        ("form*", {"semi": ";", "dot": ".", "comma": ","}, "semi=%3B&dot=.&comma=%2C"),
        ("form*+", "/foo/bar", "color=/foo/bar"),
        ("form*+", "a&b=c#d+e 50% [f],g", "color=a%26b%3Dc%23d%2Be%2050%25%20%5Bf%5D,g"),
        ("form+", ["/a", "b,c"], "color=/a,b%2Cc"),
        ("json", {"a": [1, "ü"]}, "color=%7B%22a%22%3A%5B1%2C%22%5Cu00fc%22%5D%7D"),
        ("json", "x", "color=%22x%22"),
    ],
)
def test_a_query_parameter_is_written_as_the_standards_say(
    style: Any, value: object, text: str
) -> None:
    assert text == in_query(value, style)


@pytest.mark.parametrize(
    ("style", "value", "texts"),
    [
        ("simple", "blue", ["blue"]),
        ("simple", 'a, b; c="d"', ['a, b; c="d"']),
        ("simple", COLORS, ["blue,black,brown"]),
        ("simple", POINT, ["R,100,G,200,B,150"]),
        ("simple*", POINT, ["R=100,G=200,B=150"]),
        ("json", {"a": "ü\n"}, ['{"a":"\\u00fc\\n"}']),
    ],
)
def test_a_header_field_is_written_as_the_standards_say(
    style: Any, value: object, texts: list[str]
) -> None:
    assert texts == in_header(value, style)


@pytest.mark.parametrize(
    ("style", "value", "text"),
    [
        ("form", "blue", "color=blue"),
        ("form", COLORS, "color=blue,black,brown"),
        ("form", POINT, "color=R,100,G,200,B,150"),
        ("form*", COLORS, "color=blue; color=black; color=brown"),
        ("form*", POINT, "R=100; G=200; B=150"),
        ("form*", 'a b;c,"d"\\%ü', "color=a%20b%3Bc%2C%22d%22%5C%25%C3%BC"),
        ("form*", "dG9rZW4=", "color=dG9rZW4="),
        ("json", {"a": 1}, "color={%22a%22:1}"),
    ],
)
def test_a_cookie_is_written_so_that_nothing_ends_it(style: Any, value: object, text: str) -> None:
    assert text == in_cookies(value, style)


@pytest.mark.parametrize("nothing", [None, [], {}, [None], {"a": None}])
def test_what_is_empty_is_left_out(nothing: object) -> None:
    styles = ["form", "form*", "spaceDelimited", "pipeDelimited", "deepObject", "form+"]
    assert [""] * len(styles) == [in_query(nothing, style) for style in styles]
    assert ([], []) == (in_header(nothing, "simple"), in_header(nothing, "simple*"))
    assert ("", "") == (in_cookies(nothing, "form"), in_cookies(nothing, "form*"))


@pytest.mark.parametrize(
    ("style", "value"),
    [
        ("simple", ""),
        ("simple", "."),
        ("simple", ".."),
        ("simple", []),
        ("label", ""),
        ("label*", [""]),
    ],
)
def test_a_path_never_climbs(style: Any, value: object) -> None:
    with pytest.raises(RequestError, match=r"a path segment cannot be"):
        in_path(value, style)


def test_a_segment_that_the_document_leaves_empty_stays_empty() -> None:
    assert "/a//b/1,2/" == path("a", (), "b", [1, 2], trailing_slash=True)


@pytest.mark.parametrize(
    ("write", "style", "value"),
    [
        (in_header, "simple", ["a,b"]),
        (in_header, "simple", [" a"]),
        (in_header, "simple", ["a", ""]),
        (in_header, "simple*", {"a=": "b"}),
        (in_header, "simple", "a\r\nX-Evil: 1"),
        (in_query, "spaceDelimited", ["a b"]),
        (in_query, "pipeDelimited", {"a|": "b"}),
        (in_query, "deepObject", {"a]": "b"}),
        (in_query, "deepObject", {"": "b"}),
        (in_query, "form", ["\ud800"]),
        (in_path, "label*", ["1.5", "2"]),
    ],
)
def test_what_a_style_cannot_say_is_refused(
    write: Callable[[object, Any], object], style: str, value: object
) -> None:
    with pytest.raises(RequestError):
        write(value, style)


class Side(OpenStrEnum):
    LEFT = "left"
    RIGHT = "right"


@define(kw_only=True)
class Filter:
    """A record with everything that a style may meet."""

    count: int
    at: datetime
    side: Side | None = None
    name: str | None = field(default=None, metadata=wire_name("theName"))
    tags: list[str] | None = None
    inner: Filter | None = None


@define(kw_only=True)
class Open:
    known: int | None = None
    others: dict[str, float] = field(factory=dict[str, float], metadata=other_properties())


FILTER = Filter(
    count=5,
    at=datetime(2026, 1, 2, tzinfo=UTC),
    side=Side.LEFT,
    name="a,b",
    tags=["x", "5"],
    inner=Filter(count=-1, at=datetime(2026, 1, 2, 3, tzinfo=UTC)),
)


@pytest.mark.parametrize("style", ["form", "form*", "deepObject", "pipeDelimited", "json"])
def test_a_record_reads_as_it_was_written(style: Any) -> None:
    text = in_query(FILTER, style)
    assert FILTER == read_query(raw_query(text), "color", Filter, style)


@pytest.mark.parametrize("style", ["form", "form*", "deepObject", "json"])
def test_a_record_keeps_its_other_properties(style: Any) -> None:
    value = Open(known=1, others={"a": 0.5})
    text = in_query(value, style)
    fields = [*raw_query(text), ("page", "2")]
    assert value == read_query(fields, "color", Open, style, besides=("page",))


def test_properties_of_records_do_not_take_the_fields_of_others() -> None:
    fields = raw_query("count=1&at=2026-01-02T00:00:00Z&page=2")
    read = read_query(fields, "color", Filter, "form*")
    assert Filter(count=1, at=datetime(2026, 1, 2, tzinfo=UTC)) == read


def test_servers_read_what_other_clients_write() -> None:
    assert ["a", "b"] == read_query(raw_query("c=a+b"), "c", list[str], "spaceDelimited")
    assert ["a", "b"] == read_query(raw_query("c=a%7Cb"), "c", list[str], "pipeDelimited")
    assert ["a", "b"] == read_query(raw_query("c[]=a&c[]=b"), "c", list[str], "deepObject")
    assert [1, 2] == read_header("1,  2", list[int])
    assert {"a b": "c d"} == read_query(raw_query("a+b=c+d"), "x", dict[str, str])
    assert {"a": "b"} == read_query(raw_query("c%5ba%5d=b&c=x"), "c", dict[str, str], "deepObject")
    assert "x y" == read_cookie('b=1;c="x%20y"', "c", str)


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("c=5", int | str, 5),
        ("c=x", int | str, "x"),
        ("c=5", str | int, 5),
        ("c=5", float | bool, 5.0),
        ("c=true", str | bool, True),
        ("c=a", str | list[str], "a"),
        ("c=a&c=b", str | list[str], ["a", "b"]),
        ("c=5&c=b", list[int | str], [5, "b"]),
        ("c=left", Side | int, Side.LEFT),
        ("c=2026-01-02", date | str, date(2026, 1, 2)),
        ("c=5", Json, "5"),
        ("d=5", int | None, None),
    ],
)
def test_a_union_is_the_first_type_that_fits(text: str, form: Any, expected: object) -> None:
    read: object = read_query(raw_query(text), "c", form)
    assert (expected, type(expected)) == (read, type(read))


@pytest.mark.parametrize(
    ("text", "form", "style"),
    [
        ("c=x", int, "form*"),
        ("c=up", Side, "form*"),
        ("c=a,1,b", dict[str, int], "form"),
        ("c[a]=1&c[a][b]=2", dict[str, Json], "deepObject"),
        ("c[a][b]=2&c[a]=1", dict[str, Json], "deepObject"),
        ("c" + "[a]" * 100 + "=1", dict[str, Json], "deepObject"),
        ("c={", dict[str, Json], "json"),
    ],
)
def test_what_is_no_such_value_is_refused(text: str, form: Any, style: Any) -> None:
    with pytest.raises(InvalidError):
        read_query(raw_query(text), "c", form, style)


@pytest.mark.parametrize("text", ["a", "", ";other=1", ";color=1;color=2", "x;color=1"])
def test_no_matrix_is_refused(text: str) -> None:
    with pytest.raises(InvalidError):
        read_path(text, "color", str, "matrix")


def test_a_header_of_an_answer_is_read_in_its_style() -> None:
    headers = Headers({"X-Ids": "1, 2", "X-Map": "a=1,b=2", "X-Json": '{"a":[1]}'})
    assert [1, 2] == ResponseHeader("X-Ids", list[int]).read(headers)
    assert {"a": 1, "b": 2} == ResponseHeader("X-Map", dict[str, int], "simple*").read(headers)
    assert {"a": [1]} == ResponseHeader("X-Json", dict[str, list[int]], "json").read(headers)
    assert ResponseHeader("X-Map", list[int]).read(headers) is None


@pytest.mark.parametrize(
    ("text", "expected"), [("", []), (",", []), (" , ,", []), ("1,,2", [1, 2]), (", 1 ,", [1])]
)
def test_empty_elements_of_a_list_in_a_header_do_not_count(text: str, expected: list[int]) -> None:
    assert expected == read_header(text, list[int])
    assert expected == ResponseHeader("X-Ids", list[int]).read(Headers({"X-Ids": text}))
    assert [str(one) for one in expected] == read_header(text, list[str])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("\u65e5\u672c", "characters beyond Latin-1"),
        ("a\nb", "control characters"),
        ("\x7f", "control characters"),
    ],
)
def test_a_header_that_cannot_be_sent_is_told_why(text: str, why: str) -> None:
    with pytest.raises(RequestError, match=f"the header X cannot hold {why}"):
        header_fields(("X", text))


def test_empty_properties_in_a_header_count() -> None:
    assert {"a": "", "b": "1"} == read_header("a,,b,1", dict[str, str])
    assert {"a": "", "b": "1"} == read_header("a=,b=1", dict[str, str], "simple*")


def test_enumerations_of_header_fields_are_open_where_nothing_else_fits() -> None:
    headers = Headers({"X-State": "paused", "X-States": "left, paused", "X-Level": "5"})
    state = ResponseHeader("X-State", Side).read(headers)
    assert state is not None
    assert state.is_unknown
    assert [Side.LEFT, state] == ResponseHeader("X-States", list[Side]).read(headers)
    assert 5 == ResponseHeader("X-Level", Side | int).read(headers)


# The law: what can be written reads as it was.

SCALARS: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(),
    int: st.integers(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    UUID: st.uuids(),
    date: st.dates(),
    bytes: st.binary(),
    Side: st.sampled_from(list(Side)),
}


@st.composite
def values(draw: st.DrawFn) -> tuple[Any, Any]:
    """A type, and a value of it that is not empty."""
    form: Any = draw(st.sampled_from(list(SCALARS)))
    one = SCALARS[form]
    shape = draw(st.sampled_from(["scalar", "array", "object"]))
    if shape == "array":
        return GenericAlias(list, (form,)), draw(st.lists(one, min_size=1, max_size=4))
    if shape == "object":
        some = st.dictionaries(st.text(), one, min_size=1, max_size=4)
        return GenericAlias(dict, (str, form)), draw(some)
    return form, draw(one)


def written(write: Callable[[object, Any], Any], value: object, style: str) -> Any:
    """What a value is written as; where the style cannot say it, another is tried."""
    try:
        return write(value, style)
    except RequestError:
        reject()


@given(values(), st.sampled_from(["simple", "simple*", "json"]))
def test_what_a_header_can_say_reads_as_it_was(typed: tuple[Any, Any], style: Any) -> None:
    form, value = typed
    (text,) = written(in_header, value, style)
    assert value == read_header(text, form, style)


@given(values(), st.sampled_from(["form", "form*", "json"]))
def test_what_cookies_can_say_reads_as_it_was(typed: tuple[Any, Any], style: Any) -> None:
    form, value = typed
    text = written(in_cookies, value, style)
    assert text.isascii()
    assert not set('" \\\r\n') & set(text.replace("; ", ""))
    assert value == read_cookie(text, "color", form, style)
