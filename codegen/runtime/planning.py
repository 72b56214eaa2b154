"""`Planner`: what a client settles about a call before it is sent.

Only this module puts a call and the settings of a client together, the same for clients of any
kind, and only it knows which base URLs and paths can be sent. It does no I/O.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from platform import python_version
from typing import Final
from urllib.parse import urlsplit
from uuid import uuid4

from attrs import frozen

from .auth import Credentials, Signature, Signer
from .call import Call
from .deadline import Clock
from .errors import RequestError
from .header_fields import TOKEN, checked_headers
from .http import Headers, Request, Timeout
from .redirects import RedirectPolicy
from .retry import IDEMPOTENT_METHODS, RetryBudget, RetryPolicy
from .sending import OnAttempt, Plan, Sending, Sign

DEFAULT_TIMEOUT: Final = Timeout()
"""How long calls may take unless told otherwise."""

DEFAULT_RETRY: Final = RetryPolicy()
"""How calls are repeated unless told otherwise."""

DEFAULT_REDIRECTS: Final = RedirectPolicy()
"""How far redirects are followed unless told otherwise."""

NO_HEADERS: Final = Headers()
"""No header fields beyond the client's own."""

_PATH: Final = re.compile(r"/[!\"$-~]*")
"""A path that stays within its server: visible ASCII without a fragment."""

_BASE_URL: Final = re.compile(r"[!\"$->@-~]+")
"""Visible ASCII without the marks of a query or a fragment."""


@frozen
class Planned:
    """A call that is ready to be sent, and who has the credentials for it."""

    sending: Sending
    signer: Signer

    def signature(self, step: Sign) -> Signature:
        """What a step that asks for credentials wants; takes as long as those take to get."""
        return self.signer.signature(self.sending.plan.call.security, step.refused)


class Planner:
    """The settings of a client; safe to share between threads."""

    def __init__(
        self,
        *,
        base_url: str,
        headers: Headers,
        signer: Signer,
        timeout: Timeout,
        retry: RetryPolicy,
        redirects: RedirectPolicy,
        max_response_bytes: int,
        on_attempt: OnAttempt | None,
        make_keys: bool,
        clock: Clock,
        chance: Callable[[], float],
    ) -> None:
        self.base_url = base_url
        self._headers = headers
        self._signer = signer
        self._timeout = timeout
        self._retry = retry
        self._redirects = redirects
        self._budget = RetryBudget(retry.budget)
        self.max_response_bytes = max_response_bytes
        self._on_attempt = on_attempt
        self._make_keys = make_keys
        self._clock = clock
        self._chance = chance

    def plan(
        self,
        call: Call[object],
        timeout: Timeout | None = None,
        retry: RetryPolicy | None = None,
        credentials: Credentials | None = None,
    ) -> Planned:
        """Settle everything about a call; raises `RequestError` where it cannot be sent."""
        if not TOKEN.fullmatch(call.method) or not _PATH.fullmatch(call.path):
            raise RequestError("the method or the path of the call holds forbidden characters")
        request = self._request(call, self._timeout if timeout is None else timeout)
        plan = Plan(
            request=request,
            shown_url=self.base_url + call.path,
            call=call,
            retry=self._retry if retry is None else retry,
            redirects=self._redirects,
            is_keyed=call.key_header is not None and call.key_header in request.headers,
            budget=self._budget,
            clock=self._clock,
            chance=self._chance,
            on_attempt=self._on_attempt,
        )
        signer = self._signer if credentials is None else Signer(credentials)
        return Planned(Sending.begun(plan), signer)

    def _request(self, call: Call[object], timeout: Timeout) -> Request:
        """The request of a call with all that the client adds but credentials."""
        request = call.request
        headers = self._headers
        if request.headers:
            headers = headers.merged(checked_headers(request.headers))
        key = call.key_header
        if self._make_keys and key is not None and call.method not in IDEMPOTENT_METHODS:
            headers = headers if key in headers else headers.merged({key: new_key(call)})
        return Request(
            method=request.method,
            url=self.base_url + request.url,
            headers=headers,
            body=request.body,
            timeout=timeout,
            max_response_bytes=self.max_response_bytes,
        )


def new_key(call: Call[object]) -> str:
    """A key that no other request has (draft-ietf-httpapi-idempotency-key-header, section 2.1)."""
    key = str(uuid4())
    return f'"{key}"' if call.key_is_quoted else key


def own_headers(application: str | None) -> Headers:
    """The header fields of every request; raises `RequestError` for what is no product."""
    sdk = f"python-sdk-runtime/1 (Python {python_version()})"
    if application is not None and not _PRODUCT.fullmatch(application):
        raise RequestError(
            f"{application!r} is no application: write a name without spaces, or name/version"
        )
    agent = sdk if application is None else f"{application} {sdk}"
    return Headers({"Accept": "application/json", "User-Agent": agent})


_PRODUCT: Final = re.compile(rf"{TOKEN.pattern}(/{TOKEN.pattern})?")
"""A product (RFC 9110, section 10.1.5)."""


def checked_base_url(text: str) -> str:
    """The base URL without a final slash.

    Raises `RequestError`, which never quotes the URL: what is wrong with it may be a password.
    """
    try:
        parts = urlsplit(text)
        is_server = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_server = False
    else:
        if "@" in parts.netloc:
            raise RequestError("the base URL holds credentials; put them into a header field")
    if not is_server:
        raise RequestError(
            "the base URL is not an absolute http or https URL, such as http://127.0.0.1:8080"
        )
    if not _BASE_URL.fullmatch(text):
        raise RequestError("the base URL has a query, a fragment, or a character beyond ASCII")
    return text.rstrip("/")
