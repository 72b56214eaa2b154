"""What a YAML scalar stands for: the core schema of YAML 1.2, as far as JSON has it.

Only this module knows that schema. It is a table and five patterns; whatever they do not name is
a text: `no`, `on`, `y`, `1_000`, `12:30:45`, `2024-01-01`, `1.2.3`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ..tree import Json, finite, integer

CORE = "tag:yaml.org,2002:"
"""What `!!` stands for."""

_CONSTANTS: dict[str, Json] = {
    **dict.fromkeys(["", "~", "null", "Null", "NULL"]),
    **dict.fromkeys(["true", "True", "TRUE"], True),
    **dict.fromkeys(["false", "False", "FALSE"], False),
}


def _octal(spelling: str) -> int:
    return integer(spelling, 8)


def _hexadecimal(spelling: str) -> int:
    return integer(spelling, 16)


def _not_json(spelling: str) -> Json:
    raise ValueError(f"{spelling} is not JSON; write a finite number, or quote a text")


_INTEGER = re.compile(r"[-+]?[0-9]+")
_NUMBERS: list[tuple[re.Pattern[str], Callable[[str], Json]]] = [
    (_INTEGER, integer),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"), finite),
    (re.compile(r"0o[0-7]+"), _octal),
    (re.compile(r"0x[0-9a-fA-F]+"), _hexadecimal),
    (re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"), _not_json),
]
_BEGINNINGS_OF_NUMBERS = frozenset("+-.0123456789")

_TYPES = {"null": type(None), "bool": bool, "int": int, "float": float}


def plain(spelling: str) -> Json:
    """Return what a scalar without quotes and tag stands for.

    Raises:
        ValueError: a number that JSON cannot hold.
    """
    if spelling in _CONSTANTS:
        return _CONSTANTS[spelling]
    if spelling[0] in _BEGINNINGS_OF_NUMBERS:
        for pattern, read in _NUMBERS:
            if pattern.fullmatch(spelling):
                return read(spelling)
    return spelling


def tagged(tag: str, spelling: str) -> Json:
    """Return what a scalar with a tag stands for.

    Raises:
        ValueError: the tag is none of the core schema's, or the scalar does not go with it.
    """
    if not is_scalar_tag(tag):
        raise ValueError(unusable(tag))
    name = tag.removeprefix(CORE)
    if name not in _TYPES:
        return spelling
    value = plain(spelling)
    if name == "float" and _INTEGER.fullmatch(spelling):
        return finite(spelling)
    if type(value) is not _TYPES[name]:
        raise ValueError(unusable(tag))
    return value


def is_scalar_tag(tag: str) -> bool:
    """Tell whether the tag is one of the core schema's for scalars; `!` means a text."""
    return tag == "!" or (tag.startswith(CORE) and tag.removeprefix(CORE) in ("str", *_TYPES))


def unusable(tag: str) -> str:
    """Return the message for a tag that does not go with what it stands before."""
    return f"the tag {tag.replace(CORE, '!!', 1)} does not make JSON of this; remove the tag"
