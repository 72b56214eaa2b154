"""The report for people at a terminal: nothing in it moves a cursor or ends a line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ...errors import keep_start
from ..changes import Change, Wire
from ..judgement import Judgement
from .examples import proof, shown, told_of_unproven

_MOST: Final = 300


def text(judgement: Judgement) -> str:
    """The report as lines of text."""
    lines = [_line(judgement.headline)]
    for change in judgement.comparison.changes:
        lines += ["", *_change(judgement, change)]
    unproven = told_of_unproven(judgement.comparison)
    if unproven:
        lines += ["", unproven]
    return "".join(f"{line}\n" for line in lines)


def _change(judgement: Judgement, change: Change) -> Iterator[str]:
    reason = judgement.approvals.reason(change)
    mark = "break" if change.is_break else change.part.value
    mark = mark if reason is None else "approved"
    yield _line(f"{mark}: {change.subject}: {change.what} [{change.kind.value}]")
    place = change.place
    line = "" if place.line is None else f":{place.line}"
    pointer = place.pointer or "/"
    yield _line(f"  at      {place.file}{line} {pointer}")
    yield _line(f"  wire    {_wire(change)}")
    if change.example is not None:
        yield _line(f"  proof   {proof(change.example, change.direction)}:")
        yield _line(f"          {shown(change.example.value)}")
    if change.caller is not None:
        yield _line(f"  python  {change.caller.line}  # {change.caller.why}")
    if change.note:
        yield _line(f"  note    {change.note}")
    if change.is_break:
        yield f"  version {change.part.value}, fingerprint {change.fingerprint}"
    if reason is not None:
        yield _line(f"  reason  {reason}")


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
