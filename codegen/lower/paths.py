"""Path templates, parsed once."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl

from ..ir import Identifier, Location, Parameter, Path, Segment, Text
from .node import Node

_PIECES: Final = re.compile(r"([^{}]+)|\{([^{}]*)\}")


def names_in(template: str) -> tuple[str, ...]:
    """The names on the wire of the parameters in a path template, each once."""
    path, _ = _parted(template)
    return tuple(dict.fromkeys(name for _, name in _PIECES.findall(path) if name))


def query_of(template: str) -> tuple[tuple[str, str], ...]:
    """The query fields that stand in a path template."""
    _, query = _parted(template)
    return tuple(parse_qsl(query, keep_blank_values=True))


def parse_path(node: Node, template: str, parameters: tuple[Parameter, ...]) -> Path:
    """Parse the template of an operation's path.

    A fragment is dropped: it is no part of a request (RFC 9110, section 7.1), and documents use
    it to tell apart operations of one path and method. A query is among the parameters.
    """
    path, query = _parted(template)
    if not path.startswith("/"):
        raise node.refusal("a path must begin with '/'")
    names = {
        parameter.wire_name.reveal(): parameter.name
        for parameter in parameters
        if parameter.location is Location.PATH
    }
    pieces = path[1:].split("/") if path != "/" else []
    has_trailing_slash = len(pieces) > 1 and pieces[-1] == ""
    if has_trailing_slash:
        pieces.pop()
    return Path(
        segments=tuple(_segment(node, piece, names) for piece in pieces),
        template=Text(f"{path}?{query}" if query else path),
        has_trailing_slash=has_trailing_slash,
    )


def _parted(template: str) -> tuple[str, str]:
    """The path of a template, and its query."""
    path, _, query = template.partition("#")[0].partition("?")
    return path, query


def _segment(node: Node, piece: str, names: dict[str, Identifier]) -> Segment:
    if _PIECES.sub("", piece):
        raise node.refusal("the path has a stray brace")
    parts: list[Text | Identifier] = []
    for literal, wire_name in _PIECES.findall(piece):
        if literal:
            parts.append(Text(literal))
        elif wire_name in names:
            parts.append(names[wire_name])
        else:
            raise node.refusal(f"the path parameter {wire_name!r} is not described")
    return tuple(parts)
