"""What the application does around its handlers, and the transport that calls it in process."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from topchef_sdk.api import (
    ApiClient,
    Headers,
    Reply,
    Request,
    RetryPolicy,
    ServerError,
)
from topchef_sdk.api.endpoints import api, services
from topchef_sdk.api.models import ApiAnswer, NewService, ServiceListAnswer
from topchef_sdk.server import (
    Application,
    InProcessTransport,
    Store,
    TopChefHandlers,
    application_on,
    in_process_transport,
)

BASE = "http://topchef"
SERVICE = NewService(name="x", description="d", job_registration_schema={}, job_result_schema={})


class BrokenHandlers(TopChefHandlers):
    """Handlers with bugs: one fails, one answers what has no JSON."""

    def get_api(self) -> Reply[ApiAnswer]:
        raise LookupError("the secret of the handler")

    def list_services(self) -> Reply[ServiceListAnswer]:
        return Reply(ServiceListAnswer(data=[], meta={"never": float("nan")}))


@pytest.fixture
def broken() -> Iterator[Application]:
    with Store() as store:
        yield Application(lambda base_url: BrokenHandlers(store, base_url))


def request(method: str, url: str, body: bytes | None = None, **headers: str) -> Request:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(method=method, url=url, headers=Headers(fields), body=body)


@pytest.mark.parametrize("path", ["/", "/services"])
def test_a_bug_in_a_handler_is_logged_and_not_told(
    broken: Application, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    with caplog.at_level(logging.ERROR, "topchef_sdk.server"):
        response = broken.answer(BASE, request("GET", path))

    assert response.status == 500
    assert json.loads(response.body) == {
        "errors": [
            {
                "status_code": 500,
                "title": "Internal Server Error",
                "detail": "the server failed; see its log",
            }
        ]
    }
    (record,) = caplog.records
    assert record.getMessage() == f"GET {path} failed"
    assert record.exc_info is not None


def test_a_bug_in_a_handler_is_a_server_error_in_process_as_well(broken: Application) -> None:
    client = ApiClient(BASE, transport=InProcessTransport(broken))

    with pytest.raises(ServerError) as failed:
        client.send(api.get_api())

    assert failed.value.status == 500
    assert b"secret" not in failed.value.body


def test_a_locked_database_asks_for_another_try(tmp_path: Path) -> None:
    path = tmp_path / "topchef.db"
    with Store(path, busy_timeout=0.01) as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        waits: list[float] = []

        def wait(seconds: float) -> None:
            waits.append(seconds)
            other.execute("ROLLBACK")

        transport = InProcessTransport(application_on(store))
        client = ApiClient(BASE, transport=transport, sleep=wait, retry=RetryPolicy())
        exchange = client.exchange(services.create_service(SERVICE))
        other.close()

        assert (exchange.status, exchange.attempts) == (201, 2)
        assert len(waits) == 1
        assert waits[0] >= 1
        assert len(store.services()) == 1


@pytest.mark.parametrize("method", ["POST", "PUT", "GET"])
def test_a_body_beyond_the_limit_is_refused_unread(method: str) -> None:
    with Store() as store:
        application = Application(
            lambda base_url: TopChefHandlers(store, base_url), max_body_bytes=10
        )

        refused = application.answer(BASE, request(method, "/echo", b"x" * 11))
        taken = application.answer(
            BASE, request("POST", "/echo", b'"12345678"', Content_Type="application/json")
        )

    assert refused.status == 413
    assert json.loads(refused.body)["errors"][0]["detail"] == "a body may have 10 bytes"
    assert taken.status == 200


@pytest.mark.parametrize("meant", ["GET", "OPTIONS", "HEAD", "BREW", ""])
def test_a_post_stands_for_no_method_that_only_reads(meant: str) -> None:
    with Store() as store:
        response = application_on(store).answer(
            BASE, request("POST", "/jobs", X_HTTP_Method_Override=meant)
        )

    assert response.status == 405


def test_only_a_post_stands_for_another_method() -> None:
    with Store() as store:
        response = application_on(store).answer(
            BASE, request("GET", "/jobs", X_HTTP_Method_Override="DELETE")
        )

    assert response.status == 200


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("http://topchef", "http://topchef"),
        ("https://lab.example:8443", "https://lab.example:8443"),
        ("http://[::1]:80", "http://[::1]:80"),
    ],
)
def test_links_start_where_the_client_does(url: str, base: str) -> None:
    with in_process_transport() as transport:
        client = ApiClient(url, transport=transport)

        exchange = client.exchange(services.create_service(SERVICE))

    assert exchange.value.links == {"self": f"{base}/services"}
    assert exchange.headers["Location"].startswith(f"{base}/services/")


def test_a_query_is_no_part_of_the_path() -> None:
    with in_process_transport() as transport:
        assert transport.send(request("GET", f"{BASE}/services?a=b&c")).status == 200
        assert transport.send(request("GET", BASE)).status == 200


def test_two_transports_have_nothing_in_common() -> None:
    with in_process_transport() as one, in_process_transport() as other:
        ApiClient(BASE, transport=one).send(services.create_service(SERVICE))
        assert ApiClient(BASE, transport=other).send(services.list_services()).data == []
