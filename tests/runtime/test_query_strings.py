"""A whole query is what it says, and reads as what it was."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegen.runtime.call import Call
from codegen.runtime.contents import Format, as_bytes, as_form, as_json, as_text
from codegen.runtime.errors import RequestError
from codegen.runtime.http import Request
from codegen.runtime.json_types import Json
from codegen.runtime.query_strings import query_string
from codegen.runtime.server import Incoming, Refusal, Reply, Route, Router

FORM: Format[dict[str, list[str]]] = as_form(dict[str, list[str]])


def url_of(written_as: Format[object], value: object) -> str:
    return Call[None]("GET", "/things", query=query_string(written_as, value)).request.url


def incoming(url: str) -> Incoming:
    return Incoming(Request(method="GET", url=url), {})


@pytest.mark.parametrize(
    ("written_as", "value", "url"),
    [
        (FORM, {"a b": ["x&y", "z"]}, "/things?a+b=x%26y&a+b=z"),
        (as_json(dict[str, Any]), {"a": [1, None]}, "/things?%7B%22a%22%3A%5B1%2Cnull%5D%7D"),
        (as_text(), "$.a[?(@.b)]", "/things?%24.a%5B%3F%28%40.b%29%5D"),
        (as_text(), None, "/things"),
        (as_text(), "", "/things"),
        (FORM, {}, "/things"),
    ],
)
def test_a_query_is_the_form_or_the_text_percent_encoded(
    written_as: Format[object], value: object, url: str
) -> None:
    assert url == url_of(written_as, value).replace("%20", "+")


@given(st.dictionaries(st.text(min_size=1), st.lists(st.text(), min_size=1)))
def test_a_form_reads_as_it_was(value: dict[str, list[str]]) -> None:
    assert value == incoming(url_of(FORM, value)).query_string(FORM)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_json_reads_as_it_was(value: Json) -> None:
    held = {"held": value}
    form = as_json(dict[str, Any])
    assert held == incoming(url_of(form, held)).query_string(form)


@given(st.text(min_size=1))
def test_text_reads_as_it_was(text: str) -> None:
    assert text == incoming(url_of(as_text(), text)).optional_query_string(as_text())


def test_no_query_is_none_where_it_may_be_absent() -> None:
    assert incoming("/things").optional_query_string(FORM) is None


class _Handlers:
    def refuse(self, refusal: Refusal) -> Reply[object]:
        return Reply(refusal.title, refusal.status)


def _found(_: _Handlers, incoming: Incoming) -> Reply[object]:
    return Reply(incoming.query_string(as_json(dict[str, Any])))


@pytest.mark.parametrize(
    ("query", "status"), [("", 400), ("?%7B", 400), ("?%5B%5D", 400), ("?%7B%7D", 200)]
)
def test_a_query_that_is_not_what_is_described_is_answered_with_400(
    query: str, status: int
) -> None:
    router = Router[_Handlers](Route("GET", "/things", _found, takes_body=False))
    request = Request(method="GET", url=f"/things{query}")
    assert status == router.dispatch(_Handlers(), request).status


def test_what_is_none_of_the_described_is_not_sent() -> None:
    with pytest.raises(RequestError, match="the query cannot be sent"):
        query_string(as_text(), 1)
    with pytest.raises(RequestError, match="while it is sent"):
        query_string(as_bytes, iter([b"a"]))
