"""`ApiClient`: sends calls, repeats them where that is harmless, and reads their answers.

Only this module puts the parts together: a `Call` says what to send and how to read the answer,
a `Transport` carries it once, `retry` decides about another try. One monotonic deadline binds
all tries, the waits between them and the answer's body, also where that is streamed.

Nothing secret leaves it: an error or a log line names the method, the URL without its query,
and the status, never a header value or a body that was sent.
"""

from __future__ import annotations

import logging
import random
import re
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from platform import python_version
from types import TracebackType
from typing import Final, Generic, Self, TypeVar
from urllib.parse import urlsplit

from attrs import define, evolve, frozen

from .auth import Credentials, signed
from .call import Call
from .deadline import Clock, Deadline
from .errors import (
    BODY_EXCERPT_BYTES,
    ExchangeError,
    Facts,
    OutcomeUnknown,
    RequestError,
    TransportError,
    Unrepeatable,
)
from .http import (
    DEFAULT_MAX_RESPONSE_BYTES,
    Headers,
    OpenResponse,
    Request,
    Response,
    Timeout,
    Transport,
)
from .retry import (
    IDEMPOTENT_METHODS,
    TRANSIENT_STATUSES,
    RetryBudget,
    RetryPolicy,
    leaves_open,
    verdict,
)
from .streaming import Opening, Stream
from .transport import Urllib3Transport

T = TypeVar("T")

DEFAULT_TIMEOUT: Final = Timeout()
"""How long calls may take unless told otherwise."""

DEFAULT_RETRY: Final = RetryPolicy()
"""How calls are repeated unless told otherwise."""

NO_HEADERS: Final = Headers()
"""No header fields beyond the client's own."""

_OWN_HEADERS: Final = Headers(
    {
        "Accept": "application/json",
        "User-Agent": f"python-sdk-runtime/1 (Python {python_version()})",
    }
)

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A method or the name of a header field (RFC 9110, section 5.6.2)."""

_FIELD_VALUE: Final = re.compile(r"([!-~\x80-\xff]([\t -~\x80-\xff]*[!-~\x80-\xff])?)?")
"""The value of a header field (RFC 9110, section 5.5)."""

_PATH: Final = re.compile(r"/[!\"$-~]*")
"""A path that stays within its server: visible ASCII without a fragment."""

_BASE_URL: Final = re.compile(r"[!\"$->@-~]+")
"""Visible ASCII without the marks of a query or a fragment."""

_log = logging.getLogger(__name__)


@frozen
class Exchange(Generic[T]):
    """What came of a call, and how."""

    value: T
    status: int
    headers: Headers
    attempts: int
    """How many times the request was tried."""
    seconds: float
    """From the call of `exchange` to the end of the answer."""


class ApiClient:
    """Sends calls to one server; safe to share between threads.

    `base_url` may have a path, which goes before that of every call. `headers` go with every
    request; those of a call itself take precedence. `credentials` go with the calls that take
    them; a function among them is asked once for each call. `lenient` accepts answers whose
    values are outside their constraints. Answers of more than `max_response_bytes` decoded bytes
    are refused. Without a `transport` the client makes a `Urllib3Transport` and closes it; one
    that is given stays open, since others may use it.

    `clock`, `sleep` and `chance` (a number from [0, 1)) are for tests. Raises `RequestError` for
    a base URL or header fields that cannot be used.
    """

    def __init__(
        self,
        base_url: str,
        *,
        transport: Transport | None = None,
        timeout: Timeout = DEFAULT_TIMEOUT,
        retry: RetryPolicy = DEFAULT_RETRY,
        headers: Mapping[str, str] = NO_HEADERS,
        credentials: Credentials | None = None,
        lenient: bool = False,
        max_response_bytes: int = DEFAULT_MAX_RESPONSE_BYTES,
        clock: Clock = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._base_url = _checked_base_url(base_url)
        self._headers = _checked_headers(_OWN_HEADERS.merged(headers))
        self._credentials = credentials
        self._owns_transport = transport is None
        self._transport = Urllib3Transport() if transport is None else transport
        self._timeout = timeout
        self._retry = retry
        self._budget = RetryBudget(retry.budget)
        self._lenient = lenient
        self._max_response_bytes = max_response_bytes
        self._clock = clock
        self._sleep = sleep
        self._chance = chance

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._base_url!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def base_url(self) -> str:
        """The URL that the paths of calls are appended to, without a final slash."""
        return self._base_url

    def close(self) -> None:
        """Let go of connections; a later call may open new ones."""
        if self._owns_transport:
            self._transport.close()

    def send(self, call: Call[T], *, timeout: Timeout | None = None) -> T:
        """Send a call and return the value of its answer.

        `timeout` replaces the client's for this call. Raises `RequestError` when the call cannot
        be written, `ClientError` (4xx) or `ServerError` (5xx) when the server refuses it,
        `DecodeError` when the answer is not what the document describes, `TransportError` when
        none arrives, and `OutcomeUnknown` when the server may nevertheless have acted.
        """
        return self.exchange(call, timeout=timeout).value

    def exchange(self, call: Call[T], *, timeout: Timeout | None = None) -> Exchange[T]:
        """The same, with what is known of the answer besides its value."""
        sending = self._begin(call, self._timeout if timeout is None else timeout)
        try:
            response = self._deliver(sending, self._transport.send)
            value = call.decode(response, lenient=self._lenient)
            sending.ending = "done"
        except ExchangeError as error:
            sending.note_failure(error)
            raise
        finally:
            sending.log(call)
        return Exchange(
            value=value,
            status=response.status,
            headers=response.headers,
            attempts=sending.attempts,
            seconds=sending.seconds,
        )

    @contextmanager
    def stream(
        self,
        call: Call[object],
        *,
        timeout: Timeout | None = None,
        max_response_bytes: int | None = None,
    ) -> Generator[Stream, None, None]:
        """Send a call and read the body of its answer as it arrives: for `with`.

        For answers that are large or endless. The call is repeated as in `send` until an answer
        begins that is no error; then never. `timeout.read` bounds the wait for each piece, and
        `timeout.total` everything: make it None for what has no end. The body may have any
        length unless `max_response_bytes` is given. Leaving the `with` drops what was not read.

        Raises what `send` does for errors, and `TransportError` while the body is read.
        """
        sending = self._begin(call, self._timeout if timeout is None else timeout)
        opening = Opening(self._transport, call)
        try:
            answer = self._opened(sending, opening)
            stream = Stream(answer, self._arriving(sending, answer, max_response_bytes))
            try:
                yield stream
            finally:
                stream.close()
        finally:
            opening.close()
            sending.log(call)

    def _opened(self, sending: _Sending, opening: Opening) -> OpenResponse:
        """The answer to stream, once there is one."""
        try:
            return opening.answer(self._deliver(sending, opening.send), lenient=self._lenient)
        except ExchangeError as error:
            sending.note_failure(error)
            raise

    def _arriving(
        self, sending: _Sending, answer: OpenResponse, limit: int | None
    ) -> Iterator[bytes]:
        """The body of a streamed answer, with errors that know what all errors of a call do."""
        try:
            yield from answer.pieces(limit)
            sending.ending = "done"
        except ExchangeError as error:
            sending.note_failure(error)
            raise

    def _begin(self, call: Call[object], timeout: Timeout) -> _Sending:
        if not _TOKEN.fullmatch(call.method) or not _PATH.fullmatch(call.path):
            raise RequestError("the method or the path of the call holds forbidden characters")
        started = self._clock()
        deadline = Deadline.after(timeout.total, self._clock)
        request = signed(call.request, call.security, self._credentials)
        request = evolve(
            request,
            url=self._base_url + request.url,
            headers=_checked_headers(self._headers.merged(request.headers)),
            timeout=timeout,
            max_response_bytes=self._max_response_bytes,
        )
        return _Sending(
            request=request,
            url=self._base_url + call.path,
            clock=self._clock,
            started=started,
            deadline=deadline,
        )

    def _deliver(self, sending: _Sending, carry: _Carry) -> Response:
        """Send the request until there is an answer to be content with."""
        while True:
            outcome = self._attempt(sending, carry)
            wait = self._wait(sending, outcome)
            if wait is None:
                break
            self._sleep(wait)
            if sending.deadline.is_past:
                break
        return self._settled(sending, outcome)

    def _settled(self, sending: _Sending, outcome: Response | TransportError) -> Response:
        """The last outcome, raised if it is none that `Call.decode` could read."""
        if isinstance(outcome, Response):
            if sending.is_lost and leaves_open(sending.request, outcome):
                raise sending.unknown_after(outcome)
            if outcome.status not in TRANSIENT_STATUSES:
                self._budget.earn()
            return outcome
        if sending.is_lost and sending.request.method not in IDEMPOTENT_METHODS:
            message = f"{outcome.message}; the server may have acted"
            raise OutcomeUnknown(message, outcome.facts) from outcome
        outcome.sent = sending.is_seen
        raise outcome

    def _attempt(self, sending: _Sending, carry: _Carry) -> Response | TransportError:
        try:
            outcome = carry(sending.next_request())
        except TransportError as error:
            sending.note_loss(error)
            return error
        sending.note_answer(outcome)
        return outcome

    def _wait(self, sending: _Sending, outcome: Response | TransportError) -> float | None:
        """Seconds until the next try; None for none."""
        wait = verdict(
            self._retry,
            sending.request,
            outcome,
            attempts=sending.attempts,
            left=sending.deadline.left,
            chance=self._chance(),
        )
        return wait if wait is not None and self._budget.spend() else None


_Carry = Callable[[Request], Response]
"""Carries one request, as `Transport.send` does."""


@define(kw_only=True)
class _Sending:
    """How far the sending of one call has come."""

    request: Request
    url: str
    """The URL as errors may show it."""
    clock: Clock
    started: float
    deadline: Deadline
    attempts: int = 0
    status: int | None = None
    """That of the last answer."""
    ending: str = "interrupted"
    """How it ended, for the log."""
    is_seen: bool = False
    """Whether the server may have seen any try."""
    is_lost: bool = False
    """Whether the answer to any try was lost, so that the server may have acted."""

    @property
    def seconds(self) -> float:
        return self.clock() - self.started

    def next_request(self) -> Request:
        """The request for another try, with the time that is left."""
        self.attempts += 1
        left = self.deadline.left
        # No time at all is nothing that a timeout can say; a transport gives up as quickly.
        total = None if left is None else max(left, 0.001)
        return evolve(self.request, timeout=evolve(self.request.timeout, total=total))

    def note_loss(self, error: TransportError) -> None:
        """Take into account that a try brought no answer."""
        self.status = error.status
        self.is_seen |= error.sent
        self.is_lost |= error.sent and not _tells_outcome(error)

    def note_answer(self, response: Response) -> None:
        """Take into account that a try was answered."""
        self.is_seen = True
        self.status = response.status

    def note_failure(self, error: ExchangeError) -> None:
        """Take into account how the call ends, and tell the error what only this knows."""
        self.ending = type(error).__name__
        error.learn(method=self.request.method, url=self.url, attempts=self.attempts)

    def unknown_after(self, response: Response) -> OutcomeUnknown:
        """The error for a last answer that does not tell what came of an earlier try."""
        facts = Facts(
            status=response.status,
            headers=response.headers,
            body=response.body[:BODY_EXCERPT_BYTES],
        )
        return OutcomeUnknown(
            f"the server answered {response.status} to a repeat; "
            "it may have acted on an earlier try whose answer was lost",
            facts,
        )

    def log(self, call: Call[object]) -> None:
        """Write the one line of this call."""
        _log.debug(
            "%s %s: status %s, %s, %d attempts, %.0f ms",
            call.method,
            call.path,
            self.status,
            self.ending,
            self.attempts,
            self.seconds * 1000,
        )


def _tells_outcome(error: TransportError) -> bool:
    """Whether an answer came that could not be taken, but whose status says enough."""
    return isinstance(error, Unrepeatable) and error.status is not None


def _checked_base_url(text: str) -> str:
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


def _checked_headers(headers: Headers) -> Headers:
    """The same; raises `RequestError` for what cannot be a header field, without its value."""
    for name, value in headers.items():
        if not _TOKEN.fullmatch(name):
            raise RequestError(f"{name!r} is no name of a header field")
        if not _FIELD_VALUE.fullmatch(value):
            raise RequestError(f"the header field {name} has a value with forbidden characters")
    return headers
