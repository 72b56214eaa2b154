"""What the alternatives of a choice are called, whose place in it is all that OpenAPI gives them.

A place changes when an alternative is added in front or others change places. A title does not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ..names import class_name, is_part_of
from .node import Node

_LONGEST = 40
"""Longer titles are sentences."""


def alternative_names(alternatives: Sequence[Node], hint: str) -> list[str]:
    """Name alternatives that have no names of their own, of a choice that is called `hint`.

    A title is good for it that no other alternative has, and that says more than the hint.
    """
    titles = [_title(node) for node in alternatives]
    counts = Counter(titles)
    numbered = f"{hint}_option" if hint[-1:].isdigit() else hint  # 200 and 1 are not 2001
    return [
        (counts[title] == 1 and _titled(title, hint)) or f"{numbered}_{number}"
        for number, title in enumerate(titles, 1)
    ]


def _title(node: Node) -> str:
    """The title of an alternative as a name; none where there is no good one."""
    said = node.get("title") if node.is_object else None
    title = said.value if said is not None and isinstance(said.value, str) else ""
    return class_name(title) if title.strip() and len(title) <= _LONGEST else ""


def _titled(title: str, hint: str) -> str | None:
    if not title or is_part_of(title, hint):
        return None
    return title if title.startswith(class_name(hint)) else f"{hint}_{title}"
