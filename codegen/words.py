"""The words of a name that capitals part."""

from __future__ import annotations

import re
from typing import Final

_NO_OAUTH: Final = r"(?!(?<=O|\bo)Auth)"
"""For all its capitals, `OAuth` is one word (RFC 6749)."""

_NO_PLURAL: Final = r"(?!(?<=[A-Z])[A-Z]s(?![a-z]))"
"""So are `IDs` and `URLs`."""

_NO_VERSION: Final = r"(?!(?<=[A-Z])[A-Z]v\d)"
"""`IPv6` is one, too, and `APIv2` is two, of which the second begins with its v."""

_ACRONYM_END: Final = re.compile(
    rf"(?<=[^\W\d_]){_NO_OAUTH}{_NO_PLURAL}{_NO_VERSION}(?=[A-Z][a-z])"
)
_VERSION: Final = r"(?<=[A-Z][A-Z])(?<!IP)(?=v\d)"

_NO_DIMENSION: Final = r"(?!(?<=\d)[A-Z](?![a-z]|[A-Z](?![a-z])))"
"""`Point2D` is one, and `A2PProfile` two."""

_HUMP: Final = re.compile(rf"(?<=[a-z\d]){_NO_OAUTH}{_NO_DIMENSION}(?=[A-Z])|{_VERSION}")


def apart(name: str, between: str) -> str:
    """A name with something between its words: `JobStatus` and `HTTPError` have two."""
    return _HUMP.sub(between, _ACRONYM_END.sub(between, name))
