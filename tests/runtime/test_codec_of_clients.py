"""The codec that a client is given reads all its answers: values, errors, and items of streams."""

from __future__ import annotations

import anyio
import pytest
from attrs import define, field

from codegen.runtime.async_client import AsyncApiClient
from codegen.runtime.call import Call, error, json_body
from codegen.runtime.client import ApiClient
from codegen.runtime.codec import Codec
from codegen.runtime.constraints import Constraints
from codegen.runtime.errors import ClientError, DecodeError
from codegen.runtime.http import Headers, Request, Response
from codegen.runtime.items import Items, json_lines
from codegen.runtime.unnamed import unnamed_properties


@define(kw_only=True)
class Thing:
    """What answers hold."""

    id: int = field(validator=Constraints(minimum=1))


BODY = b'{"id": 0, "more": 5}'

THING: Call[Thing] = Call("GET", "/", answers={200: json_body(Thing), 404: error(Thing)})

THINGS: Call[Items[Thing]] = Call("GET", "/", answers={200: json_lines(Thing)})

KEEPING = Codec(check_constraints=False, keep_unnamed=True)


class Transport:
    """Answers always the same."""

    def __init__(self, status: int = 200) -> None:
        self._response = Response(status=status, headers=Headers(), body=BODY)

    def send(self, request: Request) -> Response:
        assert "GET" == request.method
        return self._response

    def close(self) -> None:
        """Nothing is held."""


class AsyncTransport:
    """The same for tasks."""

    async def send(self, request: Request) -> Response:
        return Transport().send(request)

    async def aclose(self) -> None:
        """Nothing is held."""


def client_of(codec: Codec | None = None, *, lenient: bool = False, status: int = 200) -> ApiClient:
    return ApiClient("http://x", transport=Transport(status), codec=codec, lenient=lenient)


def test_both_options_of_a_codec_come_at_once() -> None:
    thing = client_of(KEEPING).send(THING)
    assert (0, {"more": 5}) == (thing.id, unnamed_properties(thing))


def test_lenient_is_short_for_a_codec_that_checks_no_constraints() -> None:
    for client in (client_of(lenient=True), client_of(Codec(check_constraints=False))):
        assert 0 == client.send(THING).id
    with pytest.raises(DecodeError):
        client_of().send(THING)


def test_what_is_told_twice_is_refused() -> None:
    with pytest.raises(TypeError, match="give a codec or lenient"):
        client_of(Codec(), lenient=True)


def test_errors_are_read_by_the_codec_too() -> None:
    with pytest.raises(ClientError) as raised:
        client_of(KEEPING, status=404).send(THING)
    assert {"more": 5} == unnamed_properties(raised.value.error)


def test_items_are_read_by_the_codec_too() -> None:
    with client_of(KEEPING).items(THINGS) as things:
        assert [{"more": 5}] == [unnamed_properties(thing) for thing in things]


def test_tasks_have_the_codec_too() -> None:
    async def read() -> list[Thing]:
        client = AsyncApiClient("http://x", transport=AsyncTransport(), codec=KEEPING)
        async with client.items(THINGS) as things:
            return [await client.send(THING), *[thing async for thing in things]]

    assert [{"more": 5}] * 2 == [unnamed_properties(thing) for thing in anyio.run(read)]
