"""The report as Markdown, and the changelog for a release note.

Text of the documents comes through as itself: no mark-up, no HTML, no mention of anybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from ...errors import keep_start
from ..changes import Change, Wire
from ..judgement import Judgement
from ..wording import shortened
from .examples import proof, shown
from .groups import Group, groups

_MOST: Final = 300

_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;", "#": "&#35;"}
_MARKS: Final = re.compile(r"([\\`*_{}\[\]()|~!+=$^])")
_LINKS: Final = re.compile(r"(?i)(?<=[a-z]):(?=//)|(?<=www)\.|(?<=mailto):|(?<=xmpp):")
_FENCES: Final = re.compile(r"`+")


def markdown(judgement: Judgement) -> str:
    """The report, with a section for each change."""
    lines = [f"## {plain(judgement.headline)}"]
    for title, changes in _sections(judgement):
        lines += ["", f"### {title}", ""]
        for group in groups(judgement, changes):
            lines += _group(judgement, group)
    return "".join(f"{line}\n" for line in lines)


def changelog(judgement: Judgement) -> str:
    """What a release note needs: what breaks and what to do, what is new, what ends."""
    comparison = judgement.comparison
    lines = [f"## {plain(comparison.versions.new)}"]
    if not comparison.changes:
        return f"{lines[0]}\n\nNothing changed.\n"
    for title, changes in _sections(judgement):
        lines += ["", f"### {title}", ""]
        for group in groups(judgement, changes):
            alike = [group.changes] if group.first.caller is None else zip(group.changes)
            lines += [_entry(each) for each in alike]
    return "".join(f"{line}\n" for line in lines)


def plain(text: str) -> str:
    """Text as Markdown that shows it as it is."""
    shown_so = keep_start(text, _MOST)
    linkless = _LINKS.sub(lambda found: f"\0{ord(found[0])};", shown_so)
    marked = _MARKS.sub(r"\\\1", linkless)
    escaped = "".join(_ENTITIES.get(character, character) for character in marked)
    escaped = escaped.replace("\0", "&#")
    # A line that begins so would be a list, a heading or a rule.
    return re.sub(r"^(\s*)([-.0-9])", r"\1&#8203;\2", escaped) if escaped[:1] in "-.0" else escaped


def code(text: str) -> str:
    """Text as a span of code, with a fence that is in none of it."""
    shown_so = keep_start(text, _MOST)
    longest = max((len(found) for found in _FENCES.findall(shown_so)), default=0)
    fence = "`" * (longest + 1)
    gap = " " if shown_so.startswith("`") or shown_so.endswith("`") or not shown_so else ""
    return f"{fence}{gap}{shown_so}{gap}{fence}"


def _sections(judgement: Judgement) -> Iterator[tuple[str, list[Change]]]:
    changes = judgement.comparison.changes
    ends = [one for one in changes if not one.is_break and one.kind.value in _ENDS]
    silent = [one for one in changes if not one.is_break and one.wire is Wire.SILENT]
    rest = [one for one in changes if not one.is_break and one not in (*ends, *silent)]
    for title, found in (
        ("Breaking", [one for one in changes if one.is_break]),
        ("Changed silently", silent),
        ("Deprecated", ends),
        ("Added and loosened", rest),
    ):
        if found:
            yield title, found


_ENDS: Final = frozenset(
    {
        *("operation-deprecated", "schema-deprecated", "parameter-deprecated"),
        *("property-deprecated", "sunset-announced"),
    }
)


def _group(judgement: Judgement, group: Group) -> Iterable[str]:
    change = group.first
    reason = judgement.approvals.reason(change)
    approved = "" if reason is None else " (approved)"
    yield f"- **{plain(group.subject)}**: {plain(shortened(change.what))}{approved}"
    for one in group.shown:
        place = one.place
        line = "" if place.line is None else f":{place.line}"
        yield f"  - at {code(f'{place.file}{line}')} {code(place.pointer or '/')}"
    if group.more:
        yield f"  - and in {group.more} more places, which {code('--all')} tells"
    unproven = f", {change.search.value}" if change.is_unproven and change.search.value else ""
    yield f"  - on the wire: {change.wire.value}{unproven} ({change.direction.value})"
    if change.example is not None:
        told = plain(proof(change.example))
        yield f"  - {told}: {code(shown(change.example.value))}"
    if change.caller is not None:
        yield f"  - in Python: {code(change.caller.line)} fails: {plain(change.caller.why)}"
    if change.note:
        yield f"  - {plain(change.note)}"
    if change.is_break:
        noun = "fingerprint" if len(group.shown) == 1 else "fingerprints"
        yield f"  - {noun} {', '.join(code(one.fingerprint) for one in group.shown)}"
    if reason is not None:
        yield f"  - reason: {plain(reason)}"


def _entry(changes: Sequence[Change]) -> str:
    change = changes[0]
    subjects = ", ".join(map(code, dict.fromkeys(one.subject for one in changes)))
    told = f"- {subjects}: {plain(shortened(change.what))}."
    if change.caller is not None:
        told += f" {code(change.caller.line)} fails: {plain(change.caller.why)}."
    return f"{told} {_sentence(change.note)}".rstrip()


def _sentence(note: str) -> str:
    return f"{plain(note[:1].upper() + note[1:])}." if note else ""
