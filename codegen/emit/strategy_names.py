"""Names of strategy functions: `Job` gives `jobs`, `Echo` gives `echoes`."""

from __future__ import annotations

import re

from ..ir import Alias, Api, Identifier, UnionOf
from ..uses import named_in, types_of

_TAKEN = frozenset({"annotations", "as", "is", "date", "models"})
"""Names that are imported, and the only plurals that are keywords: of `A` and `I`."""


def strategy_names(api: Api) -> dict[Identifier, Identifier]:
    """The function names for the models of an API, each with its `_wire` sibling free."""
    taken = set(_TAKEN)
    names: dict[Identifier, Identifier] = {}
    referred_to = {
        name for model in api.models for type_ in types_of(model) for name in named_in(type_)
    }
    for model in api.models:
        if isinstance(model, Alias) and model.name not in referred_to and not _chooses(model):
            continue  # nobody needs it: its values are those of its type
        wanted = _plural(_snake(model.name))
        name, number = wanted, 2
        while not taken.isdisjoint({name, f"{name}_wire"}):
            name, number = f"{wanted}_{number}", number + 1
        taken |= {name, f"{name}_wire"}
        names[model.name] = Identifier(name)
    return names


def _chooses(alias: Alias) -> bool:
    return isinstance(alias.type, UnionOf)


_ACRONYM_END = re.compile(r"(?<=[^\W\d_])(?=[A-Z][a-z])")
_HUMP = re.compile(r"(?<=[a-z\d])(?=[A-Z])")


def _snake(name: str) -> str:
    return _HUMP.sub("_", _ACRONYM_END.sub("_", name)).lower().strip("_") or "model"


def _plural(name: str) -> str:
    if name.endswith("y") and name[-2:-1] not in ("", *"aeiou"):
        return f"{name[:-1]}ies"
    if name.endswith(("rs", "ds", "ks", "ls", "ms", "ns", "ts", "gs")):
        return name  # already a plural, such as errors
    return f"{name}es" if name.endswith(("s", "x", "z", "ch", "sh", "o")) else f"{name}s"
