"""How the alternatives of a union are told apart, and what an unknown one reads as."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from .json_types import JsonObject


@frozen(kw_only=True, eq=False)
class Choice:
    """Stands in the `Annotated` of a union and says which alternative a JSON value is."""

    tag: str | None = None
    """The property that names the alternative (OpenAPI's discriminator)."""
    hint: str | None = None
    """The same where no alternative has it: what it names counts where it is there."""
    types: Mapping[str, type[object]] = field(factory=dict[str, type[object]])
    """What each value of that property names."""
    otherwise: type[object] | None = None
    """What objects of other names are; None where these are unknown variants."""
    one_of: bool = False
    """Whether a value that fits several alternatives is refused."""


@frozen
class UnknownVariant:
    """An object of an alternative that its document does not name.

    A server that learns a new one must not break clients that were generated before; a request
    with it is refused.
    """

    tag: str
    """What the object says that it is."""
    data: JsonObject
    """The whole object."""
