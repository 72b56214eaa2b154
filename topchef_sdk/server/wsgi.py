"""The application as WSGI: the only module that knows `environ` (PEP 3333)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIEnvironment

from attrs import frozen

from ..api import Headers, Request, Response
from .application import Application
from .errors import error_response

_HOST: Final = re.compile(r"([A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")
"""A name or an address and a port (RFC 9110, section 7.2): it goes into links and `Location`."""

_BODYLESS: Final = {204, 304}


@frozen
class WsgiApplication:
    """Runs the application under any WSGI server."""

    _application: Application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        """Answer one request."""
        response = self._answer(environ)
        start_response(_status_line(response.status), list(_header_fields(response)))
        return [response.body] if response.body else []

    def _answer(self, environ: WSGIEnvironment) -> Response:
        host = _host(environ)
        if host is None:
            return error_response(400, "Bad Request", "the Host header names no host")
        base_url = f"{environ['wsgi.url_scheme']}://{host}{_path(environ, 'SCRIPT_NAME')}"
        request = Request(
            method=environ["REQUEST_METHOD"],
            url=_target(environ),
            headers=Headers(list(_request_fields(environ))),
            body=self._body(environ),
        )
        return self._application.answer(base_url, request)

    def _body(self, environ: WSGIEnvironment) -> bytes:
        """What was sent, but no more of it than shows that it is too long."""
        length = int(environ.get("CONTENT_LENGTH") or 0)  # digits: WSGI servers see to that
        most = self._application.max_body_bytes + 1
        return environ["wsgi.input"].read(min(length, most)) if length > 0 else b""


def _host(environ: WSGIEnvironment) -> str | None:
    """The host that was asked, as the client names it; None if that is no name of a host."""
    host: str | None = environ.get("HTTP_HOST")
    if host is None:
        # HTTP/1.0 knows no Host; 1.1 demands it (RFC 9112, section 3.2).
        is_excused = environ.get("SERVER_PROTOCOL") != "HTTP/1.1"
        return f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}" if is_excused else None
    return host if _HOST.fullmatch(host) else None


def _target(environ: WSGIEnvironment) -> str:
    query = environ.get("QUERY_STRING", "")
    path = _path(environ, "PATH_INFO") or "/"
    return f"{path}?{query}" if query else path


def _path(environ: WSGIEnvironment, name: str) -> str:
    """A path as it was before WSGI decoded it into one character for each byte."""
    return quote(environ.get(name, "").encode("latin-1"), safe="/~!$&'()*+,;=:@")


def _request_fields(environ: WSGIEnvironment) -> Iterator[tuple[str, str]]:
    for key, value in environ.items():
        if key.startswith("HTTP_"):
            yield key.removeprefix("HTTP_").replace("_", "-").title(), value
    if environ.get("CONTENT_TYPE"):
        yield "Content-Type", environ["CONTENT_TYPE"]


def _header_fields(response: Response) -> Iterator[tuple[str, str]]:
    yield from response.headers.each()
    if response.status not in _BODYLESS and "Content-Length" not in response.headers:
        yield "Content-Length", str(len(response.body))


def _status_line(status: int) -> str:
    known = {each.value: each.phrase for each in HTTPStatus}
    return f"{status} {known.get(status, 'Unknown')}"
