"""The server without a socket: a transport that answers requests itself.

It is the test double of choice: the same application, store and errors as over HTTP, in the
thread of the caller.
"""

from __future__ import annotations

from typing import Self
from urllib.parse import urlsplit

from attrs import evolve

from ..api import Request, Response
from .application import Application, application_on
from .store import Clock, Store, utc_now


class InProcessTransport:
    """Carries requests to an application in this process; safe to share between threads.

    Every host is this application. Timeouts have no meaning here and are ignored.
    """

    def __init__(self, application: Application) -> None:
        self._application = application

    def send(self, request: Request) -> Response:
        """Answer the request."""
        parts = urlsplit(request.url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        base_url = f"{parts.scheme}://{parts.netloc}"
        return self._application.answer(base_url, evolve(request, url=target))

    def close(self) -> None:
        """Nothing to let go of: the application stays its owner's."""


class InProcessServer(InProcessTransport):
    """A whole server of its own in memory; what it holds ends when it is closed."""

    def __init__(self, *, clock: Clock = utc_now) -> None:
        self._store = Store(clock=clock)
        super().__init__(application_on(self._store))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Forget everything."""
        self._store.close()


def in_process_transport(*, clock: Clock = utc_now) -> InProcessServer:
    """A transport to a new server in memory, to close when done."""
    return InProcessServer(clock=clock)
