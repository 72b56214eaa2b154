"""Where the API is found: the constants and functions of `servers`."""

from __future__ import annotations

from ..ir import Identifier, Null, Server
from .changes import Caller, Direction, Kind, Wire
from .findings import Findings, Spot
from .locating import Site
from .matching import matched
from .proof import Root


def compare_servers(findings: Findings) -> None:
    """Compare the URLs that the documents name for all operations."""
    pairs = matched(findings.old.api.servers, findings.new.api.servers, _url)
    for one in pairs.removed:
        findings.add(
            _spot(),
            Kind.SERVER_REMOVED,
            f"the server {_url(one)} is gone",
            Wire.SILENT,
            is_old=True,
            caller=Caller(line=f"servers.{one.name}", why="the name is no longer there")
            if all(one.name != other.name for other in findings.new.api.servers)
            else None,
            note="who uses its URL goes on to do so",
        )
    for one in pairs.added:
        findings.add(_spot(), Kind.SERVER_ADDED, f"the server {_url(one)} is new", Wire.COMPATIBLE)
    for before, after in pairs.both:
        if before.name != after.name:
            findings.add(
                _spot(),
                Kind.SERVER_REMOVED,
                f"the server {_url(after)} is {after.name} in Python, and was {before.name}",
                Wire.SAME,
                caller=Caller(line=f"servers.{before.name}", why=f"write {after.name}"),
            )


def _url(server: Server) -> str:
    return "".join(
        f"{{{part}}}" if isinstance(part, Identifier) else part.reveal() for part in server.url
    )


def _spot() -> Spot:
    site = Site("/servers")
    nothing = Root(Null(), Null())
    return Spot(
        direction=Direction.NEITHER,
        old=site,
        new=site,
        subject="servers",
        of="the URL",
        root=nothing,
    )
