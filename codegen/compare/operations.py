"""Operations of both documents side by side: which there are, and where they are."""

from __future__ import annotations

from typing import Final

from ..ir import (
    Api,
    Endpoint,
    Scalar,
    ScalarKind,
)
from ..values import define
from . import matching
from .answers import Answers
from .bodies import Bodies
from .calls import call, request_line
from .changes import Caller, Direction, Example, Kind, Wire
from .findings import Findings, Spot
from .headers import Headers
from .parameters import Parameters
from .proof import Root
from .requirements import Requirements
from .schemas import Schemas
from .sunsets import compare_sunset

_REQUEST: Final = Direction.REQUEST
_RESPONSE: Final = Direction.RESPONSE
_NEITHER: Final = Direction.NEITHER

_NOTHING: Final = Scalar(ScalarKind.STRING)


@define
class Operations:
    """Compares operations, and adds to the findings what differs."""

    findings: Findings
    parameters: Parameters
    bodies: Bodies
    answers: Answers

    @classmethod
    def of(cls, findings: Findings, schemas: Schemas) -> Operations:
        """Compare operations, whose types are compared by `schemas`."""
        bodies = Bodies(findings, schemas)
        answers = Answers(findings, schemas, bodies, Headers(findings, schemas))
        return cls(findings, Parameters(findings, schemas), bodies, answers)

    def compare(self, old: Api, new: Api) -> None:
        """Compare all operations."""
        pairs = matching.endpoints(old.endpoints, new.endpoints)
        for one in pairs.removed:
            self._removed(one)
        for one in pairs.added:
            what = "the operation is new"
            self.findings.add(
                self._spot(one, one),
                Kind.OPERATION_ADDED,
                what,
                Wire.COMPATIBLE,
                direction=_REQUEST,
            )
        for before, after in pairs.both:
            self._operation(before, after)
        Requirements(self.findings, self._spot).compare(pairs.both)

    def _removed(self, one: Endpoint) -> None:
        spot = self._spot(one, one)
        self.findings.add(
            spot,
            Kind.OPERATION_REMOVED,
            "the operation is gone",
            Wire.BREAKING,
            is_old=True,
            direction=_REQUEST,
            example=Example(value=request_line(one), of="the request"),
            caller=Caller(line=call(one), why="the function is no longer there"),
        )

    def _operation(self, old: Endpoint, new: Endpoint) -> None:
        spot = self._spot(old, new)
        self._place(spot, old, new)
        self._deprecation(spot, old, new)
        compare_sunset(self.findings, spot)
        self.parameters.compare(spot, old, new)
        self.bodies.compare(spot, old, new)
        self.answers.compare(spot, old, new)

    def _spot(self, old: Endpoint, new: Endpoint) -> Spot:
        return Spot(
            direction=_REQUEST,
            old=self.findings.old.locator.operation(old),
            new=self.findings.new.locator.operation(new),
            subject=f"{new.method} {new.path.template.reveal()}",
            of="the request",
            root=Root(_NOTHING, _NOTHING),
        )

    def _place(self, spot: Spot, old: Endpoint, new: Endpoint) -> None:
        if (old.method, matching.shape_of(old)) != (new.method, matching.shape_of(new)):
            self.findings.add(
                spot,
                Kind.OPERATION_MOVED,
                f"was {old.method} {old.path.template.reveal()}",
                Wire.BREAKING,
                example=Example(value=request_line(old), of="the request"),
            )
        if old.tag != new.tag:
            self.findings.add(
                spot,
                Kind.OPERATION_REGROUPED,
                f"its module is {new.tag}, and was {old.tag}",
                Wire.SAME,
                keywords=("tags",),
                direction=_NEITHER,
                caller=Caller(line=call(old), why=f"the function is in the module {new.tag}"),
            )
        if old.name != new.name:
            self.findings.add(
                spot,
                Kind.OPERATION_RENAMED,
                f"its function is {new.name}, and was {old.name}",
                Wire.SAME,
                keywords=("operationId",),
                direction=_NEITHER,
                caller=Caller(line=call(old), why=f"write {new.tag}.{new.name}"),
            )

    def _deprecation(self, spot: Spot, old: Endpoint, new: Endpoint) -> None:
        if old.is_deprecated is not new.is_deprecated:
            kind = Kind.OPERATION_DEPRECATED if new.is_deprecated else Kind.OPERATION_REINSTATED
            what = "is deprecated" if new.is_deprecated else "is not deprecated any more"
            self.findings.add(
                spot, kind, what, Wire.SAME, keywords=("deprecated",), direction=_NEITHER
            )
