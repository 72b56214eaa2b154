"""Date-times are written in one form, which has an offset of whole minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from attrs import define

from codegen.runtime.codec import codec
from codegen.runtime.violations import InvalidError


@define(kw_only=True)
class Event:
    at: datetime


def test_the_offset_stays_as_it_is() -> None:
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=-3, minutes=-30)))
    assert {"at": "2026-01-02T03:04:05-03:30"} == codec.unstructure(Event(at=at))
    assert {"at": "2026-01-02T03:04:05.000006+00:00"} == codec.unstructure(
        Event(at=datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC))
    )


@pytest.mark.parametrize(
    ("offset", "what"),
    [
        (None, "has no UTC offset; a date-time needs one"),
        (timezone(timedelta(seconds=30)), "has seconds in its UTC offset"),
    ],
)
def test_what_rfc_3339_cannot_say_is_refused(offset: timezone | None, what: str) -> None:
    with pytest.raises(InvalidError, match=rf"\$\.at: {what}"):
        codec.unstructure(Event(at=datetime(2026, 1, 2, tzinfo=offset)))


@pytest.mark.parametrize("at", ["2016-12-31T23:59:60Z", "1990-12-31T15:59:60-08:00"])
def test_a_leap_second_which_no_datetime_can_be_is_refused(at: str) -> None:
    with pytest.raises(InvalidError, match=r"\$\.at: .*date-time"):
        codec.decode(f'{{"at": "{at}"}}'.encode(), Event)
    with pytest.raises(InvalidError, match=r"\$\.at: .*date-time"):
        codec.structure({"at": at}, Event)
