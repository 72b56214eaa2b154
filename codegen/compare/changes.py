"""What a comparison finds: only types, between the comparison and the reports of it.

All text in them may be text of a document, as it stands there: each report makes it harmless in
its own way.
"""

from __future__ import annotations

import hashlib
from enum import Enum
from typing import Final

from ..tree import Json
from ..values import frozen


class Part(Enum):
    """A part of a version (Semantic Versioning 2.0.0)."""

    PATCH = "patch"
    MINOR = "minor"
    MAJOR = "major"


class Direction(Enum):
    """Who sends what changed."""

    REQUEST = "request"
    """The client; what the old one sends, the new server has to accept."""
    RESPONSE = "response"
    """The server; what the new one sends, the old client has to accept."""
    BOTH = "request and response"
    NEITHER = "neither"
    """Nobody: only the names in Python changed, or nothing in the document uses it."""


class Wire(Enum):
    """What a change does on the wire."""

    SAME = "the same"
    COMPATIBLE = "compatible"
    SILENT = "silent"
    """Nothing is refused, but it means something else."""
    BREAKING = "breaking"
    UNDECIDED = "cannot be decided"
    """It may break: nothing proves that it does, and nothing that it does not."""


class Search(Enum):
    """What became of the search for an example; the value is why there is none."""

    NONE = ""
    """There is one, or nothing that a search could find."""
    NOTHING_FOUND = "no example found"
    ENDED = "no example: the search of this run had ended"
    """Others had used up what one run may try."""
    UNAVAILABLE = "no example: Hypothesis is missing"
    """No plain value proves it, and nothing else can be tried."""
    NOT_ASKED = "no example: not searched"


class Kind(Enum):
    """What happened; the value is its name in reports and in fingerprints."""

    OPERATION_ADDED = "operation-added"
    OPERATION_REMOVED = "operation-removed"
    OPERATION_MOVED = "operation-moved"
    OPERATION_RENAMED = "operation-renamed"
    OPERATION_REGROUPED = "operation-regrouped"
    OPERATION_DEPRECATED = "operation-deprecated"
    OPERATION_REINSTATED = "operation-reinstated"
    SCHEMA_ADDED = "schema-added"
    SCHEMA_REMOVED = "schema-removed"
    SCHEMA_RENAMED = "schema-renamed"
    SCHEMA_CHANGED = "schema-changed"
    SCHEMA_DEPRECATED = "schema-deprecated"
    SCHEMA_REINSTATED = "schema-reinstated"
    PARAMETER_ADDED = "parameter-added"
    PARAMETER_REMOVED = "parameter-removed"
    PARAMETER_RENAMED = "parameter-renamed"
    PARAMETER_MOVED = "parameter-moved"
    PARAMETER_REQUIRED = "parameter-required"
    PARAMETER_OPTIONAL = "parameter-optional"
    PARAMETER_STYLE = "parameter-style"
    PARAMETER_DEPRECATED = "parameter-deprecated"
    PARAMETER_REINSTATED = "parameter-reinstated"
    DEFAULT_CHANGED = "default-changed"
    PROPERTY_ADDED = "property-added"
    PROPERTY_REMOVED = "property-removed"
    PROPERTY_REQUIRED = "property-required"
    PROPERTY_OPTIONAL = "property-optional"
    PROPERTY_RENAMED = "property-renamed"
    PROPERTY_DEPRECATED = "property-deprecated"
    PROPERTY_REINSTATED = "property-reinstated"
    OTHERS_FORBIDDEN = "other-properties-forbidden"
    OTHERS_ALLOWED = "other-properties-allowed"
    OTHERS_CHANGED = "other-properties-changed"
    TYPE_CHANGED = "type-changed"
    FORMAT_CHANGED = "format-changed"
    NULL_ALLOWED = "null-allowed"
    NULL_FORBIDDEN = "null-forbidden"
    LIMIT_CHANGED = "limit-changed"
    RULE_CHANGED = "rule-changed"
    VALUE_ADDED = "value-added"
    VALUE_REMOVED = "value-removed"
    VALUE_RENAMED = "value-renamed"
    ALTERNATIVE_ADDED = "alternative-added"
    ALTERNATIVE_REMOVED = "alternative-removed"
    DISCRIMINATOR_CHANGED = "discriminator-changed"
    BODY_ADDED = "body-added"
    BODY_REMOVED = "body-removed"
    BODY_REQUIRED = "body-required"
    BODY_OPTIONAL = "body-optional"
    MEDIA_TYPE_ADDED = "media-type-added"
    MEDIA_TYPE_REMOVED = "media-type-removed"
    ENCODING_CHANGED = "encoding-changed"
    STATUS_ADDED = "status-added"
    STATUS_REMOVED = "status-removed"
    HEADER_ADDED = "header-added"
    HEADER_REMOVED = "header-removed"
    HEADER_OPTIONAL = "header-optional"
    HEADER_REQUIRED = "header-required"
    SUNSET_ANNOUNCED = "sunset-announced"
    SUNSET_WITHDRAWN = "sunset-withdrawn"
    SECURITY_ADDED = "security-added"
    SECURITY_REMOVED = "security-removed"
    SCHEME_CHANGED = "security-scheme-changed"
    SCOPE_ADDED = "scope-added"
    SCOPE_REMOVED = "scope-removed"
    FLOW_ADDED = "flow-added"
    FLOW_REMOVED = "flow-removed"
    FLOW_CHANGED = "flow-changed"
    SERVER_ADDED = "server-added"
    SERVER_REMOVED = "server-removed"


_PATCHES: Final = frozenset(
    {
        Kind.OPERATION_REINSTATED,
        Kind.SCHEMA_REINSTATED,
        Kind.PARAMETER_REINSTATED,
        Kind.PROPERTY_REINSTATED,
        Kind.STATUS_REMOVED,
    }
)
"""What asks for no more than a patch where it breaks nobody."""


@frozen(kw_only=True)
class Example:
    """A payload that proves a break."""

    value: Json
    of: str
    """What it is, such as `the body of POST /jobs`."""
    is_answer: bool = False
    """Whether the new server sends it; a change of both directions has an example of one."""


@frozen(kw_only=True)
class Caller:
    """What happens to Python code that calls the SDK."""

    line: str
    """A line that worked, and that fails once the SDK is generated again."""
    why: str


@frozen(kw_only=True)
class Place:
    """Where in a document something is."""

    pointer: str
    """As `places` spells it, with the file before it where there are several."""
    file: str
    line: int | None
    """Counted from 1; None where nobody knows."""
    is_old: bool
    """Whether it is in the old document, because it is in no other."""


@frozen(kw_only=True)
class Change:
    """One thing that changed."""

    kind: Kind
    place: Place
    subject: str
    """What it is part of, such as `GET /jobs` or `Job`."""
    what: str
    """What is different, in one line."""
    direction: Direction
    wire: Wire
    example: Example | None = None
    caller: Caller | None = None
    """The break of Python callers; None where nothing breaks."""
    note: str = ""
    """What else there is to say, in one line."""
    search: Search = Search.NONE
    """What became of the search, where there is no example."""

    @property
    def is_unproven(self) -> bool:
        """Whether it breaks on the wire, or may, and no example proves it."""
        return self.wire in (Wire.BREAKING, Wire.UNDECIDED) and self.example is None

    @property
    def is_break(self) -> bool:
        """Whether somebody breaks, or may."""
        return self.wire in (Wire.BREAKING, Wire.UNDECIDED) or self.caller is not None

    @property
    def part(self) -> Part:
        """The part of the version that has to go up."""
        if self.is_break:
            return Part.MAJOR
        return Part.PATCH if self.kind in _PATCHES else Part.MINOR

    @property
    def fingerprint(self) -> str:
        """What names the change in the file of approved breaks: 12 hexadecimal digits.

        It stays the same when lines move, and when the order of the document changes.
        """
        return self._fingerprint(self.direction)

    @property
    def approving(self) -> tuple[str, ...]:
        """The fingerprints of which each approves it: its own, and that of both directions.

        Where nobody knew which of the two breaks, both were told; later one may be known not to.
        """
        if self.direction not in (Direction.REQUEST, Direction.RESPONSE):
            return (self.fingerprint,)
        return (self.fingerprint, self._fingerprint(Direction.BOTH))

    def _fingerprint(self, direction: Direction) -> str:
        told = (self.kind.value, self.place.pointer, direction.value, self.what)
        return hashlib.sha256("\0".join(told).encode()).hexdigest()[:12]


@frozen(kw_only=True)
class Versions:
    """The `info.version` of both documents, and what the changes ask for."""

    old: str
    new: str
    step: Part | None
    """The part that went up; None where none did, or where these are no versions."""


@frozen(kw_only=True)
class Comparison:
    """All that changed between two documents."""

    title: str
    old_file: str
    new_file: str
    versions: Versions
    changes: tuple[Change, ...]
    """Breaks first, then in the order of their places."""

    @property
    def breaks(self) -> tuple[Change, ...]:
        """The changes that break somebody, or may."""
        return tuple(one for one in self.changes if one.is_break)

    @property
    def part(self) -> Part | None:
        """The part of the version that has to go up; None where nothing changed."""
        order = list(Part)
        return max((one.part for one in self.changes), key=order.index, default=None)
