"""The application on a socket: the only module that knows waitress.

waitress reads and writes all connections in one loop and runs the application in a few threads.
Here is added what it lacks: a graceful stop from any thread, errors of its own as JSON, and no
thread or socket left behind.
"""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable, MutableMapping
from importlib import import_module
from threading import RLock, Thread, main_thread
from typing import Any, Final, Protocol, TypeAlias, cast
from wsgiref.types import WSGIApplication

from attrs import frozen

from .arrivals import MOST_WAITING
from .errors import error_body

THREADS: Final = 8 + MOST_WAITING
"""How many requests are worked on at a time: those that wait for jobs, and 8 that do something.
More would only wait for the one writer of the store."""

STOP_SECONDS: Final = 5.0
"""How long a stop waits for requests that are being worked on."""

_MAX_CONNECTIONS: Final = 500
"""Listeners keep theirs open, and waitress takes no more calls at 100 unless told otherwise."""

_READ_BYTES: Final = 64 * 1024 * 1024
"""How much of a body is read in order to refuse it. Longer ones break off: a client that is still
sending may then see a broken connection instead of the 413."""

_queue_log = logging.getLogger(f"{__name__}.queue")
_queue_log.setLevel(logging.ERROR)  # waitress warns whenever a request waits, as they often do

_POLL_SECONDS: Final = 1.0
_DRAIN_SECONDS: Final = 0.05


class HttpServer:
    """Serves a WSGI application on one address; port 0 is a free port of the system's choice.

    It listens as soon as it is made, and answers while `run` runs. `stopping` is called
    when it takes no more requests, perhaps again, so that those which it works on can end soon.
    Raises `OSError` when the address cannot be had.
    """

    def __init__(
        self,
        application: WSGIApplication,
        *,
        host: str,
        port: int,
        stopping: Callable[[], None] = lambda: None,
    ) -> None:
        self._stopping = stopping
        self._listening = _listen(host, port)
        self._url = _url_of(host, self._listening)
        self._lock = RLock()  # a signal may come while its own thread holds it
        self._is_stopping = False
        self._is_closed = False
        self._connections: _Connections = {}
        self._workers = _Workers()
        self._waitress = _create_server(
            application,
            map=self._connections,
            _dispatcher=self._workers.dispatcher,
            sockets=[self._listening],
            connection_limit=_MAX_CONNECTIONS,
            max_request_body_size=_READ_BYTES,
            asyncore_use_poll=True,
            server_name=self._url.removeprefix("http://").rpartition(":")[0],
            ident="topchef-sdk",
        )
        self._waitress.channel_class = _new_connection

    @property
    def url(self) -> str:
        """Where the server is reached, without a final slash."""
        return self._url

    def run(self) -> None:
        """Answer requests until `stop` is called, and then finish those that have begun.

        The end of the program stops it too.
        """
        try:
            while not self._is_stopping and main_thread().is_alive():
                self._poll(_POLL_SECONDS)
            self._stopping()
            self._drain()
        finally:
            self.close()

    def stop(self) -> None:
        """Make `run` return; may be called from any thread, from signal handlers, and again."""
        with self._lock:
            self._is_stopping = True
            if not self._is_closed:
                self._waitress.trigger.pull_trigger()

    def close(self) -> None:
        """Let go of threads, connections and the address, as `run` does at its end."""
        self._stopping()
        # Workers first: each wakes the loop when it is done, through what is closed after them.
        self._workers.end()
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
            for connection in list(self._waitress.active_channels.values()):
                connection.handle_close()
            for part in list(self._connections.values()):
                part.close()
            self._waitress.trigger.close()
            self._listening.close()

    def _poll(self, seconds: float) -> None:
        _loop(timeout=seconds, map=self._connections, use_poll=True, count=1)

    def _drain(self) -> None:
        """Take no more connections, and bring the answers that are due on their way."""
        deadline = time.monotonic() + STOP_SECONDS
        self._waitress.accepting = False
        while self._is_busy() and time.monotonic() < deadline:
            self._poll(_DRAIN_SECONDS)

    def _is_busy(self) -> bool:
        connections = self._waitress.active_channels.values()
        return any(each.requests or each.total_outbufs_len for each in connections)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)


def _url_of(host: str, listening: socket.socket) -> str:
    """Everywhere is no address that a client can use; here is."""
    port = listening.getsockname()[1]
    name = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


class _Workers:
    """waitress's threads, held on to so that they can be waited for."""

    def __init__(self) -> None:
        self._threads: list[Thread] = []
        self.dispatcher = _new_dispatcher()
        self.dispatcher.start_new_thread = self._start
        self.dispatcher.queue_logger = _queue_log
        self.dispatcher.set_thread_count(THREADS)

    def end(self) -> None:
        self.dispatcher.shutdown(timeout=STOP_SECONDS)
        for thread in self._threads:
            thread.join(STOP_SECONDS)

    def _start(self, target: Callable[[int], None], number: int) -> None:
        # A daemon, so that a request without end cannot keep a stopped process alive.
        thread = Thread(target=target, args=(number,), name=f"topchef-{number}", daemon=True)
        self._threads.append(thread)
        thread.start()


# What waitress refuses before the application sees it: as JSON, like all other errors.


def _new_connection(*arguments: Any, **options: Any) -> _Connection:
    connection = _HTTPChannel(*arguments, **options)
    connection.error_task_class = _refusing_task
    return connection


def _refusing_task(connection: _Connection, request: _BadRequest) -> object:
    request.error = _JsonRefusal(request.error)
    return _ErrorTask(connection, request)


@frozen
class _JsonRefusal:
    _error: _Refusal

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        error = self._error
        body = error_body(error.code, error.reason, error.body)
        return f"{error.code} {error.reason}", [("Content-Type", "application/json")], body


# waitress has no types: what of it is used here.


class _Refusal(Protocol):
    code: int
    reason: str
    body: str


class _BadRequest(Protocol):
    error: Any


class _Closable(Protocol):
    def close(self) -> None: ...


class _Connection(_Closable, Protocol):
    requests: list[object]
    total_outbufs_len: int
    error_task_class: Callable[[_Connection, _BadRequest], object]

    def handle_close(self) -> None: ...


class _Trigger(_Closable, Protocol):
    def pull_trigger(self) -> None: ...


_Connections: TypeAlias = MutableMapping[int, _Closable]


class _Waitress(_Closable, Protocol):
    accepting: bool
    active_channels: dict[int, _Connection]
    channel_class: Callable[..., _Connection]
    trigger: _Trigger


class _Dispatcher(Protocol):
    start_new_thread: Callable[[Callable[[int], None], int], None]
    queue_logger: logging.Logger

    def set_thread_count(self, count: int) -> None: ...
    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> bool: ...


_channel = import_module("waitress.channel")
_create_server = cast("Callable[..., _Waitress]", import_module("waitress.server").create_server)
_loop = cast("Callable[..., None]", import_module("waitress.wasyncore").loop)
_HTTPChannel = cast("Callable[..., _Connection]", _channel.HTTPChannel)
_ErrorTask = cast("Callable[[_Connection, _BadRequest], object]", _channel.ErrorTask)
_new_dispatcher = cast(
    "Callable[[], _Dispatcher]", import_module("waitress.task").ThreadedTaskDispatcher
)
