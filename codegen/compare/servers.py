"""Where the API is found: the constants and functions of `servers`, and the variables of these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ..emit.servers import servers_of
from ..ir import Identifier, Null, Server, ServerVariable, Text
from ..values import define, evolve
from . import matching
from .callers import spelled_constant
from .calls import request_line
from .changes import Caller, Direction, Kind, Wire
from .findings import Findings, Side, Spot
from .locating import Site
from .proof import Root
from .wording import constant, quoted

_GOES_ON: Final = "who uses its URL goes on to do so"


def compare_servers(findings: Findings) -> None:
    """Compare the URLs that the documents name for all operations, and for one alone."""
    old, new = findings.old.api, findings.new.api
    root = Site("/servers")
    servers = Servers(findings, servers_of(new))
    servers.compare(_spot("servers", root, root), old.servers, new.servers)
    for before, after in matching.endpoints(old.endpoints, new.endpoints).both:
        if before.servers or after.servers:
            sites = (
                findings.old.locator.operation(before) / "servers",
                findings.new.locator.operation(after) / "servers",
            )
            spot = _spot(f"{request_line(after)}, servers", *sites)
            servers.compare(spot, before.servers or old.servers, after.servers or new.servers)


@define
class Servers:
    """Compares servers, and adds to the findings what differs."""

    findings: Findings
    known: tuple[Server, ...]
    """All servers of the new document."""

    def compare(self, spot: Spot, old: Iterable[Server], new: Iterable[Server]) -> None:
        """Compare the servers of one place."""
        pairs = matching.matched(old, new, _url)
        for one in pairs.removed:
            self.findings.add(
                spot,
                Kind.SERVER_REMOVED,
                f"the server {_url(one)} is gone",
                Wire.SILENT,
                is_old=True,
                caller=self._gone(one),
                note=_GOES_ON,
            )
        for one in pairs.added:
            what = f"the server {_url(one)} is new"
            self.findings.add(spot, Kind.SERVER_ADDED, what, Wire.COMPATIBLE)
        for before, after in pairs.both:
            self._renamed(spot, before, after)
            self._variables(spot, before, after)

    def _gone(self, one: Server) -> Caller | None:
        """The break of those who use a server by its name, which another one may have now."""
        successor = next((other for other in self.known if other.name == one.name), None)
        if successor is None:
            return Caller(line=_named(one), why="the name is no longer there")
        return next(_breaks(one, successor), None)

    def _renamed(self, spot: Spot, before: Server, after: Server) -> None:
        if before.name == after.name:
            return
        self.findings.add(
            spot,
            Kind.SERVER_REMOVED,
            f"the server {_url(after)} is {after.name} in Python, and was {before.name}",
            Wire.SAME,
            caller=Caller(line=_named(before), why=f"write {after.name}"),
        )

    # Variables.

    def _variables(self, spot: Spot, before: Server, after: Server) -> None:
        known = {one.name: one for one in after.variables}
        for one in before.variables:
            other = known[one.name]  # the URLs name the same variables
            inside = evolve(
                spot,
                old=_place(self.findings.old, spot.old, before) / "variables" / _key(one),
                new=_place(self.findings.new, spot.new, after) / "variables" / _key(other),
                subject=f"{spot.subject}, {_url(after)}, {quoted(other.wire_name)}",
            )
            self._choices(inside, before, one, other)
            self._default(inside, before, one, other)

    def _choices(
        self, spot: Spot, server: Server, before: ServerVariable, after: ServerVariable
    ) -> None:
        caller = _refused(server, before, after)
        if bool(before.choices) is not bool(after.choices):
            one_of = " or ".join(map(constant, after.choices or before.choices))
            told = ("any text", one_of) if after.choices else (one_of, "any text")
            self.findings.add(
                spot,
                Kind.TYPE_CHANGED,
                f"is {told[1]} now, and was {told[0]}",
                Wire.SILENT if after.choices else Wire.COMPATIBLE,
                caller=caller,
            )
            return
        for value in before.choices:
            if value not in after.choices:
                self.findings.add(
                    spot,
                    Kind.VALUE_REMOVED,
                    f"the value {constant(value)} is gone",
                    Wire.SILENT,
                    keywords=("enum",),
                    is_old=True,
                    caller=_given(server, before, value, after),
                    note=_GOES_ON,
                )
        for value in after.choices:
            if value not in before.choices:
                what = f"the value {constant(value)} is new"
                self.findings.add(spot, Kind.VALUE_ADDED, what, Wire.COMPATIBLE, keywords=("enum",))

    def _default(
        self, spot: Spot, server: Server, before: ServerVariable, after: ServerVariable
    ) -> None:
        if before.default == after.default:
            return
        was = "nothing" if before.default is None else constant(before.default)
        if after.default is None:
            self.findings.add(
                spot,
                Kind.DEFAULT_CHANGED,
                f"has to be given now, and was {was} where it was left out",
                Wire.SAME,
                caller=_missing(server, after),
            )
            return
        self.findings.add(
            spot,
            Kind.DEFAULT_CHANGED,
            f"is {constant(after.default)} where it is left out, and was {was}",
            Wire.COMPATIBLE if before.default is None else Wire.SILENT,
            keywords=("default",),
            note="" if before.default is None else "nothing fails: what is left out is another URL",
        )


# --- lines of user code -------------------------------------------------------------------------


def _breaks(old: Server, new: Server) -> Iterator[Caller]:
    """The breaks of those who use a server, if another one has its name."""
    known = {one.name: one for one in new.variables}
    for one in old.variables:
        other = known.pop(one.name, None)
        if other is None:
            line = _call(old, {one.name: _value(one)})
            yield Caller(line=line, why=f"the argument {one.name} is no longer there")
            continue
        caller = _refused(old, one, other)
        if caller is not None:
            yield caller
        if one.default is not None and other.default is None:
            yield _missing(old, one)
    yield from (_missing(old, one) for one in known.values() if one.default is None)


def _refused(server: Server, before: ServerVariable, after: ServerVariable) -> Caller | None:
    """The break of those who give a value that is none of the variable any more."""
    if not after.choices:
        return None
    lost = [one for one in before.choices if one not in after.choices]
    if before.choices and not lost:
        return None
    return _given(server, before, lost[0] if lost else Text("..."), after)


def _given(server: Server, before: ServerVariable, value: Text, after: ServerVariable) -> Caller:
    values = ", ".join(map(spelled_constant, after.choices))
    line = _call(server, {before.name: spelled_constant(value)})
    return Caller(line=line, why=f"the argument is Literal[{values}] now")


def _missing(server: Server, variable: ServerVariable) -> Caller:
    return Caller(line=_call(server, {}), why=f"the argument {variable.name} is missing")


def _call(server: Server, given: dict[Identifier, str]) -> str:
    """A call as people write it, with all that it needs."""
    needed = {one.name: _value(one) for one in server.variables if one.default is None}
    arguments = ", ".join(f"{name}={value}" for name, value in {**needed, **given}.items())
    return f"servers.{server.name}({arguments})"


def _value(variable: ServerVariable) -> str:
    return spelled_constant(next(iter(variable.choices), variable.default or Text("...")))


def _named(server: Server) -> str:
    return f"servers.{server.name}"


# --- where they are -----------------------------------------------------------------------------


def _place(side: Side, servers: Site, one: Server) -> Site:
    """Where one of some servers is described."""
    listed = side.locator.value(servers)
    for index, described in enumerate(listed if isinstance(listed, list) else ()):
        url = described.get("url") if isinstance(described, dict) else None
        if isinstance(url, str) and url.strip() == _template(one):
            return servers / str(index)
    return servers


def _template(server: Server) -> str:
    """The URL as the document writes it."""
    names = {one.name: one.wire_name.reveal() for one in server.variables}
    return "".join(
        f"{{{names[part]}}}" if isinstance(part, Identifier) else part.reveal()
        for part in server.url
    )


def _key(variable: ServerVariable) -> str:
    return variable.wire_name.reveal()


def _url(server: Server) -> str:
    return "".join(
        f"{{{part}}}" if isinstance(part, Identifier) else part.reveal() for part in server.url
    )


def _spot(subject: str, old: Site, new: Site) -> Spot:
    return Spot(
        direction=Direction.NEITHER,
        old=old,
        new=new,
        subject=subject,
        of="the URL",
        root=Root(Null(), Null()),
    )
