"""That errors keep their facts through pickling, and tell them in one line."""

from __future__ import annotations

import pickle

import pytest

from codegen.runtime.errors import (
    ClientError,
    ConnectError,
    DecodeError,
    ExchangeError,
    Facts,
    OutcomeUnknown,
    PoolExhausted,
    ProxyError,
    ProxyRefused,
    RedirectError,
    RequestError,
    SdkError,
    ServerError,
    ServerOutcomeUnknown,
    StatusError,
    TransportError,
    Unrepeatable,
    Violation,
)
from codegen.runtime.http import Headers
from codegen.runtime.server import ErrorReply
from codegen.runtime.violations import InvalidError, invalid

FACTS = Facts(
    method="GET",
    url="http://test/jobs",
    attempts=3,
    status=503,
    headers=Headers({"Retry-After": "7", "Set-Cookie": "hunter2"}),
    body=b"busy",
)
VIOLATIONS = (Violation(path="$.id", keyword="type", message="not a string"),)

EVERY_ERROR: list[SdkError] = [
    SdkError("something"),
    RequestError("not sent", VIOLATIONS),
    InvalidError(VIOLATIONS),
    ExchangeError("failed", FACTS),
    TransportError("no answer", FACTS, sent=False),
    TransportError("no answer", FACTS, sent=True),
    OutcomeUnknown("who knows", FACTS),
    ConnectError("refused", FACTS, sent=False),
    ProxyError("refused", FACTS, sent=False),
    ProxyRefused("407", FACTS, sent=False),
    PoolExhausted("all busy", FACTS, sent=False),
    Unrepeatable("too large", FACTS, sent=True),
    Unrepeatable("not trusted", FACTS, sent=False),
    StatusError("odd", FACTS, {"error": 1}),
    ClientError("refused", FACTS, {"error": 1}),
    ServerError("broken", FACTS, {"error": 1}),
    ServerOutcomeUnknown("broken", FACTS, {"error": 1}),
    RedirectError("elsewhere", FACTS),
    DecodeError("garbled", FACTS, VIOLATIONS),
    ErrorReply(409, {"error": 1}),
]


def subclasses(kind: type[SdkError]) -> set[type[SdkError]]:
    return {kind}.union(*(subclasses(child) for child in kind.__subclasses__()))


def test_the_list_above_has_every_error_of_the_runtime() -> None:
    kinds = {
        kind for kind in subclasses(SdkError) if kind.__module__.startswith("codegen.runtime.")
    }
    assert kinds <= {type(error) for error in EVERY_ERROR}


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("error", EVERY_ERROR, ids=lambda error: type(error).__name__)
def test_an_error_pickles_with_all_its_facts(error: SdkError, protocol: int) -> None:
    copy = pickle.loads(pickle.dumps(error, protocol))
    assert type(error) is type(copy)
    assert vars(error) == vars(copy)
    assert str(error) == str(copy)


def test_what_is_learned_later_pickles_too() -> None:
    error = TransportError("no answer", sent=False)
    error.learn(method="PUT", url="http://test/", attempts=2)
    copy = pickle.loads(pickle.dumps(error))
    assert (copy.method, copy.url, copy.attempts, copy.sent) == ("PUT", "http://test/", 2, False)


def test_a_failed_exchange_says_what_it_was_and_how_often_it_was_tried() -> None:
    error = ServerError("the server answered 503", FACTS)
    assert str(error) == "GET http://test/jobs: the server answered 503 (after 3 attempts)"


def test_a_refusal_says_when_to_come_back() -> None:
    assert ServerError("the server answered 503", FACTS).retry_after == 7.0


def test_values_of_header_fields_stay_out_of_what_is_printed() -> None:
    error = ServerError("the server answered 503", FACTS)
    assert "hunter2" not in f"{error} {error!r} {error.facts!r}"


def test_the_text_of_an_error_is_short_however_much_is_wrong_with_a_value() -> None:
    error = invalid([(("n" * 1_000,), "type", "is no number")] * 100_000)
    told = f"$.{'n' * 198}...{'n' * 200}: is no number"
    assert str(error) == "; ".join([*[told] * 20, "and at least 980 more"])


def test_an_error_has_no_more_violations_than_anybody_reads() -> None:
    error = invalid([(("n" * 1_000_000,), "type", "is no number")] * 1_000_000)

    assert [1000, 4003] == [len(error.violations), len(error.violations[0].path)]
    assert "; and 79 more" in str(invalid([((), "type", "is no number")] * 99))
