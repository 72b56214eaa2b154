"""Header fields: looked up whatever their case, joined by name, and each by itself."""

from __future__ import annotations

import copy
import pickle

import anyio
import pytest

from codegen.runtime.async_transport import AnyioTransport
from codegen.runtime.http import Headers, Request
from codegen.runtime.parameters import ResponseHeader
from codegen.runtime.server import Reply, Route, Router
from codegen.runtime.transport import Urllib3Transport
from tests.runtime.exchanges import GENEROUS
from tests.runtime.sockets import HEAD, Serve, answers

FIRST = "a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT"
SECOND = "b=2; Path=/"
HEADERS = Headers(
    [
        ("Set-Cookie", FIRST),
        ("X-One", "1"),
        ("set-cookie", SECOND),
        ("Cookie", "a"),
        ("Cookie", "b"),
    ]
)


def test_fields_of_one_name_are_one_to_a_mapping() -> None:
    assert f"{FIRST}, {SECOND}" == HEADERS["SET-COOKIE"]
    assert "a; b" == HEADERS["cookie"]
    assert 3 == len(HEADERS)
    assert dict(HEADERS) == dict(HEADERS.items())


def test_each_field_of_a_name_is_there_in_its_order() -> None:
    assert (FIRST, SECOND) == HEADERS.get_all("Set-Cookie")
    assert ("1",) == HEADERS.get_all("x-one")
    assert () == HEADERS.get_all("X-Two")
    assert [FIRST, SECOND] == [value for name, value in HEADERS.each() if name == "set-cookie"]


@pytest.mark.parametrize(
    "same",
    [
        Headers(HEADERS),
        Headers(list(HEADERS.each())),
        HEADERS.merged({}),
        HEADERS.merged({"X-One": "1"}),
        Headers({"x-one": "1"}).merged(HEADERS),
        Headers([("Set-Cookie", "c"), ("Set-Cookie", "d")]).merged(HEADERS),
        copy.deepcopy(HEADERS),
        pickle.loads(pickle.dumps(HEADERS)),
    ],
)
def test_a_copy_has_each_field(same: Headers) -> None:
    assert HEADERS == same
    assert (FIRST, SECOND) == same.get_all("Set-Cookie")
    assert ("a", "b") == same.get_all("Cookie")


def test_a_field_in_place_of_several_is_one() -> None:
    assert ("c=3",) == HEADERS.merged({"SET-COOKIE": "c=3"}).get_all("Set-Cookie")


def test_each_cookie_that_is_set_is_an_item_of_an_array_and_a_line_of_text() -> None:
    assert [FIRST, SECOND] == ResponseHeader("Set-Cookie", list[str]).read(HEADERS)
    assert f"{FIRST}\n{SECOND}" == ResponseHeader("Set-Cookie", str).read(HEADERS)
    one = Headers({"Set-Cookie": FIRST})
    assert [FIRST] == ResponseHeader("set-cookie", list[str]).read(one)
    assert FIRST == ResponseHeader("set-cookie", str).read(one)
    assert ResponseHeader("Set-Cookie", list[str]).read(Headers()) is None


def test_both_transports_tell_cookies_apart(serve: Serve, transport: Urllib3Transport) -> None:
    fields = "".join(f"Set-Cookie: {one}\r\n" for one in (FIRST, SECOND)).encode()
    server = serve(answers(HEAD + fields + b"Content-Length: 0\r\n\r\n"))
    request = Request(method="GET", url=server.url, timeout=GENEROUS)

    async def ask() -> Headers:
        tasks = AnyioTransport(proxy=False)
        try:
            return (await tasks.send(request)).headers
        finally:
            await tasks.aclose()

    for headers in (transport.send(request).headers, anyio.run(ask)):
        assert (FIRST, SECOND) == headers.get_all("Set-Cookie")


class _Handlers:
    def refuse(self, refusal: object) -> Reply[object]:
        raise AssertionError(refusal)


def test_a_handler_sets_several_cookies() -> None:
    reply = Reply[object](None, 204, Headers([("Set-Cookie", FIRST), ("Set-Cookie", SECOND)]))
    router = Router[_Handlers](Route("GET", "/", lambda _, __: reply, takes_body=False))
    response = router.dispatch(_Handlers(), Request(method="GET", url="/"))
    assert (FIRST, SECOND) == response.headers.get_all("Set-Cookie")
