"""What the tests of the runtime start and stop."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

import pytest

from tests.runtime.sockets import Script, Serve, Server


@pytest.fixture
def serve() -> Iterator[Serve]:
    servers: list[Server] = []

    def start(*scripts: Script, tls: ssl.SSLContext | None = None) -> Server:
        servers.append(Server(*scripts, tls=tls))
        return servers[-1]

    yield start
    for server in servers:
        server.close()
