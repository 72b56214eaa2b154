"""What was left out of account on the way, collected for people to know."""

from __future__ import annotations

from ..ir import Note
from .node import Node


class Notes:
    """Notes in the order in which they were made, each once."""

    def __init__(self) -> None:
        self._notes: dict[Note, None] = {}

    def remark(self, node: Node, what: str) -> None:
        """Note what only `--report` tells: nothing is wrong with the document."""
        self._notes[Note(pointer=node.pointer, what=what)] = None

    def warn(self, node: Node, what: str) -> None:
        """Note what is wrong with the document, though an SDK can be made of it."""
        self._notes[Note(pointer=node.pointer, what=what, is_warning=True)] = None

    @property
    def all(self) -> tuple[Note, ...]:
        """All notes."""
        return tuple(self._notes)
