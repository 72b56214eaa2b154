"""The clients that the laboratory judges, behind one face.

A driver makes one client for an order and sends its calls. Whatever a client raises, a driver
lets pass.
"""

from __future__ import annotations

import asyncio
import os
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final, Protocol, TypeAlias

from attrs import define, frozen

from codegen.runtime.async_client import AsyncApiClient
from codegen.runtime.async_transport import AnyioTransport
from codegen.runtime.auth import Credential, accepted, bearer
from codegen.runtime.call import Call, error, json_body, json_content
from codegen.runtime.client import ApiClient
from codegen.runtime.contents import Content
from codegen.runtime.errors import SdkError
from codegen.runtime.http import Timeout
from codegen.runtime.retry import RetryPolicy
from codegen.runtime.transport import Urllib3Transport
from tests.faults.catalogue import Verb
from tests.faults.orders import ATTEMPTS, MAX_RESPONSE_BYTES, SECRET, Order

_AUTHORITY: Final = Path(__file__).with_name("certificates") / "authority.pem"


@define
class Thing:
    """What the calls of all cells give."""

    id: int
    ok: bool | None = None
    s: str | None = None


@define
class Problem:
    """What the server says of an error."""

    e: int | str | None = None


@frozen
class Token:
    """The credentials of all clients."""

    def given(self) -> Mapping[str, Credential]:
        token = bearer(SECRET)
        return {} if token is None else {"token": token}


Result: TypeAlias = tuple[int, int]
"""The `id` that was answered, and the number of attempts."""


class Settle(Protocol):
    """Makes a call, for the echo that it should give, and notes how it ended."""

    def __call__(self, echo: int, make: Callable[[], Result], started: float | None = None) -> None:
        """Note how it ends; `started` is when it began, if that was before."""
        ...


def call_for(order: Order, echo: int = 1, *, fields: Sequence[tuple[str, str]] = ()) -> Call[Thing]:
    """The call of an order."""
    headers = [("X-Echo", str(echo)), *fields]
    if order.verb is Verb.KEYED:
        headers.append(("Idempotency-Key", f'"key-{echo}"'))
    content: Content | None = None
    if order.verb is not Verb.GET:
        content = json_content({"want": echo})
        if order.body_bytes:
            content = Content(bytes(order.body_bytes), "application/octet-stream")
    return Call(
        order.verb.method,
        "/x",
        headers=tuple(headers),
        content=content,
        security=accepted("token"),
        answers={200: json_body(Thing), "4XX": error(Problem), "5XX": error(Problem)},
    )


def probe_call() -> Call[Thing]:
    """A call that any honest server answers."""
    return Call("GET", "/probe", security=accepted("token"), answers={200: json_body(Thing)})


class Driver(Protocol):
    """A client at work."""

    def exchange(self, call: Call[Thing]) -> Result:
        """Send a call."""
        ...

    def crowd(self, work: Sequence[Sequence[tuple[int, Call[Thing]]]], settle: Settle) -> None:
        """Send the calls of each one of a crowd in order, and of all of them at a time."""
        ...

    def go_on_in_child(self) -> None:
        """Do what programs do with such a client in a process that was just forked."""
        ...

    def close(self) -> None:
        """Close the client."""
        ...


def trusting() -> ssl.SSLContext:
    """TLS that trusts the laboratory's authority and no other."""
    return ssl.create_default_context(cafile=str(_AUTHORITY))


def timeout_of(order: Order) -> Timeout:
    """The order's patience."""
    patience = order.patience
    return Timeout(connect=patience.connect, read=patience.read, total=patience.total)


RETRY: Final = RetryPolicy(attempts=ATTEMPTS, backoff=0.01, cap=0.05, budget=1000)
"""Quick, and never out of credit."""


class SyncDriver:
    """`ApiClient` over `Urllib3Transport`."""

    def __init__(self, order: Order) -> None:
        self._transport = Urllib3Transport(ssl_context=trusting())
        self._client = ApiClient(
            order.url,
            transport=self._transport,
            timeout=timeout_of(order),
            retry=RETRY,
            credentials=Token(),
            max_response_bytes=MAX_RESPONSE_BYTES,
        )

    def __repr__(self) -> str:
        return f"{self._client!r} {self._transport!r}"

    def exchange(self, call: Call[Thing]) -> Result:
        exchange = self._client.exchange(call)
        return exchange.value.id, exchange.attempts

    def crowd(self, work: Sequence[Sequence[tuple[int, Call[Thing]]]], settle: Settle) -> None:
        def labour(calls: Sequence[tuple[int, Call[Thing]]]) -> None:
            for echo, call in calls:
                settle(echo, partial(self.exchange, call))

        threads = [threading.Thread(target=labour, args=(calls,)) for calls in work]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def go_on_in_child(self) -> None:
        """Nothing: it is used as it is."""

    def close(self) -> None:
        self._client.close()
        self._transport.close()


class AsyncDriver:
    """`AsyncApiClient` over `AnyioTransport`, in an event loop of asyncio."""

    def __init__(self, order: Order) -> None:
        self._runner = asyncio.Runner()
        self._transport = AnyioTransport(ssl_context=trusting())
        self._client = AsyncApiClient(
            order.url,
            transport=self._transport,
            timeout=timeout_of(order),
            retry=RETRY,
            credentials=Token(),
            max_response_bytes=MAX_RESPONSE_BYTES,
        )

    def __repr__(self) -> str:
        return f"{self._client!r} {self._transport!r}"

    def exchange(self, call: Call[Thing]) -> Result:
        return self._runner.run(self._exchange(call))

    async def _exchange(self, call: Call[Thing]) -> Result:
        exchange = await self._client.exchange(call)
        return exchange.value.id, exchange.attempts

    def crowd(self, work: Sequence[Sequence[tuple[int, Call[Thing]]]], settle: Settle) -> None:
        async def labour(calls: Sequence[tuple[int, Call[Thing]]]) -> None:
            for echo, call in calls:
                started = time.monotonic()
                try:
                    result = await self._exchange(call)
                except SdkError as failure:
                    settle(echo, partial(_raised, failure), started)
                else:
                    settle(echo, partial(_given, result), started)

        async def all_of_them() -> None:
            await asyncio.gather(*(labour(calls) for calls in work))

        self._runner.run(all_of_them())

    def go_on_in_child(self) -> None:
        """Have another event loop: asyncio cannot run one in two processes."""
        self._runner = asyncio.Runner()

    def close(self) -> None:
        async def close() -> None:
            await self._client.aclose()
            await self._transport.aclose()

        self._runner.run(close())
        self._runner.close()


def _given(result: Result) -> Result:
    return result


def _raised(failure: SdkError) -> Result:
    raise failure


DRIVERS: Final[dict[str, Callable[[Order], Driver]]] = {"async": AsyncDriver, "sync": SyncDriver}
"""How to make each kind of client."""


def process_field() -> tuple[str, str]:
    """What tells the laboratory whom to send a signal."""
    return ("X-Process", str(os.getpid()))
