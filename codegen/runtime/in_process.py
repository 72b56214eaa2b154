"""A transport without a network: requests are answered in this process, in the caller's thread."""

from __future__ import annotations

from collections.abc import Callable

from .http import Request, Response


class InProcessTransport:
    """Gives requests to a function that answers them, whatever their host.

    What the function raises is raised to the caller. Timeouts are ignored. As safe to share between
    threads as the function is.
    """

    def __init__(self, answer: Callable[[Request], Response]) -> None:
        self._answer = answer

    def send(self, request: Request) -> Response:
        """Answer the request."""
        return self._answer(request)

    def close(self) -> None:
        """Nothing to let go of."""
