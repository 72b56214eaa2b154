"""The tree of errors: what is in it, what it says, and that it survives a pickle."""

from __future__ import annotations

import copy
import pickle
import re
from collections.abc import Iterator
from uuid import UUID

import pytest

import topchef_sdk
from topchef_sdk import errors
from topchef_sdk.api import ErrorReply, Facts, Headers, InvalidError, Violation
from topchef_sdk.errors import (
    ClientError,
    DecodeError,
    ExecutorError,
    JobFailedError,
    JobNotFoundError,
    JournalError,
    NetworkError,
    OutcomeUnknown,
    ProcessingError,
    RequestError,
    ServerError,
    ServiceNotFoundError,
    SetupError,
    StatusError,
    TopChefError,
    TransportError,
    ValidationError,
)
from topchef_sdk.report import ErrorKind

SOME_ID = UUID("c78ac84a-b6d5-4be4-98c6-7544e5e7b3de")
FACTS = Facts(
    method="GET",
    url="http://topchef.invalid/jobs",
    attempts=3,
    status=503,
    headers=Headers({"Retry-After": "2"}),
    body=b"busy",
)
VIOLATION = Violation(path="$.id", keyword="type", message="is not a string")

EXAMPLES: list[tuple[TopChefError, str]] = [
    (TopChefError("no"), "no"),
    (RequestError("no", (VIOLATION,)), "no"),
    (NetworkError("no", FACTS), "GET http://topchef.invalid/jobs: no (after 3 attempts)"),
    (NetworkError("no"), "no"),
    (
        TransportError("no", FACTS, sent=False),
        "GET http://topchef.invalid/jobs: no (after 3 attempts)",
    ),
    (OutcomeUnknown("no", FACTS), "GET http://topchef.invalid/jobs: no (after 3 attempts)"),
    (StatusError("no", FACTS, {"a": 1}), "GET http://topchef.invalid/jobs: no (after 3 attempts)"),
    (ClientError("no", FACTS, {"a": 1}), "GET http://topchef.invalid/jobs: no (after 3 attempts)"),
    (ServerError("no", FACTS, None), "GET http://topchef.invalid/jobs: no (after 3 attempts)"),
    (
        DecodeError("no", FACTS, (VIOLATION,)),
        "GET http://topchef.invalid/jobs: no (after 3 attempts)",
    ),
    (ServiceNotFoundError(SOME_ID, FACTS), f"no service has the id {SOME_ID}"),
    (ServiceNotFoundError("abc"), "no service has the id 'abc'"),
    (JobNotFoundError(SOME_ID, FACTS), f"no job has the id {SOME_ID}"),
    (ValidationError("$.a: no (and 1 more)", ["$.a: no", "$.b: no"]), "$.a: no (and 1 more)"),
    (ValidationError("no"), "no"),
    (ProcessingError("no sample", {"temperature": 4}), "no sample"),
    (ProcessingError("no sample"), "no sample"),
    (ProcessingError("no", kind=ErrorKind.REJECTED, retryable=True), "no"),
    (JournalError("journal /a: disk is full"), "journal /a: disk is full"),
    (SetupError("OSError: it is off"), "OSError: it is off"),
    (ExecutorError("no process can start"), "no process can start"),
    (JobFailedError(SOME_ID, "no", {"title": "no"}), f"job {SOME_ID} failed: no"),
    (InvalidError([VIOLATION]), "$.id: is not a string"),
    (ErrorReply(404, {"errors": []}), "(404, {'errors': []})"),
]


def _below(cls: type[TopChefError]) -> Iterator[type[TopChefError]]:
    yield cls
    for subclass in cls.__subclasses__():
        yield from _below(subclass)


def test_every_error_has_an_example_here() -> None:
    public = {getattr(errors, name) for name in errors.__all__}

    assert public | {InvalidError, ErrorReply} == {type(error) for error, _ in EXAMPLES}


def test_every_error_below_the_root_is_public_or_private_or_of_the_generated_code() -> None:
    public = {getattr(errors, name) for name in errors.__all__}
    others = {cls for cls in _below(TopChefError) if cls not in public}

    assert [] == [
        cls
        for cls in others
        if not cls.__name__.startswith("_") and not cls.__module__.startswith("topchef_sdk.api.")
    ]


def test_all_names_of_the_module_are_errors_and_public_ones_of_the_package() -> None:
    assert sorted(errors.__all__) == errors.__all__
    for name in errors.__all__:
        assert issubclass(getattr(errors, name), TopChefError)
        assert getattr(topchef_sdk, name) is getattr(errors, name)
        assert name in dir(topchef_sdk)


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn: dict[str, str | None] = {}
    above: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"(    [│ ├└─]*)([A-Z]\w+) +\S", line)
        if found is None:
            continue
        depth, name = len(found[1]), found[2]
        while above and above[-1][0] >= depth:
            above.pop()
        drawn[name] = above[-1][1] if above else None
        above.append((depth, name))

    assert sorted(errors.__all__) == sorted(drawn)
    for name, parent in drawn.items():
        cls = getattr(errors, name)
        assert parent is None or issubclass(cls, getattr(errors, parent))
        others = [other for other in drawn if other not in (name, parent)]
        nearer = [other for other in others if issubclass(cls, getattr(errors, other))]
        assert all(
            parent and issubclass(getattr(errors, parent), getattr(errors, one)) for one in nearer
        )


def test_errors_are_also_what_python_calls_them() -> None:
    assert issubclass(ServiceNotFoundError, KeyError)
    assert issubclass(JobNotFoundError, KeyError)
    assert issubclass(ValidationError, ValueError)
    assert issubclass(RequestError, ValueError)


@pytest.mark.parametrize(("error", "message"), EXAMPLES)
def test_a_message_is_one_clear_line(error: TopChefError, message: str) -> None:
    assert message == str(error)
    assert message.isprintable()


@pytest.mark.parametrize(("error", "message"), EXAMPLES)
@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_an_error_survives_a_pickle_with_all_its_facts(
    error: TopChefError, message: str, protocol: int
) -> None:
    for again in (pickle.loads(pickle.dumps(error, protocol)), copy.copy(error)):
        assert type(error) is type(again)
        assert message == str(again)
        assert vars(error) == vars(again)
        assert error.args == again.args


def test_a_missing_service_says_what_the_server_answered() -> None:
    error = ServiceNotFoundError(SOME_ID, FACTS)

    assert ("GET", "http://topchef.invalid/jobs", 503) == (error.method, error.url, error.status)
    assert (SOME_ID, 3, b"busy") == (error.id, error.attempts, error.body)
