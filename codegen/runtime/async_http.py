"""The seam between asynchronous clients and what carries their requests.

The asynchronous form of the protocols of `http`, on the same `Request`, `Response` and errors.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Protocol, runtime_checkable

from .http import Headers, Request, Response


class AsyncTransport(Protocol):
    """Carries one request and brings its answer: the seam for tests and other HTTP libraries."""

    async def send(self, request: Request) -> Response:
        """Send the request once and return the whole answer, whatever its status.

        Raises `TransportError` when there is none; its `sent` says whether the server may have
        seen the request.
        """
        ...

    async def aclose(self) -> None:
        """Let go of connections; a later `send` may open new ones."""
        ...


class AsyncOpenResponse(Protocol):
    """An HTTP answer whose body is still to come."""

    @property
    def status(self) -> int:
        """The HTTP status."""
        ...

    @property
    def headers(self) -> Headers:
        """The header fields."""
        ...

    def pieces(self, limit: int | None) -> AsyncGenerator[bytes]:
        """The decoded body as it arrives, once; raises `TransportError` where it ends too early.

        At most `limit` bytes of it are read, if that is a number; more are an error.
        """
        ...

    async def aclose(self) -> None:
        """Let go of the answer, and of its connection where some of the body is still to come."""
        ...


@runtime_checkable
class AsyncStreamingTransport(AsyncTransport, Protocol):
    """A transport that can give an answer before its body is there."""

    async def open(self, request: Request) -> AsyncOpenResponse:
        """Send the request once and return its answer as soon as its head is there.

        The deadline of the request holds until the end of the body, `max_response_bytes` does
        not. Raises `TransportError` as `send` does.
        """
        ...
