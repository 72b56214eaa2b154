"""What is the same in many places, told once: only reports know of this, each change is its own.

A shared schema that is written out in hundreds of others changes in all of them. Such changes have
the same words, the same verdict and the same consequence; fingerprints they have each.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ...values import frozen
from ..changes import Change, Kind
from ..judgement import Judgement

_MOST_UNCUT: Final = 5
"""One or two more places are not worth a line that says so."""

MOST_SHOWN: Final = 3
"""So many places are told of what is the same in more."""

_NEWS_THEMSELVES: Final = frozenset(
    {Kind.OPERATION_ADDED, Kind.OPERATION_REMOVED, Kind.SCHEMA_ADDED, Kind.SCHEMA_REMOVED}
)
"""Where the places are what is told, all of them are."""


@frozen
class Group:
    """Changes that are told together, in their order."""

    changes: tuple[Change, ...]

    @property
    def first(self) -> Change:
        """The one that stands for all."""
        return self.changes[0]

    @property
    def shown(self) -> tuple[Change, ...]:
        """Those whose places are told."""
        if self.first.kind in _NEWS_THEMSELVES or len(self.changes) <= _MOST_UNCUT:
            return self.changes
        return self.changes[:MOST_SHOWN]

    @property
    def more(self) -> int:
        """How many places are not told."""
        return len(self.changes) - len(self.shown)

    @property
    def subject(self) -> str:
        """What they are part of."""
        more = len({one.subject for one in self.changes}) - 1
        return f"{self.first.subject} and {more} more" if more else self.first.subject


def groups(judgement: Judgement, changes: Iterable[Change] | None = None) -> tuple[Group, ...]:
    """The changes of a comparison, or some of them, in the order of the first of each group."""
    told = judgement.comparison.changes if changes is None else tuple(changes)
    if judgement.tells_all:
        return tuple(Group((one,)) for one in told)
    keys = [_key(judgement, one) for one in told]
    found: dict[object, list[Change]] = {}
    for key, one in zip(keys, told, strict=True):
        found.setdefault(key, []).append(one)
    grouped: list[Group] = []
    for key, one in zip(keys, told, strict=True):
        alike = found[key]
        if len(alike) <= MOST_SHOWN:  # a few are told one by one, each with its proof
            grouped.append(Group((one,)))
        elif one is alike[0]:
            grouped.append(Group(tuple(alike)))
    return tuple(grouped)


def _key(judgement: Judgement, change: Change) -> object:
    """What is the same of changes that are told together."""
    return (
        change.kind,
        change.place.is_old,
        change.what,
        change.direction,
        change.wire,
        change.search,
        change.example is None,
        None if change.caller is None else change.caller.why,
        change.note,
        judgement.approvals.reason(change),
    )
