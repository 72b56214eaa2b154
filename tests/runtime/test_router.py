"""Finding the endpoint of a request, however its path is spelled, and typing its reply."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from codegen.runtime.http import Headers, Request
from codegen.runtime.parameters import styled
from codegen.runtime.server import ErrorReply, Incoming, Refusal, Reply, Route, Router
from codegen.runtime.styles import PathStyle


class Handlers:
    """A handler that answers with what it is told to, and refuses in words."""

    def __init__(self, value: object = None, **headers: str) -> None:
        self.value = value
        self.headers = headers

    def refuse(self, refusal: Refusal) -> Reply[object]:
        return Reply(refusal.title, refusal.status)


def _value(handlers: Handlers, incoming: Incoming) -> Reply[object]:
    return Reply(handlers.value, headers=handlers.headers)


def _part(handlers: Handlers, incoming: Incoming) -> Reply[object]:
    return Reply(incoming.path("part", str))


ROUTER = Router[Handlers](
    Route("GET", "/a:b/{part}", _part, takes_body=False),
    Route("GET", "/{part}.json", _part, takes_body=False),
    Route("GET", "/é/", _value, takes_body=False),
    Route("GET", "/a%20b%2fc%2c%41/{part}", _part, takes_body=False),
    Route("GET", "/100%/{part}", _part, takes_body=False),
    Route("POST", "/jobs/{part}", _value, takes_body=True),
    Route("POST", "/jobs/{part}:cancel", _part, takes_body=None),
)


def test_a_handler_without_a_reply_is_told_so() -> None:
    nothing: Any = None
    router = Router[Handlers](Route("GET", "/", lambda _, __: nothing, takes_body=False))
    with pytest.raises(TypeError, match="handler of GET / gave no Reply but a NoneType"):
        router.dispatch(Handlers(), Request(method="GET", url="/"))


@pytest.mark.parametrize("reply", [Reply, ErrorReply])
def test_a_value_in_the_place_of_a_status_is_told_so(reply: Callable[..., object]) -> None:
    wrong: Any = "404"
    with pytest.raises(TypeError, match=r"a status is an int, not a str: Reply\(value, status\)"):
        reply(wrong, wrong)


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("/a:b/x", 200, b'"x"'),
        ("/a%3Ab/x", 200, b'"x"'),
        ("/a%3ab/%78", 200, b'"x"'),
        ("/%61:b/x%2Fy", 200, b'"x/y"'),
        ("/a:b/x,y;z=1", 200, b'"x,y;z=1"'),
        ("/a:b/x/y", 404, b'"Not Found"'),
        ("/one.json", 200, b'"one"'),
        ("/a.b%2Ejson", 200, b'"a.b"'),
        ("/a%20b%2Fc%2CA/x", 200, b'"x"'),
        ("/a b%2fc,%41/x", 200, b'"x"'),
        ("/a%20b/c,A/x", 404, b'"Not Found"'),
        ("/a%2520b%2Fc,A/x", 404, b'"Not Found"'),
        ("/100%25/x", 200, b'"x"'),
        ("/%C3%A9/", 200, b""),
        ("/%c3%a9/", 200, b""),
        ("/é/", 200, b""),
        ("/%C3%A9", 404, b'"Not Found"'),
    ],
)
def test_a_path_is_found_in_all_its_spellings(path: str, status: int, body: bytes) -> None:
    response = ROUTER.dispatch(Handlers(), Request(method="GET", url=path))
    assert (response.status, response.body) == (status, body)


MARKED: dict[tuple[PathStyle, PathStyle], list[tuple[object, object]]] = {
    ("matrix", "matrix"): [("1", "2"), ("1", ["a", "b"]), ([], ["a"]), ("", []), (["a;n=1"], "/")],
    ("matrix*", "matrix"): [(["a", "b"], "1"), ([], "1"), (["a"], []), ({"x": "1", "y": ""}, "2")],
    ("matrix", "matrix*"): [("1", ["a", "b"]), ([], []), ("1", {"x": "1", "y": "2"})],
    ("matrix*", "matrix*"): [(["a", "b"], ["c", "d"]), (["a"], {"x": "1", "y": "2"}), ([], ["n"])],
    ("label", "label*"): [("1", ["a", "b"]), (["a", "b"], ["c", "d"]), ("1", []), ("", ["a"])],
    ("label*", "matrix"): [(["a", "b;c"], "1"), ([], ["a.b"]), ({"x": "1"}, [])],
}


@pytest.mark.parametrize("around", ["/a{m}{n}", "/a{m}{n}.json", "/b/{m}{n}/c"])
@pytest.mark.parametrize(
    ("styles", "values"), [(styles, one) for styles, many in MARKED.items() for one in many]
)
def test_marked_parameters_beside_each_other_are_told_apart(
    styles: tuple[PathStyle, PathStyle], values: tuple[object, object], around: str
) -> None:
    parts = [
        styled(name, *one) for name, one in zip("mn", zip(values, styles, strict=True), strict=True)
    ]
    target = around.replace("{m}", parts[0].text).replace("{n}", parts[1].text)
    told: dict[str, PathStyle] = dict(zip("mn", styles, strict=True))

    def read(_: Handlers, incoming: Incoming) -> Reply[object]:
        forms: dict[type[object], Any] = {str: str, list: list[str], dict: dict[str, str]}
        found = [
            incoming.path(name, forms[type(value)], style=told[name])
            for name, value in zip("mn", values, strict=True)
        ]
        return Reply(found)

    router = Router[Handlers](Route("GET", around, read, takes_body=False, styles=told))
    if target.startswith("/b//"):  # which is another resource
        assert 404 == router.dispatch(Handlers(), Request(method="GET", url=target)).status
        return
    response = router.dispatch(Handlers(), Request(method="GET", url=target))
    assert list(values) == json.loads(response.body)


@pytest.mark.parametrize("target", ["/a", "/a;n=1", "/a;m=1/b", "/a;m=1;m=2", "/a1", "/ab;m=1"])
def test_what_is_no_marked_parameter_is_not_found(target: str) -> None:
    def read(_: Handlers, incoming: Incoming) -> Reply[object]:
        return Reply(incoming.path("m", int, style="matrix"))

    route = Route[Handlers]("GET", "/a{m}", read, takes_body=False, styles={"m": "matrix"})
    response = Router(route).dispatch(Handlers(), Request(method="GET", url=target))
    assert 404 == response.status


@pytest.mark.parametrize("body", [None, b"{}"])
def test_a_parameter_with_something_around_it_is_nearer_than_one_alone(body: bytes | None) -> None:
    request = Request(method="POST", url="/jobs/x:cancel", body=body)
    assert b'"x"' == ROUTER.dispatch(Handlers("all"), request).body
    request = Request(method="POST", url="/jobs/x%3Acancelled", body=b"{}")
    assert b'"all"' == ROUTER.dispatch(Handlers("all"), request).body


@pytest.mark.parametrize(
    ("value", "replies", "media_type", "body"),
    [
        ("text", ("application/json",), "application/json", b'"text"'),
        ("text", ("application/json", "text/csv"), "text/csv", b"text"),
        ("text", ("application/xml",), "application/xml", b"text"),
        ("text", ("text/*",), "text/plain", b"text"),
        (b"data", ("text/csv", "image/png"), "image/png", b"data"),
        (b"data", ("text/csv",), "text/csv", b"data"),
        (b"data", ("*/*",), "application/octet-stream", b"data"),
        (
            {"a": 1},
            ("application/vnd.api+json", "text/csv"),
            "application/vnd.api+json",
            b'{"a":1}',
        ),
        ({"a": 1}, ("text/csv",), "application/json", b'{"a":1}'),
    ],
)
def test_a_reply_goes_out_in_a_media_type_that_is_described(
    value: object, replies: Sequence[str], media_type: str, body: bytes
) -> None:
    router = Router[Handlers](Route("GET", "/", _value, takes_body=False, replies={200: replies}))
    response = router.dispatch(Handlers(value), Request(method="GET", url="/"))
    assert (response.headers["Content-Type"], response.body) == (media_type, body)


def test_a_reply_goes_out_in_the_media_type_that_its_handler_says() -> None:
    router = Router[Handlers](Route("GET", "/", _value, takes_body=False))
    handlers = Handlers("é", **{"Content-Type": "text/html; charset=latin-1"})
    response = router.dispatch(handlers, Request(method="GET", url="/"))
    assert response.headers == Headers({"Content-Type": "text/html; charset=latin-1"})
    assert response.body == b"\xe9"


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("http://test/v1/a:b/x?y=1", 200),
        ("http://test/deep/v2/a:b/x", 200),
        ("http://test/a:b/x", 200),
        ("http://test/v1a:b/x", 404),
        ("http://test/v3/a:b/x", 404),
        ("http://test/v1", 404),
        ("http://test/v1.json", 200),
    ],
)
def test_endpoints_are_found_below_the_paths_of_servers(url: str, status: int) -> None:
    servers = ["https://example.com", "https://example.com/v1/", "/deep/v2"]
    request = Request(method="GET", url=url)
    assert status == ROUTER.dispatch(Handlers(), ROUTER.below(request, servers)).status


def test_a_path_that_begins_like_a_server_is_looked_for_as_it_is() -> None:
    router = Router[Handlers](Route("GET", "/v1/jobs", _value, takes_body=False))
    for url in ("http://test/v1/jobs", "http://test/v1/v1/jobs"):
        request = router.below(Request(method="GET", url=url), ["https://example.com/v1"])
        assert 200 == router.dispatch(Handlers(), request).status
