"""`ApiClient`: sends calls and reads their answers, one thread for each.

It does what the steps of `sending` say: a transport carries, middleware is around it, this thread
sleeps. What is decided, such as whether to repeat a request, is decided there.

Nothing secret leaves it: an error or a log line names the method, the URL without its query,
and the status, never a header value or a body that was sent.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import Generic, Self, TypeVar, cast, overload

from attrs import frozen

from .auth import Credentials, Signer
from .call import Call
from .codec import Codec, codec_of_answers
from .deadline import Clock
from .errors import ExchangeError, TransportError
from .header_fields import checked_headers
from .http import (
    DEFAULT_MAX_RESPONSE_BYTES,
    Headers,
    OpenResponse,
    Request,
    Response,
    Timeout,
    Transport,
)
from .items import Items
from .middleware import Middleware, Send, around
from .planning import (
    DEFAULT_REDIRECTS,
    DEFAULT_RETRY,
    DEFAULT_TIMEOUT,
    NO_HEADERS,
    Planned,
    Planner,
    checked_base_url,
    own_headers,
)
from .redirects import RedirectPolicy
from .retry import RetryPolicy
from .sending import OnAttempt, Outcome, Pause, Sending, Settled, Try
from .streaming import Opening, Stream

T = TypeVar("T")

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
    request; those of a call itself take precedence. `application` is put before the SDK's own
    name in `User-Agent`, such as `lab-monitor/2.1`. `credentials` go with the calls that take
    them. `codec` reads answers: `Codec(keep_unnamed=True)` keeps what the document does not name,
    and `Codec(zone_of_naive=UTC)` reads date-times without an offset, which are none otherwise.
    `lenient` is short for one that accepts values outside their constraints. Answers of more
    than `max_response_bytes` decoded bytes are refused. `middleware` is called around each try,
    `on_attempt` is told of each. `make_keys` gives calls that may carry a key by which the server
    tells a repeat (`Idempotency-Key`) one of their own, so that they may be repeated: turn it off
    for a server that does not heed it. Without a `transport` the client makes a
    `Urllib3Transport` and closes it; one that is given stays open, since others may use it.

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
        redirects: RedirectPolicy = DEFAULT_REDIRECTS,
        headers: Mapping[str, str] = NO_HEADERS,
        application: str | None = None,
        credentials: Credentials | None = None,
        codec: Codec | None = None,
        lenient: bool = False,
        max_response_bytes: int = DEFAULT_MAX_RESPONSE_BYTES,
        middleware: Sequence[Middleware] = (),
        on_attempt: OnAttempt | None = None,
        make_keys: bool = True,
        clock: Clock = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._owns_transport = transport is None
        self._transport = _usual_transport() if transport is None else transport
        self._middleware = tuple(middleware)
        self._carry = around(self._transport.send, self._middleware)
        self._sleep = sleep
        self._codec = codec_of_answers(codec, lenient=lenient)
        self._planner = Planner(
            base_url=checked_base_url(base_url),
            headers=checked_headers(own_headers(application).merged(headers)),
            signer=Signer(credentials),
            timeout=timeout,
            retry=retry,
            redirects=redirects,
            max_response_bytes=max_response_bytes,
            on_attempt=on_attempt,
            make_keys=make_keys,
            clock=clock,
            chance=chance,
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base_url!r})"

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
        return self._planner.base_url

    def close(self) -> None:
        """Let go of connections; a later call may open new ones."""
        if self._owns_transport:
            self._transport.close()

    def send(
        self,
        call: Call[T],
        *,
        timeout: Timeout | None = None,
        retry: RetryPolicy | None = None,
        credentials: Credentials | None = None,
    ) -> T:
        """Send a call and return the value of its answer.

        `timeout`, `retry` and `credentials` replace the client's for this call. Raises
        `RequestError` when the call cannot be written, `ClientError` (4xx), `ServerError` (5xx) or
        `RedirectError` (3xx) when the server refuses it, `DecodeError` when the answer is not
        what the document describes, `TransportError` when none arrives, and `OutcomeUnknown`
        when the server may nevertheless have acted.
        """
        return self.exchange(call, timeout=timeout, retry=retry, credentials=credentials).value

    def exchange(
        self,
        call: Call[T],
        *,
        timeout: Timeout | None = None,
        retry: RetryPolicy | None = None,
        credentials: Credentials | None = None,
    ) -> Exchange[T]:
        """The same, with what is known of the answer besides its value."""
        planned = self._planner.plan(call, timeout, retry, credentials)
        sending = planned.sending
        with watched(sending, _log):
            response = self._deliver(planned, self._carry)
            value = call.decode(response, codec=self._codec)
            sending.done()
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
        retry: RetryPolicy | None = None,
        credentials: Credentials | None = None,
        max_response_bytes: int | None = None,
    ) -> Generator[Stream, None, None]:
        """Send a call and read the body of its answer as it arrives: for `with`.

        For answers that are large or endless. The call is repeated as in `send` until an answer
        begins that is no error; then never. `timeout.read` bounds the wait for each piece, and
        `timeout.total` everything: make it None for what has no end. The body may have any
        length unless `max_response_bytes` is given. Leaving the `with` drops what was not read.

        Raises what `send` does for errors, and `TransportError` while the body is read.
        """
        planned = self._planner.plan(call, timeout, retry, credentials)
        sending = planned.sending
        opening = Opening(self._transport, call)
        try:
            with told(sending):
                response = self._deliver(planned, around(opening.send, self._middleware))
                answer = opening.answer(response, codec=self._codec)
            pieces = self._arriving(sending, answer, max_response_bytes)
            stream = Stream(answer, pieces, sending.failed)
            try:
                yield stream
            finally:
                stream.close()
        finally:
            opening.close()
            sending.log(_log)

    @overload
    def items(
        self,
        call: Call[Items[T]],
        items: type[Items[T]] | None = None,
        *,
        timeout: Timeout | None = None,
        retry: RetryPolicy | None = None,
        credentials: Credentials | None = None,
    ) -> AbstractContextManager[Iterator[T]]: ...

    @overload
    def items(
        self,
        call: Call[object],
        items: type[Items[T]],
        *,
        timeout: Timeout | None = None,
        retry: RetryPolicy | None = None,
        credentials: Credentials | None = None,
    ) -> AbstractContextManager[Iterator[T]]: ...

    @contextmanager
    def items(
        self,
        call: Call[object],
        items: type[Items[T]] | None = None,
        *,
        timeout: Timeout | None = None,
        retry: RetryPolicy | None = None,
        credentials: Credentials | None = None,
    ) -> Generator[Iterator[T], None, None]:
        """Send a call and give each item of its answer as soon as it has arrived: for `with`.

        For server-sent events and JSON lines, which may be endless: give a `Timeout` without
        `total` then. Each item may have as many bytes as whole answers may. Of a call that may be
        answered otherwise, too, `items` is what type checkers need to know: `Items[Event[Delta]]`.

        Raises what `stream` does, and `DecodeError` at an item that is not as described.
        """
        wanted = cast("Call[Items[T]]", call.for_items())
        with self.stream(wanted, timeout=timeout, retry=retry, credentials=credentials) as stream:
            yield stream.items(wanted, codec=self._codec, limit=self._planner.max_response_bytes)

    def _arriving(
        self, sending: Sending, answer: OpenResponse, limit: int | None
    ) -> Iterator[bytes]:
        """The body of a streamed answer, with errors that know what all errors of a call do."""
        with told(sending):
            yield from answer.pieces(limit)
            sending.done()

    def _deliver(self, planned: Planned, carry: Send) -> Response:
        """Take the steps of sending until there is an answer to be content with."""
        sending = planned.sending
        step = sending.start()
        while not isinstance(step, Settled):
            if isinstance(step, Try):
                step = sending.after(_outcome(carry, step.request))
            elif isinstance(step, Pause):
                self._sleep(step.seconds)
                step = sending.rested()
            else:
                step = sending.signed(planned.signature(step))
        return step.response


def _usual_transport() -> Transport:
    from .transport import Urllib3Transport  # urllib3 takes long to load, and is not always used

    return Urllib3Transport()


def _outcome(carry: Send, request: Request) -> Outcome:
    try:
        return carry(request)
    except TransportError as error:
        return error


@contextmanager
def told(sending: Sending) -> Generator[None, None, None]:
    """Let a call know how it ends, and its error what the call knows."""
    try:
        yield
    except ExchangeError as error:
        known = sending.failed(error)
        if known is error:
            raise
        raise known from error
    except GeneratorExit:
        raise  # a stream that is left early
    except BaseException as error:
        sending.interrupted(error)
        raise


@contextmanager
def watched(sending: Sending, logger: logging.Logger) -> Generator[None, None, None]:
    """The same, and let it write its line into the log."""
    try:
        with told(sending):
            yield
    finally:
        sending.log(logger)
