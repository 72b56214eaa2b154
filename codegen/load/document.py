"""A specification: the document itself, and the files beside it.

Other files are read if a `$ref` names them and they are in the document's own folder or below it,
never by a link out of it: at most 1,000 of them, and 64 MiB in all. There is no network here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..errors import SpecError
from ..places import THE_DOCUMENT
from ..tree import Json
from ..values import field, frozen
from .neighbours import neighbours
from .source_text import SourceText
from .sources import Sources


@frozen
class Document:
    """What a specification says, and what it was read from."""

    tree: dict[str, Json]
    sources: Sources
    files: Mapping[str, Json] = field(factory=dict[str, Json], repr=False)
    """The other files that it refers to, by their names from its folder; and itself by its own."""


def load(path: Path) -> Document:
    """Return the document in a file, JSON if it is named so or looks so, else YAML, and its files.

    Raises:
        SpecError: a file cannot be read, is not UTF-8, or is not plain JSON; the document is no
            object; together they are too large; or a reference leaves the folder.
    """
    source = SourceText.read(path)
    tree = source.tree()
    if not isinstance(tree, dict):
        what = "is not an object; an OpenAPI document begins with `openapi:`"
        raise source.located(SpecError("", what))
    others = neighbours(source, tree)
    beside = {
        file: other.text.encode() for file, (other, _) in others.items() if file != THE_DOCUMENT
    }
    return Document(
        tree,
        Sources(path, source.text.encode(), beside),
        {path.name: tree, **{file: tree for file, (_, tree) in others.items()}},
    )
