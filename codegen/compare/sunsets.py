"""`x-sunset`: the day on which an operation, a parameter or a schema is to end.

It is no keyword of OpenAPI, but what tools that compare documents agree on; nothing comes of it but
a line in the report. The header field `Sunset` (RFC 8594) is told with the other header fields.
"""

from __future__ import annotations

import json
from typing import Final

from ..tree import Json
from .changes import Direction, Kind, Wire
from .findings import Findings, Spot

_KEYWORD: Final = "x-sunset"


def compare_sunset(findings: Findings, spot: Spot, name: str = "") -> None:
    """Tell of an end that is announced, moved or withdrawn at a spot, or of what is named in it."""
    was = findings.old.locator.value(spot.old / _KEYWORD)
    now = findings.new.locator.value(spot.new / _KEYWORD)
    if was == now:
        return
    if now is None:
        kind, what = Kind.SUNSET_WITHDRAWN, f"is not to end any more, and was to on {_told(was)}"
    else:
        before = "" if was is None else f", and was to on {_told(was)}"
        kind, what = Kind.SUNSET_ANNOUNCED, f"is to end on {_told(now)}{before}"
    findings.add(
        spot,
        kind,
        f"{name} {what}".lstrip(),
        Wire.SAME,
        keywords=(_KEYWORD,),
        is_old=now is None,
        direction=Direction.NEITHER,
    )


def _told(day: Json) -> str:
    return day if isinstance(day, str) else json.dumps(day)
