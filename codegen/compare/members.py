"""Enumerations of both documents side by side."""

from __future__ import annotations

from typing import Final

from ..ir import (
    Enumeration,
    Literal,
    Member,
)
from ..values import define
from .changes import Caller, Direction, Kind, Wire
from .faults import Instead
from .findings import Findings, Spot
from .matching import matched
from .relation import NO, YES
from .wording import constant

_REQUEST: Final = Direction.REQUEST


@define
class Members:
    """Compares the values of enumerations, and adds to the findings what differs."""

    findings: Findings

    def compare(self, spot: Spot, old: Enumeration, new: Enumeration) -> bool:
        """Compare two enumerations, and tell whether a break on the wire was found."""
        pairs = matched(old.members, new.members, lambda one: one.value)
        has_break = False
        for member in pairs.removed:
            has_break |= self._member(spot, old, new, member, is_removed=True)
        for member in pairs.added:
            has_break |= self._member(spot, old, new, member, is_removed=False)
        is_other = self.findings.callers.is_other_class(old.name, new.name)
        for before, after in pairs.both:
            if before.name != after.name and not is_other:
                self.findings.add(
                    spot,
                    Kind.VALUE_RENAMED,
                    f"{constant(after.value)} is {after.name} in Python, and was {before.name}",
                    Wire.SAME,
                    keywords=("enum",),
                    caller=Caller(
                        line=f"models.{old.name}.{before.name}", why=f"write {after.name}"
                    ),
                )
        return has_break

    def _member(
        self,
        spot: Spot,
        old: Enumeration,
        new: Enumeration,
        member: Member,
        *,
        is_removed: bool,
    ) -> bool:
        is_request = spot.direction is _REQUEST
        is_sent = is_removed if is_request else not is_removed
        accepted = new if is_request else old
        caller, note = self._gone(old, new, member) if is_removed else (None, "")
        if not is_request and not is_removed:
            note = "this SDK reads a value that it does not know as a member with `is_unknown`"
        return self.findings.leaf(
            spot,
            Kind.VALUE_REMOVED if is_removed else Kind.VALUE_ADDED,
            f"the value {constant(member.value)} is {'gone' if is_removed else 'new'}",
            NO if is_sent else YES,
            Instead(Literal(member.value), accepted),
            keywords=("enum",),
            caller=caller,
            note=note,
            is_old=is_removed,
        )

    def _gone(
        self, old: Enumeration, new: Enumeration, member: Member
    ) -> tuple[Caller | None, str]:
        """The break of those who name a member that is gone; another value may have its name."""
        if self.findings.callers.is_other_class(old.name, new.name):
            return None, ""
        successor = next((one for one in new.members if one.name == member.name), None)
        if successor is not None:
            return None, f"{member.name} in Python is {constant(successor.value)} now"
        line = f"models.{old.name}.{member.name}"
        return Caller(line=line, why="the member is no longer there"), ""
