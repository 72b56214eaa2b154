"""When a request is repeated, and after how long."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegen.runtime.errors import Facts, TransportError, Unrepeatable
from codegen.runtime.http import Headers, Request, Response
from codegen.runtime.retry import (
    LONGEST_WAIT,
    RetryBudget,
    RetryPolicy,
    leaves_open,
    may_repeat,
    verdict,
)
from codegen.runtime.retry_after import retry_after_seconds

POLICY = RetryPolicy(attempts=3, backoff=0.25, cap=8.0)

EVERY_METHOD = ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "POST", "PATCH")
IDEMPOTENT = ("GET", "HEAD", "OPTIONS", "PUT", "DELETE")
UNSAFE = ("POST", "PATCH")


def request(method: str, **headers: str) -> Request:
    return Request(
        method=method,
        url="http://test/",
        headers=Headers({name.replace("_", "-"): value for name, value in headers.items()}),
    )


def answer(status: int, retry_after: str | None = None) -> Response:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return Response(status=status, headers=Headers(headers))


LOST = TransportError("lost", sent=True)
UNSENT = TransportError("unsent", sent=False)


@pytest.mark.parametrize("method", IDEMPOTENT)
@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_an_idempotent_request_is_repeated_after_a_transient_status(
    method: str, status: int
) -> None:
    assert may_repeat(request(method), answer(status))


@pytest.mark.parametrize("method", EVERY_METHOD)
@pytest.mark.parametrize("status", [200, 204, 301, 400, 404, 409, 412, 501])
def test_no_request_is_repeated_after_a_status_that_will_stay(method: str, status: int) -> None:
    assert not may_repeat(request(method), answer(status))


@pytest.mark.parametrize("method", IDEMPOTENT)
def test_an_idempotent_request_is_repeated_when_its_answer_is_lost(method: str) -> None:
    assert may_repeat(request(method), LOST)


@pytest.mark.parametrize("method", UNSAFE)
def test_an_unsafe_request_is_not_repeated_when_its_answer_is_lost(method: str) -> None:
    assert not may_repeat(request(method), LOST)


@pytest.mark.parametrize("method", EVERY_METHOD)
def test_every_request_is_repeated_when_nothing_was_sent(method: str) -> None:
    assert may_repeat(request(method), UNSENT)


@pytest.mark.parametrize("method", EVERY_METHOD)
@pytest.mark.parametrize("sent", [False, True])
def test_nothing_is_repeated_that_would_end_the_same_way(method: str, sent: bool) -> None:
    assert not may_repeat(request(method), Unrepeatable("the certificate is bad", sent=sent))


@pytest.mark.parametrize("method", UNSAFE)
@pytest.mark.parametrize("refusal", [answer(408), answer(429), answer(503, "1")])
def test_an_unsafe_request_is_repeated_when_the_server_refused_to_act(
    method: str, refusal: Response
) -> None:
    assert may_repeat(request(method), refusal)


@pytest.mark.parametrize("method", UNSAFE)
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_an_unsafe_request_is_not_repeated_when_a_gateway_gave_up(method: str, status: int) -> None:
    assert not may_repeat(request(method), answer(status))


def test_a_503_whose_retry_after_says_nothing_is_no_refusal() -> None:
    assert not may_repeat(request("POST"), answer(503, "soon"))


@pytest.mark.parametrize("outcome", [LOST, answer(502), answer(503), answer(504)])
@pytest.mark.parametrize(
    "guarded",
    [request("POST", Idempotency_Key="one"), request("PATCH", If_Match='"v1"')],
    ids=["Idempotency-Key", "If-Match"],
)
def test_a_guarded_request_is_repeated_like_an_idempotent_one(
    guarded: Request, outcome: Response | TransportError
) -> None:
    assert may_repeat(guarded, outcome)


def test_if_match_with_an_asterisk_guards_nothing() -> None:
    assert not may_repeat(request("PATCH", If_Match="*"), LOST)


@pytest.mark.parametrize("method", EVERY_METHOD)
def test_412_to_a_repeat_may_be_the_doing_of_an_earlier_try(method: str) -> None:
    assert leaves_open(method, answer(412))


@pytest.mark.parametrize(
    ("method", "status", "expected"),
    [
        ("POST", 201, False),
        ("POST", 303, False),
        ("POST", 409, True),
        ("PATCH", 503, True),
        ("DELETE", 404, False),
        ("PUT", 503, False),
    ],
)
def test_a_refused_repeat_leaves_open_what_an_unsafe_request_did(
    method: str, status: int, expected: bool
) -> None:
    assert leaves_open(method, answer(status)) is expected


def decide(outcome: Response | TransportError, **changed: float | None) -> float | None:
    attempts = changed.get("attempts") or 1
    left = changed.get("left", 60.0)
    chance = changed.get("chance") or 0.0
    return verdict(
        POLICY,
        request("GET"),
        outcome,
        is_keyed=False,
        attempts=int(attempts),
        left=left,
        chance=chance,
    )


def test_the_wait_is_drawn_from_a_bound_that_doubles() -> None:
    policy = RetryPolicy(attempts=9, backoff=0.25, cap=1.5)
    bounds = [policy.delay(failures, 1.0) for failures in (1, 2, 3, 4, 5)]
    assert bounds == [0.25, 0.5, 1.0, 1.5, 1.5]
    assert policy.delay(3, 0.5) == 0.5
    assert policy.delay(3, 0.0) == 0.0


def test_the_delay_after_a_great_many_failures_does_not_overflow() -> None:
    assert RetryPolicy(attempts=10**6).delay(10**5, 1.0) == 8.0


def test_the_last_attempt_is_the_last() -> None:
    assert decide(LOST, attempts=2, chance=0.5) == 0.25
    assert decide(LOST, attempts=3, chance=0.5) is None


def test_retry_after_is_honoured_in_full() -> None:
    assert decide(answer(429, "7"), chance=0.9) == 7.0


def test_retry_after_zero_still_leaves_the_jitter() -> None:
    assert decide(answer(503, "0"), chance=0.5) == 0.125


def test_retry_after_beyond_the_deadline_ends_the_call() -> None:
    assert decide(answer(429, "60"), left=60.0) is None
    assert decide(answer(429, "999999999"), left=60.0) is None


def test_a_backoff_beyond_the_deadline_ends_the_call() -> None:
    assert decide(LOST, left=0.1, chance=0.9) is None
    assert decide(LOST, left=-1.0) is None


def test_a_call_without_a_deadline_waits_but_not_for_ever() -> None:
    assert decide(answer(429, "600"), left=None) == 600.0
    assert decide(answer(429, str(int(LONGEST_WAIT))), left=None) is None
    assert decide(answer(429, "9" * 5000), left=None) is None


def test_a_budget_that_is_spent_comes_back_with_successes() -> None:
    budget = RetryBudget(2)
    assert [budget.spend() for _ in range(3)] == [True, True, False]
    for _ in range(8):
        budget.earn()
    assert [budget.spend() for _ in range(2)] == [True, False]


def test_a_budget_holds_no_more_than_its_capacity() -> None:
    budget = RetryBudget(1)
    for _ in range(100):
        budget.earn()
    assert [budget.spend() for _ in range(2)] == [True, False]


NOW = datetime(1994, 11, 6, 8, 49, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (" 3 ", 3.0),
        ("-5", 0.0),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 30.0),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 30.0),
        ("Sun Nov  6 08:49:37 1994", 30.0),
        ("Sun, 06 Nov 1994 08:00:00 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("1.5", None),
        ("1e3", None),
        ("inf", None),
        ("٣", None),
        ("5, 10", None),
        ("Sun, 06 Nov 99999 08:49:37 GMT", None),
        ("Sun, 06 Nov 1994 08:49:37 +99999999999999", None),
    ],
)
def test_retry_after_is_a_number_of_seconds_or_a_date(text: str, expected: float | None) -> None:
    assert expected == retry_after_seconds(Headers({"retry-after": text}), NOW)


def test_without_retry_after_there_is_no_wait_to_name() -> None:
    assert retry_after_seconds(Headers()) is None


def test_a_date_is_counted_from_the_date_of_the_answer() -> None:
    headers = Headers(
        {
            "Date": "Sun, 06 Nov 1994 08:49:07 GMT",
            "Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT",
        }
    )
    assert retry_after_seconds(headers) == 30.0


def test_a_date_without_a_date_of_the_answer_is_counted_from_now() -> None:
    headers = Headers({"Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT"})
    assert retry_after_seconds(headers) == 0.0


@given(st.text(), st.text())
def test_no_retry_after_is_too_odd_to_judge(text: str, date: str) -> None:
    wait = retry_after_seconds(Headers({"Retry-After": text, "Date": date}))
    assert wait is None or wait >= 0


def test_a_transport_error_may_carry_a_retry_after_too() -> None:
    error = TransportError(
        "cut short", Facts(status=503, headers=Headers({"Retry-After": "4"})), sent=True
    )
    assert decide(error) == 4.0
