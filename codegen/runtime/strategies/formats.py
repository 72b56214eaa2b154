"""What has a format of its own: times, days, UUIDs, bytes and files, as values and in JSON."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ..files import File
from ..json_types import Json

_MINUTES: Final = st.integers(-14 * 60, 14 * 60)

DATE_TIMES: Final[SearchStrategy[datetime]] = st.datetimes(
    # So far from the ends of the calendar that the same moment elsewhere is in it as well.
    datetime(1, 1, 3),
    datetime(9999, 12, 29),
    timezones=st.just(UTC) | _MINUTES.map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
"""Aware times."""

DATES: Final[SearchStrategy[date]] = st.dates()
UUIDS: Final[SearchStrategy[UUID]] = (
    st.uuids(version=4) | st.uuids(version=1) | st.uuids(version=3) | st.uuids(version=5)
)
"""Of the versions that RFC 4122 has, for many servers look at these."""
BYTES: Final[SearchStrategy[bytes]] = st.binary(max_size=40)
FILES: Final[SearchStrategy[File]] = st.builds(
    File,
    st.binary(max_size=40),
    st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12),
)
"""Files with a name."""

WIRE_DATE_TIMES: Final[SearchStrategy[Json]] = DATE_TIMES.map(datetime.isoformat)
"""RFC 3339."""
WIRE_DATES: Final[SearchStrategy[Json]] = DATES.map(date.isoformat)
WIRE_UUIDS: Final[SearchStrategy[Json]] = UUIDS.map(str)
"""RFC 9562."""
WIRE_BYTES: Final[SearchStrategy[Json]] = BYTES.map(
    lambda value: base64.b64encode(value).decode("ascii")
)
"""RFC 4648, section 4."""

NO_DATE_TIMES: Final[SearchStrategy[Json]] = st.sampled_from(
    ["", "2020-01-01T00:00:00", "2020-13-01T00:00:00Z", "2020-01-01", "soon"]
)
"""Texts that are no times; the second lacks its offset."""
NO_DATES: Final[SearchStrategy[Json]] = st.sampled_from(["", "2021-02-29", "2020-1-1", "today"])
NO_UUIDS: Final[SearchStrategy[Json]] = st.sampled_from(["", "0", "g" * 32, "-".join("abcde")])
NO_BYTES: Final[SearchStrategy[Json]] = st.sampled_from(["*", "AAA", "A===", "é"])
