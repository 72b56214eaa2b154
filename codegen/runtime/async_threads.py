"""`ThreadTransport`: a transport that blocks, for asynchronous clients."""

from __future__ import annotations

from functools import partial

from .async_io import in_thread
from .http import Request, Response, Transport


class ThreadTransport:
    """Carries requests by another transport, each in a thread, so that no task is kept waiting.

    Such as by a server in the same process, or by a fake of tests. A task that is cancelled does
    not wait for its request, which goes on in its thread. Closing it leaves the other one open.
    """

    def __init__(self, carrier: Transport) -> None:
        self._carrier = carrier

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._carrier!r})"

    async def send(self, request: Request) -> Response:
        """Send the request once; raises what the other transport does."""
        return await in_thread(partial(self._carrier.send, request))

    async def aclose(self) -> None:
        """Nothing: who gave the other transport closes it."""
