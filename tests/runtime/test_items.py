"""Server-sent events and JSON lines: what items are, whole and as they arrive."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from attrs import define
from hypothesis import given
from hypothesis import strategies as st

from codegen.runtime.call import Call, by_media_type, error, json_body
from codegen.runtime.client import ApiClient
from codegen.runtime.codec import codec
from codegen.runtime.errors import ClientError, DecodeError, Facts, TransportError
from codegen.runtime.http import Headers, Response, Timeout
from codegen.runtime.items import (
    Event,
    EventsAnswer,
    ItemReader,
    Items,
    JsonLinesAnswer,
    event_stream,
    json_lines,
    write_items,
)
from tests.runtime.sockets import HEAD, Peer, Serve

STREAM = "text/event-stream"
LINES = "application/x-ndjson"
SEQUENCE = "application/json-seq"


@define(kw_only=True)
class Delta:
    text: str


def head(media_type: str) -> Response:
    return Response(status=200, headers=Headers({"Content-Type": media_type}))


def events(body: bytes) -> list[Event[str]]:
    response = Response(status=200, headers=Headers({"Content-Type": STREAM}), body=body)
    return event_stream(str).read(response, Facts(), codec)


# The examples of WHATWG HTML, section 9.2.6, and what its sections 9.2.5 and 9.2.6 say besides.
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"data: YHOO\ndata: +2\ndata: 10\n\n", [Event("YHOO\n+2\n10")]),
        (
            b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\n"
            b"data:  third event\n",
            [Event("first event", id="1"), Event("second event")],
        ),
        (b"data\n\ndata\ndata\n\ndata:", [Event(""), Event("\n")]),
        (b"data:test\n\ndata: test\n\n", [Event("test"), Event("test")]),
        (b"event: add\ndata: 73857293\n\n", [Event("73857293", event="add")]),
        (b"event: add\n\ndata: x\n\n", [Event("x")]),
        (b"\xef\xbb\xbfdata: a\r\n\r\ndata: b\r\rdata: c\n\n", [Event("a"), Event("b"), Event("c")]),
        (b"id: 7\ndata: a\n\ndata: b\n\n", [Event("a", id="7"), Event("b", id="7")]),
        (b"id: 7\0\ndata: a\n\n", [Event("a")]),
        (b"retry: 250\ndata: a\n\nretry: x\ndata: b\n\n", [Event("a", retry=250)] * 1 + [Event("b", retry=250)]),
        (b"unknown: 1\n:comment\ndata: a:b\n\n", [Event("a:b")]),
        (b"data: \xff\n\n", [Event("\ufffd")]),
        (b"data: cut short", []),
        (b"", []),
    ],
)  # fmt: skip
def test_events_are_as_the_standard_has_them(body: bytes, expected: list[Event[str]]) -> None:
    assert expected == events(body)


def fed(reader: ItemReader[Any], pieces: list[bytes]) -> list[Any]:
    return [item for piece in pieces for item in reader.feed(piece)] + list(reader.end())


SPLIT = st.lists(st.integers(0, 200), max_size=12).map(sorted)


def cut(body: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *(min(place, len(body)) for place in places), len(body)]
    return [body[start:end] for start, end in pairwise(edges)]


@given(
    st.lists(st.sampled_from([b"data", b":", b" ", b"id", b"x", b"\r", b"\n", b"\r\n", b"\n\n", b"\xef\xbb\xbf"])),
    SPLIT,
)  # fmt: skip
def test_events_are_the_same_however_they_arrive(parts: list[bytes], places: list[int]) -> None:
    body = b"".join(parts)
    reader = EventsAnswer(str).reader(head(STREAM), Facts(), codec)
    assert events(body) == fed(reader, cut(body, places))


def test_the_line_after_one_in_two_pieces_may_be_blank() -> None:
    reader = EventsAnswer(str).reader(head(STREAM), Facts(), codec)
    assert [Event("a"), Event("b")] == fed(reader, [b"data: a\r", b"\n", b"\n", b"data: b\n\n"])


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"))


@given(st.lists(st.builds(Event, texts, id=st.just(""))), SPLIT)
def test_events_are_read_as_they_were_written(items: list[Event[str]], places: list[int]) -> None:
    reader = EventsAnswer(str).reader(head(STREAM), Facts(), codec)
    assert items == fed(reader, cut(write_items(items, STREAM), places))


@given(st.lists(st.builds(Delta, text=texts)), SPLIT, st.sampled_from([LINES, SEQUENCE]))
def test_json_items_are_read_as_they_were_written(
    items: list[Delta], places: list[int], media_type: str
) -> None:
    reader = JsonLinesAnswer(Delta).reader(head(media_type), Facts(), codec)
    assert items == fed(reader, cut(write_items(items, media_type), places))


def read_lines(body: bytes, media_type: str = LINES) -> Items[Delta]:
    response = Response(status=200, headers=Headers({"Content-Type": media_type}), body=body)
    return json_lines(Delta).read(response, Facts(), codec)


def test_lines_may_be_blank_or_end_in_cr_lf_or_not_at_all() -> None:
    body = b'\n{"text": "a"}\r\n\r\n \n{"text": "b"}'
    assert [Delta(text="a"), Delta(text="b")] == read_lines(body)


def test_a_record_of_a_sequence_may_have_several_lines() -> None:
    body = b'\x1e{\n"text": "a"\n}\n\x1e{"text": "b"}\n'
    assert [Delta(text="a"), Delta(text="b")] == read_lines(body, SEQUENCE)


@pytest.mark.parametrize(
    "body",
    [b'{"text": 1}\n', b"no\n", b'{"text": "a", "text": "b"}\n', b'{"text": "a"} {"text": "b"}\n', b'{"te'],
)  # fmt: skip
def test_an_item_that_is_not_as_described_is_an_error(body: bytes) -> None:
    with pytest.raises(DecodeError, match="item 2 of the answer is not as described"):
        read_lines(b'{"text": "first"}\n' + body)


def test_the_last_event_of_many_services_is_no_item() -> None:
    body = b'data: {"text": "a"}\n\ndata: [DONE]\n\ndata: {"text": "b"}\n\n'
    response = Response(status=200, headers=Headers({"Content-Type": STREAM}), body=body)
    assert [Event(Delta(text="a"))] == event_stream(Delta).read(response, Facts(), codec)


@pytest.mark.parametrize("media_type", [LINES, SEQUENCE, STREAM])
def test_an_item_without_end_takes_bounded_memory(media_type: str) -> None:
    answer: JsonLinesAnswer[Delta] | EventsAnswer[str]
    answer = EventsAnswer(str) if media_type == STREAM else JsonLinesAnswer(Delta)
    reader: ItemReader[Any] = answer.reader(head(media_type), Facts(), codec, 100)
    with pytest.raises(DecodeError, match="an item of the answer has more than 100 bytes"):
        fed(reader, [b"x" * 60] * 2)


def test_an_event_of_many_lines_takes_bounded_memory() -> None:
    reader = EventsAnswer(str).reader(head(STREAM), Facts(), codec, 100)
    with pytest.raises(DecodeError, match="an item of the answer has more than 100 bytes"):
        fed(reader, [b"data: 0123456789\n"] * 11)


DELTAS: Call[Items[Event[Delta]]] = Call(
    "GET", "/d", accept=STREAM, answers={200: event_stream(Delta), "4XX": error()}
)
MIXED: Call[Delta | Items[Event[Delta]]] = Call(
    "GET",
    "/m",
    accept="application/json, text/event-stream;q=0.9",
    answers={
        200: by_media_type({"application/json": json_body(Delta), STREAM: event_stream(Delta)})
    },
)
HEAD_OF_STREAM = HEAD + b"Content-Type: text/event-stream\r\n\r\n"


def event(text: str) -> bytes:
    return b'data: {"text": "' + text.encode() + b'"}\n\n'


def test_an_item_is_there_before_the_next_is_sent(serve: Serve) -> None:
    taken: list[Iterator[Event[Delta]]] = []

    def asks(peer: Peer) -> None:
        peer.takes()
        peer.sends(HEAD_OF_STREAM + event("one"))
        peer.waits_for(lambda: bool(taken))
        peer.sends(event("two"))

    url = serve(asks).url
    with ApiClient(url, timeout=Timeout(read=10)) as client, client.items(DELTAS) as items:
        assert Event(Delta(text="one")) == next(items)
        taken.append(items)
        assert [Event(Delta(text="two"))] == list(items)


def test_of_several_answers_the_one_with_items_is_asked_for(serve: Serve) -> None:
    def answers(peer: Peer) -> None:
        assert b"Accept: text/event-stream\r\n" in peer.takes()
        peer.sends(HEAD_OF_STREAM + event("one"))

    url = serve(answers).url
    with ApiClient(url) as client, client.items(MIXED, Items[Event[Delta]]) as items:
        assert ["one"] == [item.data.text for item in items]


def test_an_answer_without_items_is_an_error_that_knows_its_call(serve: Serve) -> None:
    def answers(peer: Peer) -> None:
        peer.takes()
        peer.sends(HEAD + b'Content-Type: application/json\r\n\r\n{"text": "a"}')

    url = serve(answers).url
    with (
        ApiClient(url) as client,
        pytest.raises(
            DecodeError, match="is no sequence of items but of application/json"
        ) as caught,
        client.items(MIXED, Items[Event[Delta]]) as items,
    ):
        list(items)
    facts = caught.value.facts
    assert ("GET", f"{url}/m", 1) == (facts.method, facts.url, facts.attempts)


def test_a_bad_item_is_an_error_that_knows_its_call(serve: Serve) -> None:
    def answers(peer: Peer) -> None:
        peer.takes()
        peer.sends(HEAD_OF_STREAM + event("one") + b"data: 1\n\n")

    url = serve(answers).url
    with ApiClient(url) as client, client.items(DELTAS) as items:
        next(items)
        with pytest.raises(DecodeError) as caught:
            next(items)
    facts = caught.value.facts
    assert ("GET", f"{url}/d", 1) == (facts.method, facts.url, facts.attempts)


def test_a_refusal_is_an_error_before_there_are_items(serve: Serve) -> None:
    def refuses(peer: Peer) -> None:
        peer.takes()
        peer.sends(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")

    url = serve(refuses).url
    with ApiClient(url) as client, pytest.raises(ClientError), client.items(DELTAS):
        pass


def test_the_deadline_holds_against_events_without_end(serve: Serve) -> None:
    def drips(peer: Peer) -> None:
        peer.takes()
        peer.sends(HEAD_OF_STREAM)
        peer.drips(event("again"), 0.05)

    url = serve(drips).url
    timeout = Timeout(total=0.5)
    with (
        ApiClient(url) as client,
        client.items(DELTAS, timeout=timeout) as items,
        pytest.raises(TransportError, match="the deadline passed"),
    ):
        list(items)
