"""Examples in a line: the JSON of a payload, cut where it is long."""

from __future__ import annotations

from typing import Final

from ...tree import Json
from ..changes import Comparison, Example, Search
from ..wording import as_json

_MOST_CHARACTERS: Final = 40
_MOST_ITEMS: Final = 8
_MOST: Final = 200


def shown(value: Json) -> str:
    """A payload as JSON of at most some 200 characters, with what was cut out in words."""
    text = as_json(_shortened(value))
    return text if len(text) <= _MOST else f"{text[: _MOST - 3]}..."


def _shortened(value: Json) -> Json:
    match value:
        case str() if len(value) > _MOST_CHARACTERS:
            return f"{value[:12]}... ({len(value)} characters)"
        case list() if len(value) > _MOST_ITEMS:
            rest = f"... ({len(value)} items)"
            return [*(_shortened(one) for one in value[:3]), rest]
        case list():
            return [_shortened(one) for one in value]
        case dict():
            return {_shortened_name(name): _shortened(one) for name, one in value.items()}
        case _:
            return value


def _shortened_name(name: str) -> str:
    return name if len(name) <= _MOST_CHARACTERS else f"{name[:12]}... ({len(name)} characters)"


def proof(example: Example) -> str:
    """What an example proves, before the payload itself."""
    if example.is_answer:
        return f"{example.of}, which the new server may send and the old client refuses"
    return f"{example.of}, which the old client sends and the new server refuses"


def told_of_unproven(comparison: Comparison) -> str:
    """How to see more examples, in one line; empty where that helps nothing."""
    unproven = {one.search for one in comparison.changes if one.is_unproven}
    if Search.UNAVAILABLE in unproven:
        return "some breaks have no example; pip install 'topchef-sdk[test]' to search for more"
    if Search.ENDED in unproven:
        return "some breaks have no example, for a run tries only so much; --prove tries on"
    return ""
