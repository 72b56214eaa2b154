"""The application as WSGI: `environ` in, a conforming answer out."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any
from wsgiref.types import WSGIApplication, WSGIEnvironment
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest
from attrs import frozen

from topchef_sdk.server import Store, WsgiApplication, application_on

SERVICE = json.dumps(
    {"name": "x", "description": "d", "job_registration_schema": {}, "job_result_schema": {}}
).encode()


@frozen
class Answer:
    status: str
    headers: dict[str, str]
    body: bytes


@pytest.fixture
def wsgi() -> Iterator[WSGIApplication]:
    """The application under wsgiref's validator, which knows PEP 3333 by heart."""
    with Store() as store:
        yield validator(WsgiApplication(application_on(store)))


def ask(
    wsgi: WSGIApplication,
    method: str = "GET",
    path: str = "/",
    body: bytes = b"",
    **environ: Any,
) -> Answer:
    asked: WSGIEnvironment = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        **environ,
    }
    setup_testing_defaults(asked)
    for name in [name for name, value in asked.items() if value is None]:
        del asked[name]
    started: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], error: object = None) -> Any:
        started.extend([status, dict(headers)])
        return started.append

    chunks = wsgi(asked, start_response)
    answered = b"".join(chunks)
    getattr(chunks, "close", lambda: None)()
    return Answer(started[0], started[1], answered)


def test_an_answer_has_its_length_and_type(wsgi: WSGIApplication) -> None:
    answer = ask(wsgi, path="/services")

    assert answer.status == "200 OK"
    assert answer.headers["Content-Length"] == str(len(answer.body))
    assert answer.headers["Content-Type"] == "application/json"


def test_head_has_the_length_of_get_and_no_body(wsgi: WSGIApplication) -> None:
    head = ask(wsgi, "HEAD", "/services")

    assert head.body == b""
    assert head.headers == ask(wsgi, "GET", "/services").headers


def test_no_content_has_neither_length_nor_type(wsgi: WSGIApplication) -> None:
    created = ask(wsgi, "POST", "/services", SERVICE, CONTENT_TYPE="application/json")
    path = created.headers["Location"].removeprefix("http://127.0.0.1")

    answer = ask(wsgi, path=f"{path}/queue")

    assert (answer.status, answer.headers, answer.body) == ("204 No Content", {}, b"")


def test_an_answer_without_content_may_still_say_what_it_did(wsgi: WSGIApplication) -> None:
    created = ask(wsgi, "POST", "/services", SERVICE, CONTENT_TYPE="application/json")
    path = created.headers["Location"].removeprefix("http://127.0.0.1")

    answer = ask(wsgi, path=f"{path}/queue", HTTP_PREFER="wait=1")

    applied = {"Preference-Applied": "wait=1"}
    assert (answer.status, answer.headers, answer.body) == ("204 No Content", applied, b"")


def test_conditions_come_through(wsgi: WSGIApplication) -> None:
    created = ask(wsgi, "POST", "/services", SERVICE, CONTENT_TYPE="application/json")
    path = created.headers["Location"].removeprefix("http://127.0.0.1")
    sent: dict[str, Any] = {"CONTENT_TYPE": "application/json", "HTTP_IDEMPOTENCY_KEY": '"k"'}
    posted = ask(wsgi, "POST", f"{path}/jobs", b'{"parameters": {}}', **sent)
    job = posted.headers["Location"].removeprefix("http://127.0.0.1")
    first = posted.headers["ETag"]

    claims = [
        ask(wsgi, "PATCH", job, b'{"status": "WORKING"}', HTTP_IF_MATCH=if_match, **sent)
        for if_match in (f'"x", {first}', first)
    ]
    late = ask(wsgi, "PATCH", job, b"{}", CONTENT_TYPE="application/json", HTTP_IF_MATCH=first)

    assert ["200 OK"] * 2 == [claim.status for claim in claims]
    assert [ask(wsgi, path=job).headers["ETag"]] * 2 == [one.headers["ETag"] for one in claims]
    assert "412 Precondition Failed" == late.status


@pytest.mark.parametrize(
    ("environ", "link"),
    [
        ({"HTTP_HOST": "lab.example:8080"}, "http://lab.example:8080/"),
        ({"HTTP_HOST": "[::1]:8080"}, "http://[::1]:8080/"),
        ({"HTTP_HOST": "lab.example", "wsgi.url_scheme": "https"}, "https://lab.example/"),
        ({"HTTP_HOST": "lab.example", "SCRIPT_NAME": "/topchef"}, "http://lab.example/topchef/"),
        (
            {"HTTP_HOST": None, "SERVER_NAME": "lab", "SERVER_PORT": "81"},
            "http://lab:81/",
        ),
    ],
    ids=str,
)
def test_links_start_where_the_client_asked(environ: dict[str, Any], link: str) -> None:
    with Store() as store:
        answer = ask(WsgiApplication(application_on(store)), **environ)

    assert json.loads(answer.body)["links"]["self"] == link


def test_http_1_1_demands_a_host() -> None:
    with Store() as store:
        wsgi = WsgiApplication(application_on(store))
        answer = ask(wsgi, HTTP_HOST=None, SERVER_PROTOCOL="HTTP/1.1")

    assert answer.status == "400 Bad Request"


@pytest.mark.parametrize("host", ["", "a b", "a/b", "a@b", "a,b", "ü", "[::1", 'a"b', "a:x", "<x>"])
def test_a_host_that_is_none_is_refused(host: str) -> None:
    with Store() as store:
        answer = ask(WsgiApplication(application_on(store)), HTTP_HOST=host)

    assert answer.status == "400 Bad Request"
    assert json.loads(answer.body)["errors"][0]["detail"] == "the Host header names no host"


@pytest.mark.parametrize("path", ["/\xff\xfe", "/services/\xc3\xa9", "/a b", "/%", "/?", "/#", ""])
def test_any_path_is_answered_as_json(wsgi: WSGIApplication, path: str) -> None:
    answer = ask(wsgi, path=path)

    assert answer.status[:3] == ("404" if path else "200")
    json.loads(answer.body)


def test_a_body_is_read_up_to_the_limit_and_no_further() -> None:
    class Endless(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            assert size == 8 * 1024 * 1024 + 1
            return b"x" * size

    sent: dict[str, Any] = {"CONTENT_LENGTH": str(10**15), "wsgi.input": Endless()}
    with Store() as store:
        answer = ask(WsgiApplication(application_on(store)), "POST", "/echo", **sent)

    assert answer.status.startswith("413 ")
