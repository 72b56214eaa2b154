"""Breaks that somebody approved: a TOML file of fingerprints, each with a reason.

    [[approved]]
    fingerprint = "3b1f0c9a7d42"
    reason = "Nobody has used it since 2019."

A fingerprint names what changed and where, so approving one break approves no other.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, cast

from ..errors import OptionError
from ..values import field, frozen
from .changes import Change

USUAL_FILE: Final = ".topchef-approved.toml"
"""Where approvals are looked for in the current folder, if nobody says where."""

_FINGERPRINT: Final = re.compile(r"[0-9a-f]{12}")
_MOST_BYTES: Final = 1_000_000


@frozen
class Approvals:
    """Which breaks are approved."""

    file: Path | None = None
    reasons: Mapping[str, str] = field(factory=dict[str, str])
    """Why, by fingerprint."""

    def reason(self, change: Change) -> str | None:
        """Why a break is approved; None where it is not."""
        known = (one for one in change.approving if one in self.reasons)
        fingerprint = next(known, None) if change.is_break else None
        return None if fingerprint is None else self.reasons[fingerprint]

    def unapproved(self, changes: Iterable[Change]) -> tuple[Change, ...]:
        """The breaks that nobody approved."""
        return tuple(one for one in changes if one.is_break and self.reason(one) is None)

    def unused(self, changes: Iterable[Change]) -> tuple[str, ...]:
        """The fingerprints that no break has."""
        known = {fingerprint for one in changes if one.is_break for fingerprint in one.approving}
        return tuple(one for one in self.reasons if one not in known)


def read_approvals(file: Path) -> Approvals:
    """Read the approvals of a file.

    Raises:
        OptionError: it is no TOML, or says what cannot be.
        OSError: it cannot be read.
    """
    with file.open("rb") as opened:
        content = opened.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise OptionError(str(file), "is longer than a megabyte; approve less")
    try:
        whole: dict[str, object] = tomllib.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise OptionError(str(file), f"is not TOML: {error}") from None
    unknown = sorted(whole.keys() - {"approved"})
    if unknown:
        raise OptionError(str(file), f"holds [[approved]] tables and nothing else: {unknown[0]!r}")
    listed = whole.get("approved", [])
    if not isinstance(listed, list):
        raise OptionError(str(file), "`approved` is no array of tables; write [[approved]]")
    entries = cast("list[object]", listed)
    return Approvals(file, dict(_entry(file, number, one) for number, one in enumerate(entries, 1)))


def _entry(file: Path, number: int, entry: object) -> tuple[str, str]:
    table = cast("dict[str, object]", entry) if isinstance(entry, dict) else {}
    fingerprint, reason = table.get("fingerprint"), table.get("reason")
    where = f"{file}: approval {number}"
    if not isinstance(fingerprint, str) or not _FINGERPRINT.fullmatch(fingerprint):
        raise OptionError(where, "has no fingerprint of 12 digits; copy it from the report")
    if not isinstance(reason, str) or not reason.strip():
        raise OptionError(where, "has no reason; say why the break is right")
    if table.keys() - {"fingerprint", "reason"}:
        raise OptionError(where, "holds a fingerprint and a reason, and nothing else")
    return fingerprint, reason
