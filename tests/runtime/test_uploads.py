"""Bodies that are read while they are sent: files, iterators, parts, on real sockets."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from attrs import define

from codegen.runtime.call import Call, no_body
from codegen.runtime.client import ApiClient
from codegen.runtime.contents import Content, as_bytes, as_multipart, content_in
from codegen.runtime.errors import RequestError, TransportError
from codegen.runtime.files import File
from codegen.runtime.http import Request, Timeout, Upload
from codegen.runtime.multipart import Part, read_parts
from codegen.runtime.retry import RetryPolicy
from codegen.runtime.transport import Urllib3Transport
from codegen.runtime.uploads import ByteSource, FileUpload, IterableUpload, JoinedUpload
from tests.runtime.sockets import Peer, Serve

NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"
MULTIPART = "multipart/form-data"
BIG = 8 * 1024 * 1024


class Pipe(io.RawIOBase):
    """A file that cannot be moved in, and has no length."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def read(self, size: int = -1, /) -> bytes:
        return self._data.read(size)


def opened(data: bytes) -> BinaryIO:
    return io.BytesIO(data)


def pipe(data: bytes) -> BinaryIO:
    return cast("BinaryIO", Pipe(data))


def put(source: ByteSource, media_type: str = "application/octet-stream") -> Call[None]:
    content = content_in(media_type, as_bytes, source)
    return Call("PUT", "/file", content=content, answers={204: no_body})


def chunks(body: bytes) -> bytes:
    """The body that chunks hold (RFC 9112, section 7.1)."""
    data = b""
    while True:
        size, _, body = body.partition(b"\r\n")
        length = int(size, 16)
        if length == 0:
            assert b"\r\n" == body
            return data
        data, body = data + body[:length], body[length + 2 :]


def takes(peer: Peer) -> tuple[str, bytes]:
    """A request, with its body out of chunks."""
    head, _, body = peer.takes().partition(b"\r\n\r\n")
    is_chunked = b"transfer-encoding: chunked" in head.lower()
    return head.decode(), chunks(peer.takes_chunks()) if is_chunked else body


@pytest.fixture
def client() -> Iterator[ApiClient]:
    with ApiClient("http://127.0.0.1:9") as made:
        yield made


DATA = bytes(range(256)) * 1000


@pytest.mark.parametrize(
    ("source", "is_chunked"),
    [
        (DATA, False),
        (opened(DATA), False),
        (pipe(DATA), True),
        ([DATA[:100], b"", DATA[100:]], True),
        ((DATA[place : place + 999] for place in range(0, len(DATA), 999)), True),
    ],
    ids=["bytes", "file", "pipe", "list", "generator"],
)
def test_a_body_arrives_as_it_was_given(serve: Serve, source: ByteSource, is_chunked: bool) -> None:
    received: list[tuple[str, bytes]] = []

    def script(peer: Peer) -> None:
        for _ in range(2):
            received.append(takes(peer))
            peer.sends(NO_CONTENT)

    server = serve(script)
    with ApiClient(server.url.removesuffix("/thing")) as client:
        client.send(put(source))
        client.send(put(b"after"))  # on the same connection, which is not out of step
    assert [DATA, b"after"] == [body for _, body in received]
    assert is_chunked is ("transfer-encoding: chunked" in received[0][0].lower())
    assert (f"content-length: {len(DATA)}" in received[0][0].lower()) is not is_chunked
    assert 1 == server.connections


def test_a_file_is_sent_from_where_it_stands() -> None:
    file = opened(b"0123456789")
    file.read(4)
    upload = FileUpload(file)
    assert (6, b"456789", b"456789") == (
        upload.length,
        b"".join(upload.pieces()),
        b"".join(upload.pieces()),
    )


def test_a_file_is_sent_again_from_where_it_stood(serve: Serve) -> None:
    received: list[bytes] = []

    def loses(peer: Peer) -> None:
        received.append(takes(peer)[1])

    def answers(peer: Peer) -> None:
        received.append(takes(peer)[1])
        peer.sends(NO_CONTENT)

    server = serve(loses, answers)
    with ApiClient(server.url, sleep=lambda _: None) as client:
        client.send(put(opened(DATA)))
    assert [DATA, DATA] == received


@pytest.mark.parametrize("source", [pipe(DATA), iter([DATA])], ids=["pipe", "iterator"])
def test_what_can_be_read_only_once_is_sent_only_once(serve: Serve, source: ByteSource) -> None:
    def loses(peer: Peer) -> None:
        takes(peer)

    server = serve(loses)
    with (
        ApiClient(server.url, sleep=lambda _: None) as client,
        pytest.raises(TransportError) as caught,
    ):
        client.send(put(source))
    assert (1, 1) == (caught.value.attempts, server.connections)


def test_what_was_not_begun_may_be_sent_again(serve: Serve) -> None:
    with (
        ApiClient("http://127.0.0.1:9", sleep=lambda _: None) as client,
        pytest.raises(TransportError) as caught,
    ):
        client.send(put(iter([DATA])), retry=RetryPolicy(attempts=3))
    assert (3, False) == (caught.value.attempts, caught.value.sent)


@pytest.mark.parametrize("kind", ["file", "iterator"])
def test_a_large_body_takes_no_memory(serve: Serve, kind: str, tmp_path: Path) -> None:
    sizes: list[int] = []

    def counts(peer: Peer) -> None:
        sizes.append(peer.drops_body(BIG))
        peer.sends(NO_CONTENT)

    server = serve(counts)
    path = tmp_path / "big"
    path.write_bytes(bytes(BIG))
    with path.open("rb") as file, ApiClient(server.url) as client:
        pieces = (bytes(65536) for _ in range(BIG // 65536))
        source: ByteSource = file if kind == "file" else pieces
        tracemalloc.start()
        client.send(put(source))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert sizes[0] >= BIG
    assert peak < BIG / 4


def takes_nothing(peer: Peer) -> None:
    peer.sleeps(10)


class Broken(OSError):
    pass


def test_what_a_source_raises_is_raised_and_no_failure_of_the_network(serve: Serve) -> None:
    def breaks() -> Iterator[bytes]:
        yield b"begun"
        raise Broken("no more")

    server = serve(Peer.waits)
    transport = Urllib3Transport(pool_size=1)
    upload = IterableUpload(breaks())
    with pytest.raises(Broken):
        transport.send(Request(method="POST", url=server.url, body=upload))
    transport.close()


def test_a_file_that_shrinks_is_an_error_and_no_hanging_request(serve: Serve) -> None:
    file = io.BytesIO(DATA)
    upload = FileUpload(file)
    file.truncate(100)
    server = serve(Peer.waits)
    transport = Urllib3Transport()
    with pytest.raises(RequestError, match="ended 255900 bytes early"):
        transport.send(Request(method="PUT", url=server.url, body=upload))
    transport.close()


def test_a_file_that_grows_is_sent_as_long_as_it_was() -> None:
    file = io.BytesIO(b"as it was")
    upload = FileUpload(file)
    file.seek(0, 2)
    file.write(b", and more")
    assert b"as it was" == b"".join(upload.pieces())


def test_a_piece_that_is_no_bytes_is_an_error() -> None:
    upload = IterableUpload(cast("list[bytes]", ["text"]))
    with pytest.raises(RequestError, match="has a piece that is not bytes but str"):
        list(upload.pieces())


@pytest.mark.parametrize("value", ["text", {"a": b""}, 1, None.__class__])
def test_what_gives_no_bytes_is_refused_when_the_call_is_made(value: object) -> None:
    with pytest.raises(RequestError, match="is not bytes but a"):
        content_in("application/octet-stream", as_bytes, value)


def test_the_deadline_holds_against_a_server_that_takes_nothing(serve: Serve) -> None:
    server = serve(takes_nothing)
    endless = (bytes(65536) for _ in range(10_000))
    with (
        ApiClient(server.url, timeout=Timeout(total=0.5)) as client,
        pytest.raises(TransportError, match="the deadline passed"),
    ):
        client.send(put(endless))


def test_an_early_refusal_of_a_stream_is_heard(serve: Serve) -> None:
    def refuses(peer: Peer) -> None:
        peer.takes()
        peer.sends(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        peer.ends()

    server = serve(refuses)
    endless = (bytes(65536) for _ in range(10_000))
    transport = Urllib3Transport()
    upload = IterableUpload(endless)
    response = transport.send(Request(method="PUT", url=server.url, body=upload))
    assert 413 == response.status
    transport.close()


# --- parts ---------------------------------------------------------------------------------------


@define(kw_only=True)
class Form:
    title: str
    file: File
    other: File | None = None


def test_parts_that_are_files_are_read_while_they_are_sent(serve: Serve) -> None:
    received: list[tuple[str, bytes]] = []

    def script(peer: Peer) -> None:
        received.append(takes(peer))
        peer.sends(NO_CONTENT)

    form = Form(title="T", file=File(opened(DATA), "a.bin"), other=File(b"b", "b.bin"))
    content = content_in(MULTIPART, as_multipart(Form), form)
    assert content is not None
    assert isinstance(content.data, Upload)
    server = serve(script)
    with ApiClient(server.url) as client:
        client.send(Call("PUT", "/form", content=content, answers={204: no_body}))
    head, body = received[0]
    assert f"content-length: {content.data.length}" in head.lower()
    assert [
        Part(name="title", data=b"T"),
        Part(name="file", data=DATA, media_type="application/octet-stream", file_name="a.bin"),
        Part(name="other", data=b"b", media_type="application/octet-stream", file_name="b.bin"),
    ] == read_parts(body, content.media_type)


def test_parts_of_unknown_length_are_sent_in_chunks() -> None:
    form = Form(title="T", file=File(iter([b"a", b"b"]), "a.bin"))
    content = content_in(MULTIPART, as_multipart(Form), form)
    assert isinstance(content, Content)
    assert isinstance(content.data, JoinedUpload)
    assert content.data.length is None
    first = b"".join(content.data.pieces())
    assert b"ab" in first
    assert not content.data.can_restart


def test_a_file_that_gives_no_bytes_is_refused() -> None:
    form = Form(title="T", file=File(cast("bytes", "text"), "a.txt"))
    with pytest.raises(RequestError, match="has data that is no bytes but a str"):
        content_in(MULTIPART, as_multipart(Form), form)
