"""The report for people at a terminal: nothing in it moves a cursor or ends a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, repeat
from typing import Final

from ...errors import keep_start
from ..changes import Change, Wire
from ..judgement import Judgement
from ..wording import shortened
from .examples import proof, shown, told_of_unproven
from .groups import Group, groups

_MOST: Final = 300
_IN_A_LINE: Final = 6
"""So many fingerprints."""


def text(judgement: Judgement) -> str:
    """The report as lines of text."""
    lines = [_line(judgement.headline)]
    told = groups(judgement)
    for group in told:
        lines += ["", *_group(judgement, group)]
    if any(group.more for group in told):
        lines += ["", "what is alike in many places is told once; --all tells each place"]
    unproven = told_of_unproven(judgement.comparison)
    if unproven:
        lines += ["", unproven]
    return "".join(f"{line}\n" for line in lines)


def _group(judgement: Judgement, group: Group) -> Iterator[str]:
    change = group.first
    reason = judgement.approvals.reason(change)
    mark = "break" if change.is_break else change.part.value
    mark = mark if reason is None else "approved"
    yield _line(f"{mark}: {group.subject}: {shortened(change.what)} [{change.kind.value}]")
    for one, head in zip(group.shown, chain(["at"], repeat("")), strict=False):
        yield _line(f"  {head:7} {_place(one)}")
    if group.more:
        yield f"          and {group.more} more places"
    yield _line(f"  wire    {_wire(change)}")
    if change.example is not None:
        yield _line(f"  proof   {proof(change.example)}:")
        yield _line(f"          {shown(change.example.value)}")
    if change.caller is not None:
        yield _line(f"  python  {change.caller.line}  # {change.caller.why}")
    if change.note:
        yield _line(f"  note    {change.note}")
    if change.is_break:
        fingerprints = [one.fingerprint for one in group.shown]
        yield from _told_fingerprints(change, fingerprints, group.more)
    if reason is not None:
        yield _line(f"  reason  {reason}")


def _place(change: Change) -> str:
    place = change.place
    line = "" if place.line is None else f":{place.line}"
    return f"{place.file}{line} {place.pointer or '/'}"


def _told_fingerprints(change: Change, fingerprints: Sequence[str], more: int) -> Iterator[str]:
    if len(fingerprints) == 1:
        yield f"  version {change.part.value}, fingerprint {fingerprints[0]}"
        return
    yield f"  version {change.part.value}, fingerprints in the order of the places:"
    for start in range(0, len(fingerprints), _IN_A_LINE):
        yield f"          {' '.join(fingerprints[start : start + _IN_A_LINE])}"
    if more:
        yield f"          and {more} more"


def _wire(change: Change) -> str:
    told: str = change.wire.value
    if change.wire is Wire.SAME:
        return told
    if change.wire is Wire.UNDECIDED:
        told = f"{told}: a possible break"
    if change.is_unproven and change.search.value:
        told = f"{told}, {change.search.value}"
    return f"{told} ({change.direction.value})"


def _line(line: str) -> str:
    return keep_start(line, _MOST)
