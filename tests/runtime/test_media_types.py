"""Which description of a media type fits what was sent."""

from __future__ import annotations

import pytest

from codegen.runtime.media_types import nearest

FIRST = "application/json; version=1"
SECOND = 'application/json; Version="2"; profile=a'
PLAIN = "application/json"


@pytest.mark.parametrize(
    ("described", "said", "expected"),
    [
        ((FIRST, SECOND, PLAIN), "application/json;version=1", FIRST),
        ((FIRST, SECOND, PLAIN), "Application/JSON; profile=A; version=2", SECOND),
        ((FIRST, SECOND, PLAIN), "application/json; version=1; charset=utf-8", FIRST),
        ((FIRST, SECOND, PLAIN), "application/json; charset=utf-8; version=3", PLAIN),
        ((FIRST, SECOND), "application/json", FIRST),
        (("*/*", "text/*", "text/csv; header=present"), "text/csv", "text/csv; header=present"),
        (("*/*", "text/*"), "text/csv; charset=utf-8", "text/*"),
        (("text/*; charset=utf-8", "text/*"), "text/csv; charset=UTF-8", "text/*; charset=utf-8"),
        ((PLAIN,), "text/csv", None),
    ],
)
def test_the_description_that_fits_best_counts(
    described: tuple[str, ...], said: str, expected: str | None
) -> None:
    assert expected == nearest(described, said)
