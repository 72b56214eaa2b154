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
            caller = Caller(
                line=f"models.{old.name}.{member.name}", why="the member is no longer there"
            )
            has_break |= self._member(spot, old, new, member, caller, is_removed=True)
        for member in pairs.added:
            has_break |= self._member(spot, old, new, member, None, is_removed=False)
        for before, after in pairs.both:
            if before.name != after.name:
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
        caller: Caller | None,
        *,
        is_removed: bool,
    ) -> bool:
        is_request = spot.direction is _REQUEST
        is_sent = is_removed if is_request else not is_removed
        accepted = new if is_request else old
        note = ""
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
