"""The application: a request in, an answer out, whatever happens in between.

What all endpoints have in common is known here: how long a body may be, that HEAD is GET without
its body, what OPTIONS says, that a POST may stand for another method, and what a client is told
when the server itself is at fault. Sockets and WSGI are others' business.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Final

from attrs import evolve, field, frozen

from ..api import Headers, Request, Response
from ..api.server import Handlers, dispatch
from .errors import error_response
from .handlers import TopChefHandlers
from .store import Store, StoreBusyError

MAX_BODY_BYTES: Final = 8 * 1024 * 1024
"""The longest body that a request may have unless told otherwise: 8 MiB."""

_BUSY_SECONDS: Final = 1
"""When a client may try again whose request found the database locked."""

_OVERRIDABLE: Final = {"PATCH", "PUT", "DELETE"}
"""What a POST may stand for. Never GET: proxies let anybody read, and a GET changes nothing."""

_log = logging.getLogger(__name__)


@frozen
class Application:
    """Answers requests with handlers made for the base URL that each was sent to."""

    _handlers_at: Callable[[str], Handlers]
    max_body_bytes: int = field(default=MAX_BODY_BYTES, kw_only=True)

    def answer(self, base_url: str, request: Request) -> Response:
        """Answer a request whose `url` is what follows `base_url`; never raises."""
        body = request.whole_body
        if len(body) > self.max_body_bytes:
            detail = f"a body may have {self.max_body_bytes} bytes"
            return error_response(413, "Content Too Large", detail)
        try:
            return _answer(self._handlers_at(base_url), _as_meant(evolve(request, body=body)))
        except StoreBusyError as error:
            _log.warning("%s %s: %s", request.method, request.url, error)
            wait = {"Retry-After": str(_BUSY_SECONDS)}
            return error_response(503, "Service Unavailable", "the database is locked", wait)
        except Exception:
            # The log is for whoever runs the server; a stranger learns nothing from the answer.
            _log.exception("%s %s failed", request.method, request.url)
            return error_response(500, "Internal Server Error", "the server failed; see its log")


def application_on(store: Store) -> Application:
    """The TopChef server on a store."""
    return Application(partial(TopChefHandlers, store))


def _as_meant(request: Request) -> Request:
    """A POST with X-HTTP-Method-Override is what that says, on both generations."""
    meant = request.headers.get("X-HTTP-Method-Override", "").strip().upper()
    is_meant = request.method == "POST" and meant in _OVERRIDABLE
    return evolve(request, method=meant) if is_meant else request


def _answer(handlers: Handlers, request: Request) -> Response:
    if request.method == "HEAD":
        return _without_body(dispatch(handlers, evolve(request, method="GET")))
    response = dispatch(handlers, request)
    if request.method == "OPTIONS" and response.status == 405:
        return Response(status=200, headers=Headers({"Allow": response.headers["Allow"]}))
    return response


def _without_body(response: Response) -> Response:
    """The same answer as HEAD has it (RFC 9110, section 9.3.2)."""
    length = {"Content-Length": str(len(response.body))} if response.body else {}
    return Response(status=response.status, headers=response.headers.merged(length))
