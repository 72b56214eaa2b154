"""Asynchronous input and output: connections, TLS, bounded waits, threads.

The only module that knows anyio, and with it whether asyncio or trio runs the program; none of
their types or errors leaves it. What fails raises `OSError`, what takes too long `TimeoutError`.
"""

from __future__ import annotations

import select
import socket
import ssl
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar, cast

try:
    from anyio import (
        BrokenResourceError,
        CancelScope,
        ClosedResourceError,
        EndOfStream,
        Semaphore,
        aclose_forcefully,
        connect_tcp,
        create_task_group,
        fail_after,
        to_thread,
    )
    from anyio import sleep as _sleep
    from anyio.abc import ByteStream, SocketAttribute
    from anyio.lowlevel import checkpoint, current_token
    from anyio.streams.tls import TLSStream
except ModuleNotFoundError as missing:
    raise ModuleNotFoundError(
        "asynchronous clients need anyio and h11: install them, or this package with its extra "
        "`async`",
        name=missing.name,
    ) from missing

T = TypeVar("T")

PIECE: Final = 64 * 1024
"""Bytes that are sent or received at once."""

_BROKEN: Final = (BrokenResourceError, ClosedResourceError)


class Wire:
    """An open connection."""

    def __init__(self, stream: ByteStream, connected: socket.socket) -> None:
        self._stream = stream
        self._socket = connected

    async def send(self, data: bytes, seconds: float | None) -> None:
        """Send all of the bytes, within so many seconds."""
        try:
            with fail_after(seconds):
                await self._stream.send(data)
        except _BROKEN as error:
            raise _cause(error) from error

    async def receive(self, seconds: float | None) -> bytes:
        """Wait for bytes, so many seconds at most; none at the end of the connection."""
        try:
            with fail_after(seconds):
                return await self._stream.receive(PIECE)
        except EndOfStream:
            return b""
        except _BROKEN as error:
            raise _cause(error) from error

    async def start_tls(self, context: ssl.SSLContext, host: str, seconds: float | None) -> Wire:
        """The same connection over TLS; this one is of no more use, and closed if that fails."""
        try:
            with fail_after(seconds):
                wrapped = await TLSStream.wrap(
                    self._stream,
                    server_side=False,
                    hostname=host,
                    ssl_context=context,
                    # As HTTP clients do: messages say themselves where they end.
                    standard_compatible=False,
                )
        except (EndOfStream, *_BROKEN) as error:
            await self.close()
            raise _cause(error) from error
        except BaseException:
            await self.close()
            raise
        return Wire(wrapped, self._socket)

    @property
    def is_quiet(self) -> bool:
        """Whether the other side has neither ended the connection nor sent anything unasked."""
        number = self._socket.fileno()
        if number < 0:
            return False  # the loop has closed it
        if hasattr(select, "poll"):
            poll = select.poll()
            poll.register(number, select.POLLIN)
            return not poll.poll(0)
        return not select.select([number], [], [], 0)[0]

    async def close(self) -> None:
        """Close the connection at once, also for a task that is being cancelled."""
        with CancelScope(shield=True):
            await aclose_forcefully(self._stream)


async def connect(host: str, port: int, seconds: float | None) -> Wire:
    """Connect to the first address of a host that answers (RFC 8305)."""
    with fail_after(seconds):
        try:
            stream = await connect_tcp(host, port)
        except OSError as error:
            raise _cause(error) from error
    connected = stream.extra(SocketAttribute.raw_socket)
    # A request is written in few pieces, each worth sending at once.
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Wire(stream, connected)


def _cause(error: BaseException) -> OSError:
    """The error of the system behind one of anyio."""
    cause = error.__cause__
    while isinstance(cause, BaseExceptionGroup):
        cause = cast("BaseExceptionGroup[BaseException]", cause).exceptions[-1]
    if isinstance(cause, OSError):
        return cause
    if isinstance(error, OSError):
        return error
    return ConnectionError("the server ended the connection")


class Slots:
    """As many places as there may be holders at a time."""

    def __init__(self, count: int) -> None:
        self._free = Semaphore(count)

    async def take(self, seconds: float | None) -> None:
        """Wait for a place, so many seconds at most."""
        with fail_after(seconds):
            await self._free.acquire()

    def give_back(self) -> None:
        """Let another have the place."""
        self._free.release()


async def sleep(seconds: float) -> None:
    """Wait."""
    await _sleep(seconds)


async def give_way() -> None:
    """Let other tasks do what they can do now."""
    await checkpoint()


async def in_thread(function: Callable[[], T]) -> T:
    """What a function gives that may take a while, without keeping other tasks waiting."""
    return await to_thread.run_sync(function, abandon_on_cancel=True)


async def to_its_end_in_thread(function: Callable[[], T]) -> T:
    """The same for what must not go on by itself: a task that is cancelled waits for its end."""
    return await to_thread.run_sync(function)


async def alongside(
    work: Callable[[], Awaitable[None]],
    main: Callable[[], Awaitable[T]],
    has_failed: Callable[[], bool],
) -> T | None:
    """What `main` gives, while `work` is done; what is left of that is dropped in the end.

    None where `has_failed` says, after `work`, that `main` is not worth waiting for. `work` has
    to keep its own errors.
    """
    results: list[T] = []
    failure: Exception | None = None
    async with create_task_group() as group:

        async def watched() -> None:
            await work()
            if has_failed():
                group.cancel_scope.cancel()

        group.start_soon(watched)
        try:
            results.append(await main())
        except Exception as error:
            failure = error  # a group would put it into another
        group.cancel_scope.cancel()
    if failure is not None:
        raise failure
    return results[0] if results else None


def running_loop() -> object:
    """What runs the tasks now: connections cannot be used under another."""
    return current_token()
