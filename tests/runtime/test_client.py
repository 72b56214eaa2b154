"""`ApiClient` over a transport that plays what it is told, on a clock that only its waits move."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Iterator

import pytest
from attrs import define, field

from codegen.runtime.call import Call, error, json_body, no_body, text_body
from codegen.runtime.client import ApiClient, Exchange
from codegen.runtime.contents import Content
from codegen.runtime.errors import (
    ClientError,
    DecodeError,
    ExchangeError,
    Facts,
    OutcomeUnknown,
    RequestError,
    ServerError,
    ServerOutcomeUnknown,
    TransportError,
    Unrepeatable,
)
from codegen.runtime.http import Headers, Request, Response, Timeout
from codegen.runtime.retry import RetryPolicy

BASE = "http://test/api"


@define
class Clock:
    """Moves when someone sleeps or sends, and at no other time."""

    now: float = 1000.0
    waits: list[float] = field(factory=list[float])

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


class Transport:
    """Plays one outcome after another, the last for ever; each takes some seconds."""

    def __init__(
        self, clock: Clock, *outcomes: Response | BaseException, takes: float = 0.0
    ) -> None:
        self._clock = clock
        self._outcomes = list(outcomes)
        self._takes = takes
        self.requests: list[Request] = []
        self.is_closed = False

    def send(self, request: Request) -> Response:
        self.requests.append(request)
        self._clock.now += self._takes
        outcome = self._outcomes[min(len(self.requests), len(self._outcomes)) - 1]
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def close(self) -> None:
        self.is_closed = True


def answer(status: int, body: bytes = b"", **headers: str) -> Response:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status=status, headers=Headers(fields), body=body)


def lost(message: str = "the connection broke") -> TransportError:
    return TransportError(message, sent=True)


def unsent(message: str = "connection refused") -> TransportError:
    return TransportError(message, sent=False)


def call(method: str = "GET", path: str = "/jobs", **headers: str) -> Call[str]:
    fields = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Call(method, path, headers=fields, answers={200: text_body, "4XX": error()})


class Bench:
    """A client with its transport and clock."""

    def __init__(
        self,
        *outcomes: Response | BaseException,
        takes: float = 0.0,
        retry: RetryPolicy | None = None,
        timeout: Timeout | None = None,
        chance: float = 0.5,
    ) -> None:
        self.clock = Clock()
        self.transport = Transport(self.clock, *outcomes, takes=takes)
        self.client = ApiClient(
            BASE,
            transport=self.transport,
            retry=retry or RetryPolicy(),
            timeout=timeout or Timeout(total=60),
            clock=self.clock,
            sleep=self.clock.sleep,
            chance=lambda: chance,
        )

    @property
    def sent(self) -> int:
        return len(self.transport.requests)

    def fails(self, wanted: Call[str]) -> ExchangeError:
        """The error of a call, which has to know what every error of a client knows."""
        with pytest.raises(ExchangeError) as raised:
            self.client.send(wanted)
        failed = raised.value
        assert failed.method == wanted.method
        assert failed.url == BASE + wanted.path
        assert failed.attempts == self.sent
        copy = pickle.loads(pickle.dumps(failed))
        assert (type(copy), str(copy), vars(copy)) == (type(failed), str(failed), vars(failed))
        return failed


OK = answer(200, b"fine")


# --- one call ----------------------------------------------------------------------------------


def test_a_call_is_sent_and_its_value_returned() -> None:
    bench = Bench(OK)
    assert bench.client.send(call()) == "fine"
    assert bench.sent == 1


def test_a_request_goes_to_the_base_url_with_every_header_field() -> None:
    bench = Bench(OK)
    wanted: Call[str] = Call(
        "POST",
        "/jobs/a%2Fb",
        query=(("page", "2"), ("q", "a b")),
        headers=(("X-Own", "1"), ("accept", "text/plain")),
        content=Content(b"{}", "application/json"),
        answers={200: text_body},
    )
    bench.client.send(wanted)
    [request] = bench.transport.requests
    assert request.method == "POST"
    assert request.url == "http://test/api/jobs/a%2Fb?page=2&q=a%20b"
    assert request.body == b"{}"
    assert request.headers["X-Own"] == "1"
    assert request.headers["Accept"] == "text/plain"
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["User-Agent"].startswith("python-sdk-runtime/")


def test_cookies_go_in_one_field_with_semicolons_between() -> None:
    wanted: Call[None] = Call("GET", "/", headers=(("cookie", "a=1"),), cookies=(("b", "2"),))
    assert "a=1; b=2" == wanted.request.headers["Cookie"]


def test_header_fields_of_the_client_go_with_every_request() -> None:
    clock = Clock()
    transport = Transport(clock, OK)
    client = ApiClient(
        BASE, transport=transport, headers={"user-agent": "lab/1", "Authorization": "Bearer x"}
    )
    client.send(call())
    client.send(call(Authorization="Bearer y"))
    fields = [request.headers for request in transport.requests]
    assert [each["User-Agent"] for each in fields] == ["lab/1", "lab/1"]
    assert [each["Authorization"] for each in fields] == ["Bearer x", "Bearer y"]


def test_an_exchange_tells_what_a_value_does_not() -> None:
    bench = Bench(answer(503), answer(200, b"fine", ETag='"v1"'), takes=1.0)
    assert bench.client.exchange(call()) == Exchange(
        value="fine", status=200, headers=Headers({"ETag": '"v1"'}), attempts=2, seconds=2.125
    )


def test_the_size_limit_reaches_the_transport() -> None:
    transport = Transport(Clock(), OK)
    ApiClient(BASE, transport=transport, max_response_bytes=10).send(call())
    assert transport.requests[0].max_response_bytes == 10


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (answer(404, b'{"errors": []}'), ClientError),
        (answer(501), ServerError),
        (answer(302), DecodeError),
    ],
)
def test_a_refused_call_is_an_error_with_its_facts(
    response: Response, kind: type[ExchangeError]
) -> None:
    bench = Bench(response)
    failed = bench.fails(call())
    assert type(failed) is kind
    assert (failed.status, failed.body) == (response.status, response.body)
    assert bench.sent == 1


@pytest.mark.parametrize(
    ("response", "kind", "told"),
    [
        (answer(404, b'{"title": 1}'), ClientError, {"title": 1}),
        (answer(501, b"<html>"), ServerError, None),
    ],
)
def test_default_describes_no_success_of_400_or_more(
    response: Response, kind: type[ExchangeError], told: object
) -> None:
    wanted: Call[object] = Call("GET", "/jobs", answers={"default": json_body(dict[str, int])})
    with pytest.raises(kind) as raised:
        Bench(response).client.send(wanted)
    assert told == getattr(raised.value, "error", "nothing")
    assert Bench(answer(200, b'{"title": 1}')).client.send(wanted) == {"title": 1}


@pytest.mark.parametrize(
    ("media_type", "told"),
    [
        ("application/problem+json; charset=utf-8", ["a"]),
        ("application/json", {"a": 1}),
        ("application/vnd.other+json", {"a": 1}),
    ],
)
def test_an_error_is_what_is_described_for_its_media_type(media_type: str, told: object) -> None:
    forms = {"application/json": dict[str, int], "application/problem+json": list[str]}
    wanted: Call[None] = Call("GET", "/", answers={204: no_body, 404: error(dict[str, int], forms)})
    body = b'["a"]' if isinstance(told, list) else b'{"a": 1}'
    response = Response(status=404, headers=Headers({"Content-Type": media_type}), body=body)
    with pytest.raises(ClientError) as raised:
        Bench(response).client.send(wanted)
    assert told == raised.value.error


@pytest.mark.parametrize(
    ("media_type", "body", "told"),
    [
        ("text/plain", b"too late", "too late"),
        ("text/plain; charset=latin-1", b"\xe9", "\xe9"),
        ("text/plain", b'{"a": 1}', '{"a": 1}'),
        ("text/csv", b"a;b", "a;b"),
        ("text/html", b"<html>", None),
        ("application/json", b'{"a": 1}', {"a": 1}),
        ("application/problem+json", b'{"a": 1}', {"a": 1}),
        ("", b'{"a": 1}', {"a": 1}),
        ("", b"too late", None),
    ],
)
def test_an_error_that_is_described_as_text_is_text(
    media_type: str, body: bytes, told: object
) -> None:
    form = dict[str, int]
    described = error(form, {"application/json": form}, text=["text/plain", "text/csv"])
    wanted: Call[None] = Call("GET", "/", answers={204: no_body, 404: described})
    fields = {"Content-Type": media_type} if media_type else {}
    with pytest.raises(ClientError) as raised:
        Bench(answer(404, body, **fields)).client.send(wanted)
    assert told == raised.value.error


@pytest.mark.parametrize(
    ("media_type", "told"), [("", "no"), ("text/plain", "no"), ("application/json", None)]
)
def test_an_error_that_is_described_as_text_alone_is_text(media_type: str, told: object) -> None:
    described = error(text=["text/plain"])
    wanted: Call[None] = Call("GET", "/", answers={204: no_body, 500: described})
    fields = {"Content-Type": media_type} if media_type else {}
    with pytest.raises(ServerError) as raised:
        Bench(answer(500, b"no", **fields), retry=RetryPolicy(attempts=1)).client.send(wanted)
    assert told == raised.value.error


def test_an_answer_that_is_not_as_described_is_not_asked_for_again() -> None:
    bench = Bench(answer(200, b"<html>"))
    wanted: Call[object] = Call("GET", "/jobs", answers={200: json_body(dict[str, int])})
    with pytest.raises(DecodeError) as raised:
        bench.client.send(wanted)
    assert (raised.value.url, bench.sent) == ("http://test/api/jobs", 1)


# --- repeats -----------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
@pytest.mark.parametrize("outcome", [lost(), unsent(), answer(408), answer(429), answer(503)])
def test_an_idempotent_call_is_repeated_until_it_is_answered(
    method: str, outcome: Response | TransportError
) -> None:
    bench = Bench(outcome, outcome, OK)
    assert bench.client.send(call(method)) == "fine"
    assert bench.sent == 3


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_post_whose_answer_is_lost_is_sent_once(method: str) -> None:
    bench = Bench(lost(), OK)
    failed = bench.fails(call(method))
    assert type(failed) is OutcomeUnknown
    assert failed.sent
    assert bench.sent == 1
    assert bench.clock.waits == []


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize(
    "outcome", [unsent(), answer(408), answer(429), answer(503, Retry_After="1")]
)
def test_a_post_that_had_no_effect_is_repeated(
    method: str, outcome: Response | TransportError
) -> None:
    bench = Bench(outcome, OK)
    assert bench.client.send(call(method)) == "fine"
    assert bench.sent == 2


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_post_that_failed_at_the_server_is_sent_once(status: int) -> None:
    bench = Bench(answer(status), OK)
    assert type(bench.fails(call("POST"))) is ServerOutcomeUnknown
    assert bench.sent == 1


def test_a_post_with_a_key_is_repeated_when_its_answer_is_lost() -> None:
    bench = Bench(lost(), OK)
    assert bench.client.send(call("POST", Idempotency_Key="one")) == "fine"
    assert [request.headers["Idempotency-Key"] for request in bench.transport.requests] == [
        "one",
        "one",
    ]


def test_a_key_among_the_header_fields_of_the_client_counts_too() -> None:
    transport = Transport(Clock(), lost(), OK)
    client = ApiClient(
        BASE, transport=transport, headers={"If-Match": '"v1"'}, sleep=lambda _: None
    )
    assert client.send(call("PATCH")) == "fine"


def test_attempts_end() -> None:
    bench = Bench(lost())
    failed = bench.fails(call())
    assert type(failed) is TransportError
    assert (bench.sent, bench.clock.waits) == (3, [0.125, 0.25])


def test_a_policy_of_one_attempt_repeats_nothing() -> None:
    bench = Bench(unsent(), retry=RetryPolicy(attempts=1))
    bench.fails(call())
    assert bench.sent == 1


def test_what_cannot_succeed_is_not_repeated() -> None:
    bench = Bench(Unrepeatable("the certificate does not verify", sent=False))
    failed = bench.fails(call("POST"))
    assert isinstance(failed, Unrepeatable)
    assert (bench.sent, failed.sent) == (1, False)


def test_an_unreadable_answer_to_a_post_leaves_its_outcome_unknown() -> None:
    bench = Bench(Unrepeatable("the header fields are malformed", sent=True))
    assert type(bench.fails(call("POST"))) is OutcomeUnknown


def test_a_status_tells_the_outcome_of_a_post_whose_answer_is_too_large() -> None:
    facts = Facts(status=201)
    bench = Bench(Unrepeatable("the answer is too large", facts, sent=True))
    failed = bench.fails(call("POST"))
    assert (type(failed), failed.status) == (Unrepeatable, 201)


def test_an_outage_spends_the_budget_for_repeats() -> None:
    bench = Bench(unsent(), retry=RetryPolicy(attempts=3, budget=5))
    for _ in range(4):
        with pytest.raises(TransportError):
            bench.client.send(call())
    assert bench.sent == 3 + 3 + 2 + 1


def test_successes_fill_the_budget_again() -> None:
    successes = [OK] * 8
    bench = Bench(
        unsent(), unsent(), *successes, unsent(), OK, retry=RetryPolicy(attempts=2, budget=1)
    )
    with pytest.raises(TransportError):
        bench.client.send(call())
    for _ in range(9):
        bench.client.send(call())
    assert bench.sent == 2 + 8 + 2


# --- what an earlier try may have done ---------------------------------------------------------


def test_a_post_that_may_have_been_seen_once_is_never_reported_as_unsent() -> None:
    bench = Bench(lost(), unsent())
    failed = bench.fails(call("POST", Idempotency_Key="one"))
    assert type(failed) is OutcomeUnknown
    assert failed.sent
    assert bench.sent == 3


def test_a_get_that_may_have_been_seen_once_is_never_reported_as_unsent() -> None:
    failed = Bench(answer(503), unsent()).fails(call())
    assert isinstance(failed, TransportError)
    assert failed.sent


def test_a_call_that_was_never_sent_says_so() -> None:
    failed = Bench(unsent()).fails(call("POST"))
    assert type(failed) is TransportError
    assert not failed.sent


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_repeat_that_meets_its_own_change_is_no_conflict(method: str) -> None:
    bench = Bench(lost(), answer(412, b"changed", ETag='"v2"'))
    failed = bench.fails(call(method, If_Match='"v1"'))
    assert type(failed) is OutcomeUnknown
    assert (failed.status, failed.body, failed.headers["ETag"]) == (412, b"changed", '"v2"')


def test_a_conflict_at_the_first_try_is_one() -> None:
    failed = Bench(answer(412)).fails(call("PATCH", If_Match='"v1"'))
    assert type(failed) is ClientError


def test_a_conflict_after_a_refusal_is_one() -> None:
    failed = Bench(answer(429), unsent(), answer(412)).fails(call("PATCH", If_Match='"v1"'))
    assert type(failed) is ClientError


def test_a_refused_repeat_does_not_tell_what_the_first_try_of_a_post_did() -> None:
    bench = Bench(lost(), answer(503))
    failed = bench.fails(call("POST", Idempotency_Key="one"))
    assert type(failed) is OutcomeUnknown
    assert failed.status == 503


def test_an_answered_repeat_is_as_good_as_a_first_answer() -> None:
    assert Bench(lost(), OK).client.send(call("PATCH", If_Match='"v1"')) == "fine"


# --- time --------------------------------------------------------------------------------------


def test_each_try_has_what_is_left_of_the_deadline() -> None:
    bench = Bench(lost(), takes=10.0, timeout=Timeout(connect=1, read=2, total=60))
    bench.fails(call())
    assert [request.timeout for request in bench.transport.requests] == [
        Timeout(connect=1, read=2, total=60),
        Timeout(connect=1, read=2, total=60 - 10 - 0.125),
        Timeout(connect=1, read=2, total=60 - 20 - 0.125 - 0.25),
    ]


def test_no_try_begins_after_the_deadline() -> None:
    bench = Bench(lost(), takes=40.0, retry=RetryPolicy(attempts=9))
    bench.fails(call())
    assert bench.sent == 2


def test_a_sleep_that_lasts_too_long_ends_the_call_with_the_last_answer() -> None:
    class Slow(Clock):
        def sleep(self, seconds: float) -> None:
            self.now += 1000

    clock = Slow()
    transport = Transport(clock, answer(503))
    client = ApiClient(BASE, transport=transport, clock=clock, sleep=clock.sleep)
    with pytest.raises(ServerError) as raised:
        client.send(call())
    assert raised.value.attempts == 1


def test_the_timeout_of_a_call_replaces_the_clients() -> None:
    bench = Bench(OK)
    bench.client.send(call(), timeout=Timeout(connect=1, read=2, total=3))
    assert bench.transport.requests[0].timeout == Timeout(connect=1, read=2, total=3)


def test_a_call_may_take_for_ever() -> None:
    bench = Bench(lost(), lost(), OK, takes=1e6)
    assert bench.client.send(call(), timeout=Timeout(total=None)) == "fine"
    assert bench.transport.requests[2].timeout.total is None


def test_the_server_is_waited_for_as_long_as_it_asks() -> None:
    bench = Bench(answer(429, Retry_After="7"), OK)
    bench.client.send(call("POST"))
    assert bench.clock.waits == [7.0]


def test_a_server_that_asks_for_more_than_is_left_is_an_error_at_once() -> None:
    bench = Bench(answer(429, Retry_After="3600"), OK)
    failed = bench.fails(call())
    assert isinstance(failed, ClientError)
    assert failed.retry_after == 3600.0
    assert (bench.sent, bench.clock.waits) == (1, [])


# --- what is refused before anything is sent ---------------------------------------------------


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://test", "http://test"),
        ("http://test/", "http://test"),
        ("https://test:8443/a/b/", "https://test:8443/a/b"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("HTTP://Test", "HTTP://Test"),
    ],
)
def test_a_base_url_is_kept_without_its_final_slash(url: str, expected: str) -> None:
    with ApiClient(url) as client:
        assert client.base_url == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "test",
        "/api",
        "//test/api",
        "ftp://test",
        "http://",
        "http:///api",
        "http://:80",
        "http://test:port",
        "http://test:99999",
        "http://test:0",
        "http://[::1",
        "http://test?x=1",
        "http://test/#part",
        "http://te st",
        "http://test/\n",
        "http://tést",
        "http://secret@test",
        "http://user:secret@test",
        "http://secret:99999@test",
        "http://good\\@test",
    ],
)
def test_a_base_url_that_leads_nowhere_is_refused_unquoted(url: str) -> None:
    with pytest.raises(RequestError) as raised:
        ApiClient(url)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X Key", "a"),
        ("", "a"),
        ("X-Key:", "a"),
        ("X-Key", "secret\r\nX-Evil: 1"),
        ("X-Key", "secret\x00"),
        ("X-Key", "secret\n"),
        ("X-Key", " secret"),
        ("X-Key", "secret €"),
    ],
)
def test_a_header_field_that_would_break_the_request_is_refused(name: str, value: str) -> None:
    with pytest.raises(RequestError) as raised:
        ApiClient(BASE, headers={name: value})
    assert "secret" not in str(raised.value)
    bench = Bench(OK)
    wanted: Call[str] = Call("GET", "/jobs", headers=((name, value),), answers={200: text_body})
    with pytest.raises(RequestError) as raised:
        bench.client.send(wanted)
    assert "secret" not in str(raised.value)
    assert bench.sent == 0


@pytest.mark.parametrize("value", ["", "a", "a b\tc", "Größe".encode().decode("latin-1")])
def test_any_other_header_value_is_sent(value: str) -> None:
    bench = Bench(OK)
    bench.client.send(call(X_Key=value))
    assert bench.transport.requests[0].headers["X-Key"] == value


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "jobs"),
        ("GET", "@elsewhere/jobs"),
        ("GET", ".elsewhere/jobs"),
        ("GET", ""),
        ("GET", "/a b"),
        ("GET", "/a\r\nX: 1"),
        ("GET", "/a#b"),
        ("GET", "/ä"),
        ("GET /x HTTP/1.1\r\n", "/jobs"),
        ("", "/jobs"),
    ],
)
def test_a_call_that_would_leave_its_server_is_refused(method: str, path: str) -> None:
    bench = Bench(OK)
    with pytest.raises(RequestError):
        bench.client.send(call(method, path))
    assert bench.sent == 0


# --- what a client tells of itself -------------------------------------------------------------


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG, logger="codegen.runtime.client"):
        yield caplog


def test_a_call_leaves_one_line_in_the_log(lines: pytest.LogCaptureFixture) -> None:
    Bench(answer(503), OK, takes=1.0).client.send(call())
    assert lines.messages == ["GET /jobs: status 200, done, 2 attempts, 2125 ms"]


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (answer(404), "GET /jobs: status 404, ClientError, 1 attempts, 0 ms"),
        (unsent(), "GET /jobs: status None, TransportError, 3 attempts, 375 ms"),
        (KeyboardInterrupt(), "GET /jobs: status None, interrupted, 1 attempts, 0 ms"),
    ],
)
def test_a_failed_call_leaves_one_line_too(
    lines: pytest.LogCaptureFixture, outcome: Response | BaseException, expected: str
) -> None:
    with pytest.raises((ExchangeError, KeyboardInterrupt)):
        Bench(outcome).client.send(call())
    assert lines.messages == [expected]


def test_no_secret_is_told(lines: pytest.LogCaptureFixture) -> None:
    transport = Transport(Clock(), answer(401, b"no", Set_Cookie="hunter2"))
    client = ApiClient(BASE, transport=transport, headers={"Authorization": "hunter2"})
    wanted: Call[str] = Call(
        "POST",
        "/jobs",
        query=(("token", "hunter2"),),
        headers=(("X-Key", "hunter2"),),
        content=Content(b"hunter2", "text/plain"),
        answers={200: text_body},
    )
    with pytest.raises(ClientError) as raised:
        client.send(wanted)
    told = f"{client!r} {raised.value!r} {raised.value} {raised.value.facts!r} {lines.text}"
    assert "hunter2" not in told
    assert "http://test/api/jobs" in told


def test_a_client_closes_the_transport_that_it_made_and_no_other() -> None:
    transport = Transport(Clock(), OK)
    with ApiClient(BASE, transport=transport) as client:
        client.send(call())
    assert not transport.is_closed


def test_a_call_without_a_body_gives_none() -> None:
    bench = Bench(answer(204))
    wanted: Call[None] = Call("DELETE", "/jobs/1", answers={204: no_body})
    assert bench.client.exchange(wanted).value is None
