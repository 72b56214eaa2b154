"""Whether what changed may be released as it is: the breaks, their approvals, and the version."""

from __future__ import annotations

from enum import Enum

from ..values import frozen
from .approvals import Approvals
from .changes import Change, Comparison, Part


class FailOn(Enum):
    """When a comparison fails."""

    BREAKING = "breaking"
    """With any break that nobody approved."""
    MAJOR = "major"
    """With such a break, unless the major part of `info.version` went up."""


@frozen
class Judgement:
    """A comparison, and what it comes to."""

    comparison: Comparison
    approvals: Approvals
    fail_on: FailOn = FailOn.MAJOR
    tells_all: bool = False
    """Whether each change is told by itself, however many others are alike."""

    @property
    def unapproved(self) -> tuple[Change, ...]:
        """The breaks that nobody approved."""
        return self.approvals.unapproved(self.comparison.changes)

    @property
    def fails(self) -> bool:
        """Whether the command that was asked exits with 1."""
        if not self.unapproved:
            return False
        is_announced = self.comparison.versions.step is Part.MAJOR
        return self.fail_on is FailOn.BREAKING or not is_announced

    def is_failing(self, change: Change) -> bool:
        """Whether a change is one of those that fail."""
        return self.fails and change.is_break and self.approvals.reason(change) is None

    @property
    def headline(self) -> str:
        """What came out, in one line; it may hold text of the documents."""
        comparison = self.comparison
        changes, breaks = len(comparison.changes), len(comparison.breaks)
        if not changes:
            return f"{comparison.title}: nothing changed"
        approved = breaks - len(self.unapproved)
        told = f"{_count(changes, 'change')}, {_count(breaks, 'break')}"
        told += f" ({approved} approved)" if approved else ""
        return f"{comparison.title}: {told}; {self._version()}"

    def _version(self) -> str:
        versions, asked = self.comparison.versions, self.comparison.part
        step = "is no step" if versions.step is None else f"is a {versions.step.value} step"
        wanted = "nothing" if asked is None else f"a {asked.value} step"
        return f"they ask for {wanted}, and {versions.old} to {versions.new} {step}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
