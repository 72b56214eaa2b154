"""The TopChef server as a program runs it: a store, its application, and a socket."""

from __future__ import annotations

import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from threading import Thread
from types import FrameType
from typing import Final, Self

from .application import application_on
from .http_server import HttpServer
from .store import Clock, DatabasePath, Store, utc_now
from .wsgi import WsgiApplication

DEFAULT_HOST: Final = "127.0.0.1"
"""This machine only: there is no authentication."""

DEFAULT_PORT: Final = 8080

_STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class TopChefServer:
    """A TopChef server on a database file, or in memory without one.

    As a context manager it answers from a thread of its own until the end of the block. Port 0 is
    a free port. Raises `StoreError` for a database and `OSError` for an address that cannot be
    used.
    """

    def __init__(
        self,
        db: DatabasePath | None = None,
        *,
        host: str = DEFAULT_HOST,
        port: int = 0,
        clock: Clock = utc_now,
    ) -> None:
        self._store = Store(db, clock=clock)
        try:
            application = WsgiApplication(application_on(self._store))
            self._http = HttpServer(
                application, host=host, port=port, stopping=self._store.arrivals.end
            )
        except BaseException:
            self._store.close()
            raise
        self._thread: Thread | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:  # Ctrl-C while the thread begins: nothing may stay behind
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Where the server is reached, without a final slash."""
        return self._http.url

    def start(self) -> None:
        """Answer from a thread; it listens already."""
        self._thread = Thread(target=self.run, name="topchef-server")
        self._thread.start()

    def run(self) -> None:
        """Answer in this thread until `stop` or `request_stop` is called from elsewhere."""
        try:
            self._http.run()
        finally:
            self._store.close()

    def request_stop(self) -> None:
        """Let the server finish what it has begun, without waiting; fit for signal handlers."""
        self._http.stop()

    def stop(self) -> None:
        """Let the server finish what it has begun, and wait until nothing of it is left."""
        self.request_stop()
        if self._thread is None:
            self._http.close()
            self._store.close()
        else:
            self._thread.join()


def serve(
    host: str = DEFAULT_HOST,
    port: int = DEFAULT_PORT,
    db: DatabasePath | None = None,
    *,
    started: Callable[[str], None] = lambda url: None,
) -> None:
    """Serve until SIGINT or SIGTERM, and return when the requests that have begun are answered.

    `started` is told the URL once the server listens. Only for the main thread, as all that
    handles signals. Raises `StoreError` and `OSError` as `TopChefServer` does.
    """
    server = TopChefServer(db, host=host, port=port)
    with _stopped_by_signals(server):
        started(server.url)
        server.run()


@contextmanager
def _stopped_by_signals(server: TopChefServer) -> Generator[None, None, None]:
    def stop(number: int, frame: FrameType | None) -> None:
        server.request_stop()

    before = [(number, signal.signal(number, stop)) for number in _STOP_SIGNALS]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)
