"""Packages whose names are loaded when they are first used (PEP 562).

A package of a thousand models is imported at once this way, and a call builds only its own.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TypeAlias

Hooks: TypeAlias = tuple[list[str], Callable[[str], object], Callable[[], list[str]]]
"""What a module calls `__all__`, `__getattr__` and `__dir__`."""


def lazy_names(
    package: str,
    homes: Mapping[str, str],
    modules: Iterable[str] = (),
    extras: Mapping[str, str] = MappingProxyType({}),
) -> Hooks:
    """Load names from the modules of a package that are their homes, and modules by their names.

    `extras` need packages that may not be installed: `from package import *` leaves them out.
    """
    known = sorted({*homes, *modules})
    whole = frozenset(modules)
    homes = {**homes, **extras}

    def load(name: str) -> object:
        if name in whole:
            return import_module(f".{name}", package)
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value: object = getattr(import_module(f".{homes[name]}", package), name)
        setattr(sys.modules[package], name, value)  # the next time Python finds it by itself
        return value

    def names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *known, *extras})

    return known, load, names
