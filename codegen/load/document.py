"""The file of a specification: its size, its encoding, its kind, and the lines that errors name.

Only this module reads specifications from the disk. It never reaches for a network or for another
file, reads at most 64 MiB, and names the file and the line in whatever is refused.
"""

from __future__ import annotations

from pathlib import Path

from attrs import field, frozen

from ..errors import SpecError
from ..tree import Json
from .json_reader import read_json
from .yaml_reader import line_in_yaml, read_yaml

MAX_BYTES = 64 * 1024 * 1024


@frozen
class Document:
    """What a specification says, and where it says it."""

    tree: dict[str, Json]
    path: Path
    text: str = field(repr=False)
    """The text that the tree was read from, for the lines of errors."""

    def line_of(self, pointer: str) -> int | None:
        """Return the line of a key or an item, or else of the nearest parent that is there.

        This reads the text again, so that a document without errors does not pay for it. None
        where lines cannot be told: in JSON that is not YAML too.
        """
        return line_in_yaml(self.text, pointer)

    def locate(self, error: SpecError) -> SpecError:
        """Return the error with the file and the line that it is about."""
        return _located(error, self.path, self.text)


def load(path: Path) -> Document:
    """Return the document in a file: JSON if it is named so or looks so, else YAML.

    Raises:
        SpecError: the file cannot be read, is not UTF-8, is larger than 64 MiB, or does not hold
            one plain JSON object.
    """
    text = _text(path)
    try:
        tree = read_json(text) if _is_json(path, text) else read_yaml(text)
        if not isinstance(tree, dict):
            raise SpecError("", "is not an object; an OpenAPI document begins with `openapi:`")
    except SpecError as error:
        raise _located(error, path, text) from None
    return Document(tree, path, text)


def _is_json(path: Path, text: str) -> bool:
    suffix = path.suffix.lower()
    if suffix in (".yaml", ".yml"):
        return False
    return suffix == ".json" or text.lstrip().startswith("{")


def _text(path: Path) -> str:
    file = str(path)
    try:
        if not path.is_file():
            what = "is not a file" if path.exists() else "there is no such file"
            raise SpecError("", what, file=file)
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise SpecError("", f"cannot be read: {error.strerror}", file=file) from None
    if len(content) > MAX_BYTES:
        raise SpecError("", f"is larger than {MAX_BYTES} bytes", file=file)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"is not UTF-8 (byte 0x{error.object[error.start]:02x}); save it as UTF-8"
        line = error.object.count(b"\n", 0, error.start) + 1
        raise SpecError("", what, file=file, line=line) from None


def _located(error: SpecError, path: Path, text: str) -> SpecError:
    line = error.line or line_in_yaml(text, error.pointer)
    return SpecError(error.pointer, error.what, file=error.file or str(path), line=line)
