"""What a document says of itself, which nothing that is sent depends on: so it is never refused."""

from __future__ import annotations

from ..ir import Text
from ..values import frozen
from .node import Node
from .notes import Notes

_UNTITLED = "API"
"""What an API without a title is called."""


@frozen
class Info:
    """The title, version and description of an API."""

    title: Text
    version: Text
    doc: Text | None


def info_of(root: Node, notes: Notes) -> Info:
    """Return what a document says of itself; what it must say and does not is warned of."""
    info = root.get("info")
    if info is None:
        notes.warn(root, root.missing("info"))
        return Info(Text(_UNTITLED), Text(""), doc=None)
    title = _said(info, "title", notes)
    version = _said(info, "version", notes)
    return Info(Text(title or _UNTITLED), Text(version), info.text_of("description"))


def _said(info: Node, key: str, notes: Notes) -> str:
    """A text of the document, also where YAML takes it for a number (`version: 1.0`)."""
    found = info.get(key)
    if found is None:
        notes.warn(info, info.missing(key))
        return ""
    if isinstance(found.value, (int, float)) and not isinstance(found.value, bool):
        notes.warn(found, f"{found.value} is a number, and no text; put it in quotes")
        return str(found.value)
    return found.string()
