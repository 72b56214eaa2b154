"""Templates: instances of one class, which msgspec reads as the annotations of another say.

msgspec makes instances of what it reads, so an instance of a shadow has to become one of the model
afterwards, which is a tenth of what a small object costs. A template is a generic class to msgspec,
without parameters. All that looks at it is led to the shadow, but for the function of msgspec
that says what to make, which is led to the model. That looks for the marks of attrs on it, where for
the time, and in that thread alone, those of the shadow are to be found.

None of this is documented by msgspec, so it is tried out before it is relied upon. Where it does not
work, shadows are read as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack, contextmanager
from functools import cache
from inspect import currentframe
from threading import get_ident
from typing import Any, Final

import attrs

from .defining import making
from .json_text import new_decoder

_MAKES: Final = "get_dataclass_info"
"""The function of msgspec that says of which class instances are made."""

_MARKS: Final = ("__attrs_attrs__", "__attrs_pre_init__")
"""What that looks for on the class."""

_NOTHING: Final = object()


class Template:
    """What msgspec takes for a generic class, and reads as a shadow."""

    __slots__ = ("__msgspec_cache__", "made", "shadow")

    __args__: Final = ()

    def __init__(self, shadow: type[Any]) -> None:
        self.shadow = shadow
        """Has `__parameters__`, as generic classes have."""
        self.made = shadow
        """What instances are made of: the shadow, or the class whose slots it has."""

    @property
    def form(self) -> Any:
        """What msgspec is told to read."""
        return self if are_heeded() else self.shadow

    @property
    def __origin__(self) -> type[Any]:
        here = currentframe()
        asking = None if here is None else here.f_back
        makes = asking is not None and asking.f_code.co_name == _MAKES
        return self.made if makes else self.shadow


@contextmanager
def marked(templates: Iterable[Template]) -> Generator[None, None, None]:
    """Let msgspec, as far as this thread calls it, find the marks of shadows on what is made."""
    with making, ExitStack() as stack:  # attrs makes no class of which it might find the marks
        for template in templates:
            if template.made is not template.shadow:
                for name in _MARKS:
                    value = vars(template.shadow)[name]
                    stack.callback(_shown(template.made, name, value))
        yield


def _shown(cls: type[Any], name: str, value: object) -> Callable[[], None]:
    """Show an attribute of a class to this thread alone; returns what puts back that of all."""
    before = vars(cls).get(name, _NOTHING)
    setattr(cls, name, _ForOneThread(value, before))

    def put_back() -> None:
        if before is _NOTHING:
            delattr(cls, name)
        else:
            setattr(cls, name, before)

    return put_back


class _ForOneThread:
    """An attribute of a class that is another one to all other threads, or none."""

    __slots__ = ("_before", "_thread", "_value")

    def __init__(self, value: object, before: object) -> None:
        self._value = value
        self._before = before
        self._thread = get_ident()

    def __get__(self, instance: object, owner: type[Any] | None = None) -> Any:
        if get_ident() == self._thread:
            return self._value
        if self._before is _NOTHING:
            raise AttributeError
        bind = getattr(self._before, "__get__", None)
        return self._before if bind is None else bind(instance, owner)


@cache
def are_heeded() -> bool:
    """Whether this version of msgspec makes and reads what templates say."""
    made: Any = type("Made", (), {"__slots__": ("x",), "__annotations__": {"x": str}})
    marks = {"__attrs_attrs__": (_Required("x"),), "__attrs_pre_init__": None}
    body = {"__slots__": (), "__annotations__": {"x": int}, "__parameters__": (), **marks}
    shadow: Any = type("Shadow", (made,), body)
    template = Template(shadow)
    template.made = made
    try:
        with marked([template]):
            decode = new_decoder(template)
        return decode is not None and type(decode(b'{"x": 1}')) is made
    except (AttributeError, LookupError, ValueError):  # others may ask for what is not there
        return False


class _Required:
    """A property, as far as msgspec asks."""

    default = attrs.NOTHING
    validator = None

    def __init__(self, name: str) -> None:
        self.name = name
