"""Answers of an operation side by side: their statuses, media types and bodies."""

from __future__ import annotations

from typing import Final

from ..emit.endpoints import is_raised
from ..ir import (
    Answer,
    Content,
    ContentKind,
    Endpoint,
)
from ..values import define, evolve
from . import matching
from .bodies import Bodies, is_among, tell_added
from .callers import Annotation, fits, spelled
from .calls import answered, described, read_answer
from .changes import Caller, Direction, Example, Kind, Wire
from .findings import Findings, Owner, Spot
from .headers import Headers
from .locating import Status
from .schemas import Schemas

_REQUEST: Final = Direction.REQUEST
_RESPONSE: Final = Direction.RESPONSE
_NEITHER: Final = Direction.NEITHER

_OF_ITEMS: Final = (ContentKind.EVENTS, ContentKind.JSON_LINES)
_ASKED_FOR: Final = "`client.items` asks for it, and for nothing else"


@define
class Answers:
    """Compares answers, and adds to the findings what differs."""

    findings: Findings
    schemas: Schemas
    bodies: Bodies
    headers: Headers

    def compare(self, spot: Spot, old: Endpoint, new: Endpoint) -> None:
        """Compare all answers of an operation."""
        spot = evolve(spot, direction=_RESPONSE)
        callers = self.findings.callers
        was = answered(callers.of_old, old)
        now = answered(callers.of_new, new)
        owner = Owner(read_answer(old, was, now))
        pairs = matching.answers(old, new)
        for one in pairs.removed:
            self._status_removed(self._answer_spot(spot, one, one), one)
        for one in pairs.added:
            self._status_added(spot, one, old, new, owner)
        for before, after in pairs.both:
            self._answer(spot, old, new, before, after, owner)
        caller = owner.tell()
        if caller is not None:
            what = f"the call returns {spelled(now)}, and returned {spelled(was)}"
            self.findings.add(spot, Kind.TYPE_CHANGED, what, Wire.SAME, caller=caller)

    def _answer_spot(self, spot: Spot, before: Answer, after: Answer) -> Spot:
        return evolve(
            spot,
            old=spot.old / Status(before.status),
            new=spot.new / Status(after.status),
            of=f"the answer {after.status} of {spot.subject}",
            subject=f"{spot.subject}, {after.status}",
        )

    def _status_removed(self, spot: Spot, one: Answer) -> None:
        what = f"the status {one.status} is not answered any more"
        caller = self.findings.class_gone(content.type for content in one.contents)
        self.findings.add(
            spot, Kind.STATUS_REMOVED, what, Wire.COMPATIBLE, is_old=True, caller=caller
        )

    def _status_added(
        self, spot: Spot, one: Answer, old: Endpoint, new: Endpoint, owner: Owner
    ) -> None:
        heard = matching.heard_as(one, old)
        inside = self._answer_spot(spot, one, one)
        is_refused = heard is None and not one.is_error
        self.findings.add(
            inside,
            Kind.STATUS_ADDED,
            f"the status {one.status} is new",
            Wire.BREAKING if is_refused else Wire.COMPATIBLE,
            example=Example(value=one.status, of=f"the status of an answer of {spot.subject}")
            if is_refused
            else None,
            note="" if heard is None else f"old clients hear it as {heard.status}",
        )
        if heard is not None:
            self._answer(spot, old, new, heard, one, owner)

    def _answer(
        self,
        spot: Spot,
        old: Endpoint,
        new: Endpoint,
        before: Answer,
        after: Answer,
        owner: Owner,
    ) -> None:
        inside = self._answer_spot(spot, before, after)
        self.headers.compare(inside, old, new, before, after)
        was, now = self._described(before, after)
        is_error = is_raised(after, new)
        if is_error:
            owner = Owner(_error(was, now))
        if before.contents and not after.contents:
            self.findings.add(
                inside,
                Kind.BODY_REMOVED,
                f"the answer {after.status} has no body any more",
                Wire.BREAKING,
                is_old=True,
                example=Example(value=None, of=f"no body in {inside.of}"),
                caller=owner.tell(),
            )
        elif after.contents and not before.contents:
            what = f"the answer {after.status} has a body now"
            self.findings.add(inside, Kind.BODY_ADDED, what, Wire.COMPATIBLE, caller=owner.tell())
        else:
            self._offered(inside, before.contents, after.contents, is_error=is_error)
            body = evolve(inside, of=f"the body of {inside.of}")
            self.bodies.contents(body, before.contents, after.contents, owner)
        if is_error and before.contents and after.contents:
            self.schemas.untold(inside, owner, was, now)

    def _described(self, before: Answer, after: Answer) -> tuple[Annotation, Annotation]:
        """What an answer that is an error holds in Python, and what it held."""
        callers = self.findings.callers
        was = described(callers.of_old, before.contents)
        return was, described(callers.of_new, after.contents)

    def _offered(
        self,
        spot: Spot,
        before: tuple[Content, ...],
        after: tuple[Content, ...],
        *,
        is_error: bool,
    ) -> None:
        """Compare the media types that an answer may come in; a client asks for what it knows."""
        pairs = matching.contents(before, after)
        has_common = bool(pairs.both) or any(
            is_among(one.media_type.reveal(), before) for one in after
        )
        for one in pairs.added:
            tell_added(self.findings, spot, one, "the answer may come", is_known=has_common)
        for one in pairs.removed:
            self._not_offered(spot, one, after, is_error=is_error)

    def _not_offered(
        self, spot: Spot, one: Content, after: tuple[Content, ...], *, is_error: bool
    ) -> None:
        """Tell of a media type that is gone: of a call that succeeds, clients may ask for it alone.

        That of an error they do not ask for, nor for one of a range in particular.
        """
        name = one.media_type.reveal()
        is_missed = not (
            is_error
            or is_among(name, after)
            or any(is_among(other.media_type.reveal(), [one]) for other in after)
        )
        self.findings.add(
            spot,
            Kind.MEDIA_TYPE_REMOVED,
            f"the answer does not come as {name} any more",
            Wire.BREAKING if is_missed else Wire.COMPATIBLE,
            keywords=("content", name),
            is_old=True,
            direction=_REQUEST if is_missed else None,
            example=Example(value=name, of=f"the header field Accept that asks for {spot.of}")
            if is_missed
            else None,
            caller=self.findings.class_gone([one.type]),
            note=_ASKED_FOR if is_missed and one.kind in _OF_ITEMS else "",
        )


def _error(was: Annotation, now: Annotation) -> Caller | None:
    """The break of those who look at the model of an error."""
    if not was or not now or fits(now, was):
        return None
    line = f"if isinstance(error.error, {spelled(was)}): ..."
    return Caller(line=line, why=f"it is {spelled(now)} now")
