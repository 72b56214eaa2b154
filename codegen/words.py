"""The words of a name that capitals part."""

from __future__ import annotations

import re
from typing import Final

_ACRONYM_END: Final = re.compile(r"(?<=[^\W\d_])(?=[A-Z][a-z])")
_HUMP: Final = re.compile(r"(?<=[a-z\d])(?=[A-Z])")


def apart(name: str, between: str) -> str:
    """A name with something between its words: `JobStatus` and `HTTPError` have two."""
    return _HUMP.sub(between, _ACRONYM_END.sub(between, name))
