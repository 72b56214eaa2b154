r"""Where libyaml is not YAML 1.2: private characters stand in for what it would misread.

U+0085, U+2028 and U+2029 end lines, and so comments, in YAML 1.1 only: there, what a reviewer
takes for the rest of a comment would be part of the document. And the two escapes of a surrogate
pair (`"\ud83d\ude00"`), as JSON writers spell what is beyond U+FFFF, are an error to libyaml.
One character stands in for one, so that lines and columns stay what they are.
"""

from __future__ import annotations

import re
from itertools import islice

from ..tree import joined_surrogates
from ..values import frozen

_LINE_BREAKS = "\x85\u2028\u2029"
# A backslash is one of an escape if an even number of others stands before it.
_ESCAPE = re.compile(r"(?<!\\)((?:\\\\)*)\\(?=u[dD][89a-fA-F][0-9a-fA-F]{2})")
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_BEGINNINGS_OF_HALVES = (r"\ud", r"\uD")


@frozen
class Disguise:
    """The stand-ins of one text, none of which occurs in it."""

    line_breaks: str
    backslash: str

    @classmethod
    def needed_by(cls, text: str) -> Disguise | None:
        """Return the disguise for a text, or None for the many that need none."""
        if not _needs_one(text):
            return None
        unused = (mark for mark in map(chr, range(0x100000, 0x10FFFE)) if mark not in text)
        *line_breaks, backslash = islice(unused, 4)
        return cls("".join(line_breaks), backslash)

    def put_on(self, text: str) -> str:
        """Return the text as libyaml may see it."""
        safe = text.translate(str.maketrans(_LINE_BREAKS, self.line_breaks))
        return _ESCAPE.sub(rf"\g<1>{self.backslash}", safe)

    def taken_off(self, scalar: str, *, has_escapes: bool) -> str:
        """Return what a scalar of the disguised text means; only double quotes have escapes.

        Raises:
            ValueError: an escape is half of a surrogate pair.
        """
        text = scalar.translate(str.maketrans(self.line_breaks, _LINE_BREAKS))
        if not has_escapes:
            return text.replace(self.backslash, "\\")
        escape = re.compile(f"{self.backslash}u(....)")
        return joined_surrogates(escape.sub(lambda match: chr(int(match[1], 16)), text))


def _needs_one(text: str) -> bool:
    # Python looks for fixed texts fifty times as fast as for patterns.
    if any(mark in text for mark in _LINE_BREAKS):
        return True
    return any(half in text for half in _BEGINNINGS_OF_HALVES) and bool(_HALF.search(text))
