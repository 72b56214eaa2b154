"""Servers of both generations, for tests of what must be the same on either."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sdk.generation_1 import Generation1
from tests.sdk.servers import Recording, Server
from topchef_sdk.server import in_process_transport


@pytest.fixture(params=["1.0", "2.0"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server of each generation, empty at first."""
    if request.param == "1.0":
        yield Server("1.0", Recording(Generation1()))
        return
    with in_process_transport() as transport:
        yield Server("2.0", Recording(transport))


@pytest.fixture
def server_1() -> Server:
    """A server of generation 1.0."""
    return Server("1.0", Recording(Generation1()))


@pytest.fixture
def server_2() -> Iterator[Server]:
    """A server of generation 2.0."""
    with in_process_transport() as transport:
        yield Server("2.0", Recording(transport))
