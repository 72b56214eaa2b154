"""The texts of a specification, and the lines in them that errors name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..errors import SpecError
from ..places import file_and_pointer
from ..values import field, frozen
from .source_text import SourceText


@frozen
class Sources:
    """What a document and the files beside it were read from."""

    path: Path
    content: bytes = field(repr=False)
    """The document in UTF-8: Python takes four bytes a character where one is an emoji."""
    _others: Mapping[str, bytes] = field(factory=dict[str, bytes], repr=False)
    """The other files, by their names from the document's folder."""

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
        return self._path(file_and_pointer(place)[0])

    def pointer_of(self, place: str) -> str:
        """Return the pointer of a place in its file."""
        return file_and_pointer(place)[1]

    def locate(self, error: SpecError) -> SpecError:
        """Return the error with the file and the line that it is about."""
        file, pointer = file_and_pointer(error.pointer)
        within = SpecError(pointer, error.what, file=error.file, line=error.line)
        return self._source(file).located(within)

    def _path(self, file: str) -> Path:
        return self.path.parent / file if file in self._others else self.path

    def _source(self, file: str) -> SourceText:
        content = self._others.get(file, self.content)
        return SourceText(self._path(file), content.decode())
