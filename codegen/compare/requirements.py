"""What operations ask for of who calls, side by side: schemes, and the scopes of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final

from ..ir import Endpoint, Null
from ..tree import Json
from ..values import define, field, frozen
from .calls import request_line
from .changes import Direction, Example, Kind, Wire
from .findings import Findings, Spot
from .locating import Site
from .proof import Root
from .scopes import ScopeChange, scope_changes
from .security import Alternatives, alternatives, asked_of, renamed

_EVERYWHERE: Final = "all operations"


@frozen
class _Requirement:
    """One change of what an operation asks for."""

    kind: Kind
    what: str
    wire: Wire
    granted: tuple[tuple[str, tuple[str, ...]], ...] | None = None
    """Schemes and scopes that are not enough any more, where scopes are what changed."""


@define
class Requirements:
    """Compares what operations ask for, and adds to the findings what differs."""

    findings: Findings
    spot_of: Callable[[Endpoint, Endpoint], Spot]
    _names: Mapping[str, str] = field(init=False)
    """The new names of schemes that are what they were."""

    def __post_init__(self) -> None:
        self._names = renamed(self.findings.old.api, self.findings.new.api)

    def compare(self, pairs: tuple[tuple[Endpoint, Endpoint], ...]) -> None:
        """Compare what operations ask for; what all of them ask for is told once."""
        found = [(*pair, self._changes(*pair)) for pair in pairs]
        counts = Counter(change for *_, changes in found for change in changes)
        everywhere = {
            change for change, count in counts.items() if count == len(found) and count > 1
        }
        for before, after, changes in found:
            for change in changes:
                if change not in everywhere:
                    self._tell(self.spot_of(before, after), before, change)
        for change in sorted(everywhere, key=lambda one: one.what):
            root = Site("")
            nothing = Root(Null(), Null())
            spot = Spot(
                direction=Direction.REQUEST,
                old=root,
                new=root,
                subject=_EVERYWHERE,
                of="the request",
                root=nothing,
            )
            self._tell(spot, found[0][0], change)

    def _changes(self, old: Endpoint, new: Endpoint) -> list[_Requirement]:
        return [*self._of_schemes(old, new), *self._of_scopes(old, new)]

    def _of_schemes(self, old: Endpoint, new: Endpoint) -> list[_Requirement]:
        before = alternatives(old, self.findings.old.api, self._names)
        after = alternatives(new, self.findings.new.api, {})
        changes = [
            _not_enough(one, before, after)
            for one in before.sets
            if not any(other <= one for other in after.sets)
        ]
        if frozenset() in before.sets:
            return changes
        return changes + [_enough(one, after) for one in after.sets if one not in before.sets]

    def _of_scopes(self, old: Endpoint, new: Endpoint) -> list[_Requirement]:
        before = asked_of(old, self.findings.old.api, self._names)
        after = asked_of(new, self.findings.new.api, {})
        return [_of_scopes(one) for one in scope_changes(before, after)]

    def _tell(self, spot: Spot, old: Endpoint, change: _Requirement) -> None:
        example = None
        if change.granted is not None:
            granted: Json = {name: list(scopes) for name, scopes in change.granted}
            example = Example(value=granted, of="a request with no more than these scopes")
        elif change.wire is Wire.BREAKING:
            of = f"a request of which {change.what}"
            example = Example(value=request_line(old), of=of)
        self.findings.add(
            spot, change.kind, change.what, change.wire, keywords=("security",), example=example
        )


def _not_enough(one: frozenset[str], before: Alternatives, after: Alternatives) -> _Requirement:
    if one:
        what = f"{before.told(one)} is not enough any more"
        return _Requirement(Kind.SECURITY_REMOVED, what, Wire.BREAKING)
    asked = " or ".join(after.told(other) for other in after.sets)
    return _Requirement(Kind.SECURITY_ADDED, f"{asked} is asked for now", Wire.BREAKING)


def _enough(one: frozenset[str], after: Alternatives) -> _Requirement:
    if one:
        what = f"{after.told(one)} is enough too"
        return _Requirement(Kind.SECURITY_ADDED, what, Wire.COMPATIBLE)
    what = "nothing has to be said of who calls"
    return _Requirement(Kind.SECURITY_REMOVED, what, Wire.COMPATIBLE)


def _of_scopes(change: ScopeChange) -> _Requirement:
    granted = None
    if change.granted is not None:
        granted = tuple((name, tuple(sorted(one))) for name, one in sorted(change.granted.items()))
    return _Requirement(change.kind, change.what, change.wire, granted)
