"""The head of a request as it goes over the wire (RFC 9112, sections 2.1 and 3).

Pure. What would end a line, and so begin another field or another request, is refused.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from .header_fields import TOKEN
from .http import Headers, Request, Upload

_TARGET: Final = re.compile("[!-~]+")

_LINES: Final = re.compile("[\t\r\n -~\x80-\xff]*")
"""What a head may consist of, its line ends included."""

_BODILESS: Final = frozenset({"GET", "HEAD", "DELETE", "TRACE", "OPTIONS", "CONNECT"})
"""Methods whose requests need not say that they have no body (RFC 9110, section 8.6)."""

_ENCODING: Final = "Accept-Encoding: gzip"
"""The only coding that is read."""


def request_head(request: Request, target: str, host: str, more: Headers) -> bytes:
    """The request line and the header fields; `more` are fields besides those of the request.

    Raises `ValueError`, which quotes nothing, for what HTTP forbids.
    """
    fields = request.headers.merged(more) if more else request.headers
    if not (_is_token(request.method) and _TARGET.fullmatch(target)):
        raise ValueError("the method or the target of a request cannot be written")
    lines = [f"{request.method} {target} HTTP/1.1"]
    if "Host" not in fields:
        lines.append(f"Host: {host}")
    if "Accept-Encoding" not in fields:
        lines.append(_ENCODING)
    lines += _framing(request, fields)
    for name, value in fields.items():
        if not _is_token(name):
            raise ValueError("the name of a header field cannot be written")
        lines.append(f"{name}: {value}")
    head = "\r\n".join(lines)
    ends = len(lines) - 1
    if not _LINES.fullmatch(head) or head.count("\r") != ends or head.count("\n") != ends:
        raise ValueError("the value of a header field cannot be written")
    return f"{head}\r\n\r\n".encode("latin-1")


def is_chunked(request: Request) -> bool:
    """Whether the body goes in chunks, for want of a length (RFC 9112, section 7.1)."""
    body = request.body
    if body is None or isinstance(body, bytes):
        return False
    return body.length is None and "Content-Length" not in request.headers


def _framing(request: Request, fields: Headers) -> list[str]:
    """How long the body is (RFC 9112, section 6)."""
    if "Content-Length" in fields or "Transfer-Encoding" in fields:
        return []
    length = _length(request.body)
    if length is None:
        return ["Transfer-Encoding: chunked"]
    needs_length = length > 0 or request.body is not None or request.method not in _BODILESS
    return [f"Content-Length: {length}"] if needs_length else []


def _length(body: bytes | Upload | None) -> int | None:
    if body is None or isinstance(body, bytes):
        return len(body or b"")
    return body.length


@lru_cache(maxsize=1024)
def _is_token(text: str) -> bool:
    return TOKEN.fullmatch(text) is not None
