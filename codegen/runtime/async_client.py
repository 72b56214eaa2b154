"""`AsyncApiClient`: sends the same calls as `ApiClient`, without keeping other tasks waiting.

It does what the steps of `sending` say, as `ApiClient` does, but awaits: an asynchronous
transport carries, asynchronous middleware is around it, and only the task sleeps. It needs the
extra `async`, which brings anyio and h11, and runs under asyncio and trio.

A task that is cancelled leaves no connection behind; whether the server may have acted on what
it was about to do is noted on the exception.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from functools import partial
from types import TracebackType
from typing import Self, TypeVar, cast, overload

from .async_http import AsyncOpenResponse, AsyncTransport
from .async_io import in_thread, sleep
from .async_middleware import AsyncMiddleware, AsyncSend, around
from .async_streaming import AsyncOpening, AsyncStream
from .async_transport import AnyioTransport
from .auth import Credentials, Signature, Signer
from .call import Call
from .client import Exchange, told, watched
from .codec import Codec, codec_of_answers
from .deadline import Clock
from .errors import TransportError
from .header_fields import checked_headers
from .http import DEFAULT_MAX_RESPONSE_BYTES, Request, Response, Timeout
from .items import Items
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
from .sending import OnAttempt, Outcome, Pause, Sending, Settled, Sign, Try

T = TypeVar("T")

_log = logging.getLogger(__name__)


class AsyncApiClient:
    """Sends calls to one server; safe to share between tasks, but not between event loops.

    The arguments are those of `ApiClient`; `transport` and `middleware` are asynchronous ones.
    Without a `transport` the client makes an `AnyioTransport` and closes it. Functions among the
    credentials are called in a thread, and may take a while.

    `clock`, `sleep` and `chance` (a number from [0, 1)) are for tests. Raises `RequestError` for
    a base URL or header fields that cannot be used.
    """

    def __init__(
        self,
        base_url: str,
        *,
        transport: AsyncTransport | None = None,
        timeout: Timeout = DEFAULT_TIMEOUT,
        retry: RetryPolicy = DEFAULT_RETRY,
        redirects: RedirectPolicy = DEFAULT_REDIRECTS,
        headers: Mapping[str, str] = NO_HEADERS,
        application: str | None = None,
        credentials: Credentials | None = None,
        codec: Codec | None = None,
        lenient: bool = False,
        max_response_bytes: int = DEFAULT_MAX_RESPONSE_BYTES,
        middleware: Sequence[AsyncMiddleware] = (),
        on_attempt: OnAttempt | None = None,
        make_keys: bool = True,
        clock: Clock = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._owns_transport = transport is None
        self._transport = AnyioTransport() if transport is None else transport
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

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    @property
    def base_url(self) -> str:
        """The URL that the paths of calls are appended to, without a final slash."""
        return self._planner.base_url

    async def sleep(self, seconds: float) -> None:
        """Wait between looks at a server, by the same clock as between tries."""
        await self._sleep(seconds)

    async def aclose(self) -> None:
        """Let go of connections; a later call may open new ones."""
        if self._owns_transport:
            await self._transport.aclose()

    async def send(
        self,
        call: Call[T],
        *,
        timeout: Timeout | None = None,
        retry: RetryPolicy | None = None,
        credentials: Credentials | None = None,
    ) -> T:
        """Send a call and return the value of its answer; raises what `ApiClient.send` does.

        `timeout`, `retry` and `credentials` replace the client's for this call.
        """
        exchange = await self.exchange(call, timeout=timeout, retry=retry, credentials=credentials)
        return exchange.value

    async def exchange(
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
            response = await self._deliver(planned, self._carry)
            value = call.decode(response, codec=self._codec)
            sending.done()
        return Exchange(
            value=value,
            status=response.status,
            headers=response.headers,
            attempts=sending.attempts,
            seconds=sending.seconds,
        )

    @asynccontextmanager
    async def stream(
        self,
        call: Call[object],
        *,
        timeout: Timeout | None = None,
        retry: RetryPolicy | None = None,
        credentials: Credentials | None = None,
        max_response_bytes: int | None = None,
    ) -> AsyncGenerator[AsyncStream]:
        """Send a call and read the body of its answer as it arrives: for `async with`.

        What `ApiClient.stream` says of repeats, timeouts and errors holds here.
        """
        planned = self._planner.plan(call, timeout, retry, credentials)
        sending = planned.sending
        opening = AsyncOpening(self._transport, call)
        try:
            with told(sending):
                response = await self._deliver(planned, around(opening.send, self._middleware))
                answer = opening.answer(response, codec=self._codec)
            async with aclosing(self._arriving(sending, answer, max_response_bytes)) as pieces:
                stream = AsyncStream(answer, pieces, sending.failed)
                try:
                    yield stream
                finally:
                    await stream.aclose()
        finally:
            await opening.aclose()
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
    ) -> AbstractAsyncContextManager[AsyncIterator[T]]: ...

    @overload
    def items(
        self,
        call: Call[object],
        items: type[Items[T]],
        *,
        timeout: Timeout | None = None,
        retry: RetryPolicy | None = None,
        credentials: Credentials | None = None,
    ) -> AbstractAsyncContextManager[AsyncIterator[T]]: ...

    @asynccontextmanager
    async def items(
        self,
        call: Call[object],
        items: type[Items[T]] | None = None,
        *,
        timeout: Timeout | None = None,
        retry: RetryPolicy | None = None,
        credentials: Credentials | None = None,
    ) -> AsyncGenerator[AsyncIterator[T]]:
        """Send a call and give each item of its answer as soon as it has arrived: `async with`.

        What `ApiClient.items` says holds here.
        """
        wanted = cast("Call[Items[T]]", call.for_items())
        streaming = self.stream(wanted, timeout=timeout, retry=retry, credentials=credentials)
        async with streaming as stream:
            limit = self._planner.max_response_bytes
            yield stream.items(wanted, codec=self._codec, limit=limit)

    async def _arriving(
        self, sending: Sending, answer: AsyncOpenResponse, limit: int | None
    ) -> AsyncGenerator[bytes]:
        """The body of a streamed answer, with errors that know what all errors of a call do."""
        with told(sending):
            async with aclosing(answer.pieces(limit)) as pieces:
                async for piece in pieces:
                    yield piece
            sending.done()

    async def _deliver(self, planned: Planned, carry: AsyncSend) -> Response:
        """Take the steps of sending until there is an answer to be content with."""
        sending = planned.sending
        step = sending.start()
        while not isinstance(step, Settled):
            if isinstance(step, Try):
                step = sending.after(await _outcome(carry, step.request))
            elif isinstance(step, Pause):
                await self._sleep(step.seconds)
                step = sending.rested()
            else:
                step = sending.signed(await _signature(planned, step))
        return step.response


async def _outcome(carry: AsyncSend, request: Request) -> Outcome:
    try:
        return await carry(request)
    except TransportError as error:
        return error


async def _signature(planned: Planned, step: Sign) -> Signature:
    """The credentials that a step asks for; functions among them may take a while to give them."""
    if planned.signer.is_instant:
        return planned.signature(step)
    return await in_thread(partial(planned.signature, step))
