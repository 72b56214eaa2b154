"""A specification: the document itself, the files beside it, and the lines that errors name.

Other files are read if a `$ref` names them and they are in the document's own folder or below it,
never by a link out of it: at most 1,000 of them, and 64 MiB in all. There is no network here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..errors import SpecError
from ..places import THE_DOCUMENT, file_and_pointer
from ..tree import Json
from ..values import field, frozen
from .neighbours import neighbours
from .source_text import SourceText


@frozen
class Document:
    """What a specification says, and where it says it."""

    tree: dict[str, Json]
    path: Path
    text: str = field(repr=False)
    """The text that the tree was read from, for the lines of errors."""
    files: Mapping[str, Json] = field(factory=dict[str, Json], repr=False)
    """The other files that it refers to, by their names from its folder; and itself by its own."""
    _texts: Mapping[str, str] = field(factory=dict[str, str], repr=False)

    def line_of(self, place: str) -> int | None:
        """Return the line of a key or an item, or else of the nearest parent that is there.

        None where lines cannot be told: in JSON that is not YAML too.
        """
        return self.lines_of([place]).get(place)

    def lines_of(self, places: Iterable[str]) -> dict[str, int]:
        """Return the lines of places as far as they can be told; each file is read only once."""
        wanted: dict[str, dict[str, str]] = defaultdict(dict)
        for place in places:
            file, pointer = file_and_pointer(place)
            wanted[file][pointer] = place
        found: dict[str, int] = {}
        for file, pointers in wanted.items():
            lines = self._source(file).lines(pointers)
            found.update((pointers[pointer], line) for pointer, line in lines.items())
        return found

    def file_of(self, place: str) -> Path:
        """Return the file that a place is in."""
        return self._source(file_and_pointer(place)[0]).path

    def pointer_of(self, place: str) -> str:
        """Return the pointer of a place in its file."""
        return file_and_pointer(place)[1]

    def locate(self, error: SpecError) -> SpecError:
        """Return the error with the file and the line that it is about."""
        file, pointer = file_and_pointer(error.pointer)
        within = SpecError(pointer, error.what, file=error.file, line=error.line)
        return self._source(file).located(within)

    def _source(self, file: str) -> SourceText:
        if file in self._texts:
            return SourceText(self.path.parent / file, self._texts[file])
        return SourceText(self.path, self.text)


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
    return Document(
        tree,
        path,
        source.text,
        {path.name: tree, **{file: tree for file, (_, tree) in others.items()}},
        {file: other.text for file, (other, _) in others.items() if file != THE_DOCUMENT},
    )
