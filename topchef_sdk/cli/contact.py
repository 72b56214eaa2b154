"""Since when no server has answered."""

from __future__ import annotations

import time
from typing import Final

from ..api import Request, Response, Transport, TransportError

_NOBODY_BEHIND: Final = (502, 503, 504)
"""What a proxy answers that has lost its server (RFC 9110, section 15.6)."""


class Contact:
    """Carries requests, and knows whether they arrive; safe to share between threads."""

    def __init__(self, carrier: Transport) -> None:
        self._carrier = carrier
        self._lost_at: float | None = None

    @property
    def lost_for(self) -> float | None:
        """For how many seconds no request has been answered; None if the last one was."""
        lost_at = self._lost_at
        return None if lost_at is None else time.monotonic() - lost_at

    def send(self, request: Request) -> Response:
        """Carry a request."""
        try:
            response = self._carrier.send(request)
        except TransportError:
            self._lose()
            raise
        if response.status in _NOBODY_BEHIND:
            self._lose()
        else:
            self._lost_at = None
        return response

    def close(self) -> None:
        """Let go of connections."""
        self._carrier.close()

    def _lose(self) -> None:
        if self._lost_at is None:
            self._lost_at = time.monotonic()
