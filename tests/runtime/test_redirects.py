"""Redirects: what is followed, with what, and why not."""

from __future__ import annotations

import pickle
from collections.abc import Mapping

import pytest
from attrs import evolve

from codegen.runtime.auth import accepted
from codegen.runtime.call import Answer, Call, StatusKey, error, text_body
from codegen.runtime.client import ApiClient
from codegen.runtime.contents import Content
from codegen.runtime.errors import OutcomeUnknown, RedirectError, TransportError
from codegen.runtime.http import Headers, Request, Response
from codegen.runtime.redirects import RedirectPolicy
from codegen.runtime.uploads import IterableUpload
from tests.runtime.test_auth import Credentials

HOME = "https://api.test/v1"
OK = Response(status=200, body=b"found")


def redirect(status: int, location: str) -> Response:
    return Response(status=status, headers=Headers({"Location": location}))


class Carrier:
    """Plays one outcome after another, the last for ever."""

    def __init__(self, *outcomes: Response | TransportError) -> None:
        self.outcomes = list(outcomes)
        self.requests: list[Request] = []

    @property
    def asked(self) -> list[str]:
        return [f"{one.method} {one.url}" for one in self.requests]

    def send(self, request: Request) -> Response:
        self.requests.append(request)
        outcome = self.outcomes[min(len(self.requests), len(self.outcomes)) - 1]
        if isinstance(outcome, TransportError):
            raise outcome
        return outcome

    def close(self) -> None:
        pass


def call(method: str = "GET", body: bytes | None = None) -> Call[str]:
    content = None if body is None else Content(body, "text/plain")
    return Call(
        method,
        "/here",
        security=accepted("token", "query_key"),
        content=content,
        answers={200: text_body, "4XX": error()},
    )


def client(carrier: Carrier, policy: RedirectPolicy | None = None) -> ApiClient:
    return ApiClient(
        HOME,
        transport=carrier,
        headers={"X-Tenant": "hush", "Accept-Language": "de"},
        credentials=Credentials(token="hush"),
        redirects=policy or RedirectPolicy(),
        sleep=lambda _: None,
    )


def refusal(carrier: Carrier, wanted: Call[str], policy: RedirectPolicy | None = None) -> str:
    with pytest.raises(RedirectError) as caught:
        client(carrier, policy).send(wanted)
    copy: RedirectError = pickle.loads(pickle.dumps(caught.value))
    assert (copy.status, copy.url) == (carrier_status(carrier), f"{HOME}/here")
    assert "hush" not in str(copy)
    return copy.message


def carrier_status(carrier: Carrier) -> int:
    outcome = carrier.outcomes[min(len(carrier.requests), len(carrier.outcomes)) - 1]
    assert isinstance(outcome, Response)
    return outcome.status


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_what_only_reads_is_sent_where_it_is_now(method: str, status: int) -> None:
    carrier = Carrier(redirect(status, "/v2/there?x=1#top"), OK)
    assert "found" == client(carrier).send(call(method))
    assert [f"{method} {HOME}/here", f"{method} https://api.test/v2/there?x=1"] == carrier.asked


@pytest.mark.parametrize("status", [307, 308])
def test_a_post_is_sent_where_the_server_says_that_it_belongs(status: int) -> None:
    carrier = Carrier(redirect(status, "there"), OK)
    assert "found" == client(carrier).send(call("POST", b"body"))
    first, second = carrier.requests
    assert f"{HOME}/there" == second.url
    assert (first.method, first.body, first.headers) == (second.method, second.body, second.headers)


def test_what_a_query_found_is_read_where_303_says() -> None:
    carrier = Carrier(redirect(303, "there"), OK)
    assert "found" == client(carrier).send(call("QUERY", b"body"))
    first, second = carrier.requests
    assert ("QUERY", "GET", None) == (first.method, second.method, second.body)


def test_what_became_of_a_post_is_read_where_303_says() -> None:
    carrier = Carrier(redirect(303, "there"), OK)
    assert "found" == client(carrier).send(call("POST", b"body"))
    _, second = carrier.requests
    assert ("GET", None) == (second.method, second.body)
    assert "Content-Type" not in second.headers
    assert "Bearer hush" == second.headers["Authorization"]


def test_a_post_that_was_acted_on_stays_so_when_its_outcome_cannot_be_read() -> None:
    carrier = Carrier(redirect(303, "there"), TransportError("lost", sent=False))
    with pytest.raises(OutcomeUnknown):
        client(carrier).send(call("POST", b"body"))
    assert [f"POST {HOME}/here", *[f"GET {HOME}/there"] * 3] == carrier.asked


@pytest.mark.parametrize("status", [301, 302])
def test_a_post_is_not_repeated_where_clients_disagree(status: int) -> None:
    carrier = Carrier(redirect(status, "there"), OK)
    message = refusal(carrier, call("POST", b"body"))
    assert f"which is not followed: POST is not repeated elsewhere after {status}" in message
    assert 1 == len(carrier.requests)


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("https://other.test/here", "it leads to another server"),
        ("https://api.test:8443/here", "it leads to another server"),
        ("//other.test", "it leads to another server"),
        ("http://api.test/here", "it leads from https to http"),
        ("file:///etc/passwd", "it leads to no http or https URL"),
        ("javascript:alert(1)", "it leads to no http or https URL"),
        ("https://hush@api.test/", "it leads to no http or https URL"),
        ("https://[", "it leads to no http or https URL"),
        ("/caf\u00e9", "it leads to no http or https URL"),
        ("/v1/here", "it leads back to where it came from"),
    ],
)  # fmt: skip
def test_what_is_not_followed_is_asked_for_once(location: str, reason: str) -> None:
    carrier = Carrier(redirect(302, location))
    message = refusal(carrier, call())
    assert f"the server redirects (302), which is not followed: {reason}" == message
    assert 1 == len(carrier.requests)


MOVED: Mapping[StatusKey, Answer[str]] = {302: text_body}


def test_a_redirect_that_says_not_where_is_an_answer() -> None:
    carrier = Carrier(Response(status=302, body=b"somewhere"))
    assert "somewhere" == client(carrier).send(evolve(call(), answers=MOVED))


def test_a_redirect_that_the_document_describes_is_an_answer() -> None:
    carrier = Carrier(redirect(302, "there"))
    assert "" == client(carrier).send(evolve(call(), answers=MOVED))
    assert 1 == len(carrier.requests)


def test_redirects_in_a_row_end() -> None:
    carrier = Carrier(*(redirect(302, f"/{number}") for number in range(9)))
    assert refusal(carrier, call()).endswith("it is one more than 5")
    assert 6 == len(carrier.requests)


def test_a_policy_may_follow_none() -> None:
    carrier = Carrier(redirect(302, "there"))
    assert refusal(carrier, call(), RedirectPolicy(limit=0)).endswith("it is one more than 0")


def test_another_server_is_told_no_secret() -> None:
    carrier = Carrier(redirect(302, "https://files.test/a"), redirect(302, "/b"), OK)
    policy = RedirectPolicy(other_origins=True)
    assert "found" == client(carrier, policy).send(call())
    _, *foreign = carrier.requests
    assert ["https://files.test/a", "https://files.test/b"] == [one.url for one in foreign]
    assert [{"Accept", "Accept-Language", "User-Agent"}] * 2 == [
        set(one.headers) for one in foreign
    ]


def test_no_way_back_from_another_server_carries_credentials() -> None:
    carrier = Carrier(redirect(302, "https://files.test/a"), redirect(302, f"{HOME}/b"), OK)
    client(carrier, RedirectPolicy(other_origins=True)).send(call())
    assert "Authorization" not in carrier.requests[-1].headers


def test_another_server_is_sent_nothing_that_may_act() -> None:
    carrier = Carrier(redirect(307, "https://files.test/a"))
    message = refusal(carrier, call("POST", b"x"), RedirectPolicy(other_origins=True))
    assert message.endswith("it leads to another server, and POST may act")


def test_a_body_that_is_gone_is_not_sent_again() -> None:
    upload = IterableUpload(iter([b"once"]))
    assert [b"once"] == list(upload.pieces())  # as the transport does at the first try
    carrier = Carrier(redirect(307, "there"))
    wanted = evolve(call("PUT"), content=Content(upload, "text/plain"))
    assert refusal(carrier, wanted).endswith("the body can be sent only once")


def test_a_repeat_goes_where_the_redirect_led() -> None:
    carrier = Carrier(redirect(307, "there"), Response(status=503), OK)
    exchange = client(carrier).exchange(call())
    assert [f"GET {HOME}/here", *[f"GET {HOME}/there"] * 2] == carrier.asked
    assert 2 == exchange.attempts
