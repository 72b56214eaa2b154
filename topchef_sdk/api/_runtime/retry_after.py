"""`Retry-After`: how long a server asks to be left alone (RFC 9110, section 10.2.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_DELTA_SECONDS = re.compile(r"-?[0-9]+")


def retry_after_seconds(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds that `Retry-After` asks to wait (RFC 9110, section 10.2.3); None if it does not.

    Takes both forms, a number of seconds and a date; a time that is past gives zero, anything
    else None. A date is counted from `now`, by default from the answer's own `Date`, so that
    the server's clock need not agree with this machine's.
    """
    text = headers.get("Retry-After", "").strip()
    if _DELTA_SECONDS.fullmatch(text):
        return max(0.0, float(text))
    moment = _http_date(text)
    if moment is None:
        return None
    start = now or _http_date(headers.get("Date", "")) or datetime.now(UTC)
    return max(0.0, (moment - start).total_seconds())


def _http_date(text: str) -> datetime | None:
    """The moment that an HTTP-date names in any of its three forms (RFC 9110, section 5.6.7)."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
