"""What a document says of itself: a title and a version, which OpenAPI requires."""

from __future__ import annotations

from ..ir import Text
from ..values import frozen
from .node import Node
from .notes import Notes


@frozen
class Info:
    """The title, version and description of an API."""

    title: Text
    version: Text
    doc: Text | None


def info_of(root: Node, notes: Notes) -> Info:
    """Return what a document says of itself."""
    info = root.require("info")
    title, version = (_said(info.require(key), notes) for key in ("title", "version"))
    return Info(Text(title), Text(version), info.text_of("description"))


def _said(found: Node, notes: Notes) -> str:
    """A text of the document, also where YAML takes it for a number (`version: 1.0`)."""
    if isinstance(found.value, (int, float)) and not isinstance(found.value, bool):
        notes.warn(found, f"{found.value} is a number, and no text; put it in quotes")
        return str(found.value)
    return found.string()
