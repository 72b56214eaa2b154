"""Path templates, parsed once."""

from __future__ import annotations

import re

from ..ir import Identifier, Location, Parameter, Path, Segment, Text
from .node import Node

_PIECES = re.compile(r"([^{}]+)|\{([^{}]*)\}")


def parse_path(node: Node, template: str, parameters: tuple[Parameter, ...]) -> Path:
    """Parse the template of an operation's path.

    A fragment is dropped: it is no part of a request (RFC 9110, section 7.1), and documents use
    it to tell apart operations of one path and method.
    """
    path, _, _ = template.partition("#")
    if not path.startswith("/"):
        raise node.refusal("a path must begin with '/'")
    if "?" in path:
        raise node.refusal("a path has no query; describe its fields as query parameters")
    names = {
        parameter.wire_name.reveal(): parameter.name
        for parameter in parameters
        if parameter.location is Location.PATH
    }
    pieces = path[1:].split("/") if path != "/" else []
    has_trailing_slash = len(pieces) > 1 and pieces[-1] == ""
    if has_trailing_slash:
        pieces.pop()
    parsed = Path(
        segments=tuple(_segment(node, piece, names) for piece in pieces),
        template=Text(path),
        has_trailing_slash=has_trailing_slash,
    )
    unused = sorted(set(names.values()) - set(parsed.parameters))
    if unused:
        raise node.refusal(f"the path has no place for its parameter {unused[0]!r}")
    return parsed


def _segment(node: Node, piece: str, names: dict[str, Identifier]) -> Segment:
    if _PIECES.sub("", piece) or not piece:
        raise node.refusal("the path has an empty segment or a stray brace")
    parts: list[Text | Identifier] = []
    for literal, wire_name in _PIECES.findall(piece):
        if literal:
            parts.append(Text(literal))
        elif wire_name in names:
            parts.append(names[wire_name])
        else:
            raise node.refusal(f"the path parameter {wire_name!r} is not described")
    return tuple(parts)
