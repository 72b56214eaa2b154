"""The judge of the fault matrix finds what it is there to find."""

from __future__ import annotations

import pytest
from attrs import evolve

from tests.faults.catalogue import Cell, Mode, Verb, faults
from tests.faults.judgement import Round, complaints
from tests.faults.lab import Seen
from tests.faults.orders import MAX_RESPONSE_BYTES, SECRET, Ending, Observation, Order, Told
from tests.faults.plans import LONG, plans

_UNKNOWN = Told(
    name="OutcomeUnknown",
    ancestors=("codegen.runtime.errors.OutcomeUnknown", "codegen.runtime.errors.SdkError"),
    message="the server may have acted",
)
_REFUSED = Told(
    name="TransportError",
    ancestors=("codegen.runtime.errors.TransportError", "codegen.runtime.errors.SdkError"),
    message="the connection broke",
)


_WELL = Observation(
    endings=(Ending(seconds=0.1, error=_UNKNOWN),),
    probe=None,
    growth_bytes=0,
    leaked_files=(),
    leaked_threads=0,
    shows_secret=False,
)
"""What comes of a client that does what it must."""


def seen(connection: int, method: str = "POST") -> Seen:
    headers = {"authorization": f"Bearer {SECRET}", "x-echo": "1"}
    return Seen(connection, method, "/x", headers, b"", 0.0)


def a_round(
    name: str,
    verb: Verb,
    ending: Ending,
    *requests: Seen,
    mode: Mode = Mode.TRANSIENT,
) -> Round:
    """A round in which nothing is wrong but what the ending and the requests say."""
    fault = next(fault for fault in faults() if fault.name == name)
    cell = Cell(fault, verb, mode)
    return Round(
        cell=cell,
        plan=plans(cell)[0],
        order=Order(url="http://127.0.0.1:1", verb=verb, patience=LONG),
        outcome=evolve(_WELL, endings=(ending,)),
        seen=requests,
        connections=len({one.connection for one in requests}),
        elsewhere=(),
    )


GOOD = a_round("no-response-fin", Verb.POST, Ending(seconds=0.1, error=_UNKNOWN), seen(0))
"""A POST whose answer was lost, and which ends as it must."""


def but(outcome: Observation) -> Round:
    """The good round, with something else about the client's process."""
    return evolve(GOOD, outcome=outcome)


def test_what_is_as_promised_has_no_complaint() -> None:
    assert [] == complaints(GOOD)


@pytest.mark.parametrize(
    ("bad", "complaint"),
    [
        (evolve(GOOD, seen=(seen(0), seen(1))), "the server saw 2 requests, not 1"),
        (
            evolve(GOOD, seen=(seen(0), seen(0))),
            "a connection that saw the fault was used again",
        ),
        (but(evolve(_WELL, growth_bytes=2 * MAX_RESPONSE_BYTES + 1)), "the process grew by 32 MiB"),
        (but(evolve(_WELL, leaked_files=("7 socket:[1]",))), "descriptors are left: 7 socket:[1]"),
        (but(evolve(_WELL, leaked_threads=2)), "2 threads are left"),
        (
            but(evolve(_WELL, shows_secret=True)),
            "the client's representation or its log shows the secret",
        ),
        (
            but(
                evolve(
                    _WELL, endings=(Ending(seconds=0.1, error=evolve(_UNKNOWN, shows_secret=True)),)
                )
            ),
            "an error shows the secret",
        ),
        (
            but(evolve(_WELL, endings=(Ending(seconds=LONG.total + 0.6, error=_UNKNOWN),))),
            "it ended after 20.60 s, too late",
        ),
        (
            but(evolve(_WELL, endings=(Ending(seconds=0.1, error=_REFUSED),))),
            "TransportError does not say that the outcome is unknown",
        ),
        (
            but(evolve(_WELL, endings=(Ending(seconds=0.1, value=1),))),
            "it gave a value after 1 tries",
        ),
        (
            but(
                evolve(_WELL, endings=(Ending(seconds=0.1, error=evolve(_UNKNOWN, pickles=False)),))
            ),
            "OutcomeUnknown loses something when it is pickled",
        ),
        (
            but(
                evolve(
                    _WELL,
                    endings=(
                        Ending(
                            seconds=0.1,
                            error=Told(
                                name="OSError", ancestors=("builtins.OSError",), message="no"
                            ),
                        ),
                    ),
                )
            ),
            "OSError is no documented error: no",
        ),
        (
            evolve(GOOD, outcome="the process died of signal 11"),
            "the process died of signal 11",
        ),
    ],
)
def test_each_broken_promise_is_found(bad: Round, complaint: str) -> None:
    assert complaint in complaints(bad)


def test_a_repeat_with_another_key_is_found() -> None:
    first, second = seen(0), seen(1)
    keys = [evolve(one, headers={**one.headers, "idempotency-key": '"key-1"'}) for one in (first,)]
    keys.append(evolve(second, headers={**second.headers, "idempotency-key": '"key-2"'}))
    ending = Ending(seconds=0.1, value=1, attempts=2)
    assert ["a try had another idempotency key"] == complaints(
        a_round("no-response-fin", Verb.KEYED, ending, *keys)
    )


def test_a_call_that_gives_up_too_early_is_found() -> None:
    ending = Ending(seconds=0.1, error=_REFUSED, attempts=2)
    requests = (seen(0, "GET"), seen(1, "GET"))
    assert ["it was tried 2 times, not 3"] == complaints(
        a_round("no-response-fin", Verb.GET, ending, *requests, mode=Mode.PERSISTENT)
    )
