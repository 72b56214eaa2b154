"""The report as workflow commands of GitHub, which annotate the lines of the documents.

Only this module knows how data and properties of such commands are escaped.
"""

from __future__ import annotations

from typing import Final

from ...errors import keep_start, printable
from ..judgement import Judgement
from ..wording import shortened
from .examples import shown
from .groups import Group, groups

_MOST: Final = 500
_DATA: Final = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY: Final = {**_DATA, ":": "%3A", ",": "%2C"}


def github(judgement: Judgement) -> str:
    """A command for each change, or for many that are alike.

    What fails is an error, other breaks are warnings.
    """
    lines = [_annotation(judgement, group) for group in groups(judgement)]
    lines.append(_command("notice", {}, judgement.headline))
    return "".join(f"{line}\n" for line in lines)


def _annotation(judgement: Judgement, group: Group) -> str:
    change = group.first
    place = change.place
    properties = {"file": place.file}
    if place.line is not None:
        properties["line"] = str(place.line)
    properties["title"] = f"{change.kind.value} ({change.part.value})"
    told = [f"{group.subject}: {shortened(change.what)}"]
    if change.example is not None:
        told.append(f"proof: {shown(change.example.value)}")
    if change.caller is not None:
        told.append(f"python: {change.caller.line}  # {change.caller.why}")
    if change.is_break:
        told.append(f"fingerprint {' '.join(one.fingerprint for one in group.shown)}")
    if len(group.changes) > 1:
        told.append(f"in {len(group.changes)} places; --all tells each")
    level = "notice"
    if change.is_break and judgement.approvals.reason(change) is None:
        level = "error" if judgement.is_failing(change) else "warning"
    return _command(level, properties, *told)


def _command(name: str, properties: dict[str, str], *lines: str) -> str:
    told = ",".join(f"{key}={_escaped(value, _PROPERTY)}" for key, value in properties.items())
    head = f"::{name} {told}" if told else f"::{name}"
    return f"{head}::{'%0A'.join(_escaped(line, _DATA) for line in lines)}"


def _escaped(text: str, table: dict[str, str]) -> str:
    """Text that ends neither the command nor its line."""
    shown_so = keep_start(text, _MOST) if table is _DATA else printable(text)
    return "".join(table.get(character, character) for character in shown_so)
