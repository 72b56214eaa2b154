"""Scopes of OAuth 2 and OpenID Connect, and the flows in which tokens are asked for.

The generated SDK leaves flows to whoever gets the token, so the IR has none: they are read from the
documents (RFC 6749; OpenAPI 3.1, 4.8.28 to 4.8.30).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from ..ir import SecurityScheme
from ..tree import Json
from ..values import frozen
from .changes import Example, Kind, Wire
from .findings import Findings, Side, Spot

Asked: TypeAlias = Mapping[str, frozenset[str]]
"""Schemes that go together, and the scopes that each has to grant."""

_URLS: Final = ("authorizationUrl", "tokenUrl", "refreshUrl")


@frozen
class ScopeChange:
    """What changed of the scopes that an operation asks for."""

    kind: Kind
    what: str
    wire: Wire
    granted: Asked | None = None
    """What was enough, and is not any more."""


def scope_changes(old: list[Asked], new: list[Asked]) -> Iterator[ScopeChange]:
    """What changed for tokens that were enough, of the schemes that are still asked for."""
    for before in old:
        able = [after for after in new if after.keys() <= before.keys()]
        if not able or any(not _missing(before, after) for after in able):
            continue
        missing = min((_missing(before, after) for after in able), key=len)
        told = " and ".join(f"'{scope}'" for scope in missing)
        what = (
            f"the scope {told} is asked for now"
            if len(missing) == 1
            else (f"the scopes {told} are asked for now")
        )
        yield ScopeChange(Kind.SCOPE_ADDED, what, Wire.BREAKING, before)
    for after in new:
        alike = [before for before in old if before.keys() == after.keys()]
        left = [_missing(after, before) for before in alike]
        if left and all(left) and any(not _missing(before, after) for before in alike):
            told = " and ".join(f"'{scope}'" for scope in min(left, key=len))
            yield ScopeChange(
                Kind.SCOPE_REMOVED, f"{told} is not asked for any more", Wire.COMPATIBLE
            )


def _missing(granted: Asked, asked: Asked) -> list[str]:
    """The scopes that are asked for and not granted."""
    none: frozenset[str] = frozenset()
    return sorted({one for name in asked for one in asked[name] - granted.get(name, none)})


def compare_flows(
    findings: Findings, spot: Spot, before: SecurityScheme, after: SecurityScheme
) -> None:
    """Compare the flows of a scheme that both documents have."""
    old = _flows(findings.old, before)
    new = _flows(findings.new, after)
    for name in sorted(old.keys() | new.keys()):
        inside = spot.below("flows")
        if name not in new:
            example = Example(value=name, of="the flow in which the old client asks for a token")
            what = f"the flow '{name}' is gone"
            findings.add(
                inside,
                Kind.FLOW_REMOVED,
                what,
                Wire.BREAKING,
                keywords=(name,),
                is_old=True,
                example=example,
            )
        elif name not in old:
            what = f"the flow '{name}' is new"
            findings.add(inside, Kind.FLOW_ADDED, what, Wire.COMPATIBLE, keywords=(name,))
        else:
            _flow(findings, inside.below(name), name, old[name], new[name])


def _flow(
    findings: Findings,
    spot: Spot,
    name: str,
    old: Mapping[str, Json],
    new: Mapping[str, Json],
) -> None:
    for keyword in _URLS:
        if old.get(keyword) != new.get(keyword):
            findings.add(
                spot,
                Kind.FLOW_CHANGED,
                f"{keyword} of the flow '{name}' is {_url(new, keyword)}, and was {_url(old, keyword)}",
                Wire.SILENT,
                keywords=(keyword,),
                note="who uses its URL goes on to do so",
            )
    was, now = _texts(old.get("scopes")), _texts(new.get("scopes"))
    for scope in sorted(was - now):
        findings.add(
            spot,
            Kind.SCOPE_REMOVED,
            f"the flow '{name}' does not grant the scope '{scope}' any more",
            Wire.BREAKING,
            keywords=("scopes", scope),
            is_old=True,
            example=Example(value=scope, of="the scope that the old client asks for"),
        )
    for scope in sorted(now - was):
        findings.add(
            spot,
            Kind.SCOPE_ADDED,
            f"the flow '{name}' grants the scope '{scope}' too",
            Wire.COMPATIBLE,
            keywords=("scopes", scope),
        )


def _flows(side: Side, scheme: SecurityScheme) -> dict[str, Mapping[str, Json]]:
    found = side.locator.value(side.locator.scheme(scheme.wire_name) / "flows")
    items = found.items() if isinstance(found, dict) else ()
    return {name: flow for name, flow in items if isinstance(flow, dict)}


def _texts(value: Json) -> frozenset[str]:
    """The texts of an array, or the names of an object."""
    held = value if isinstance(value, list | dict) else ()
    return frozenset(one for one in held if isinstance(one, str))


def _url(flow: Mapping[str, Json], keyword: str) -> str:
    found = flow.get(keyword)
    return found if isinstance(found, str) else "nothing"
