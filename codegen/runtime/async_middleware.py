"""Middleware of asynchronous clients: functions around the sending of a request.

    async def traced(request: Request, send: AsyncSend) -> Response:
        with tracer.start_as_current_span(request.method):
            return await send(request)

    AsyncApiClient(url, middleware=[traced])

What `middleware` says of the other kind holds for this.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from functools import partial, reduce
from typing import TypeAlias

from .http import Request, Response

AsyncSend: TypeAlias = Callable[[Request], Awaitable[Response]]
"""Sends a request once; raises `TransportError` where no answer arrives."""

AsyncMiddleware: TypeAlias = Callable[[Request, AsyncSend], Awaitable[Response]]
"""Sends a request by the function that it is given, with something before or after."""


def around(send: AsyncSend, middleware: Iterable[AsyncMiddleware]) -> AsyncSend:
    """Send through all of the middleware, the first of it outermost."""
    return reduce(_around, reversed(tuple(middleware)), send)


def _around(send: AsyncSend, middleware: AsyncMiddleware) -> AsyncSend:
    return partial(_through, middleware, send)


async def _through(middleware: AsyncMiddleware, send: AsyncSend, request: Request) -> Response:
    return await middleware(request, send)
