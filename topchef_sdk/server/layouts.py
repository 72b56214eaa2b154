"""The layouts that a database file has had, and how each older one becomes the next.

The number of a file's layout is kept in it, as SQLite's `user_version`. The tables as they are
now stand in `store`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

LAYOUT: Final = 2
"""Goes up whenever the tables change."""

_TO_THE_NEXT: Final[Mapping[int, tuple[str, ...]]] = {
    # Jobs have versions, and know the key of their last change.
    1: (
        "ALTER TABLE jobs ADD COLUMN version INTEGER NOT NULL DEFAULT 1",
        "ALTER TABLE jobs ADD COLUMN last_key TEXT",
    ),
}


def is_known(layout: int) -> bool:
    """Whether a database of this layout can be used, as it is or after an upgrade."""
    return layout == LAYOUT or layout in _TO_THE_NEXT


def upgrade(layout: int) -> Iterator[str]:
    """The statements that bring a database of a known layout up to date."""
    for older in range(layout, LAYOUT):
        yield from _TO_THE_NEXT[older]
