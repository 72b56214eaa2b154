"""A server as those of 2.0 are: without versions, keys and waiting."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve

from topchef_sdk.api import Headers, Request, Response, Transport

_OF_REQUESTS = {"if-match", "idempotency-key", "prefer"}
_OF_ANSWERS = {"etag", "preference-applied"}


class Plain:
    """Carries requests and answers without what 2.0 does not know."""

    def __init__(self, carrier: Transport) -> None:
        self._carrier = carrier

    def send(self, request: Request) -> Response:
        """Carry a request without its conditions and preferences."""
        plain = evolve(request, headers=_without(request.headers, _OF_REQUESTS))
        response = self._carrier.send(plain)
        return evolve(response, headers=_without(response.headers, _OF_ANSWERS))

    def close(self) -> None:
        """Close the carrier."""
        self._carrier.close()


def _without(headers: Headers, names: Iterable[str]) -> Headers:
    return Headers([(name, value) for name, value in headers.items() if name.lower() not in names])
