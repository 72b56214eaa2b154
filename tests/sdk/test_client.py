"""`Client` and its services, on servers of both generations."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID, uuid4

import pytest

from tests.sdk.servers import NOBODY, URL, Answering, Server, client_of, json_answer
from topchef_sdk import (
    AbstractServicesGetter,
    Client,
    JobStatus,
    RequestError,
    Service,
    ServiceNotFoundError,
    Services,
    Timeout,
    TransportError,
)
from topchef_sdk.api import Json, Request, Response
from topchef_sdk.api.models import Api

# Services, by id.


def test_a_service_is_found_by_its_uuid_and_by_its_text(server: Server) -> None:
    service = server.register()

    assert service == server.client.services[service.id]
    assert service == server.client.services[str(service.id)]
    assert service == server.client.services[str(service.id).upper()]
    assert service == server.client.services[service.id.hex]


def test_finding_a_service_is_one_request_and_brings_its_details(server: Server) -> None:
    service_id = server.register().id
    with server.sent() as sent:
        found = server.client.services[service_id]
        assert ("Add one", "adds one") == (found.name, found.description)

    assert [f"GET /services/{service_id}"] == sent


def test_an_unknown_service_is_a_key_error_with_its_id(server: Server) -> None:
    with pytest.raises(ServiceNotFoundError) as caught:
        server.client.services[NOBODY]

    assert isinstance(caught.value, KeyError)
    assert NOBODY == caught.value.id
    assert 404 == caught.value.status
    assert f"no service has the id {NOBODY}" == str(caught.value)


ODD_KEYS: list[object] = ["", "abc", "../jobs", "é", 5, None, b"x", 1.5, (), [], {}, object]


@pytest.mark.parametrize("key", ODD_KEYS, ids=repr)
def test_what_is_no_id_names_no_service_and_nothing_is_sent(server: Server, key: object) -> None:
    services: Mapping[object, Service] = server.client.services  # type: ignore[assignment]  # on purpose
    with server.sent() as sent:
        with pytest.raises(ServiceNotFoundError):
            services[key]
        assert services.get(key) is None
        assert key not in services

    assert [] == sent


def test_the_message_about_an_odd_id_is_one_short_line() -> None:
    message = str(ServiceNotFoundError("a\nb\x1b[2J" + "c" * 10_000))

    assert "\n" not in message
    assert "\x1b" not in message
    assert len(message) < 400


def test_get_gives_a_default_for_an_unknown_service(server: Server) -> None:
    service = server.register()

    assert service == server.client.services.get(service.id)
    assert server.client.services.get(NOBODY) is None
    assert service == server.client.services.get(NOBODY, service)


def test_membership_is_asked_of_the_server(server: Server) -> None:
    service = server.register()
    with server.sent() as sent:
        assert service.id in server.client.services
        assert str(service.id) in server.client.services
        assert NOBODY not in server.client.services

    assert 3 == len(sent)


def test_no_contact_is_no_missing_key() -> None:
    def refuse(request: Request) -> Response:
        raise TransportError("connection refused", sent=False)

    client = client_of(refuse)
    with pytest.raises(TransportError):
        client.services.get(NOBODY)
    with pytest.raises(TransportError):
        _ = NOBODY in client.services


# All services.


def test_an_empty_server_has_no_services(server: Server) -> None:
    assert [] == list(server.client.services)
    assert 0 == len(server.client.services)
    assert not server.client.services


def test_iteration_and_len_are_one_request_each(server: Server) -> None:
    ids = [server.register(name=name).id for name in "abc"]
    with server.sent() as sent:
        assert ids == list(server.client.services)
        assert 3 == len(server.client.services)
        assert ids == list(server.client.services.keys())

    assert ["GET /services"] * 3 == sent


def test_values_and_items_are_one_request_each_and_know_names(server: Server) -> None:
    services = [server.register(name=name) for name in "abc"]
    with server.sent() as sent:
        assert ["a", "b", "c"] == [service.name for service in server.client.services.values()]
        assert [(one.id, one) for one in services] == list(server.client.services.items())
        assert services[2] in server.client.services.values()
        assert 5 not in server.client.services.values()
        assert dict(zip("abc", services, strict=True)) == {
            service.name: service for service in server.client.services.values()
        }

    assert ["GET /services"] * 5 == sent


def test_the_services_are_asked_for_each_time(server: Server) -> None:
    services = server.client.services
    assert 0 == len(services)
    server.register()

    assert 1 == len(services)


def test_a_mapping_of_ones_own_can_take_the_place_of_services() -> None:
    assert issubclass(Services, AbstractServicesGetter)
    assert issubclass(AbstractServicesGetter, Mapping)
    for name in ("__getitem__", "__iter__", "__len__"):
        assert getattr(AbstractServicesGetter, name).__isabstractmethod__


def test_descriptions_are_asked_for_where_the_list_lacks_them(server: Server) -> None:
    server.register()
    [service] = server.client.services.values()
    with server.sent() as sent:
        assert "adds one" == service.description

    assert (1 if server.is_1_0 else 0) == len(sent)


# Jobs, and the API itself.


def test_all_jobs_are_one_request_that_tells_their_statuses(server: Server) -> None:
    service = server.register()
    jobs = [service.new_job({"value": value}) for value in (1, 2)]
    with server.sent() as sent:
        listed = server.client.jobs
        assert jobs == listed
        assert [JobStatus.REGISTERED] * 2 == [job.last_status for job in listed]
        assert [job.date_submitted for job in jobs] == [job.date_submitted for job in listed]

    assert ["GET /jobs"] == sent


def test_metadata_of_the_embedded_server(server_2: Server) -> None:
    told = server_2.client.metadata()

    assert "topchef-sdk" == told.maintainer_name
    assert told.version


def test_metadata_of_generation_1_is_translated(server_1: Server) -> None:
    expected = Api(
        version="0.1dev",
        maintainer_name="Maintainer Name",
        maintainer_email="maintainer@topchef.example",
        documentation_url=None,
        source_code_repository_url="https://topchef.example/source",
    )

    assert expected == server_1.client.metadata()


ODD_META: list[Json] = [
    None,
    "words",
    [],
    0,
    {},
    {"version": 1, "author": None, "email": ["x"], "source_repository": {}},
]


@pytest.mark.parametrize("meta", ODD_META, ids=repr)
def test_metadata_survives_an_odd_meta(meta: Json) -> None:
    assert Api() == client_of(json_answer(200, {"data": {}, "meta": meta})).metadata()


# URLs.

URLS = [
    ("http://topchef.example", "http://topchef.example"),
    ("http://topchef.example/", "http://topchef.example"),
    ("http://topchef.example//", "http://topchef.example"),
    ("https://topchef.example:8443/lab/topchef/", "https://topchef.example:8443/lab/topchef"),
    ("http://[::1]:8080", "http://[::1]:8080"),
]


@pytest.mark.parametrize(("url", "expected"), URLS)
def test_the_url_has_no_final_slash_and_keeps_its_path(url: str, expected: str) -> None:
    carrier = Answering(json_answer(200, {"data": []}))
    client = Client(url, transport=carrier)

    assert 0 == len(client.services)
    assert expected == client.url
    assert f"{expected}/services" == client.services_url
    assert f"{expected}/services" == carrier.requests[0].url
    assert f"<Client of {expected}>" == repr(client)
    assert f"<Services of {expected}>" == repr(client.services)


@pytest.mark.parametrize(
    "url", ["", "topchef.example", "ftp://topchef.example", "http://", "http://a b", "http://x?y=1"]
)
def test_a_url_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(RequestError):
        Client(url)


def test_timeouts_go_with_each_request() -> None:
    carrier = Answering(json_answer(200, {"data": []}))
    len(Client(URL, transport=carrier, timeout=Timeout(read=7.0, total=9.0)).services)
    len(Client(URL, transport=carrier, timeout=3).services)
    first, second = (request.timeout for request in carrier.requests)

    assert 7.0 == first.read
    assert first.total is not None
    assert second.total is not None
    assert 8.0 < first.total <= 9.0
    assert 2.0 < second.total <= 3.0


def test_a_client_closes_its_own_connections_but_not_a_transport_that_was_given() -> None:
    class Closable(Answering):
        is_closed = False

        def close(self) -> None:
            self.is_closed = True

    carrier = Closable(json_answer(200, {"data": []}))
    with Client(URL, transport=carrier) as client:
        assert 0 == len(client.services)
    client.close()

    assert not carrier.is_closed


def test_ids_may_be_of_any_uuid_version(server: Server) -> None:
    assert uuid4() not in server.client.services
    assert UUID("54e8b8fa-e75c-11f1-8c62-02fc00000001") not in server.client.services
