"""Requests that tests of the transport send, and the errors that they end in."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from codegen.runtime.errors import TransportError
from codegen.runtime.http import Request, Timeout
from codegen.runtime.transport import Urllib3Transport

CERTIFICATE = Path(__file__).with_name("localhost.pem")

GENEROUS = Timeout(connect=10, read=10, total=10)
"""For exchanges that end by themselves."""


def get(url: str, timeout: Timeout = GENEROUS, limit: int = 1_000_000) -> Request:
    return Request(method="GET", url=url, timeout=timeout, max_response_bytes=limit)


def post(url: str, body: bytes = b"{}", timeout: Timeout = GENEROUS) -> Request:
    return Request(method="POST", url=url, body=body, timeout=timeout)


def failure(transport: Urllib3Transport, request: Request) -> TransportError:
    """The error that a request ends in, which has to survive pickling like any other."""
    with pytest.raises(TransportError) as raised:
        transport.send(request)
    error = raised.value
    copy = pickle.loads(pickle.dumps(error))
    assert (str(error), error.sent, error.facts) == (str(copy), copy.sent, copy.facts)
    assert "\n" not in str(error)
    return error
