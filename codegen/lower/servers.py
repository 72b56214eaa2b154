"""Servers: where the API, or one operation of it, is found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ..ir import Identifier, Server, ServerVariable, Text
from ..names import Names, argument_name, constant_name, function_name
from ..values import define, evolve, field
from .node import Node
from .notes import Notes
from .unquoted import text_or_number

_VARIABLE: Final = re.compile(r"\{([^{}]*)\}")

_MOST_WORDS: Final = 4
"""A description of more words is a sentence, and no name."""

_NOT_A_NAME: Final = re.compile(r"[^\w\s()/-]")


@define
class Servers:
    """Lowers the servers of one document, each under one name wherever it is described."""

    notes: Notes
    _root: tuple[Server, ...] = ()
    _names: Names = field(init=False, factory=Names)
    _known: dict[Server, Server] = field(init=False, factory=dict[Server, Server])

    def root(self, root: Node) -> tuple[Server, ...]:
        """The servers of the whole API; none where it is only said that there is one."""
        self._root = self._servers(root.get("servers"))
        return self._root

    def of(self, *places: Node) -> tuple[Server, ...]:
        """The servers of an operation alone; none where they are those of all.

        The places are the operation, then its path item: the first that has servers counts.
        """
        for place in places:
            described = place.get("servers")
            if described is not None and described.value:
                found = self._servers(described)
                return () if found == self._root else found
        return ()

    def _servers(self, described: Node | None) -> tuple[Server, ...]:
        if described is None or described.value is None:
            return ()
        found = [self._server(node) for node in described.items()]
        return tuple(dict.fromkeys(one for one in found if one is not None))

    def _server(self, node: Node) -> Server | None:
        url = node.require("url").string().strip()
        variables = dict(node.entries_of("variables"))
        if url in ("", "/") and not variables:
            return None
        wanted = _wanted_name(node.string_of("name") or node.string_of("description"))
        described = {
            wire_name: self._variable(node, variables.get(wire_name), wire_name, names)
            for names in [Names()]
            for wire_name in dict.fromkeys(_VARIABLE.findall(url))
        }
        server = Server(
            name=Identifier("server"),
            url=tuple(_parts(url, described)),
            variables=tuple(described.values()),
            doc=node.text_of("description"),
        )
        if server not in self._known:
            name = function_name(wanted) if described else constant_name(wanted)
            self._known[server] = evolve(server, name=self._names.take(name))
        return self._known[server]

    def _default(self, variable: Node) -> str | None:
        found = variable.get("default")
        if found is None or isinstance(found.value, dict | list | bool | None):
            return None
        return text_or_number(found, self.notes)

    def _variable(
        self, server: Node, node: Node | None, wire_name: str, names: Names
    ) -> ServerVariable:
        name = names.take(argument_name(wire_name))
        if node is None:
            self.notes.warn(server, f"{wire_name!r} in the URL is not described; it is any text")
            return ServerVariable(name=name, wire_name=Text(wire_name), default=None)
        choices = [text_or_number(one, self.notes) for one in node.items_of("enum")]
        default = self._default(node)
        if default is not None and choices and default not in choices:
            self.notes.warn(node.require("default"), "this is none of the values under 'enum'")
            choices.append(default)
        return ServerVariable(
            name=name,
            wire_name=Text(wire_name),
            default=None if default is None else Text(default),
            choices=tuple(map(Text, dict.fromkeys(choices))),
            doc=node.text_of("description"),
        )


def _parts(url: str, variables: dict[str, ServerVariable]) -> Iterator[Text | Identifier]:
    for place, piece in enumerate(_VARIABLE.split(url)):
        if place % 2:
            yield variables[piece].name
        elif piece:
            yield Text(piece)


def _wanted_name(description: str | None) -> str:
    """A short description is a name; of any other server the number is."""
    text = (description or "").strip().rstrip(".")
    if not text or _NOT_A_NAME.search(text) or len(text.split()) > _MOST_WORDS:
        return "server"
    return text
