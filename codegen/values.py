"""Classes that are nothing but their fields: what this package is made of.

They are written and read as those of attrs are, as far as that is needed here. attrs takes 20 ms to
import, and compiles five methods a class, which takes as long for ninety of them: together a tenth
of a run. Here only constructors are compiled, and that classes do not change is left to type
checkers, so that they are made in half the time. See `docs/decisions/0020`.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, TypeVar, cast, dataclass_transform, overload

T = TypeVar("T")
_Factory = Callable[[], Any]


class _Unset:
    """Stands where there is no default."""


_UNSET = _Unset()


class _Field:
    """What is said of a field besides its name and type."""

    __slots__ = ("default", "factory", "is_compared", "is_given", "is_shown")

    def __init__(
        self,
        default: object,
        factory: _Factory | None = None,
        *,
        is_given: bool = True,
        is_shown: bool = True,
        is_compared: bool = True,
    ) -> None:
        self.default = default
        self.factory = factory
        self.is_given = is_given
        self.is_shown = is_shown
        self.is_compared = is_compared


def field(
    *,
    default: Any = _UNSET,
    factory: _Factory | None = None,
    init: bool = True,
    repr: bool = True,
    eq: bool = True,
    kw_only: bool = False,
) -> Any:
    """Say more of a field: what makes its default, or that no caller gives it (`init`)."""
    del kw_only  # only type checkers heed it
    return _Field(default, factory, is_given=init, is_shown=repr, is_compared=eq)


@overload
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[T], /) -> type[T]: ...


@overload
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(*, kw_only: bool = False, eq: bool = True) -> Callable[[type[T]], type[T]]: ...


def frozen(
    cls: type[T] | None = None, /, *, kw_only: bool = False, eq: bool = True
) -> type[T] | Callable[[type[T]], type[T]]:
    """Make a class of its annotations, whose instances never change and have a hash."""
    if cls is None:
        return lambda made: _made(made, kw_only=kw_only, eq=eq, is_frozen=True)
    return _made(cls, kw_only=kw_only, eq=eq, is_frozen=True)


@overload
@dataclass_transform(field_specifiers=(field,))
def define(cls: type[T], /) -> type[T]: ...


@overload
@dataclass_transform(field_specifiers=(field,))
def define(*, kw_only: bool = False, eq: bool = True) -> Callable[[type[T]], type[T]]: ...


def define(
    cls: type[T] | None = None, /, *, kw_only: bool = False, eq: bool = True
) -> type[T] | Callable[[type[T]], type[T]]:
    """Make a class of its annotations, whose instances may change."""
    if cls is None:
        return lambda made: _made(made, kw_only=kw_only, eq=eq, is_frozen=False)
    return _made(cls, kw_only=kw_only, eq=eq, is_frozen=False)


def evolve(instance: T, **changes: object) -> T:
    """Make the same anew with other values in some of its fields.

    Raises:
        TypeError: it has no such field.
    """
    given = {name: getattr(instance, name) for name in names_of(type(instance))}
    return type(instance)(**given | changes)


def names_of(cls: type[object]) -> tuple[str, ...]:
    """Return the names of the fields that a constructor takes, in their order."""
    return cast("_Made", cls).__given__


# --- making them --------------------------------------------------------------------------------


class _Made(type):
    """What a class is that was made here, to type checkers."""

    __given__: tuple[str, ...]


def _made(cls: type[T], *, kw_only: bool, eq: bool, is_frozen: bool) -> type[T]:
    fields = {name: _field_of(cls, name) for name in cls.__annotations__}
    given = tuple(name for name, one in fields.items() if one.is_given)
    members: dict[str, object] = {
        "__given__": given,
        "__match_args__": () if kw_only else given,
        "__init__": _constructor(cls, fields, kw_only=kw_only),
        "__repr__": _representation(tuple(name for name, one in fields.items() if one.is_shown)),
    }
    if eq:
        values = _values(tuple(name for name, one in fields.items() if one.is_compared))
        members["__eq__"] = _equality(values)
        members["__hash__"] = _hash(values) if is_frozen else None
    for name, member in members.items():
        setattr(cls, name, member)
    return cls


def _field_of(cls: type[object], name: str) -> _Field:
    said = vars(cls).get(name, _UNSET)
    return said if isinstance(said, _Field) else _Field(said)


def _constructor(
    cls: type[object], fields: dict[str, _Field], *, kw_only: bool
) -> Callable[..., None]:
    """The constructor of a class, which sets its fields one by one."""
    known: dict[str, object] = {"_UNSET": _UNSET}
    parameters = [
        "self",
        *(["*"] if kw_only and any(one.is_given for one in fields.values()) else []),
    ]
    body: list[str] = []
    for name, one in fields.items():
        value = name
        if one.factory is not None:
            known[f"make_{name}"] = one.factory
            made = f"make_{name}()"
            value = f"{made} if {name} is _UNSET else {name}" if one.is_given else made
        elif one.default is not _UNSET:
            known[f"default_{name}"] = one.default
            value = name if one.is_given else f"default_{name}"
        elif not one.is_given:
            continue  # __post_init__ sets it
        if one.is_given:
            default = "_UNSET" if one.factory is not None else f"default_{name}"
            has_default = one.factory is not None or one.default is not _UNSET
            parameters.append(f"{name}={default}" if has_default else name)
        body.append(f"self.{name} = {value}")
    if hasattr(cls, "__post_init__"):
        body.append("self.__post_init__()")
    source = f"def __init__({', '.join(parameters)}):\n " + ("\n ".join(body) or "pass")
    exec(source, known)  # as attrs does it; nothing is in it but names of this package
    return cast("Callable[..., None]", known["__init__"])


def _values(names: tuple[str, ...]) -> Callable[[object], object]:
    """What tells two instances of a class apart."""
    return attrgetter(*names) if names else lambda _: ()


def _equality(values: Callable[[object], object]) -> Callable[[object, object], bool]:
    def is_equal(self: object, other: object) -> bool:
        if self is other:
            return True
        return other.__class__ is self.__class__ and values(self) == values(other)

    return is_equal


def _hash(values: Callable[[object], object]) -> Callable[[object], int]:
    return lambda self: hash((self.__class__, values(self)))


def _representation(shown: tuple[str, ...]) -> Callable[[object], str]:
    def represent(self: object) -> str:
        inner = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
        return f"{type(self).__qualname__}({inner})"

    return represent
