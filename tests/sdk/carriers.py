"""Transports for tests of what is above them: they count, and fail when told to."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from enum import Enum
from threading import Lock

from topchef_sdk.api import Headers, Request, Response, Transport, TransportError


class Counting:
    """Counts requests by method."""

    def __init__(self, carrier: Transport) -> None:
        self._carrier = carrier
        self._lock = Lock()
        self.requests: Counter[str] = Counter()

    @property
    def total(self) -> int:
        """How many requests there were."""
        return self.requests.total()

    def send(self, request: Request) -> Response:
        """Count and carry a request."""
        with self._lock:
            self.requests[request.method] += 1
        return self._carrier.send(request)

    def close(self) -> None:
        """Close the carrier."""
        self._carrier.close()


class Fault(Enum):
    """What can go wrong with one exchange."""

    NONE = "none"
    REFUSED = "the server was not reached"
    LOST_REQUEST = "the request was lost on its way"
    LOST_REPLY = "the server acted, and its answer was lost"
    BROKEN_SERVER = "the server failed before it acted"
    GARBLED_REPLY = "the server acted, and its answer was garbled"


HTML = Headers({"Content-Type": "text/html"})


class Faulty:
    """Lets exchanges fail, each as the next of the planned faults says; then all go right."""

    def __init__(self, carrier: Transport, faults: Iterable[Fault] = ()) -> None:
        self._carrier = carrier
        self.faults = deque(faults)

    def send(self, request: Request) -> Response:
        """Carry a request, or fail."""
        fault = self.faults.popleft() if self.faults else Fault.NONE
        if fault is Fault.REFUSED:
            raise TransportError("connection refused", sent=False)
        if fault is Fault.LOST_REQUEST:
            raise TransportError("connection reset", sent=True)
        if fault is Fault.BROKEN_SERVER:
            return Response(status=500, headers=HTML, body=b"<h1>Internal Server Error</h1>")
        response = self._carrier.send(request)
        if fault is Fault.LOST_REPLY:
            raise TransportError("timed out", sent=True)
        if fault is Fault.GARBLED_REPLY:
            return Response(status=response.status, headers=response.headers, body=b'{"da')
        return response

    def close(self) -> None:
        """Close the carrier."""
        self._carrier.close()
