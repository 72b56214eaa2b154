"""Calls that the API makes side by side: webhooks and callbacks, where everything goes the other way.

The API sends the request, which whoever uses it reads; what is answered is what users send.
"""

from __future__ import annotations

from typing import Final

from ..ir import Answer, Api, Body, Callback, Content, Null, Parameter
from ..values import define, evolve
from . import matching
from .bodies import Bodies, is_among, tell_added
from .changes import Direction, Example, Kind, Wire
from .findings import Findings, Owner, Spot
from .locating import Site, Status
from .proof import Root
from .schemas import Schemas
from .wording import quoted

_NOTHING: Final = Root(Null(), Null())


@define
class Callbacks:
    """Compares what the API calls itself, and adds to the findings what differs."""

    findings: Findings
    schemas: Schemas

    def compare(self, old: Api, new: Api) -> None:
        """Compare all webhooks and callbacks."""
        pairs = matching.callbacks(old.callbacks, new.callbacks)
        for one in pairs.removed:
            self.findings.add(
                _spot(one, one),
                Kind.OPERATION_REMOVED,
                "the API does not call it any more",
                Wire.SILENT,
                is_old=True,
                note="nothing fails: who waits for it waits for ever",
            )
        for one in pairs.added:
            what = "the API calls it now"
            self.findings.add(_spot(one, one), Kind.OPERATION_ADDED, what, Wire.COMPATIBLE)
        for before, after in pairs.both:
            spot = _spot(before, after)
            self._parameters(spot, before, after)
            self._body(spot, before.body, after.body)
            self._answers(evolve(spot, direction=Direction.REQUEST), before, after)

    # What the API sends.

    def _parameters(self, spot: Spot, old: Callback, new: Callback) -> None:
        pairs = matching.matched(
            old.parameters,
            new.parameters,
            lambda one: (one.location, one.wire_name.reveal().lower()),
        )
        for one in pairs.removed:
            self._missing(spot, one, f"{_named(one)} is gone")
        for before, after in pairs.both:
            if before.is_required and not after.is_required:
                self._missing(spot, before, f"{_named(after)} is optional now")
            inside = evolve(
                spot,
                subject=f"{spot.subject}, {after.location.value} {quoted(after.wire_name)}",
                of=f"{_named(after)} of {spot.of}",
                root=Root(after.type, before.type),
            ).below("parameters")
            self.schemas.whole(inside, before.type, after.type, Owner(None))

    def _missing(self, spot: Spot, one: Parameter, what: str) -> None:
        is_missed = one.is_required
        self.findings.add(
            spot,
            Kind.PARAMETER_REMOVED,
            what,
            Wire.BREAKING if is_missed else Wire.COMPATIBLE,
            is_old=True,
            example=Example(value={}, of=f"{spot.of} without it") if is_missed else None,
        )

    def _body(self, spot: Spot, old: Body | None, new: Body | None) -> None:
        spot = evolve(spot, of=f"the body of {spot.of}", subject=f"{spot.subject}, body")
        spot = spot.below("requestBody")
        if old is None or new is None:
            self._body_gone(spot, old, new)
            return
        if old.is_required and not new.is_required:
            self.findings.add(
                spot,
                Kind.BODY_OPTIONAL,
                "the body is optional now",
                Wire.BREAKING,
                keywords=("required",),
                example=Example(value=None, of=f"nothing instead of {spot.of}"),
            )
        self._media_types_sent(spot, old.contents, new.contents)
        bodies = Bodies(self.findings, self.schemas)
        bodies.contents(spot, old.contents, new.contents, Owner(None))

    def _body_gone(self, spot: Spot, old: Body | None, new: Body | None) -> None:
        if old is not None:
            self.findings.add(
                spot,
                Kind.BODY_REMOVED,
                "there is no body any more",
                Wire.BREAKING,
                is_old=True,
                example=Example(value=None, of=f"nothing instead of {spot.of}"),
            )
        elif new is not None:
            self.findings.add(spot, Kind.BODY_ADDED, "a body is new", Wire.COMPATIBLE)

    def _media_types_sent(
        self, spot: Spot, before: tuple[Content, ...], after: tuple[Content, ...]
    ) -> None:
        """Compare what the API may send; who is called cannot ask for what it knows."""
        pairs = matching.contents(before, after)
        for one in pairs.added:
            is_known = is_among(one.media_type.reveal(), before)
            tell_added(self.findings, spot, one, "the body may come", is_known=is_known)
        for one in pairs.removed:
            name = one.media_type.reveal()
            self.findings.add(
                spot,
                Kind.MEDIA_TYPE_REMOVED,
                f"the body does not come as {name} any more",
                Wire.COMPATIBLE,
                keywords=("content", name),
                is_old=True,
            )

    # What users answer.

    def _answers(self, spot: Spot, old: Callback, new: Callback) -> None:
        pairs = matching.answers(old, new)
        for one in pairs.removed:
            heard = matching.heard_as(one, new)
            inside = _answer_spot(spot, one, one)
            self.findings.add(
                inside,
                Kind.STATUS_REMOVED,
                f"the status {one.status} is not understood any more",
                Wire.BREAKING if heard is None else Wire.COMPATIBLE,
                is_old=True,
                example=Example(value=one.status, of=f"the status of an answer to {spot.of}")
                if heard is None
                else None,
            )
            if heard is not None:
                self._answer(spot, one, heard)
        for one in pairs.added:
            what = f"the status {one.status} is understood, too"
            inside = _answer_spot(spot, one, one)
            self.findings.add(inside, Kind.STATUS_ADDED, what, Wire.COMPATIBLE)
        for before, after in pairs.both:
            self._answer(spot, before, after)

    def _answer(self, spot: Spot, before: Answer, after: Answer) -> None:
        inside = _answer_spot(spot, before, after)
        if after.contents and not before.contents:
            self.findings.add(
                inside,
                Kind.BODY_ADDED,
                f"the answer {after.status} is to have a body now",
                Wire.BREAKING,
                example=Example(value=None, of=f"no body in {inside.of}"),
            )
            return
        for one in matching.contents(before.contents, after.contents).removed:
            name = one.media_type.reveal()
            is_known = not after.contents or is_among(name, after.contents)
            self.findings.add(
                inside,
                Kind.MEDIA_TYPE_REMOVED,
                f"the media type {name} is not understood any more",
                Wire.COMPATIBLE if is_known else Wire.BREAKING,
                keywords=("content", name),
                is_old=True,
                example=None
                if is_known
                else Example(value=name, of=f"the media type of {inside.of}"),
            )
        bodies = Bodies(self.findings, self.schemas)
        body = evolve(inside, of=f"the body of {inside.of}")
        bodies.contents(body, before.contents, after.contents, Owner(None))


def _spot(old: Callback, new: Callback) -> Spot:
    called = f"{new.called.reveal()} ({new.method})"
    return Spot(
        direction=Direction.RESPONSE,
        old=Site(old.pointer),
        new=Site(new.pointer),
        subject=called,
        of=called,
        root=_NOTHING,
    )


def _answer_spot(spot: Spot, before: Answer, after: Answer) -> Spot:
    return evolve(
        spot,
        old=spot.old / Status(before.status),
        new=spot.new / Status(after.status),
        of=f"the answer {after.status} to {spot.of}",
        subject=f"{spot.subject}, {after.status}",
    )


def _named(parameter: Parameter) -> str:
    return f"the {parameter.location.value} parameter {quoted(parameter.wire_name)}"
