"""What a type checker's complaints mean: each break once, with the lines that fail by it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from ..values import evolve, frozen
from .lines import Line, Lines
from .type_checker import Complaint

_GONE: Final = re.compile(
    r'Name "(?P<whole>[\w.]+)" is not defined|Module(?: "[\w.]+")? has no attribute "(?P<last>\w+)"'
)
_ARGUMENT: Final = re.compile(r'[Aa]rgument "(\w+)"')
_OTHER_RESULT: Final = "return-value"
_ONE_MORE: Final = '"assert_never"'
"""Only a match that has a case too few comes to this function."""


@frozen
class Break:
    """Code of users that no longer passes a type checker."""

    lines: tuple[int, ...]
    """Of the contract."""
    subject: Line
    message: str
    """What the type checker says of the first line."""
    code: str
    hint: str = ""
    is_note: bool = False
    """Whether it is none for callers: only servers and tests, or a match without a rest, break."""


def breaks_of(said: Iterable[Complaint], lines: Lines) -> tuple[Break, ...]:
    """The breaks behind complaints, in the order of the contract's lines."""
    found: dict[tuple[Line, str], Break] = {}
    for one in said:
        each = _break_of(one, lines)
        key = (each.subject, each.message)
        known = found.get(key)
        found[key] = each if known is None else evolve(known, lines=(*known.lines, one.line))
    return tuple(found.values())


def _break_of(complaint: Complaint, lines: Lines) -> Break:
    gone = _GONE.match(complaint.message)
    if gone is not None:
        name = gone["whole"] or lines.name_with(complaint.line, gone["last"])
        message = "is gone, or has another name"
        subject = lines.named(name.lstrip("_"))
        return Break((complaint.line,), subject, message, complaint.code)
    subject = lines.at(complaint.line, _item_in(complaint))
    is_match = _ONE_MORE in complaint.message
    return Break(
        lines=(complaint.line,),
        subject=subject,
        message=complaint.message,
        code=complaint.code,
        hint="a `match` without `case _` has one more to tell" if is_match else "",
        is_note=is_match or not subject.is_for_callers,
    )


def _item_in(complaint: Complaint) -> str | None:
    """The item that a complaint names itself; None leaves it to the line."""
    if complaint.code == _OTHER_RESULT or _ONE_MORE in complaint.message:
        return ""
    named = _ARGUMENT.search(complaint.message)
    return None if named is None else named[1]
