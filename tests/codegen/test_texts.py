"""Text that a schema says more of goes without quotes, and is held to its schema both ways."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum
from typing import Any, Literal

import pytest

from codegen.lower import lower
from codegen.runtime.call import Call, text_of
from codegen.runtime.codec import lenient_codec, server_codec
from codegen.runtime.constraints import Constraints
from codegen.runtime.contents import as_text_of, content_in
from codegen.runtime.enums import OpenStrEnum
from codegen.runtime.errors import DecodeError, RequestError
from codegen.runtime.http import Headers, Request, Response
from codegen.runtime.items import Event, event_stream
from codegen.runtime.server import ErrorReply, Incoming, Refusal, Reply, Route, Router
from codegen.tree import Json


class Color(OpenStrEnum):
    RED = "red"


NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("form", "value", "text"),
    [
        (Color, Color.RED, b"red"),
        (Literal["ping"], "ping", b"ping"),
        (datetime, NOON, b"2026-01-31T12:00:00+00:00"),
        (str | int, "abc", b"abc"),
        (str | int, 'a "b"', b'a "b"'),
        (str | int, '"b"', b'"b"'),
        (str | int, 5, b"5"),
        (str | list[int], [1, 2], b"[1,2]"),
        (str | list[int], "[1, x]", b"[1, x]"),
        (str | bool, "\u00e9", "\u00e9".encode()),
    ],
)
def test_a_text_goes_and_comes_without_quotes(form: Any, value: object, text: bytes) -> None:
    written = as_text_of(form)
    assert text == written.write(value, "text/plain").data
    assert value == written.read(text, "text/plain", server_codec)
    call = Call("GET", "/", answers={200: text_of(form)})
    assert value == call.decode(Response(status=200, body=text))


@pytest.mark.parametrize(
    ("form", "value"),
    [(Color, "zzz"), (Literal["ping"], "pong"), (datetime, "noon"), (int | str, [])],
)
def test_a_text_that_its_schema_does_not_allow_is_not_sent(form: Any, value: object) -> None:
    with pytest.raises(RequestError, match="cannot be sent as text/plain"):
        content_in("text/plain", as_text_of(form), value)


def test_an_answer_of_text_is_held_to_its_constraints_unless_read_leniently() -> None:
    call = Call("GET", "/", answers={200: text_of(str, Constraints(max_length=2))})
    response = Response(status=200, body=b"abc")
    with pytest.raises(DecodeError, match="is longer than 2"):
        call.decode(response)
    assert "abc" == call.decode(response, codec=lenient_codec)
    assert "12" == call.decode(Response(status=200, body=b"12"))


def test_a_word_that_an_enumeration_does_not_name_is_unknown_in_answers() -> None:
    call = Call("GET", "/", answers={200: text_of(Color)})
    found = call.decode(Response(status=200, body=b"blue"))
    assert ("blue", True) == (found.value, found.is_unknown)


def test_the_data_of_an_event_may_be_text_among_other_things() -> None:
    call = Call("GET", "/", answers={200: event_stream(str | int)})
    body = b'data: hello\n\ndata: 5\n\ndata: "x"\n\ndata: [DONE]\n\n'
    response = Response(status=200, body=body)
    assert [Event("hello"), Event(5), Event('"x"')] == call.decode(response)


class Handlers:
    def __init__(self, reply: Reply[object] | ErrorReply) -> None:
        self.reply = reply

    def refuse(self, refusal: Refusal) -> Reply[object]:
        return Reply(refusal.title, refusal.status)


def _handle(handlers: Handlers, _: Incoming) -> Reply[object]:
    if isinstance(handlers.reply, ErrorReply):
        raise handlers.reply
    return handlers.reply


@pytest.mark.parametrize(
    ("reply", "media_type", "body"),
    [
        (Reply("<a/>"), "application/xml", b"<a/>"),
        (Reply("a", 203), "text/plain", b"a"),
        (Reply(NOON, 203), "text/plain", b"2026-01-31T12:00:00+00:00"),
        (Reply(Color.RED, 203), "text/plain", b"red"),
        (Reply(5, 203), "text/plain", b"5"),
        (Reply("a", 201), "application/json", b'"a"'),
        (ErrorReply(404, "gone"), "text/html", b"gone"),
        (ErrorReply(409, {"a": 1}), "application/problem+json", b'{"a":1}'),
        (ErrorReply(500, "what"), "application/json", b'"what"'),
    ],
)
def test_a_reply_goes_out_in_the_media_type_of_its_status(
    reply: Reply[object] | ErrorReply, media_type: str, body: bytes
) -> None:
    router = Router[Handlers](
        Route(
            "GET",
            "/",
            _handle,
            takes_body=False,
            replies={
                200: ["application/xml"],
                203: ["text/plain"],
                404: ["text/html"],
                "4XX": ["application/problem+json"],
            },
        )
    )
    response = router.dispatch(Handlers(reply), Request(method="GET", url="/"))
    assert (response.headers, response.body) == (Headers({"Content-Type": media_type}), body)


def test_base64_in_a_text_stays_text_and_that_of_an_image_is_bytes() -> None:
    schema: Json = {"schema": {"type": "string", "format": "byte"}}
    content: Json = {"content": {"text/plain": schema, "image/png": schema}}
    operation: Json = {"requestBody": content, "responses": {"204": {"description": "Done."}}}
    info: Json = {"title": "T", "version": "1"}
    api = lower({"openapi": "3.1.0", "info": info, "paths": {"/": {"put": operation}}})
    body = api.endpoints[0].body
    assert body is not None
    kinds: list[Enum | None] = [getattr(one.type, "kind", None) for one in body.contents]
    assert ["STRING", "BYTES"] == [one and one.name for one in kinds]
