"""One file of a specification: its size, its encoding, its kind, and its lines.

Only this module reads specifications from the disk, and it opens only what it is told to.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from ..errors import SpecError
from ..tree import Json
from ..values import field, frozen
from .json_reader import read_json

MAX_BYTES = 64 * 1024 * 1024


@frozen
class SourceText:
    """The text of a file."""

    path: Path
    text: str = field(repr=False)

    @classmethod
    def read(cls, path: Path, max_bytes: int = MAX_BYTES) -> SourceText:
        """Read a file.

        Raises:
            SpecError: it is no file, is larger than `max_bytes`, or is not UTF-8.
        """
        return cls(path, _text(path, max_bytes))

    @property
    def size(self) -> int:
        """How many bytes the text has in UTF-8."""
        return len(self.text) if self.text.isascii() else len(self.text.encode())

    @property
    def is_json(self) -> bool:
        """Whether it is named so, or looks so."""
        suffix = self.path.suffix.lower()
        if suffix in (".yaml", ".yml"):
            return False
        return suffix == ".json" or self.text.lstrip().startswith("{")

    def tree(self) -> Json:
        """Return the plain JSON tree that the text means.

        Raises:
            SpecError: it means none.
        """
        try:
            return read_json(self.text) if self.is_json else _tree_of_yaml(self.text)
        except SpecError as error:
            raise self.located(error) from None

    def lines(self, pointers: Collection[str]) -> Mapping[str, int]:
        """Return the lines of keys and items, or else of their nearest parents that are there.

        This reads the text again, so that a document without errors does not pay for it. Empty
        where lines cannot be told: in JSON that is not YAML too.
        """
        from .yaml_reader import lines_in_yaml

        return lines_in_yaml(self.text, pointers)

    def located(self, error: SpecError) -> SpecError:
        """Return the error, whose pointer is one of this file, with the file and the line."""
        line = error.line or self.lines([error.pointer]).get(error.pointer)
        return SpecError(error.pointer, error.what, file=error.file or str(self.path), line=line)


def _text(path: Path, max_bytes: int) -> str:
    file = str(path)
    try:
        if not path.is_file():
            what = "is not a file" if path.exists() else "there is no such file"
            raise SpecError("", what, file=file)
        with path.open("rb") as stream:
            content = stream.read(max_bytes + 1)
    except OSError as error:
        raise SpecError("", f"cannot be read: {error.strerror}", file=file) from None
    if len(content) > max_bytes:
        what = f"is larger than {max_bytes} bytes; is there one with its $refs unresolved?"
        raise SpecError("", what, file=file)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"is not UTF-8 (byte 0x{error.object[error.start]:02x}); save it as UTF-8"
        line = error.object.count(b"\n", 0, error.start) + 1
        raise SpecError("", what, file=file, line=line) from None


def _tree_of_yaml(text: str) -> Json:
    # PyYAML takes as long to import as many a JSON document takes to be read.
    from .yaml_reader import read_yaml

    return read_yaml(text)
