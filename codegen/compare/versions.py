"""Versions: which part went up, and whether that is enough (Semantic Versioning 2.0.0)."""

from __future__ import annotations

import re
from typing import Final

from .changes import Part, Versions

_VERSION: Final = re.compile(
    r"[vV]?([0-9]{1,9})(?:\.([0-9]{1,9}))?(?:\.([0-9]{1,9}))?(?:[-+].*)?", re.DOTALL
)


def versions(old: str, new: str) -> Versions:
    """What went up between two versions, of which parts that are left out are zero."""
    return Versions(old=old, new=new, step=_step(_parts(old), _parts(new)))


def _parts(version: str) -> tuple[int, ...] | None:
    found = _VERSION.fullmatch(version.strip())
    return None if found is None else tuple(int(part or 0) for part in found.groups())


def _step(old: tuple[int, ...] | None, new: tuple[int, ...] | None) -> Part | None:
    if old is None or new is None or new <= old:
        return None
    for part, before, after in zip((Part.MAJOR, Part.MINOR, Part.PATCH), old, new, strict=True):
        if after > before:
            return part
    return None
