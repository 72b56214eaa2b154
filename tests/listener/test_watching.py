"""What a person sees of a listener at work."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from tests.sdk.servers import URL, Answering, json_answer
from topchef_sdk import Ending
from topchef_sdk.api import Request, Response, TransportError
from topchef_sdk.cli.contact import Contact
from topchef_sdk.cli.watching import status_text
from topchef_sdk.listener import Tally

ONE, OTHER = UUID(int=1 << 96), UUID(int=2 << 96)


@pytest.mark.parametrize(
    ("tally", "lost_for", "expected"),
    [
        (Tally({}, 0, {}), None, "no job"),
        (
            Tally({}, 0, {Ending.FAILED: 1, Ending.COMPLETED: 12, Ending.GONE: 0}),
            None,
            "12 completed, 1 failed · no job",
        ),
        (Tally({}, 2, {}), 7.4, "no contact for 7 s · 2 to be sent · no job"),
        (
            Tally({ONE: (0.0, ""), OTHER: (0.404, "scan 2\nof 5 \x1b[31m")}, 0, {}),
            None,
            r"job 00000001 at work · job 00000002 40% scan 2 of 5 \x1b[31m",
        ),
        (Tally({ONE: (0.0, "warming up")}, 0, {}), None, "job 00000001 0% warming up"),
    ],
)
def test_one_line_tells_what_a_person_has_to_know_first(
    tally: Tally, lost_for: float | None, expected: str
) -> None:
    assert expected == status_text(tally, lost_for)


def test_a_message_of_a_handler_leaves_room_for_the_rest() -> None:
    tally = Tally({ONE: (0.5, "long " * 100), OTHER: (0.0, "")}, 0, {})

    assert len(status_text(tally, None)) < 120


def unreachable(_request: Request) -> Response:
    raise TransportError("connection refused", sent=False)


@pytest.mark.parametrize(
    "answer", [unreachable, json_answer(502, {}), json_answer(503, {}), json_answer(504, {})]
)
def test_contact_is_lost_until_a_server_answers_again(
    answer: Response | Callable[[Request], Response],
) -> None:
    contact = Contact(Answering(answer, answer, json_answer(404, {}), json_answer(200, {})))
    request = Request(method="GET", url=URL)
    assert contact.lost_for is None

    first = _lost_after(contact, request)
    second = _lost_after(contact, request)
    assert first is not None
    assert second is not None
    assert first <= second  # counted from the first failure
    assert None is _lost_after(contact, request)
    assert None is _lost_after(contact, request)


def _lost_after(contact: Contact, request: Request) -> float | None:
    try:
        contact.send(request)
    except TransportError:
        assert contact.lost_for is not None
    return contact.lost_for
