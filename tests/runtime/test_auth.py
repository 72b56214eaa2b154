"""Credentials go where the document says, with the calls that take them, and nowhere else."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from attrs import evolve, frozen

from codegen.runtime.auth import (
    Credential,
    Login,
    Secret,
    accepted,
    authorization,
    basic,
    bearer,
    key_in_cookie,
    key_in_header,
    key_in_query,
    present,
)
from codegen.runtime.call import Call, no_body
from codegen.runtime.client import ApiClient
from codegen.runtime.errors import RequestError, TransportError
from codegen.runtime.http import Request, Response
from codegen.runtime.parameters import cookie_fields


@frozen(kw_only=True, repr=False)
class Credentials:
    """What is generated for an API with a scheme of each kind."""

    key: Secret | None = None
    query_key: Secret | None = None
    session: Secret | None = None
    login: Login | None = None
    token: Secret | None = None
    digest: Secret | None = None

    def given(self) -> Mapping[str, Credential]:
        return present(
            {
                "key": key_in_header("X-Key", self.key),
                "query_key": key_in_query("api key", self.query_key),
                "session": key_in_cookie("sid", self.session),
                "login": basic(self.login),
                "token": bearer(self.token),
                "digest": authorization(self.digest),
            }
        )


class Carrier:
    """Keeps what it is given, and fails as often as it is told."""

    def __init__(self, failures: int = 0) -> None:
        self.requests: list[Request] = []
        self._failures = failures

    def send(self, request: Request) -> Response:
        self.requests.append(request)
        if len(self.requests) <= self._failures:
            raise TransportError("no connection", sent=False)
        return Response(status=204)

    def close(self) -> None:
        pass


CALL: Call[None] = Call("GET", "/a", answers={204: no_body})


def sent(credentials: Credentials | None, *alternatives: str | tuple[str, ...]) -> Request:
    carrier = Carrier()
    client = ApiClient("http://api.test", transport=carrier, credentials=credentials)
    client.send(evolve(CALL, security=accepted(*alternatives)))
    (request,) = carrier.requests
    return request


@pytest.mark.parametrize(
    ("scheme", "value", "field", "text"),
    [
        ("key", "s3cret", "X-Key", "s3cret"),
        ("token", "s3cret", "Authorization", "Bearer s3cret"),
        (
            "login",
            ("Aladdin", "open sesame"),
            "Authorization",
            "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
        ),
        ("login", ("test", "123£"), "Authorization", "Basic dGVzdDoxMjPCow=="),
        ("digest", 'Token token="abc"', "Authorization", 'Token token="abc"'),
        ("session", "a=b;c", "Cookie", "sid=a=b%3Bc"),
    ],
)
def test_a_credential_goes_where_its_scheme_says(
    scheme: str, value: Any, field: str, text: str
) -> None:
    assert text == sent(Credentials(**{scheme: value}), scheme).headers[field]


def test_a_key_in_the_query_is_encoded_and_comes_last() -> None:
    assert (
        "http://api.test/a?api%20key=a%26b" == sent(Credentials(query_key="a&b"), "query_key").url
    )
    carrier = Carrier()
    client = ApiClient("http://api.test", transport=carrier, credentials=Credentials(query_key="k"))
    client.send(evolve(CALL, query=(("x", "1"),), security=accepted("query_key")))
    assert ["http://api.test/a?x=1&api%20key=k"] == [one.url for one in carrier.requests]


def test_a_key_in_a_cookie_stands_beside_the_cookies_of_the_call() -> None:
    carrier = Carrier()
    client = ApiClient("http://api.test", transport=carrier, credentials=Credentials(session="s"))
    client.send(evolve(CALL, cookies=cookie_fields(("a", 1)), security=accepted("session")))
    assert ["a=1; sid=s"] == [one.headers["Cookie"] for one in carrier.requests]


ALL = Credentials(key="k", token="t", session="s")


@pytest.mark.parametrize(
    ("credentials", "alternatives", "fields"),
    [
        (ALL, ("key", "token"), {"X-Key": "k"}),
        (ALL, ("login", "token"), {"Authorization": "Bearer t"}),
        (ALL, (("key", "login"), ("key", "token")), {"X-Key": "k", "Authorization": "Bearer t"}),
        (ALL, ((), "token"), {"Authorization": "Bearer t"}),
        (ALL, ((), "login"), {}),
        (ALL, ("login",), {}),
        (ALL, (), {}),
        (Credentials(), ("key", "token"), {}),
        (None, ("key",), {}),
    ],
)
def test_the_first_alternative_for_which_there_is_all_goes(
    credentials: Credentials | None,
    alternatives: tuple[str | tuple[str, ...], ...],
    fields: dict[str, str],
) -> None:
    headers = dict(sent(credentials, *alternatives).headers)
    own = {"Accept", "User-Agent"}
    assert fields == {name: text for name, text in headers.items() if name not in own}


def test_a_function_is_asked_once_for_each_call_whatever_is_repeated() -> None:
    tokens: Iterator[str] = iter(["one", "two"])
    carrier = Carrier(failures=1)
    client = ApiClient(
        "http://api.test",
        transport=carrier,
        credentials=Credentials(token=lambda: next(tokens)),
        sleep=lambda _: None,
    )
    call = evolve(CALL, security=accepted("token"))
    client.send(call)
    client.send(call)
    assert ["Bearer one", "Bearer one", "Bearer two"] == [
        one.headers["Authorization"] for one in carrier.requests
    ]


def test_a_function_is_not_asked_for_a_call_that_takes_nothing() -> None:
    def refuse() -> str:
        raise AssertionError("asked")

    assert "Authorization" not in sent(Credentials(token=refuse)).headers


@pytest.mark.parametrize(
    ("credentials", "scheme"),
    [
        (Credentials(key=""), "key"),
        (Credentials(key=lambda: ""), "key"),
        (Credentials(key="hush\r\nX-Evil: 1"), "key"),
        (Credentials(token="hush\n"), "token"),
        (Credentials(login=("hu:sh", "x")), "login"),
        (Credentials(login=("hush", "\n")), "login"),
        (Credentials(query_key="hush\ud800"), "query_key"),
    ],
)
def test_what_cannot_be_sent_is_refused_and_not_quoted(
    credentials: Credentials, scheme: str
) -> None:
    carrier = Carrier()
    client = ApiClient("http://api.test", transport=carrier, credentials=credentials)
    with pytest.raises(RequestError) as caught:
        client.send(evolve(CALL, security=accepted(scheme)))
    assert [] == carrier.requests
    assert (
        "hush"
        not in f"{caught.value!r} {caught.value} {pickle.loads(pickle.dumps(caught.value))!r}"
    )


def test_nothing_that_holds_a_secret_shows_it() -> None:
    credentials = Credentials(key="hush", token="hush", login=("hush", "hush"))
    client = ApiClient("http://api.test", transport=Carrier(), credentials=credentials)
    request = sent(Credentials(query_key="hush", key="hush"), ("query_key", "key"))
    assert "hush" in request.url
    shown = [repr(one) for one in (credentials, client, request, *credentials.given().values())]
    assert [] == [text for text in shown if "hush" in text]


def test_an_error_names_no_key_of_the_query() -> None:
    client = ApiClient(
        "http://api.test",
        transport=Carrier(failures=9),
        credentials=Credentials(query_key="hush"),
        sleep=lambda _: None,
    )
    with pytest.raises(TransportError) as caught:
        client.send(evolve(CALL, security=accepted("query_key")))
    assert "hush" not in f"{caught.value!r} {caught.value} {caught.value.facts}"
