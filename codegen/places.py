"""Where things stand in a document of several files, and how a `$ref` spells that.

A place is a JSON pointer, before which stands the file if it is not the document itself:
`/components/schemas/Job`, `schemas/job.yaml#/Job`. Files are named from the folder of the document,
and only this module knows what keeps a reference from leaving that folder or reaching a network.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import unquote

from .tree import tokens
from .values import frozen

THE_DOCUMENT = ""
"""The name of the file in which everything begins."""

_SHOWN = 80

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


@frozen
class Target:
    """What a reference names: a file, and what is meant in it."""

    file: str
    """Relative to the folder of the document, or `THE_DOCUMENT`."""
    fragment: str
    """A JSON pointer, or the name of an anchor."""

    @property
    def is_pointer(self) -> bool:
        """Whether the fragment is a pointer, and no name of an anchor."""
        return self.fragment == "" or self.fragment.startswith("/")


def place_of(file: str, pointer: str) -> str:
    """Return the place of a pointer in a file."""
    return pointer if file == THE_DOCUMENT else f"{file}#{pointer}"


def file_and_pointer(place: str) -> tuple[str, str]:
    """Return the file that a place is in, and the pointer in that file."""
    if place == "" or place.startswith("/"):
        return THE_DOCUMENT, place
    file, _, pointer = place.partition("#")  # no file name holds a "#"
    return file, pointer


def file_of(place: str) -> str:
    """Return the file that a place is in."""
    return THE_DOCUMENT if place[:1] in ("", "/") else file_and_pointer(place)[0]


def last_name(place: str) -> str:
    """Return the last token of a place, or what a whole file is called without its ending."""
    file, pointer = file_and_pointer(place)
    return tokens(pointer)[-1] if pointer else PurePosixPath(file).stem


def target_of(reference: str, *, base: str) -> Target:
    """Return what a `$ref` names that stands in the file `base`.

    Raises:
        ValueError: the reference leaves the folder of the document, or is none.
    """
    address, _, fragment = reference.partition("#")
    if address and fragment == "/":
        fragment = ""  # strictly a property without a name; people mean all of the file
    return Target(_file(address, base) if address else base, unquote(fragment))


def shown(reference: str) -> str:
    """Return a reference as messages quote it, with room left for what is wrong with it."""
    return repr(reference if len(reference) <= _SHOWN else f"{reference[:_SHOWN]}...")


def _file(address: str, base: str) -> str:
    """The file that a relative reference names, from the folder of the document."""
    if _SCHEME.match(address) or address.startswith("//"):
        raise ValueError(
            f"{shown(address)} is not in the folder of this document, and nothing is ever fetched; "
            "save it there and refer to the file"
        )
    path = unquote(address)
    if not path.isprintable() or not frozenset('\\:?*"<>|#').isdisjoint(path):
        raise ValueError(f"{shown(address)} is no file name that works everywhere; rename the file")
    if path.startswith("/"):
        raise ValueError(
            f"{shown(address)} is an absolute path; write one from this file's own folder"
        )
    parts = list(PurePosixPath(base).parent.parts)
    for part in path.split("/"):
        if part == "..":
            if not parts:
                raise ValueError(
                    f"{shown(address)} leaves the folder of the document; move the file in"
                )
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    if not parts or path.endswith("/"):
        raise ValueError(f"{shown(address)} names a folder; name a file in it")
    return "/".join(parts)
