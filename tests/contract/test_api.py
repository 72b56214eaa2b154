"""The API as a whole: what it says about itself, and to requests that lead nowhere."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from topchef_sdk.api import is_object
from topchef_sdk.api.endpoints import api, services
from topchef_sdk.api.endpoints.services import ALLOW

if TYPE_CHECKING:
    from tests.contract.conftest import TopChef

HTML_PAGES = "its errors of this kind are HTML pages"


def test_the_api_describes_itself(topchef: TopChef) -> None:
    answer = topchef.client.send(api.get_api())

    assert is_object(answer.meta)
    if topchef.is_1_0:
        assert "version" in answer.meta
    else:
        assert answer.data.version
        assert answer.links is not None
        assert answer.links["self"].startswith(topchef.client.base_url)


@pytest.mark.not_on("2.0", why="it has no echo")
@pytest.mark.parametrize("value", [{"a": 1}, {"deep": [{"er": None}]}, {}], ids=repr)
def test_echo_answers_what_was_sent(topchef: TopChef, value: object) -> None:
    assert topchef.client.send(api.echo(value)).data == value


def test_the_list_of_services_tells_its_methods(topchef: TopChef) -> None:
    exchange = topchef.client.exchange(services.list_service_methods())

    allow = ALLOW.read(exchange.headers)
    assert allow is not None
    assert {"GET", "POST", "OPTIONS"} <= set(allow.split(", "))


@pytest.mark.not_on("2.0", "1.0", why=HTML_PAGES)
@pytest.mark.parametrize(
    "path", ["/nope", "/services/", "/jobs/a/b/c", "/%00", "/%ff%fe", "/services/a/b"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "PUT", "DELETE"])
def test_an_unknown_path_is_answered_with_404_as_json(
    topchef: TopChef, method: str, path: str
) -> None:
    response = topchef.send_raw(method, path)

    assert response.status == 404
    assert [error["title"] for error in json.loads(response.body)["errors"]] == ["Not Found"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/services", {"GET", "POST", "HEAD", "OPTIONS"}),
        ("DELETE", "/jobs", {"GET", "HEAD", "OPTIONS"}),
        ("POST", "/jobs", {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_a_method_that_a_path_does_not_take_is_answered_with_405(
    topchef: TopChef, method: str, path: str, allowed: set[str]
) -> None:
    response = topchef.send_raw(method, path)

    assert response.status == 405
    assert allowed == set(response.headers["Allow"].split(", "))


@pytest.mark.not_on("2.0", "1.0", why=HTML_PAGES)
def test_a_method_that_a_path_does_not_take_is_answered_as_json(
    topchef: TopChef, job_id: UUID
) -> None:
    assert topchef.refusal_raw("DELETE", f"/jobs/{job_id}")


@pytest.mark.not_on("2.0", "1.0", why="it refuses HEAD, or answers it with a body's length of 0")
@pytest.mark.parametrize("path", ["/", "/services", "/jobs", "/validator"])
def test_head_answers_as_get_without_the_body(topchef: TopChef, path: str) -> None:
    full = topchef.send_raw("GET", path)
    head = topchef.send_raw("HEAD", path)

    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == str(len(full.body))
    assert head.headers["Content-Type"] == full.headers["Content-Type"]


@pytest.mark.not_on("2.0", "1.0", why=HTML_PAGES)
def test_options_tells_the_methods_of_any_path(topchef: TopChef, job_id: UUID) -> None:
    response = topchef.send_raw("OPTIONS", f"/jobs/{job_id}")

    assert (response.status, response.body) == (200, b"")
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS, PATCH, PUT"


@pytest.mark.parametrize("path", ["/services/{}", "/services/{}/jobs", "/services/{}/queue"])
@pytest.mark.parametrize("name", ["abc", "0", "%C3%A9", "00000000-0000-4000-8000-00000000000g"])
def test_an_id_that_is_no_uuid_names_nothing(topchef: TopChef, path: str, name: str) -> None:
    response = topchef.send_raw("GET", path.format(name))

    assert response.status == 404
    assert topchef.refusal_raw("GET", path.format(name))


@pytest.mark.not_on("2.0", "1.0", why="links are not kept to the URL that was asked")
def test_links_lead_back_to_what_was_asked(topchef: TopChef, service_id: UUID) -> None:
    for path in ["/", "/services", "/jobs", "/validator", f"/services/{service_id}/jobs"]:
        answer = json.loads(topchef.send_raw("GET", path).body)
        assert answer["links"]["self"] == topchef.client.base_url + path
