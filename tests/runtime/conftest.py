"""What the tests of the runtime start and stop."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

import pytest

from codegen.runtime.transport import Urllib3Transport
from tests.runtime.exchanges import CERTIFICATE
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


@pytest.fixture
def transport() -> Iterator[Urllib3Transport]:
    made = Urllib3Transport(ssl_context=ssl.create_default_context(cafile=str(CERTIFICATE)))
    yield made
    made.close()


@pytest.fixture(scope="module")
def tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context
