"""What a document says of itself: a title and a version, which OpenAPI requires."""

from __future__ import annotations

from ..ir import Text
from ..values import frozen
from .node import Node
from .notes import Notes
from .unquoted import text_or_number


@frozen
class Info:
    """The title, version and description of an API."""

    title: Text
    version: Text
    doc: Text | None


def info_of(root: Node, notes: Notes) -> Info:
    """Return what a document says of itself."""
    info = root.require("info")
    title, version = (text_or_number(info.require(key), notes) for key in ("title", "version"))
    return Info(Text(title), Text(version), info.text_of("description"))
