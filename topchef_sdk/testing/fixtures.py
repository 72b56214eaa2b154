"""Fixtures for pytest, which finds them wherever this package is installed.

So nothing else is loaded here: a fixture imports what it gives when a test asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ..client import Client
    from ..server import InProcessServer, TopChefServer


@pytest.fixture
def topchef_transport() -> Iterator[InProcessServer]:
    """A transport to a TopChef server of the test's own, in this process and without a socket."""
    from ..server import in_process_transport

    with in_process_transport() as transport:
        yield transport


@pytest.fixture
def topchef_client(topchef_transport: InProcessServer) -> Iterator[Client]:
    """A client of that server."""
    from ..client import Client

    with Client("http://topchef.invalid", transport=topchef_transport) as client:
        yield client


@pytest.fixture
def topchef_server() -> Iterator[TopChefServer]:
    """A TopChef server of the test's own, over HTTP on a free port of this machine: see its `url`."""
    from ..server import TopChefServer

    with TopChefServer() as server:
        yield server
