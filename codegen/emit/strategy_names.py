"""Names of strategy functions: `Job` gives `jobs`, `Echo` gives `echoes`, `get_job` its calls."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ..ir import Alias, Api, Identifier, UnionOf
from ..uses import Uses
from ..values import frozen
from .homes import snaked

_TAKEN = frozenset(
    {
        *("annotations", "as", "date", "endpoints", "is", "models", "register", "register_format"),
        *("as_bytes", "as_form", "as_json", "as_multipart", "as_text", "as_text_of"),
    }
)
"""Names that the module has anyhow, and the only plurals that are keywords: of `A` and `I`."""

OF_MODELS: Final = ("", "_wire", "_invalid")
OF_ENDPOINTS: Final = ("_calls", "_responses")
"""How the names of functions end that belong together."""


@frozen
class StrategyNames:
    """What the functions of models and endpoints begin with, by the names of these."""

    models: dict[Identifier, Identifier]
    endpoints: dict[Identifier, Identifier]

    @property
    def all(self) -> list[str]:
        """The names of all functions."""
        return [
            *(f"{name}{end}" for name in self.models.values() for end in OF_MODELS),
            *(f"{name}{end}" for name in self.endpoints.values() for end in OF_ENDPOINTS),
        ]


def strategy_names(api: Api, uses: Uses) -> StrategyNames:
    """The names of all functions, no two of which are the same; models choose first."""
    taken = set[str](_TAKEN)
    referred_to = {name for named in uses.by_models.values() for name in named}
    models = {
        model.name: _free(_plural(snaked(model.name).strip("_") or "model"), OF_MODELS, taken)
        for model in api.models
        # Nobody needs a mere other name: its values are those of its type.
        if not isinstance(model, Alias) or model.name in referred_to or _chooses(model)
    }
    endpoints = {one.name: _free(one.name, OF_ENDPOINTS, taken) for one in api.endpoints}
    return StrategyNames(models, endpoints)


def _free(wanted: str, ends: Iterable[str], taken: set[str]) -> Identifier:
    """A name that is free with all of its ends, and is taken from now on."""
    name, number = wanted, 2
    while not taken.isdisjoint(f"{name}{end}" for end in ends):
        name, number = f"{wanted}_{number}", number + 1
    taken.update(f"{name}{end}" for end in ends)
    return Identifier(name)


def _chooses(alias: Alias) -> bool:
    return isinstance(alias.type, UnionOf)


def _plural(name: str) -> str:
    if name.endswith("y") and name[-2:-1] not in ("", *"aeiou"):
        return f"{name[:-1]}ies"
    if name.endswith(("rs", "ds", "ks", "ls", "ms", "ns", "ts", "gs")):
        return name  # already a plural, such as errors
    return f"{name}es" if name.endswith(("s", "x", "z", "ch", "sh", "o")) else f"{name}s"
