"""Middleware: functions around the sending of a request, called once for each try.

    def traced(request: Request, send: Send) -> Response:
        with tracer.start_as_current_span(request.method) as span:
            response = send(request)
            span.set_attribute("http.response.status_code", response.status)
            return response

    ApiClient(url, middleware=[traced])

It is inside the retry loop: a call that is repeated passes through it each time, as does each
place that a redirect leads to. It may change the request, such as by a header field, may look at
the answer or give another, and may raise `TransportError`, which is then what came of the try.
The first of several is the outermost. Of an answer that is streamed it sees the head alone.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from functools import partial, reduce
from typing import TypeAlias

from .errors import TransportError
from .http import Request, Response

Send: TypeAlias = Callable[[Request], Response]
"""Sends a request once; raises `TransportError` where no answer arrives."""

Middleware: TypeAlias = Callable[[Request, Send], Response]
"""Sends a request by the function that it is given, with something before or after."""


def around(send: Send, middleware: Iterable[Middleware]) -> Send:
    """Send through all of the middleware, the first of it outermost."""
    return reduce(_around, reversed(tuple(middleware)), send)


def _around(send: Send, middleware: Middleware) -> Send:
    return partial(_through, middleware, send)


def _through(middleware: Middleware, send: Send, request: Request) -> Response:
    return middleware(request, send)


def log_attempts(logger: logging.Logger | None = None, level: int = logging.INFO) -> Middleware:
    """Middleware that writes a line for each try: method, URL, status or failure, milliseconds.

    The URL is without its query, and nothing of header fields or bodies is written. By default
    the logger is that of this module.
    """
    log = logging.getLogger(__name__) if logger is None else logger

    def logged(request: Request, send: Send) -> Response:
        began = time.monotonic()
        ending = "broken off"
        try:
            response = send(request)
            ending = f"status {response.status}"
            return response
        except TransportError as error:
            ending = f"{type(error).__name__}: {error.message}"
            raise
        finally:
            milliseconds = (time.monotonic() - began) * 1000
            url = request.url.partition("?")[0]
            log.log(level, "%s %s: %s, %.0f ms", request.method, url, ending, milliseconds)

    return logged
