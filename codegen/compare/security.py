"""What operations ask for of who calls, in the words of both documents.

Schemes are the same by their names, and by what they are where a name is in one document only.
Scopes and flows of OAuth 2 are for `scopes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from ..ir import Api, Endpoint, Location, Null, SecurityKind, SecurityScheme, Text
from ..values import frozen
from .changes import Caller, Direction, Example, Kind, Wire
from .findings import Findings, Spot
from .proof import Root
from .scopes import Asked, compare_flows
from .wording import quoted

_Nature: TypeAlias = tuple[SecurityKind, Location | None, Text | None]
"""What a scheme is on the wire."""


@frozen
class Alternatives:
    """Sets of schemes, by what they are called in both documents."""

    sets: tuple[frozenset[str], ...]

    @staticmethod
    def told(schemes: frozenset[str]) -> str:
        """Schemes that go together, in a few words."""
        return " with ".join(f"'{one}'" for one in sorted(schemes)) or "nothing"


def alternatives(endpoint: Endpoint, api: Api, names: Mapping[str, str]) -> Alternatives:
    """What an operation asks for; `names` are those that other schemes go by."""
    sets = dict.fromkeys(frozenset(one) for one in asked_of(endpoint, api, names))
    return Alternatives(tuple(sets) or (frozenset[str](),))


def asked_of(endpoint: Endpoint, api: Api, names: Mapping[str, str]) -> list[Asked]:
    """What an operation asks for, with the scopes; `names` are those that other schemes go by."""
    wire = {scheme.name: scheme.wire_name.reveal() for scheme in api.security_schemes}
    return [
        {
            names.get(wire[each.scheme], wire[each.scheme]): frozenset(
                scope.reveal() for scope in each.scopes
            )
            for each in one
        }
        for one in endpoint.security
    ]


def nature_of(scheme: SecurityScheme) -> _Nature:
    """What a scheme is on the wire."""
    key = scheme.key_name
    if key is not None and scheme.location is Location.HEADER:
        key = Text(key.reveal().lower())
    return scheme.kind, scheme.location, key


def renamed(old: Api, new: Api) -> dict[str, str]:
    """The new names of schemes that are what they were."""
    mine = {one.wire_name.reveal(): nature_of(one) for one in old.security_schemes}
    theirs = {one.wire_name.reveal(): nature_of(one) for one in new.security_schemes}
    left = {nature: name for name, nature in theirs.items() if name not in mine}
    return {
        name: left[nature] for name, nature in mine.items() if name not in theirs and nature in left
    }


def compare_schemes(findings: Findings) -> None:
    """Compare the schemes themselves, and the fields of `Credentials`."""
    old, new = findings.old.api, findings.new.api
    names = renamed(old, new)
    theirs = {one.wire_name.reveal(): one for one in new.security_schemes}
    for scheme in old.security_schemes:
        name = scheme.wire_name.reveal()
        after = theirs.get(names.get(name, name))
        caller = Caller(
            line=f"Credentials({scheme.name}=...)",
            why="the argument is no longer there" if after is None else f"write {after.name}=...",
        )
        if after is None:
            what = f"the scheme {quoted(scheme.wire_name)} is gone"
            _add(findings, scheme, what, Wire.COMPATIBLE, caller, is_old=True)
            continue
        if nature_of(scheme) != nature_of(after):
            what = (
                f"the scheme {quoted(after.wire_name)} is {_told(after)}, and was {_told(scheme)}"
            )
            _add(findings, after, what, Wire.BREAKING, None, example=_told(scheme))
        compare_flows(findings, _spot(findings, scheme, after), scheme, after)
        if scheme.name != after.name:
            what = f"the scheme {quoted(scheme.wire_name)} is called {quoted(after.wire_name)} now"
            _add(findings, after, what, Wire.SAME, caller)


def _add(
    findings: Findings,
    scheme: SecurityScheme,
    what: str,
    wire: Wire,
    caller: Caller | None,
    *,
    is_old: bool = False,
    example: str | None = None,
) -> None:
    findings.add(
        _spot(findings, scheme, scheme),
        Kind.SCHEME_CHANGED,
        what,
        wire,
        is_old=is_old,
        caller=caller,
        example=None
        if example is None
        else Example(value=example, of="what says who calls, as the old client sends it"),
    )


def _told(scheme: SecurityScheme) -> str:
    if scheme.key_name is not None and scheme.location is not None:
        return f"a key in the {scheme.location.value} {quoted(scheme.key_name)}"
    return scheme.kind.value


def _spot(findings: Findings, before: SecurityScheme, after: SecurityScheme) -> Spot:
    return Spot(
        direction=Direction.REQUEST,
        old=findings.old.locator.scheme(before.wire_name),
        new=findings.new.locator.scheme(after.wire_name),
        subject="security",
        of="the request",
        root=Root(Null(), Null()),
    )
