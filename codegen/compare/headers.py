"""Header fields of an answer side by side."""

from __future__ import annotations

from typing import Final

from ..ir import (
    Answer,
    Endpoint,
    Header,
    ListOf,
    Scalar,
)
from ..values import define, evolve, field
from . import matching
from .callers import NONE, fits, spelled
from .changes import Caller, Direction, Example, Kind, Wire
from .findings import Findings, Owner, Spot
from .proof import Root
from .schemas import Schemas

_REQUEST: Final = Direction.REQUEST
_RESPONSE: Final = Direction.RESPONSE
_NEITHER: Final = Direction.NEITHER

_ENDINGS: Final = ("sunset", "deprecation")
"""Header fields that announce an end (RFC 8594, RFC 9745)."""


@define
class Headers:
    """Compares header fields, and adds to the findings what differs."""

    findings: Findings
    schemas: Schemas
    _constants: dict[tuple[str, str], Header] = field(init=False)
    """What the constants of the new modules read, by the modules' names and their own."""

    def __post_init__(self) -> None:
        self._constants = {
            (endpoint.tag, name): header
            for endpoint in self.findings.new.api.endpoints
            for name, header in endpoint.headers
        }

    def compare(
        self, spot: Spot, old: Endpoint, new: Endpoint, before: Answer, after: Answer
    ) -> None:
        """Compare the header fields of an answer."""
        pairs = matching.headers(before, after)
        for one in pairs.removed:
            self._header_removed(spot, old, one)
        for one in pairs.added:
            name = one.wire_name.reveal()
            is_end = name.lower() in _ENDINGS
            self.findings.add(
                spot,
                Kind.SUNSET_ANNOUNCED if is_end else Kind.HEADER_ADDED,
                f"the header field {name} is new",
                Wire.SAME if is_end else Wire.COMPATIBLE,
                keywords=("headers", name),
                note="the server may say when this ends" if is_end else "",
            )
        for mine, theirs in pairs.both:
            was, now = old.name_of(mine), new.name_of(theirs)
            caller = self._caller(old, mine, f"write {now}")
            if was != now:
                what = f"the header field {theirs.wire_name.reveal()} is {now} in Python"
                self.findings.add(
                    self._header_spot(spot, mine, theirs),
                    Kind.PROPERTY_RENAMED,
                    f"{what}, and was {was}",
                    Wire.SAME,
                    caller=caller,
                )
            if mine != theirs or not isinstance(mine.type, Scalar):  # most are as they were
                self._header(spot, mine, theirs, caller if was == now else None)

    def _header_removed(self, spot: Spot, old: Endpoint, one: Header) -> None:
        is_missed = one.is_required
        name = one.wire_name.reveal()
        self.findings.add(
            spot,
            Kind.HEADER_REMOVED,
            f"the header field {name} is gone",
            Wire.BREAKING if is_missed else Wire.COMPATIBLE,
            keywords=("headers", name),
            is_old=True,
            example=Example(value={}, of=f"the header fields of {spot.of}") if is_missed else None,
            caller=self._caller(old, one, "the constant is no longer there"),
        )

    def _caller(self, old: Endpoint, header: Header, instead: str) -> Caller | None:
        """A line that reads a header field by its old constant; None where that still does.

        `instead` is what to do where the constant is gone. Other operations may have it still.
        """
        name = old.name_of(header)
        line = f"{old.tag}.{name}.read(exchange.headers)"
        read = self._constants.get((old.tag, name))
        if read is None:
            return Caller(line=line, why=instead)
        callers = self.findings.callers
        was, now = callers.of_old(header.type), callers.of_new(read.type)
        if fits(now, was):
            return None
        line = f"value: {spelled(was | {NONE})} = {line}"
        return Caller(line=line, why=f"it is {spelled(now | {NONE})} now")

    def _header_spot(self, spot: Spot, before: Header, after: Header) -> Spot:
        name = after.wire_name.reveal()
        return evolve(
            spot,
            old=spot.old / "headers" / before.wire_name.reveal(),
            new=spot.new / "headers" / name,
            of=f"the header field {name} in {spot.of}",
            subject=f"{spot.subject}, {name}",
            root=Root(after.type, before.type),
        )

    def _header(self, spot: Spot, before: Header, after: Header, caller: Caller | None) -> None:
        name = after.wire_name.reveal()
        inside = self._header_spot(spot, before, after)
        if before.is_required is not after.is_required:
            is_missed = before.is_required
            self.findings.add(
                inside,
                Kind.HEADER_OPTIONAL if is_missed else Kind.HEADER_REQUIRED,
                f"the header field {name} is {'optional' if is_missed else 'required'} now",
                Wire.BREAKING if is_missed else Wire.COMPATIBLE,
                example=Example(value={}, of=f"the header fields of {spot.of}")
                if is_missed
                else None,
            )
        written = (_written(before), _written(after))
        if written[0] != written[1]:
            self.findings.add(
                inside,
                Kind.ENCODING_CHANGED,
                f"the header field {name} is written {written[1]}, and was written {written[0]}",
                Wire.UNDECIDED,
            )
        self.schemas.whole(inside.below("schema"), before.type, after.type, Owner(caller))


def _written(header: Header) -> str:
    """How the text of a header field is written."""
    if header.is_json:
        return "as JSON"
    is_plain = not header.explode or isinstance(header.type, Scalar | ListOf)
    return "plainly" if is_plain else "with explode"
