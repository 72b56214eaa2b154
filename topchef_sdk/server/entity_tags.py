"""ETags and `If-Match`: only this module knows how they are written (RFC 9110, section 8.8.3).

A job's tag is the number of its version, which each change counts up: strong, exact, and not to
be confused with another job's, since tags are compared below one URL only.
"""

from __future__ import annotations

import re
from typing import Final

from attrs import frozen

# Possessive throughout: no field, however long, makes the reading of it slow.
_MEMBER: Final = re.compile(
    r"""[ \t]*+ (?: (?P<tag> (?:W/)?+ "[!\x23-~\x80-\xff]*+" ) [ \t]*+ )?+ (?:,|\Z)""", re.VERBOSE
)
"""One member of a list, which may be empty (RFC 9110, section 5.6.1), and the comma after it."""


@frozen
class IfMatch:
    """The condition that `If-Match` makes: which versions a job may have."""

    _tags: frozenset[str] | None
    """None for any."""

    def holds_for(self, version: int) -> bool:
        """Whether a job of this version may be changed."""
        return self._tags is None or entity_tag(version) in self._tags


ANY_VERSION: Final = IfMatch(None)
"""The condition of a request without one."""


def entity_tag(version: int) -> str:
    """The ETag of a job's version."""
    return f'"{version}"'


def if_match_of(text: str | None) -> IfMatch:
    """The condition of a field's value; None stands for no field.

    Comparison is strong, so that weak tags match nothing (RFC 9110, section 13.1.1). Nor does
    what cannot be read: who sent it wants the change under a condition, not at any price.
    """
    if text is None or text.strip(" \t") == "*":
        return ANY_VERSION
    tags: set[str] = set()
    place = 0
    while place < len(text):
        member = _MEMBER.match(text, place)
        if member is None:
            return IfMatch(frozenset())
        tags.add(member["tag"] or "")
        place = member.end()
    return IfMatch(frozenset(tags))
