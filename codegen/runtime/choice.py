"""How the alternatives of a union are told apart, and what an unknown one reads as."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from attrs import field, frozen

from .json_types import JsonObject


@frozen(kw_only=True, eq=False)
class Choice:
    """Stands in the `Annotated` of a union and says which alternative a JSON value is."""

    tag: str | None = None
    """The property that names the alternative (OpenAPI's discriminator)."""
    hint: str | None = None
    """The same where no alternative has it: what it names counts where it is there."""
    types: Mapping[str | int | bool, Any] = field(factory=dict[str | int | bool, Any])
    """What each value of that property names: a model, or models that another property tells apart."""
    otherwise: type[object] | None = None
    """What objects of other names are; None where these are unknown variants."""
    one_of: bool = False
    """Whether a value that fits several alternatives is refused."""

    @cached_property
    def _named(self) -> Mapping[tuple[str, Any], Any]:
        """The same with the JSON types of the values, for to Python true is 1."""
        return {(_kind_of(tag), tag): form for tag, form in self.types.items()}

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The JSON types of the values that name anything."""
        return frozenset(kind for kind, _ in self._named)

    def named_by(self, value: Any) -> Any:
        """What a value of the property names; None for nothing."""
        kind = _kind_of(value)
        return self._named.get((kind, value)) if kind else None

    def may_name(self, value: Any) -> bool:
        """Whether a value has the JSON type of those that name something."""
        return _kind_of(value) in self.kinds


def _kind_of(value: object) -> str:
    """The JSON type of what may name something; empty for what cannot."""
    if isinstance(value, str):
        return "string"
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, (int, float)) else ""


@frozen
class UnknownVariant:
    """An object of an alternative that its document does not name.

    A server that learns a new one must not break clients that were generated before; a request
    with it is refused.
    """

    tag: str
    """What the object says that it is; as JSON has it, where that is no text."""
    data: JsonObject
    """The whole object."""
