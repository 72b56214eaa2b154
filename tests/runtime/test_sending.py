"""What a client lets be seen and changed of each try: hooks, middleware, credentials, keys."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from attrs import evolve

from codegen.runtime.auth import KeptSecret, accepted
from codegen.runtime.call import Call, error, text_body
from codegen.runtime.client import ApiClient
from codegen.runtime.contents import Content
from codegen.runtime.errors import (
    ClientError,
    OutcomeUnknown,
    RequestError,
    ServerError,
    ServerOutcomeUnknown,
    TransportError,
)
from codegen.runtime.http import Headers, Request, Response, Timeout
from codegen.runtime.middleware import Middleware, Send, log_attempts
from codegen.runtime.retry import RetryPolicy
from codegen.runtime.sending import Attempt, OnAttempt
from codegen.runtime.uploads import IterableUpload
from tests.runtime.test_auth import Credentials
from tests.runtime.test_redirects import OK, Carrier, redirect

URL = "http://api.test"
GET: Call[str] = Call("GET", "/a", answers={200: text_body, "4XX": error()})
POST = evolve(GET, method="POST")
LOST = TransportError("the connection broke", sent=True)
UNSENT = TransportError("no connection", sent=False)
BUSY = Response(status=503, headers=Headers({"Retry-After": "2"}))
REFUSED = Response(status=401)


def client(
    carrier: Carrier,
    *,
    credentials: Credentials | None = None,
    middleware: tuple[Middleware, ...] = (),
    on_attempt: OnAttempt | None = None,
) -> ApiClient:
    return ApiClient(
        URL,
        transport=carrier,
        credentials=credentials,
        middleware=middleware,
        on_attempt=on_attempt,
        sleep=lambda _: None,
        chance=lambda: 0.5,
        clock=lambda: 0.0,
    )


# --- hooks and middleware ----------------------------------------------------------------------


def test_a_hook_is_told_of_each_try_and_what_comes_next() -> None:
    told: list[Attempt] = []
    carrier = Carrier(UNSENT, BUSY, redirect(307, "/b?token=hush"), OK)
    client(carrier, on_attempt=told.append).send(evolve(GET, query=(("key", "hush"),)))
    assert [
        (1, f"{URL}/a", None, UNSENT, 0.125),
        (2, f"{URL}/a", 503, None, 2.0),
        (3, f"{URL}/a", 307, None, 0.0),
        (4, f"{URL}/b", 200, None, None),
    ] == [(one.number, one.url, one.status, one.error, one.wait) for one in told]
    assert "hush" not in repr(told)


def test_a_hook_is_told_that_there_will_be_no_other_try() -> None:
    told: list[Attempt] = []
    with pytest.raises(OutcomeUnknown):
        client(Carrier(LOST), on_attempt=told.append).send(POST)
    assert [None] == [one.wait for one in told]


def test_what_a_hook_raises_ends_the_call() -> None:
    def stop(attempt: Attempt) -> None:
        raise KeyboardInterrupt

    carrier = Carrier(UNSENT)
    with pytest.raises(KeyboardInterrupt):
        client(carrier, on_attempt=stop).send(GET)
    assert 1 == len(carrier.requests)


def test_middleware_is_around_each_try_the_first_of_it_outermost() -> None:
    order: list[str] = []

    def named(name: str) -> Middleware:
        def middleware(request: Request, send: Send) -> Response:
            order.append(f"{name} before")
            try:
                return send(evolve(request, headers=request.headers.merged({"X-By": name})))
            finally:
                order.append(f"{name} after")

        return middleware

    carrier = Carrier(LOST, OK)
    client(carrier, middleware=(named("a"), named("b"))).send(GET)
    assert ["a before", "b before", "b after", "a after"] * 2 == order
    assert ["b", "b"] == [one.headers["X-By"] for one in carrier.requests]


def test_middleware_may_answer_or_fail_by_itself() -> None:
    outcomes: Iterator[Response | TransportError] = iter([UNSENT, OK])

    def plays(request: Request, send: Send) -> Response:
        outcome = next(outcomes)
        if isinstance(outcome, TransportError):
            raise outcome
        return outcome

    carrier = Carrier(OK)
    assert "found" == client(carrier, middleware=(plays,)).send(GET)
    assert [] == carrier.requests


def test_middleware_is_around_streams_too() -> None:
    seen: list[int] = []

    def sees(request: Request, send: Send) -> Response:
        response = send(request)
        seen.append(response.status)
        return response

    with client(Carrier(OK), middleware=(sees,)).stream(GET) as stream:
        assert b"found" == stream.read()
    assert [200] == seen


def test_a_line_for_each_try_is_written_only_where_it_is_asked_for(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    wanted = evolve(GET, query=(("key", "hush"),), headers=(("X-Key", "hush"),))
    client(Carrier(OK)).send(wanted)
    assert [] == caplog.messages
    logged = log_attempts(logging.getLogger("mine"))
    client(Carrier(UNSENT, OK), middleware=(logged,)).send(wanted)
    lost, answered = caplog.messages
    assert lost.startswith(f"GET {URL}/a: TransportError: no connection, ")
    assert answered.startswith(f"GET {URL}/a: status 200, ")
    assert "hush" not in caplog.text


# --- what is a call's own ------------------------------------------------------------------------


def test_a_call_may_have_a_policy_of_its_own() -> None:
    carrier = Carrier(UNSENT)
    with pytest.raises(TransportError):
        client(carrier).send(GET, retry=RetryPolicy(attempts=5))
    assert 5 == len(carrier.requests)


def test_a_policy_says_after_which_statuses_to_try_again() -> None:
    carrier = Carrier(Response(status=502), Response(status=425), OK)
    policy = RetryPolicy(statuses=frozenset({425}))
    with pytest.raises(ServerError):
        client(carrier).send(GET, retry=policy)
    assert "found" == client(Carrier(Response(status=425), OK)).send(GET, retry=policy)


def test_a_call_may_have_credentials_of_its_own() -> None:
    carrier = Carrier(OK)
    shared = client(carrier, credentials=Credentials(token="mine"))
    wanted = evolve(GET, security=accepted("token"))
    shared.send(wanted, credentials=Credentials(token="yours"))
    shared.send(wanted)
    assert ["Bearer yours", "Bearer mine"] == [
        one.headers["Authorization"] for one in carrier.requests
    ]


# --- credentials that are refused ----------------------------------------------------------------


SIGNED = evolve(GET, security=accepted("token"))


def tokens(carrier: Carrier) -> list[str]:
    return [one.headers["Authorization"].removeprefix("Bearer ") for one in carrier.requests]


@pytest.mark.parametrize("wanted", [SIGNED, evolve(SIGNED, method="POST")])
def test_a_function_is_asked_again_when_its_token_is_refused(wanted: Call[str]) -> None:
    given = iter(["old", "new"])
    carrier = Carrier(REFUSED, OK)
    exchange = client(carrier, credentials=Credentials(token=lambda: next(given))).exchange(wanted)
    assert ["old", "new"] == tokens(carrier)
    assert ("found", 1) == (exchange.value, exchange.attempts)


def test_a_token_is_renewed_once_for_a_call() -> None:
    given = iter(["old", "new", "newer"])
    carrier = Carrier(REFUSED)
    with pytest.raises(ClientError) as caught:
        client(carrier, credentials=Credentials(token=lambda: next(given))).send(SIGNED)
    assert ["old", "new"] == tokens(carrier)
    assert 401 == caught.value.status


@pytest.mark.parametrize("token", ["fixed", lambda: "the same"])
def test_what_would_be_refused_again_is_not_sent_again(token: str) -> None:
    carrier = Carrier(REFUSED, OK)
    with pytest.raises(ClientError):
        client(carrier, credentials=Credentials(token=token)).send(SIGNED)
    assert 1 == len(carrier.requests)


def test_a_login_is_renewed_too() -> None:
    given = iter([("me", "old"), ("me", "new")])
    carrier = Carrier(REFUSED, OK)
    credentials = Credentials(login=lambda: next(given))
    client(carrier, credentials=credentials).send(evolve(GET, security=accepted("login")))
    assert 2 == len(set(tokens(carrier)))


def test_a_function_that_fails_ends_the_call_with_what_it_raised() -> None:
    def fails() -> str:
        raise LookupError("no token")

    with pytest.raises(LookupError, match="no token"):
        client(Carrier(OK), credentials=Credentials(token=fails)).send(SIGNED)


class Issuer:
    """Gives tokens, of which a server takes only the last; counts how often it is asked."""

    def __init__(self, barrier: Barrier | None = None) -> None:
        self.given = 0
        self._barrier = barrier

    def __call__(self) -> str:
        self.given += 1
        return str(self.given)


class Gate:
    """A transport that takes one token alone; the first refusals come when all have asked."""

    def __init__(self, taken: str, callers: int) -> None:
        self._taken = taken
        self._barrier = Barrier(callers)

    def send(self, request: Request) -> Response:
        if request.headers["Authorization"] == f"Bearer {self._taken}":
            return OK
        self._barrier.wait(10)
        return REFUSED

    def close(self) -> None:
        pass


def test_threads_whose_token_is_refused_at_once_ask_for_one_other() -> None:
    issuer = Issuer()
    kept = KeptSecret(issuer)
    gate = Gate("2", callers=32)
    shared = ApiClient(URL, transport=gate, credentials=Credentials(token=kept))
    with ThreadPoolExecutor(32) as pool:
        values = list(pool.map(shared.send, [SIGNED] * 32))
    assert (["found"] * 32, 2) == (values, issuer.given)


def test_a_plain_function_is_asked_for_one_other_by_threads_with_the_same_token() -> None:
    asked: list[str] = []

    def cached() -> str:
        asked.append("old" if len(asked) < 32 else "new")
        return asked[-1]

    shared = ApiClient(
        URL, transport=Gate("new", callers=32), credentials=Credentials(token=cached)
    )
    with ThreadPoolExecutor(32) as pool:
        values = list(pool.map(shared.send, [SIGNED] * 32))
    assert (["found"] * 32, 33) == (values, len(asked))


def test_a_kept_secret_is_asked_for_once_as_long_as_it_is_taken() -> None:
    issuer = Issuer()
    carrier = Carrier(OK)
    shared = client(carrier, credentials=Credentials(token=KeptSecret(issuer)))
    shared.send(SIGNED)
    shared.send(SIGNED)
    assert (["1", "1"], 1) == (tokens(carrier), issuer.given)


# --- keys ----------------------------------------------------------------------------------------

KEYED = evolve(POST, key_header="Idempotency-Key")


def keys(carrier: Carrier) -> list[str]:
    return [one.headers.get("Idempotency-Key", "") for one in carrier.requests]


def test_a_call_that_may_carry_a_key_has_the_same_in_every_try_and_no_other_call_has_it() -> None:
    carrier = Carrier(LOST, LOST, OK)
    shared = client(carrier)
    shared.send(KEYED)
    shared.send(KEYED)
    first, *others = keys(carrier)
    assert [first, first] == others[:2]
    assert first != others[2]
    assert (38, '""') == (len(first), first[0] + first[-1])


def test_a_key_stands_without_quotes_where_it_has_to() -> None:
    carrier = Carrier(OK)
    client(carrier).send(evolve(KEYED, key_is_quoted=False))
    assert [36] == [len(one) for one in keys(carrier)]


def test_the_key_of_a_caller_is_left_as_it_is() -> None:
    carrier = Carrier(LOST, OK)
    client(carrier).send(evolve(KEYED, headers=(("idempotency-key", "mine"),)))
    assert ["mine", "mine"] == keys(carrier)


def test_a_client_may_make_no_keys() -> None:
    carrier = Carrier(LOST, OK)
    shared = ApiClient(URL, transport=carrier, make_keys=False)
    with pytest.raises(OutcomeUnknown):
        shared.send(KEYED)
    assert [""] == keys(carrier)


def test_a_call_that_needs_no_key_gets_none() -> None:
    carrier = Carrier(OK)
    client(carrier).send(evolve(KEYED, method="PUT"))
    assert [""] == keys(carrier)


# --- what failed servers and broken off calls leave open -----------------------------------------


def test_a_server_that_failed_at_a_post_may_have_acted() -> None:
    answer = Response(status=500, body=b'{"title": "broken"}')
    wanted = evolve(POST, answers={200: text_body, 500: error(dict[str, str])})
    with pytest.raises(ServerOutcomeUnknown) as caught:
        client(Carrier(answer)).send(wanted)
    assert ({"title": "broken"}, 500) == (caught.value.error, caught.value.status)
    assert isinstance(caught.value, (ServerError, OutcomeUnknown))


@pytest.mark.parametrize("status", [501, 505])
def test_a_server_that_cannot_have_acted_has_not(status: int) -> None:
    with pytest.raises(ServerError) as caught:
        client(Carrier(Response(status=status))).send(POST)
    assert ServerError is type(caught.value)


def test_a_server_that_says_when_to_come_back_has_not_acted() -> None:
    busy = Response(status=503, headers=Headers({"Retry-After": "3600"}))
    with pytest.raises(ServerError) as caught:
        client(Carrier(busy)).send(POST, timeout=Timeout(total=10))
    assert (ServerError, 3600.0) == (type(caught.value), caught.value.retry_after)


@pytest.mark.parametrize(
    ("wanted", "notes"),
    [(GET, []), (POST, [f"POST {URL}/a was broken off; the server may have acted on it"])],
)
def test_an_interrupt_says_whether_the_server_may_have_acted(
    wanted: Call[str], notes: list[str]
) -> None:
    def interrupts(request: Request, send: Send) -> Response:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        client(Carrier(OK), middleware=(interrupts,)).send(wanted)
    assert notes == getattr(caught.value, "__notes__", [])


def test_a_body_that_can_be_read_only_once_is_sent_only_once() -> None:
    def reads(request: Request, send: Send) -> Response:
        assert b"once" == request.whole_body
        return send(request)

    upload = IterableUpload(iter([b"once"]))
    carrier = Carrier(LOST, OK)
    wanted = evolve(GET, method="PUT", content=Content(upload, "text/plain"))
    with pytest.raises(TransportError):
        client(carrier, middleware=(reads,)).send(wanted)
    assert 1 == len(carrier.requests)


def test_a_body_that_was_not_begun_is_sent_again() -> None:
    upload = IterableUpload(iter([b"once"]))
    carrier = Carrier(UNSENT, OK)
    client(carrier).send(evolve(POST, content=Content(upload, "text/plain")))
    assert 2 == len(carrier.requests)


# --- who calls -----------------------------------------------------------------------------------


def test_an_application_is_named_before_the_sdk() -> None:
    carrier = Carrier(OK)
    ApiClient(URL, transport=carrier, application="lab-monitor/2.1").send(GET)
    assert carrier.requests[0].headers["User-Agent"].startswith("lab-monitor/2.1 python-sdk-")


@pytest.mark.parametrize("name", ["two words", "a/b/c", "", "a\r\nX: 1"])
def test_what_is_no_application_is_refused(name: str) -> None:
    with pytest.raises(RequestError, match="is no application"):
        ApiClient(URL, transport=Carrier(OK), application=name)
