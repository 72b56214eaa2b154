"""`Progress`: how far one request has come, and how long and how much it still may take.

Only this module knows what to say of a request that fails on its way. It does no I/O.
"""

from __future__ import annotations

from typing import Final, TypeVar

from .deadline import Deadline
from .errors import Facts, TransportError, Unrepeatable
from .http import Request

E = TypeVar("E", bound=TransportError)

OVERHEAD: Final = 1024 * 1024
"""Bytes that status line, header fields and chunk sizes may take beside the body."""

_CLOCK_GRAIN: Final = 0.05
"""Seconds by which a socket may be early at the deadline."""

_AGES: Final = 1e9
"""Seconds that nobody waits, thirty years."""


class Progress:
    """How far one request has come, and how long and how much it still may take."""

    def __init__(self, request: Request) -> None:
        self.timeout = request.timeout
        self.deadline = Deadline.after(request.timeout.total)
        self.arrivals_left = OVERHEAD
        """Bytes that may still come off the wire."""
        self._is_endless = False
        self.facts = Facts(method=request.method, url=request.url.partition("?")[0])
        self.sent = False
        """Whether a socket took any byte of the request."""
        self.cut_off: str | None = None
        """Why the server stopped taking the request."""
        self.ended = False
        """Whether the server ended the connection."""
        self.surplus = False
        """Whether more came than one answer."""

    @property
    def reusable(self) -> bool:
        """Whether the connection may carry another request, for all that was seen of it."""
        return self.cut_off is None and not self.ended and not self.surplus

    def expect(self, limit: int | None) -> None:
        """Let a body of so many decoded bytes come; any number of them for None."""
        self.arrivals_left += 2 * (limit or 0)
        self._is_endless = limit is None

    def note_piece(self) -> None:
        """Let more of an endless body come, now that some of it has."""
        if self._is_endless:
            self.arrivals_left = OVERHEAD

    def patience(self) -> float | None:
        """Seconds that the next arrival or departure of bytes may take."""
        if self.deadline.is_past:
            raise self.late("the answer")
        return settable(self.deadline.within(self.timeout.read))

    def late(self, awaited: str) -> TransportError:
        """The error for a time that is up."""
        left, read = self.deadline.left, self.timeout.read
        if read is None or (left is not None and left < _CLOCK_GRAIN):
            return self.failure(f"the deadline passed before {awaited} was there")
        return self.failure(f"nothing moved for {read:g} s before {awaited} was there")

    def failure(self, message: str) -> TransportError:
        """The error for an answer that did not arrive."""
        return self.error(TransportError, message)

    def final(self, message: str) -> Unrepeatable:
        """The error for an answer that will not arrive another time either."""
        return self.error(Unrepeatable, message)

    def error(self, kind: type[E], message: str) -> E:
        """An error of a particular kind."""
        return kind(message, self.facts, sent=self.sent)


def settable(seconds: float | None) -> float | None:
    """A timeout that the system takes: 0 would mean not to wait at all, centuries overflow."""
    return None if seconds is None or seconds > _AGES else max(seconds, 0.001)
