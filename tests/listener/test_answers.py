"""What failed exchanges mean, as they come out of a connection."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from tests.listener.laboratory import ONCE, URL
from tests.sdk.carriers import HTML, Fault, Faulty
from tests.sdk.servers import Answering, json_answer
from topchef_sdk import NetworkError, RetryPolicy
from topchef_sdk.api import Request, Response, Transport, TransportError
from topchef_sdk.api.models import JobStatus
from topchef_sdk.connection import Connection
from topchef_sdk.listener.answers import Answer, is_servers_fault, meaning_of

JOB = UUID(int=1)
ERRORS_2 = {"errors": [{"status_code": 400, "title": "Wrong", "detail": "$.value: is no number"}]}
ERRORS_1 = {"errors": "A job with this id was not found"}


def own(status: int, **headers: str) -> Response:
    return json_answer(status, ERRORS_2, **headers)


def page(status: int) -> Response:
    return Response(status=status, headers=HTML, body=b"<h1>Something is wrong</h1>")


def error_of(transport: Transport, retry: RetryPolicy = ONCE) -> NetworkError:
    """What a connection raises when it reports a job."""
    connection = Connection(URL, transport=transport, retry=retry)
    with pytest.raises(NetworkError) as caught:
        connection.change_job(JOB, JobStatus.COMPLETED, {"value": 1}, if_match='"1"', key="k")
    return caught.value


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (own(400), Answer.REFUSED),
        (own(404), Answer.GONE),
        (json_answer(404, ERRORS_1), Answer.GONE),
        (own(413), Answer.TOO_LARGE),
        (page(413), Answer.TOO_LARGE),
        (own(409), Answer.CHANGED),
        (own(412), Answer.CHANGED),
        (own(401), Answer.NOT_NOW),
        (page(401), Answer.NOT_NOW),
        (own(403), Answer.NOT_NOW),
        (page(403), Answer.NOT_NOW),
        (page(408), Answer.NOT_NOW),
        (own(429), Answer.NOT_NOW),
        (own(503, **{"Retry-After": "7"}), Answer.NOT_NOW),
    ],
)
def test_a_refusal_means_what_its_status_says(answer: Response, expected: Answer) -> None:
    error = error_of(Answering(answer))
    assert (expected, False) == (meaning_of(error), is_servers_fault(error))


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("form", [own, page])
def test_a_server_that_fails_may_have_acted(status: int, form: Callable[[int], Response]) -> None:
    error = error_of(Answering(form(status)))
    assert (Answer.UNKNOWN, True) == (meaning_of(error), is_servers_fault(error))


@pytest.mark.parametrize("status", [400, 404, 422])
def test_a_page_that_a_proxy_may_have_made_is_not_believed(status: int) -> None:
    error = error_of(Answering(page(status)))
    assert (Answer.UNKNOWN, False) == (meaning_of(error), is_servers_fault(error))


@pytest.mark.parametrize("body", [b'{"da', b"", b"<h1>Welcome</h1>", b"[1, 2]"])
def test_half_an_answer_is_none(body: bytes) -> None:
    answer = Response(status=200, headers=own(200).headers, body=body)
    error = error_of(Answering(answer))
    assert (Answer.UNKNOWN, False) == (meaning_of(error), is_servers_fault(error))


class Broken:
    """Carries nothing."""

    def __init__(self, *, sent: bool) -> None:
        self._sent = sent

    def send(self, request: Request) -> Response:
        """Fail."""
        raise TransportError("connection reset", sent=self._sent)

    def close(self) -> None:
        """Nothing to let go of."""


def test_what_was_lost_may_have_acted() -> None:
    error = error_of(Broken(sent=True))
    assert (Answer.UNKNOWN, False) == (meaning_of(error), is_servers_fault(error))


def test_what_was_not_even_sent_has_not_acted() -> None:
    error = error_of(Broken(sent=False))
    assert (Answer.NOT_NOW, False) == (meaning_of(error), is_servers_fault(error))


@pytest.mark.parametrize("status", [400, 412])
def test_a_refusal_of_a_repeat_does_not_tell_what_the_first_try_did(status: int) -> None:
    carrier = Faulty(Answering(own(status)), [Fault.LOST_REPLY])
    error = error_of(carrier, RetryPolicy(attempts=2, backoff=0))
    assert (status, Answer.UNKNOWN) == (error.status, meaning_of(error))
