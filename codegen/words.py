"""The words of a name that capitals part."""

from __future__ import annotations

import re
from typing import Final

_NO_OAUTH: Final = r"(?!(?<=O|\bo)Auth)"
"""For all its capitals, `OAuth` is one word (RFC 6749)."""

_ACRONYM_END: Final = re.compile(rf"(?<=[^\W\d_]){_NO_OAUTH}(?=[A-Z][a-z])")
_HUMP: Final = re.compile(rf"(?<=[a-z\d]){_NO_OAUTH}(?=[A-Z])")


def apart(name: str, between: str) -> str:
    """A name with something between its words: `JobStatus` and `HTTPError` have two."""
    return _HUMP.sub(between, _ACRONYM_END.sub(between, name))
