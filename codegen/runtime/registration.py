"""What `hypothesis.strategies.from_type` makes of models: as late as each is loaded.

A package has a module for each model. Registering all of them at once would load them all; so an
import hook registers those of a module when it has been loaded.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy


def register(models: str) -> None:
    """Let `from_type` make valid models of a package of models, loaded or not."""
    if any(isinstance(one, _Watcher) and one.package == models for one in sys.meta_path):
        return
    sys.meta_path.insert(0, _Watcher(models))
    for name, module in list(sys.modules.items()):
        if name.startswith(f"{models}."):
            register_module(module)


def register_module(module: ModuleType) -> None:
    """Let `from_type` make the models of a module."""
    # Not when Hypothesis loads this: it may never be used.
    from .shapes import is_alias, is_enum, is_record

    for thing in list(vars(module).values()):
        is_model = is_record(thing) or is_enum(thing) or is_alias(thing)
        if is_model and thing.__module__ == module.__name__:
            st.register_type_strategy(thing, _strategy)


def _strategy(cls: type[Any]) -> SearchStrategy[Any]:
    from .strategies.making import VALUES  # which loads the codec

    strategies = f"{cls.__module__.rpartition('.')[0].rpartition('.')[0]}.strategies"
    if find_spec(strategies) is not None:
        import_module(strategies)  # which notes the formats of fields
    return VALUES.of(cls)


class _Watcher(MetaPathFinder):
    """Registers what the modules of a package hold, once they are loaded."""

    def __init__(self, package: str) -> None:
        self.package = package
        self._looking = False

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec that all others find, with a loader that registers."""
        if not fullname.startswith(f"{self.package}.") or self._looking:
            return None
        self._looking = True
        try:
            spec = find_spec(fullname)
        finally:
            self._looking = False
        if spec is not None and spec.loader is not None:
            spec.loader = _Registering(spec.loader)
        return spec


class _Registering(Loader):
    """Loads a module as another loader does, and registers what is in it."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """The module that is to be loaded."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Load the module."""
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        register_module(module)
