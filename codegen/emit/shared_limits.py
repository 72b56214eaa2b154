"""Limits that functions of one module share: a private constant for each, named after the parameter.

Parameters of one name with the same limits are one thing, written once. What merely has the same
limits and another name stays apart: a page and an id that both begin at 1 have nothing in common.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from ..ir import Endpoint, Identifier, Parameter
from ..names import Names, private_name
from .annotations import Annotations
from .source import Group, assignment

_Limited: TypeAlias = tuple[Identifier, Group]
"""The name of a parameter, and its limits."""


class SharedLimits:
    """The limits of all parameters in one module, by name where several functions have them."""

    def __init__(self, endpoints: Iterable[Endpoint], annotations: Annotations) -> None:
        self._annotations = annotations
        self._names = _named(_users(endpoints, annotations))

    def of(self, parameter: Parameter) -> Group | Identifier | None:
        """The name of a parameter's limits, or these where it has them alone; None without any."""
        limits = self._annotations.constraints(parameter.type)
        return None if limits is None else self._names.get((parameter.name, limits), limits)

    def constants(self) -> list[str]:
        """The statements that give the names."""
        return [self._constant(name, limits) for (_, limits), name in self._names.items()]

    def _constant(self, name: Identifier, limits: Group) -> str:
        return assignment(f"{name}: {self._annotations.use_typing('Final')}", limits)


def _users(
    endpoints: Iterable[Endpoint], annotations: Annotations
) -> dict[_Limited, list[Identifier]]:
    """The functions that have a limited parameter, in their order."""
    users: dict[_Limited, list[Identifier]] = {}
    for endpoint in endpoints:
        for parameter in endpoint.parameters:
            # What a whole query is held to is said where its media type is.
            is_whole_query = parameter.kind is not None
            limits = None if is_whole_query else annotations.constraints(parameter.type)
            if limits is not None:
                users.setdefault((parameter.name, limits), []).append(endpoint.name)
    return users


def _named(users: dict[_Limited, list[Identifier]]) -> dict[_Limited, Identifier]:
    """The names of what several functions have; that of the first before it where one is taken."""
    names = Names()
    named: dict[_Limited, Identifier] = {}
    for limited, (first, *others) in users.items():
        if others:
            own = private_name(limited[0])
            wanted = own if names.is_free(own) else private_name(first, limited[0])
            named[limited] = names.take(wanted)
    return named
