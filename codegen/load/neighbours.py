"""The files beside a document that it refers to, and those that these refer to.

Only this module knows which of them may be read. References are sought where OpenAPI has some,
so an example that holds a `$ref` opens no file.
"""

from __future__ import annotations

import re
from pathlib import Path

from ..errors import SpecError
from ..places import THE_DOCUMENT, Target, place_of, shown, target_of
from ..structure import Kind, Part, Walk
from ..tree import Json, child, tokens, value_at
from ..values import define, field
from .source_text import MAX_BYTES, SourceText

MAX_FILES = 1000

Neighbours = dict[str, tuple[SourceText, Json]]
"""Other files and their trees, by their names from the document's folder."""

_WITHIN = ('": "#', '":"#', ": '#", ': "#')
"""How references to the document itself go on, as they are usually spelled."""
_WITHIN_SPELLED_ODDLY = re.compile(r"""["']?\s*:\s*["']#""")
# What else may spell `$ref` in double quotes: an escape of one of its characters, a line's end.
_ESCAPES = ("x", "u00", "U000000")
_BROKEN_OFF = ("$", "$r", "$e", "$re")
_DISGUISED = re.compile(r"\\(?:x|u00|U000000)(?:24|72|65|66)|\$r?e?\\[\s\x85]")


def neighbours(source: SourceText, tree: dict[str, Json]) -> Neighbours:
    """Return the files that a document refers to, directly or through others.

    Raises:
        SpecError: one cannot be read, or a reference leaves the folder of the document.
    """
    if _stays_within(source.text):
        return {}
    folder = _Folder(source, tree, bytes_left=MAX_BYTES - source.size)
    folder.walk.begin(Kind.DOCUMENT, tree, THE_DOCUMENT)
    for part in folder.walk:
        if part.reference is not None:
            folder.follow(part, part.reference)
    return folder.found


# Texts are parted, for Python finds one thing in a long text much faster than one of several.


def _stays_within(text: str) -> bool:
    """Whether no reference can name another file, as a glance at the text tells of most."""
    return not _is_disguised(text) and all(
        behind.startswith(_WITHIN) or _WITHIN_SPELLED_ODDLY.match(behind)
        for behind in text.split("$ref")[1:]
    )


def _is_disguised(text: str) -> bool:
    before, *escapes = text.split("\\")
    is_likely = (
        before.endswith(_BROKEN_OFF)
        or any(escape.startswith(_ESCAPES) for escape in escapes)
        or any(escape.endswith(_BROKEN_OFF) for escape in escapes)
    )
    return is_likely and bool(_DISGUISED.search(text))


@define
class _Folder:
    """The folder of a document, as far as it was looked into."""

    source: SourceText
    tree: dict[str, Json]
    bytes_left: int
    found: Neighbours = field(factory=Neighbours)
    walk: Walk = field(factory=Walk)

    def follow(self, part: Part, reference: str) -> None:
        """Read the file that a reference names, and go on with what it means there."""
        try:
            target = target_of(reference, base=part.file)
        except ValueError as refusal:
            raise self._refusal(part, str(refusal)) from None
        tree = self._tree_of(part, target)
        if not target.is_pointer:
            return  # whoever follows it in earnest knows anchors
        try:
            value = value_at(tree, tokens(target.fragment))
        except LookupError:
            return  # whoever follows it in earnest refuses
        file = THE_DOCUMENT if tree is self.tree else target.file
        self.walk.begin(part.kind, value, file, target.fragment)

    def _tree_of(self, part: Part, target: Target) -> Json:
        if target.file in (THE_DOCUMENT, self.source.path.name):
            return self.tree
        if target.file not in self.found:
            self.found[target.file] = self._read(part, target.file)
        return self.found[target.file][1]

    def _read(self, part: Part, file: str) -> tuple[SourceText, Json]:
        path = self.source.path.parent / file
        if len(self.found) + 1 >= MAX_FILES:
            raise self._refusal(part, f"more than {MAX_FILES} files; join some of them")
        try:
            self._refuse_outside(part, path, file)
            if not path.is_file():
                what = "is not a file" if path.exists() else "is no file in the document's folder"
                raise self._refusal(part, f"{shown(file)} {what}")
        except OSError as error:
            raise self._refusal(part, f"{shown(file)} cannot be read: {error.strerror}") from None
        source = SourceText.read(path, max(self.bytes_left, 0))
        self.bytes_left -= source.size
        return source, source.tree()

    def _refuse_outside(self, part: Part, path: Path, file: str) -> None:
        try:
            is_inside = path.resolve().is_relative_to(self.source.path.parent.resolve())
        except RuntimeError:  # a link that leads to itself
            is_inside = False
        if not is_inside:
            what = f"{shown(file)} is a link out of the document's folder; copy the file in"
            raise self._refusal(part, what)

    def _refusal(self, part: Part, what: str) -> SpecError:
        place = SpecError(child(part.place, "$ref"), what)
        if part.file == THE_DOCUMENT:
            return self.source.located(place)
        pointer = place.pointer.removeprefix(place_of(part.file, ""))
        return self.found[part.file][0].located(SpecError(pointer, what))
