"""What the names in annotations mean: only this module evaluates the text of types.

Classes that refer to each other may lie in modules that import each other for type checkers only.
So a name that a module does not have is looked for in the package around it, which loads models
when they are asked for.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from types import CodeType, ModuleType, NoneType
from typing import Any, Final, ForwardRef

import attrs
import typing_extensions

from .defining import UnmadeField, unmade_fields


class _Around(Mapping[str, Any]):
    """The names of the packages around some modules that these modules do not have themselves."""

    def __init__(self, modules: Iterable[str]) -> None:
        self._modules = [sys.modules[name] for name in modules if name in sys.modules]

    def __getitem__(self, name: str) -> Any:
        if any(name in vars(module) for module in self._modules):
            raise KeyError(name)  # where it has precedence Python finds it without help
        for module in self._modules:
            package = sys.modules.get(module.__name__.rpartition(".")[0])
            found: object = getattr(package, name, None)
            if found is not None and not isinstance(found, ModuleType):
                return found
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def value_of_alias(alias: Any) -> Any:
    """The type that an alias is another name for; raises `NameError` where it has unknown names."""
    value: object = alias.__value__
    if isinstance(value, ForwardRef):
        value = value.__forward_arg__
    if not isinstance(value, str):
        return value
    module = sys.modules.get(alias.__module__)
    names = {} if module is None else vars(module)
    # The text is that of a module which was imported: its own code, like its annotations.
    return eval(value, names, _Around([alias.__module__]))


_QUOTES: Final = frozenset("\"'")
"""Around names that are looked up in a type which stands within another."""


_PLAIN: Final = frozenset({"bool", "bytes", "dict", "float", "int", "list", "str"})
"""Names in annotations that need not be looked for in packages."""


def resolve_fields(cls: type[Any]) -> tuple[attrs.Attribute[Any] | UnmadeField, ...]:
    """The fields of an attrs class with their types evaluated; raises `NameError`.

    The annotations of the class are evaluated with them, for msgspec reads those.
    """
    fields = unmade_fields(cls)
    return _resolve_made(cls) if fields is None else _resolve_unmade(cls, fields)


def _resolve_unmade(
    cls: type[Any], fields: tuple[UnmadeField, ...]
) -> tuple[attrs.Attribute[Any] | UnmadeField, ...]:
    """The same for a model that was generated, whose annotations are simple."""
    texts = [one.type for one in fields]
    if any(not isinstance(text, str) or not _QUOTES.isdisjoint(text) for text in texts):
        return _resolve_made(cls)
    names, around = vars(sys.modules[cls.__module__]), _around(cls)
    annotations: dict[str, Any] = vars(cls).get("__annotations__", {})
    for one in fields:
        code = _code_of(one.type)
        is_at_home = all(name in names or name in _PLAIN for name in code.co_names)
        form: object = eval(code, names, None if is_at_home else around)
        one.type = annotations[one.name] = NoneType if form is None else form
    return fields


@cache  # many fields have the same types
def _code_of(text: str) -> CodeType:
    return compile(text, "<annotation>", "eval")


def _resolve_made(cls: type[Any]) -> tuple[attrs.Attribute[Any], ...]:
    around = _around(cls)
    attrs.resolve_types(cls, localns=around, include_extras=True)
    fields: tuple[attrs.Attribute[Any], ...] = attrs.fields(cls)
    types = {one.name: one.type for one in fields}
    for base in cls.__mro__:
        annotations: dict[str, Any] = vars(base).get("__annotations__", {})
        for name, text in annotations.items():
            if isinstance(text, str) and name in types:
                annotations[name] = types[name]
    return fields


def resolve_keys(cls: type[Any]) -> dict[str, Any]:
    """The keys of a TypedDict with their types evaluated; raises `NameError`."""
    return typing_extensions.get_type_hints(cls, localns=_around(cls), include_extras=True)


def _around(cls: type[Any]) -> Any:
    return _Around([base.__module__ for base in cls.__mro__ if base is not object])
