"""Redirects: whether one is followed, and what is sent there (RFC 9110, section 15.4).

It decides about values and does no I/O. Only what cannot act twice, and cannot tell a secret to
anyone new, is followed:

- 301 and 302 where the method is safe: clients disagree about what they do to others;
- 303 by reading what the answer of any method is about: GET without a body;
- 307 and 308 with method and body as they are, since the server says that it did not act.

Another origin (RFC 6454) is followed only where the policy says so and the method is safe, then
with neither credentials nor any field but a few that hold none; https never leads to http.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

from attrs import evolve, field, frozen, validators

from .http import Headers, Request, Response
from .retry import SAFE_METHODS

_STATUSES: Final = frozenset({301, 302, 303, 307, 308})

_KEEPING: Final = frozenset({307, 308})
"""Redirects that keep method and body."""

_SECRETLESS: Final = ("Accept", "Accept-Language", "Range", "User-Agent")
"""What another origin is told."""

_PORTS: Final = {"http": 80, "https": 443}


@frozen(kw_only=True)
class RedirectPolicy:
    """How far redirects are followed."""

    limit: int = field(default=5, validator=validators.ge(0))
    """How many in a row; 0 follows none."""
    other_origins: bool = False
    """Whether safe methods may be sent to other servers, such as a store of files."""


@frozen
class Detour:
    """Where a redirect leads."""

    request: Request
    """What to send there, before credentials."""
    is_foreign: bool
    """Whether that is another origin, which gets no credentials."""


@frozen
class NoDetour:
    """Why a redirect is not followed."""

    reason: str


def is_redirect(response: Response) -> bool:
    """Whether an answer asks to look elsewhere."""
    return response.status in _STATUSES and "Location" in response.headers


def detour(request: Request, response: Response, policy: RedirectPolicy) -> Detour | NoDetour:
    """What to send where a redirect leads, or why nothing is.

    `request` is without credentials, which the caller adds again, where they belong.
    """
    here = urlsplit(request.url)
    there = _target(request.url, response.headers["Location"])
    if isinstance(there, NoDetour):
        return there
    if here.scheme == "https" and there.scheme == "http":
        return NoDetour("it leads from https to http")
    moved = _moved(request, response.status)
    if moved is None:
        return NoDetour(f"{request.method} is not repeated elsewhere after {response.status}")
    is_foreign = _origin(here) != _origin(there)
    if is_foreign and not policy.other_origins:
        return NoDetour("it leads to another server")
    if is_foreign and moved.method not in SAFE_METHODS:
        return NoDetour(f"it leads to another server, and {moved.method} may act")
    headers = _told(moved.headers) if is_foreign else moved.headers
    return Detour(evolve(moved, url=there.geturl(), headers=headers), is_foreign)


def _target(url: str, location: str) -> SplitResult | NoDetour:
    """The URL that a `Location` names (RFC 9110, section 10.2.2), without its fragment."""
    try:
        there = urlsplit(urljoin(url, location.strip()))
        is_server = there.scheme in _PORTS and bool(there.hostname) and there.port != 0
    except ValueError:
        is_server = False
    else:
        if is_server and location.isascii() and location.isprintable() and "@" not in there.netloc:
            return there._replace(fragment="")
    return NoDetour("it leads to no http or https URL")


def _origin(url: SplitResult) -> tuple[str, str | None, int | None]:
    return url.scheme, url.hostname, url.port or _PORTS.get(url.scheme)


_READING: Final = SAFE_METHODS - {"QUERY"}
"""The methods that a 303 leaves as they are.

It says where to GET what a QUERY found (draft-ietf-httpbis-safe-method-w-body).
"""


def _moved(request: Request, status: int) -> Request | None:
    """The request to send elsewhere, still to the old URL; None for none."""
    if status in _KEEPING:
        return request
    if status == 303 and request.method not in _READING:
        kept = [pair for pair in request.headers.items() if not _is_about_body(pair[0])]
        return evolve(request, method="GET", body=None, headers=Headers(kept))
    return request if request.method in SAFE_METHODS else None


def _is_about_body(name: str) -> bool:
    folded = name.lower()
    return folded.startswith("content-") or folded in ("if-match", "idempotency-key")


def _told(headers: Headers) -> Headers:
    return Headers([(name, headers[name]) for name in _SECRETLESS if name in headers])
