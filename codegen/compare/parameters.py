"""Parameters of an operation side by side: where they are, how they are written, what they hold."""

from __future__ import annotations

from typing import Final

from ..ir import (
    Endpoint,
    Identifier,
    Parameter,
)
from ..values import define, evolve
from . import matching
from .callers import NONE, fits, lost, sample, spelled
from .calls import call, request_line
from .changes import Caller, Direction, Example, Kind, Wire
from .encodings import Encodings
from .findings import Findings, Owner, Spot
from .proof import Root
from .schemas import Schemas
from .sunsets import compare_sunset
from .wording import default, quoted
from .writing import written_apart

_REQUEST: Final = Direction.REQUEST
_RESPONSE: Final = Direction.RESPONSE
_NEITHER: Final = Direction.NEITHER


@define
class Parameters:
    """Compares parameters, and adds to the findings what differs."""

    findings: Findings
    schemas: Schemas

    def compare(self, spot: Spot, old: Endpoint, new: Endpoint) -> None:
        """Compare the parameters of an operation."""
        pairs = matching.parameters(old, new)
        moved = matching.matched(pairs.removed, pairs.added, lambda one: one.wire_name)
        for before, after in moved.both:
            self._moved(self._at(spot, old, new, before, after), before, after)
        for one in moved.removed:
            inside = self._at(spot, old, new, one, one)
            self.findings.add(
                inside,
                Kind.PARAMETER_REMOVED,
                f"the {one.location.value} parameter {quoted(one.wire_name)} is gone",
                Wire.COMPATIBLE,
                is_old=True,
                caller=None
                if one.is_fixed
                else Caller(line=self._given(old, one), why="the argument is no longer there"),
                note="a server is not expected to refuse a parameter that it does not know",
            )
        for one in moved.added:
            self._added(self._at(spot, old, new, one, one), old, new, one)
        for before, after in pairs.both:
            self._parameter(self._at(spot, old, new, before, after), old, new, before, after)

    def _at(
        self, spot: Spot, old: Endpoint, new: Endpoint, before: Parameter, after: Parameter
    ) -> Spot:
        name = f"the {after.location.value} parameter {quoted(after.wire_name)}"
        return evolve(
            spot,
            old=self.findings.old.locator.parameter(old, before),
            new=self.findings.new.locator.parameter(new, after),
            of=f"{name} of {spot.subject}",
            root=Root(before.type, after.type),
        )

    def _moved(self, spot: Spot, before: Parameter, after: Parameter) -> None:
        is_refused = after.is_required
        self.findings.add(
            spot,
            Kind.PARAMETER_MOVED,
            f"the parameter {quoted(after.wire_name)} is in the {after.location.value}, "
            f"and was in the {before.location.value}",
            Wire.BREAKING if is_refused else Wire.UNDECIDED,
            keywords=("in",),
            example=Example(value={}, of=spot.of) if is_refused else None,
            note="" if is_refused else "nothing refuses it where it was, and nobody hears it there",
        )

    def _added(self, spot: Spot, old: Endpoint, new: Endpoint, one: Parameter) -> None:
        is_refused = one.is_required
        kind = "required" if is_refused else "optional"
        caller = None
        if is_refused and not one.is_fixed:
            caller = Caller(line=call(old), why=f"the argument {one.name} is missing")
        self.findings.add(
            spot,
            Kind.PARAMETER_ADDED,
            f"the {kind} {one.location.value} parameter {quoted(one.wire_name)} is new",
            Wire.BREAKING if is_refused else Wire.COMPATIBLE,
            example=Example(value=request_line(old), of="the request") if is_refused else None,
            caller=caller,
        )

    def _parameter(
        self, spot: Spot, old: Endpoint, new: Endpoint, before: Parameter, after: Parameter
    ) -> None:
        name = f"the {after.location.value} parameter {quoted(after.wire_name)}"
        if before.name != after.name and not before.is_fixed:
            self.findings.add(
                spot,
                Kind.PARAMETER_RENAMED,
                f"{name} is the argument {after.name}, and was {before.name}",
                Wire.SAME,
                keywords=("name",),
                direction=_NEITHER,
                caller=self._renamed(old, new, before, after),
                note=f"who writes {before.name}=... gives another argument now"
                if _has_argument(new, before.name)
                else "",
            )
        if before.is_required is not after.is_required:
            self._required(spot, old, before, after, name)
        apart = written_apart(before, after, self.findings.old.models)
        if apart is not None:
            was, now = apart
            self.findings.add(
                spot,
                Kind.PARAMETER_STYLE,
                f"{name} is written another way: {now}, and was {was}",
                Wire.BREAKING,
                keywords=("style",),
                example=Example(value=was, of=f"{name}, as the old client writes it"),
            )
        was_held, is_held = before.as_content, after.as_content
        if was_held is not None and is_held is not None:
            Encodings(self.findings).compare(evolve(spot, of=name), was_held, is_held)
        self._parameter_texts(spot, before, after, name)
        compare_sunset(self.findings, spot, name)
        owner = Owner(self._argument(old, before, after))
        subject = f"{spot.subject}, {after.location.value} {quoted(after.wire_name)}"
        inside = evolve(spot, subject=subject).below("schema")
        self.schemas.whole(inside, before.type, after.type, owner)

    def _renamed(
        self, old: Endpoint, new: Endpoint, before: Parameter, after: Parameter
    ) -> Caller | None:
        """The break of those who name an argument.

        Where another one has its name now, only those fail who give others by their places.
        """
        if _has_argument(new, before.name) and old.arguments[0] is before:
            return None
        return Caller(line=self._given(old, before), why=f"write {after.name}=...")

    def _required(
        self, spot: Spot, old: Endpoint, before: Parameter, after: Parameter, name: str
    ) -> None:
        is_refused = after.is_required
        self.findings.add(
            spot,
            Kind.PARAMETER_REQUIRED if is_refused else Kind.PARAMETER_OPTIONAL,
            f"{name} is {'required' if is_refused else 'optional'} now",
            Wire.BREAKING if is_refused else Wire.COMPATIBLE,
            keywords=("required",),
            example=Example(value=request_line(old), of=f"a request without {name}")
            if is_refused
            else None,
            caller=Caller(line=call(old), why=f"the argument {before.name} is missing")
            if is_refused and not after.is_fixed
            else None,
        )

    def _parameter_texts(self, spot: Spot, before: Parameter, after: Parameter, name: str) -> None:
        if before.is_deprecated is not after.is_deprecated:
            is_now = after.is_deprecated
            self.findings.add(
                spot,
                Kind.PARAMETER_DEPRECATED if is_now else Kind.PARAMETER_REINSTATED,
                f"{name} is {'deprecated' if is_now else 'not deprecated any more'}",
                Wire.SAME,
                keywords=("deprecated",),
                direction=_NEITHER,
            )
        was = self.findings.old.locator.value(spot.old / "schema" / "default")
        now = self.findings.new.locator.value(spot.new / "schema" / "default")
        if was != now:
            self.findings.add(
                spot,
                Kind.DEFAULT_CHANGED,
                f"{name} is {default(now)} where it is left out, and was {default(was)}",
                Wire.SILENT,
                keywords=("schema", "default"),
                note="nothing fails: what is left out means something else",
            )

    def _argument(self, old: Endpoint, before: Parameter, after: Parameter) -> Caller | None:
        """The break of those who give an argument."""
        if before.is_fixed or after.is_fixed:
            return None
        callers = self.findings.callers
        was, now = callers.of_old(before.type), callers.of_new(after.type)
        now = now if after.is_required else now | {NONE}
        if fits(was, now):
            return None
        line = f"{old.tag}.{old.name}(..., {before.name}={sample(lost(was, now))})"
        return Caller(line=line, why=f"the argument is {spelled(now)} now")

    def _given(self, endpoint: Endpoint, one: Parameter) -> str:
        given = sample(self.findings.callers.of_old(one.type))
        return f"{endpoint.tag}.{endpoint.name}(..., {one.name}={given})"


def _has_argument(endpoint: Endpoint, name: Identifier) -> bool:
    return any(one.name == name for one in endpoint.arguments)
