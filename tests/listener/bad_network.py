"""A network on which requests fail, come late and come twice, and a clock that goes with it.

Nobody waits here: time passes when the clock is told to, and what was late has landed by the time
that its sender may rely on that.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from enum import Enum

from attrs import define, field, frozen

from tests.sdk.carriers import HTML
from tests.sdk.servers import json_answer
from topchef_sdk.api import Request, Response, Transport, TransportError

IN_FLIGHT = 120.0
"""Seconds for which a request may be on its way at most."""


class Mishap(Enum):
    """What can happen to one exchange."""

    NONE = "it goes well"
    UNSENT = "the server is not reached"
    LOST = "the request is lost, and so the answer never comes"
    LATE = "the request arrives when nobody waits for the answer any more"
    REPLY_LOST = "the server acts, and its answer is lost"
    REPLY_LOST_AND_COPY = "the same, and a copy of the request arrives later"
    TWICE = "the request arrives twice at once"
    FAILED = "the server fails before it acts"
    FAILED_AFTER = "the server fails after it has acted"
    CUT = "the server acts, and half of its answer arrives"
    BUSY = "the server asks to come back later"
    TOO_LARGE = "a proxy finds the request too large"


class CrashError(BaseException):
    """The process of the listener is killed: no handler of ours may catch it."""


@frozen
class _Late:
    request: Request
    deadline: float


@define(eq=False)
class Clock:
    """The time, which passes when it is told to."""

    now: float = 1000.0
    on_passed: list[Callable[[], None]] = field(factory=list[Callable[[], None]])

    def __call__(self) -> float:
        return self.now

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Let time pass, in place of waiting for an event."""
        self.pass_by(seconds)
        return event.is_set()

    def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds
        for passed in self.on_passed:
            passed()


class BadNetwork:
    """Carries requests to a server, each as is planned for it; then all goes well."""

    def __init__(self, server: Transport, clock: Clock) -> None:
        self._server = server
        self._clock = clock
        self._late: list[_Late] = []
        self.plan: deque[Mishap] = deque()
        """What happens to the next exchanges."""
        self.has_unseen_copies = False
        """Whether each change of a job arrives once more later, also where all went well. No client
        can notice that: only servers that keep versions are safe from it."""
        self.refused: set[str] = set()
        """The ids of the jobs whose change was found too large."""
        clock.on_passed.append(self._land_what_is_due)

    @property
    def on_its_way(self) -> int:
        """How many requests have not arrived yet."""
        return len(self._late)

    def land(self, number: int) -> None:
        """Let one of the late requests arrive, in any order."""
        self._server.send(self._late.pop(number).request)

    def land_all(self) -> None:
        """Let all of them arrive."""
        while self._late:
            self.land(0)

    def delay(self, request: Request) -> None:
        """Let a request arrive later; reading requests do nothing then."""
        if request.method != "GET":
            self._late.append(_Late(request, self._clock.now + IN_FLIGHT))

    def send(self, request: Request) -> Response:
        """Carry a request, or what happens instead."""
        mishap = self.plan.popleft() if self.plan else Mishap.NONE
        match mishap:
            case Mishap.UNSENT:
                raise TransportError("connection refused", sent=False)
            case Mishap.LOST:
                raise TransportError("timed out", sent=True)
            case Mishap.LATE:
                self.delay(request)
                raise TransportError("timed out", sent=True)
            case Mishap.FAILED:
                return _PAGE
            case Mishap.BUSY:
                return _BUSY
            case Mishap.TOO_LARGE if request.method != "GET":
                self.refused.add(request.url.rpartition("/")[2])
                return _TOO_LARGE
            case Mishap.TWICE:
                self._server.send(request)
            case _:
                pass
        return self._after(mishap, request, self._server.send(request))

    def _after(self, mishap: Mishap, request: Request, response: Response) -> Response:
        """What comes back of an answer."""
        match mishap:
            case Mishap.REPLY_LOST:
                raise TransportError("connection reset", sent=True)
            case Mishap.REPLY_LOST_AND_COPY:
                self.delay(request)
                raise TransportError("connection reset", sent=True)
            case Mishap.FAILED_AFTER:
                return _PAGE
            case Mishap.CUT:
                return Response(status=response.status, headers=response.headers, body=b'{"da')
            case _:
                if self.has_unseen_copies:
                    self.delay(request)
                return response

    def _land_what_is_due(self) -> None:
        due = [late for late in self._late if late.deadline <= self._clock.now]
        self._late = [late for late in self._late if late.deadline > self._clock.now]
        for late in due:
            self._server.send(late.request)

    def close(self) -> None:
        """Close the server."""
        self._server.close()


_PAGE = Response(status=500, headers=HTML, body=b"<h1>Internal Server Error</h1>")
_TOO_LARGE = Response(status=413, headers=HTML, body=b"<h1>Content Too Large</h1>")
_BUSY = json_answer(503, {"errors": []}, **{"Retry-After": "2"})
