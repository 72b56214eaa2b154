"""What laws are about: the models and endpoints of a package, each loaded when its turn comes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from importlib import import_module
from typing import Any

from attrs import field, frozen
from hypothesis.strategies import SearchStrategy

from ..call import Call
from ..constraints import FREE, Constraints
from ..strategies import Invalid, ServedResponse
from .oracle import Description, Schema


@frozen
class ModelEntry:
    """What is not told by a model itself."""

    strategy: str
    """The name of the function that makes its instances."""
    pointer: str | None = None
    """Where the document has its schema, if that has a name."""
    hidden: str | None = field(default=None, kw_only=True)
    """`readOnly` or `writeOnly`, where properties of that kind are no part of it."""
    limits: Constraints = field(default=FREE, kw_only=True)
    """What an alias says besides its type."""
    has_json: bool = field(default=True, kw_only=True)
    """False where there are files in it, which no JSON is."""


@frozen(slots=False)
class Model:
    """A model, what makes its values, and what the document says of it."""

    package: str
    name: str
    entry: ModelEntry
    description: Description | None

    @cached_property
    def form(self) -> Any:
        """The class, or what an alias is another name for."""
        return getattr(import_module(f"{self.package}.models"), self.name)

    def _made(self, end: str) -> Any:
        strategies = import_module(f"{self.package}.strategies")
        return getattr(strategies, f"{self.entry.strategy}{end}")()

    @property
    def values(self) -> SearchStrategy[Any]:
        """Its instances."""
        made: SearchStrategy[Any] = self._made("")
        return made

    @property
    def wire(self) -> SearchStrategy[Any]:
        """Its JSON."""
        made: SearchStrategy[Any] = self._made("_wire")
        return made

    @property
    def invalid(self) -> SearchStrategy[Invalid]:
        """JSON with one fault."""
        made: SearchStrategy[Invalid] = self._made("_invalid")
        return made

    @cached_property
    def schema(self) -> Schema | None:
        """What the document says of its JSON, where it has a name there."""
        if self.description is None or self.entry.pointer is None:
            return None
        return self.description.schema(self.entry.pointer, hidden=self.entry.hidden)


@frozen(slots=False)
class Endpoint:
    """An endpoint, and what makes its calls and answers."""

    package: str
    name: str
    """Its module and its name, with a dot between."""
    strategy: str
    description: Description | None

    @property
    def calls(self) -> SearchStrategy[Call[object]]:
        """Calls of it."""
        made: Callable[[], SearchStrategy[Call[object]]] = self._maker("calls")
        return made()

    @property
    def responses(self) -> SearchStrategy[ServedResponse]:
        """Answers to it."""
        made: Callable[[], SearchStrategy[ServedResponse]] = self._maker("responses")
        return made()

    def _maker(self, end: str) -> Any:
        return getattr(import_module(f"{self.package}.strategies"), f"{self.strategy}_{end}")


def description_of(documents: Mapping[str, Sequence[str]] | None) -> Description | None:
    """The documents that a package was generated from, the first of which names the others."""
    return Description.of_texts(documents) if documents else None
