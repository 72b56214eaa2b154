"""What operations are sent and answer, in all its media types."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ..ir import (
    Content,
    Endpoint,
)
from ..runtime.media_types import nearest
from ..values import define, evolve
from . import matching
from .calls import call, given, given_body
from .changes import Caller, Direction, Example, Kind, Wire
from .encodings import Encodings
from .findings import Findings, Owner, Spot
from .locating import MediaType
from .proof import Root
from .schemas import Schemas

_REQUEST: Final = Direction.REQUEST
_RESPONSE: Final = Direction.RESPONSE
_NEITHER: Final = Direction.NEITHER


@define
class Bodies:
    """Compares bodies of requests, and what is in the media types of answers too."""

    findings: Findings
    schemas: Schemas

    def compare(self, spot: Spot, old: Endpoint, new: Endpoint) -> None:
        """Compare what is sent with an operation."""
        of = f"the body of {spot.subject}"
        spot = evolve(spot, of=of, subject=f"{spot.subject}, body").below("requestBody")
        before, after = old.body, new.body
        if before is None or after is None:
            if before is not None:
                self.findings.add(
                    spot,
                    Kind.BODY_REMOVED,
                    "there is no body any more",
                    Wire.BREAKING,
                    is_old=True,
                    example=Example(value=before.contents[0].media_type.reveal(), of=spot.of),
                    caller=Caller(
                        line=call(old, "body"), why="the argument body is no longer there"
                    ),
                )
            elif after is not None:
                self._body_added(spot, old, is_required=after.is_required)
            return
        if before.is_required is not after.is_required:
            is_refused = after.is_required
            self.findings.add(
                spot,
                Kind.BODY_REQUIRED if is_refused else Kind.BODY_OPTIONAL,
                f"the body is {'required' if is_refused else 'optional'} now",
                Wire.BREAKING if is_refused else Wire.COMPATIBLE,
                keywords=("required",),
                example=Example(value=None, of=f"nothing instead of {spot.of}")
                if is_refused
                else None,
                caller=Caller(line=call(old), why="the argument body is missing")
                if is_refused
                else None,
            )
        callers = self.findings.callers
        was = given(callers.of_old, before.contents)
        now = given(callers.of_new, after.contents)
        owner = Owner(given_body(old, was, now))
        self.contents(spot, before.contents, after.contents, owner)
        self._media_types(spot, old, before.contents, after.contents)
        self.schemas.untold(spot, owner, was, now)

    def _body_added(self, spot: Spot, old: Endpoint, *, is_required: bool) -> None:
        self.findings.add(
            spot,
            Kind.BODY_ADDED,
            f"{'a required' if is_required else 'an optional'} body is new",
            Wire.BREAKING if is_required else Wire.COMPATIBLE,
            example=Example(value=None, of=f"nothing instead of {spot.of}")
            if is_required
            else None,
            caller=Caller(line=call(old), why="the argument body is missing")
            if is_required
            else None,
        )

    def _media_types(
        self, spot: Spot, old: Endpoint, before: tuple[Content, ...], after: tuple[Content, ...]
    ) -> None:
        """Compare the media types that a body may be sent in."""
        pairs = matching.contents(before, after)
        for one in pairs.removed:
            name = one.media_type.reveal()
            if is_among(name, pairs.added):
                continue
            caller = None
            if len(before) > 1:
                line = call(old, f'body, content_type="{name}"')
                caller = Caller(line=line, why="it is not sent in this media type any more")
            self.findings.add(
                spot,
                Kind.MEDIA_TYPE_REMOVED,
                f"the media type {name} is not accepted any more",
                Wire.BREAKING,
                keywords=("content", name),
                is_old=True,
                example=Example(value=name, of=f"the media type of {spot.of}"),
                caller=caller,
            )
        for one in pairs.added:
            name = one.media_type.reveal()
            what = f"the media type {name} is accepted too"
            self.findings.add(
                spot, Kind.MEDIA_TYPE_ADDED, what, Wire.COMPATIBLE, keywords=("content", name)
            )

    def contents(
        self, spot: Spot, before: tuple[Content, ...], after: tuple[Content, ...], owner: Owner
    ) -> None:
        """Compare what is in each media type that both know."""
        for one, other in matching.contents(before, after).both:
            inside = evolve(
                spot,
                old=spot.old / MediaType(one.media_type),
                new=spot.new / MediaType(other.media_type),
                root=Root(one.type, other.type)
                if spot.direction is _REQUEST
                else Root(other.type, one.type),
            )
            if one.encodings != other.encodings:
                Encodings(self.findings).compare(inside, one, other)
            self.schemas.whole(inside.below("schema"), one.type, other.type, owner)


def tell_added(findings: Findings, spot: Spot, one: Content, what: str, *, is_known: bool) -> None:
    """Tell of a media type that may come from now on, which breaks who knows none of those."""
    name = one.media_type.reveal()
    findings.add(
        spot,
        Kind.MEDIA_TYPE_ADDED,
        f"{what} as {name}",
        Wire.COMPATIBLE if is_known else Wire.BREAKING,
        keywords=("content", name),
        example=None if is_known else Example(value=name, of=f"the media type of {spot.of}"),
    )


def is_among(media_type: str, contents: Iterable[Content]) -> bool:
    """Whether a media type is one of some, or in the range of one."""
    return nearest([one.media_type.reveal() for one in contents], media_type) is not None
