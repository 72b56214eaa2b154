"""The module `testing/document.py`: what the document says, to judge by it what was generated.

It is data: JSON text in pieces, a line for each part of it, so that a change of one part changes
one line. Documents are the largest thing there is here, so their text is made only once.
"""

from __future__ import annotations

import json
import re

from ..ir import Api, Text
from ..tree import Json
from .source import INDENT, Imports, literal, module

_ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"))
_DEEPEST_PIECES = 3

_BEYOND_TWO_BYTES = re.compile("[\U00010000-\U0010ffff]")
"""Characters such as emojis: with one of them, Python takes four bytes for each of a text."""


def document_module(api: Api) -> str:
    """The module with the document and the files that it refers to."""
    imports = Imports()
    final = imports.use("typing", "Final")
    lines = [f"DOCUMENTS: {final}[dict[str, list[str]]] = {{"]
    for name, tree in api.documents:
        lines.append(f"{INDENT}{literal(name)}: [")
        lines += [f"{INDENT}{INDENT}{literal(Text(piece))}," for piece in _pieces(tree.reveal())]
        lines.append(f"{INDENT}],")
    lines.append("}")
    doc = "What the package was generated from, as JSON text in pieces; the main document is first."
    return module(doc, imports, ["\n".join(lines)])


def _pieces(tree: Json) -> list[str]:
    """The JSON text of a document, with a piece for each member of the outer objects."""
    pieces: list[str] = []
    _add_pieces("", tree, pieces, 0)
    return pieces


def _add_pieces(before: str, value: Json, pieces: list[str], depth: int) -> None:
    if not isinstance(value, dict) or len(value) < 2 or depth == _DEEPEST_PIECES:
        pieces.append(_in_two_bytes(before + _ENCODER.encode(value)))
        return
    before += "{"
    for name, member in value.items():
        _add_pieces(f"{before}{_ENCODER.encode(name)}:", member, pieces, depth + 1)
        before = ","
    pieces[-1] += "}"


def _in_two_bytes(piece: str) -> str:
    """The same JSON text, in which the characters that need more are escaped."""
    if piece.isascii():
        return piece
    return _BEYOND_TWO_BYTES.sub(lambda found: json.dumps(found[0])[1:-1], piece)
