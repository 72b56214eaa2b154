"""The embedded TopChef server: to develop and test against, and to run a laboratory on.

    with TopChefServer() as server:             # over HTTP, in memory, on a free port
        client = ApiClient(server.url)

    with in_process_transport() as transport:   # without a socket
        client = ApiClient("http://topchef", transport=transport)

    serve("127.0.0.1", 8080, "topchef.db")      # until SIGINT or SIGTERM

It speaks 2.0, and the endpoints of 1.0 that 2.0 dropped. Beyond both it offers, as standard HTTP,
what a listener needs to share a service with others: ETags and `If-Match` on jobs,
`Idempotency-Key` on their reports, and `Prefer: wait` on queues. Needs the extra
`topchef-sdk[server]`.

    topchef_server   serve, TopChefServer: the parts put together
    http_server      sockets and threads (waitress)
    wsgi             WSGI to requests and back
    in_process       the same application as a transport
    application      what all endpoints have in common
    handlers, meta   what each endpoint does
    entity_tags      ETag and If-Match
    preferences      Prefer
    errors           the form of errors
    arrivals         who waits for jobs
    store, layouts   services and jobs on SQLite (SQLAlchemy)
"""

from __future__ import annotations

from .application import MAX_BODY_BYTES, Application, application_on
from .handlers import MAINTAINER, QUEUE_LENGTH, TopChefHandlers
from .in_process import InProcessServer, InProcessTransport, in_process_transport
from .store import Store, StoreBusyError, StoreError
from .topchef_server import DEFAULT_HOST, DEFAULT_PORT, TopChefServer, serve
from .wsgi import WsgiApplication

__all__ = [
    "Application",
    "application_on",
    "DEFAULT_HOST",
    "DEFAULT_PORT",
    "in_process_transport",
    "InProcessServer",
    "InProcessTransport",
    "MAINTAINER",
    "MAX_BODY_BYTES",
    "QUEUE_LENGTH",
    "serve",
    "Store",
    "StoreBusyError",
    "StoreError",
    "TopChefHandlers",
    "TopChefServer",
    "WsgiApplication",
]
