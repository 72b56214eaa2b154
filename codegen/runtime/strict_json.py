"""JSON that means the same to every reader, or is refused: what answers are held to.

RFC 8259 leaves open what readers make of an object that has a key twice (section 4) and of a
number beyond all floats (section 6). What a proxy or a log took for one value would be another
here, so neither is read. A byte order mark is passed over, as section 8.1 allows.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, TypeVar

from .codec import Codec
from .constraints import FREE, Constraints
from .json_text import parse_json, write_json
from .violations import TOO_DEEP, Problem, invalid

if TYPE_CHECKING:
    from typing_extensions import TypeForm

T = TypeVar("T")

_BOM: Final = b"\xef\xbb\xbf"

_MOST_PROBLEMS: Final = 20
"""How many of them are told."""

_SPACED: Final = re.compile(rb'"[ \t\r\n]+:')
"""A key with white space before its colon."""


def decode_strictly(
    codec: Codec, body: bytes, form: TypeForm[T], constraints: Constraints = FREE
) -> T:
    """Read JSON text as a `form`; raises `InvalidError` for what can be read in two ways."""
    text = body.removeprefix(_BOM)
    value = codec.decode(text, form, constraints)
    if _may_be_ambiguous(text):
        _refuse_ambiguous(text)
    return value


def _may_be_ambiguous(text: bytes) -> bool:
    """Whether a closer look is needed; quick, since nearly every text is fine.

    Written again, a text has each key once: it ends fewer keys than before if it had one twice.
    Strings hold the same mark as often as before, unless it was spelled in a way that is looked
    for first. `parse_json` itself refuses numbers beyond all floats.
    """
    again = write_json(parse_json(text))
    if b"\\u0022" in text or _has_space_before_colon(text):
        return True
    return again.count(b'":') != text.count(b'":')


def _has_space_before_colon(text: bytes) -> bool:
    is_likely = any(mark in text for mark in (b" :", b"\t:", b"\n:", b"\r:"))
    return is_likely and _SPACED.search(text) is not None


def _refuse_ambiguous(text: bytes) -> None:
    problems: list[Problem] = []

    def pairs(found: list[tuple[str, object]]) -> dict[str, object]:
        known: dict[str, object] = {}
        for name, value in found:
            if name in known:
                problems.append(((), "json", f"has the key {name[:80]!r} twice in one object"))
            known[name] = value
        return known

    try:
        json.loads(text, object_pairs_hook=pairs, parse_int=str)
    except RecursionError:
        problems.append(TOO_DEEP)
    except ValueError as error:
        problems.append(((), "json", f"is not JSON: {error}"))
    if problems:
        raise invalid(problems[:_MOST_PROBLEMS])
