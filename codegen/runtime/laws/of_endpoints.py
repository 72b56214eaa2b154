"""What holds for every endpoint."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ..call import Call
from ..codec import codec, lenient_codec
from ..errors import SdkError, StatusError
from ..http import Headers, Response
from ..strategies import ServedResponse
from .law import Law, require
from .requests import faults_of_answer, faults_of_request
from .subjects import Endpoint

Check = Callable[[Any], None]

_STATUSES: Final = st.sampled_from(
    [200, 201, 202, 204, 302, 400, 404, 418, 500, 503]
) | st.integers(100, 599)

_FIELDS: Final = st.sampled_from(
    [{}, *({"Content-Type": one} for one in ("application/json", "text/html", "image/png", ""))]
)

_ANY_RESPONSE: Final[SearchStrategy[Response]] = st.builds(
    Response, status=_STATUSES, headers=_FIELDS.map(Headers), body=st.binary(max_size=64)
)


def _answers(endpoint: Endpoint) -> SearchStrategy[tuple[Call[object], Response]]:
    """Calls, and answers that have whatever status and bytes."""
    served = endpoint.responses.map(lambda one: one.response)
    bodies = st.builds(_with_status, served, _STATUSES)
    return st.tuples(endpoint.calls, st.one_of(served, bodies, _ANY_RESPONSE))


def _with_status(response: Response, status: int) -> Response:
    return Response(status=status, headers=response.headers, body=response.body)


def _any_answer_is_read_or_refused(endpoint: Endpoint) -> Check:
    def holds(example: tuple[Call[object], Response]) -> None:
        call, response = example
        for reader in (codec, lenient_codec):
            try:
                call.decode(response, codec=reader)
            except SdkError as error:
                again = pickle.loads(pickle.dumps(error))
                is_same = (type(again), str(again)) == (type(error), str(error))
                require(is_same, f"{error!r} is pickled and read as {again!r}")

    return holds


def _described_answers_are_read(endpoint: Endpoint) -> Check:
    def holds(example: tuple[Call[object], ServedResponse]) -> None:
        call, served = example
        if served.fault is not None:
            return
        try:
            call.decode(served.response)
        except StatusError as error:
            require(not call.gives_value(served.response.status), str(error))
            is_read = error.error is not None or served.response.body in (b"", b"null")
            require(is_read, "the body of the error is not read")

    return holds


def _requests_satisfy_the_document(endpoint: Endpoint) -> Check:
    description = endpoint.description
    if description is None:
        raise TypeError("there is no document")

    def holds(call: Call[object]) -> None:
        faults = faults_of_request(description, call.request)
        require(not faults, f"{call.method} {call.request.url}: {'; '.join(faults)}")

    return holds


def _answers_satisfy_the_document(endpoint: Endpoint) -> Check:
    description = endpoint.description
    if description is None:
        raise TypeError("there is no document")

    def holds(example: tuple[Call[object], ServedResponse]) -> None:
        call, served = example
        if served.fault is None:
            faults = faults_of_answer(description, call.request, served.response)
            require(not faults, f"{served.response.body!r}: {'; '.join(faults)}")

    return holds


def _is_described(endpoint: Endpoint) -> bool:
    return endpoint.description is not None


def _with_responses(
    endpoint: Endpoint,
) -> SearchStrategy[tuple[Call[object], ServedResponse]]:
    return st.tuples(endpoint.calls, endpoint.responses)


LAWS: Final = (
    Law[Endpoint](
        "any_answer_is_read_or_refused",
        lambda endpoint: True,
        _answers,
        _any_answer_is_read_or_refused,
    ),
    Law[Endpoint](
        "described_answers_are_read",
        lambda endpoint: True,
        _with_responses,
        _described_answers_are_read,
    ),
    Law[Endpoint](
        "requests_satisfy_the_document",
        _is_described,
        lambda endpoint: endpoint.calls,
        _requests_satisfy_the_document,
    ),
    Law[Endpoint](
        "answers_satisfy_the_document",
        _is_described,
        _with_responses,
        _answers_satisfy_the_document,
    ),
)
"""All of them."""
