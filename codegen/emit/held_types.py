"""Types as users of an SDK hold them: what the contract gives to models and calls, and gets back.

Only this module knows which change of a type is none to users. Lists and maps are read as
`Sequence` and `Mapping`, which may narrow, and are given as displays (`[*tags]`), which may widen:
`list[str]` is no `list[str | int]`, but nobody who writes `["a"]` will notice. Those among the
alternatives of a union stay lists and maps, for no display says which one it is.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..ir import (
    Anything,
    Field,
    ListOf,
    MapOf,
    Named,
    NoDefault,
    Nullable,
    Presence,
    Scalar,
    ScalarKind,
    Type,
    UnionOf,
)
from ..values import frozen
from .annotations import Annotations
from .source import INDENT, WIDTH, Doc, Subscript, any_of, columns


class HeldTypes(Annotations):
    """Annotations of what goes into a model or a call and comes out of it, by its old type."""

    def annotation(self, type_: Type) -> Doc:
        """The type of values that are given, as `copied` copies them, or read."""
        match type_:
            case Named(name):  # as most are
                return self.model(name)
            case ListOf(item) if is_copied(type_):
                sequence = self.use("collections.abc", "Sequence")
                return Subscript(sequence, (self.annotation(item),))
            case MapOf(value) if is_copied(type_):
                mapping = self.use("collections.abc", "Mapping")
                return Subscript(mapping, ("str", self.annotation(value)))
            case Nullable(inner):
                return any_of(self.annotation(inner), "None")
            case _:
                return self.exact(type_)

    def exact(self, type_: Type) -> Doc:
        """The type of values that are given as they are."""
        match type_:
            case Scalar(ScalarKind.DATE_TIME):
                return self.use("datetime", "datetime")
            case ListOf(item):
                return Subscript("list", (self.exact(item),))
            case MapOf(value) if is_copied(type_):
                return Subscript("dict", ("str", self.exact(value)))
            case Nullable(inner):
                return any_of(self.exact(inner), "None")
            case UnionOf():
                return any_of(*map(self.exact, type_.alternatives), *self._unknown(type_))
            case _:
                return super().annotation(type_)

    def _unknown(self, union: UnionOf) -> list[Doc]:
        """What an alternative reads as that the document does not name."""
        discriminator = union.discriminator
        is_open = discriminator is not None and discriminator.otherwise is None
        return [self.runtime("choice", "UnknownVariant")] if is_open else []


class ReadTypes(HeldTypes):
    """The types of what is only read, in which all lists and maps may narrow."""

    def annotation(self, type_: Type) -> Doc:
        """The type of values that are read."""
        if isinstance(type_, UnionOf):
            return any_of(*map(self.annotation, type_.alternatives), *self._unknown(type_))
        return super().annotation(type_)


class ExactTypes(HeldTypes):
    """The types of what is given as it is."""

    def annotation(self, type_: Type) -> Doc:
        """The type of values that are given as they are."""
        return self.exact(type_)


def is_copied(type_: Type) -> bool:
    """Whether a type is given as a display; arrays and objects of anything fit as they are."""
    match type_:
        case ListOf(item):
            return not isinstance(item, Anything)
        case MapOf(value):
            return not isinstance(value, Anything)
        case Nullable(inner):
            return is_copied(inner)
        case _:
            return False


@frozen
class _Display:
    """A list or a dictionary made of another one."""

    brackets: str
    label: str
    """What stands before each item: an asterisk, or the key."""
    item: Copy
    clause: str = ""
    """What goes through the other one, where that takes more than an asterisk."""

    def flat(self) -> str:
        """The display on one line."""
        return f"{self.brackets[0]}{self._inner()}{self.brackets[1]}"

    def broken(self, indent: str) -> str:
        """The display on several lines."""
        deeper = indent + INDENT
        lines = [self._inner()]
        if not self.clause:
            lines[0] += ","
        elif columns(deeper + lines[0]) > WIDTH:
            lines = [self.item.laid_out(self.label, deeper), self.clause]
        inner = "".join(f"\n{deeper}{line}" for line in lines)
        return f"{self.brackets[0]}{inner}\n{indent}{self.brackets[1]}"

    def _inner(self) -> str:
        clause = f" {self.clause}" if self.clause else ""
        return f"{self.label}{self.item.flat()}{clause}"


@frozen
class Copy:
    """An expression that gives what is held."""

    source: str
    display: _Display | None = None
    """None where the source itself is given."""
    missing: tuple[str, ...] = ()
    """What the source may be instead of something to copy."""

    def flat(self) -> str:
        """The expression on one line."""
        if self.display is None:
            return self.source
        if not self.missing:
            return self.display.flat()
        condition = " or ".join(self._conditions())
        return f"{self.source} if {condition} else {self.display.flat()}"

    def argument(self, start: str, indent: str) -> str:
        """The expression as an argument that begins as given, on a line of its own."""
        return self.laid_out(start, indent, tail=len(","))

    def laid_out(self, start: str, indent: str, *, tail: int = 0) -> str:
        """The expression on as many lines as it takes, of which the first begins as given."""
        flat = self.flat()
        if self.display is None or columns(f"{indent}{start}{flat}") + tail <= WIDTH:
            return f"{start}{flat}"
        if not self.missing:
            return start + self.display.broken(indent)
        conditions = self._lines_of_conditions(indent)
        display = self.display.flat()
        if columns(f"{indent}else {display}") + tail > WIDTH:
            display = self.display.broken(indent)
        return f"{start}{self.source}\n{indent}if {conditions}\n{indent}else {display}"

    def _conditions(self) -> list[str]:
        return [f"{self.source} is {one}" for one in self.missing]

    def _lines_of_conditions(self, indent: str) -> str:
        lines = [" or ".join(self._conditions())]
        if columns(f"{indent}if {lines[0]}") > WIDTH:
            lines = self._conditions()
        return f"\n{indent}or ".join(
            line if columns(f"{indent}or {line}") <= WIDTH else line.replace(" ", f"\n{indent}", 1)
            for line in lines
        )


def copied(source: str, type_: Type, missing: Sequence[str] = (), *, depth: int = 1) -> Copy:
    """What gives a value of a type that the source holds, unless it is one of `missing`."""
    if not is_copied(type_):
        return Copy(source)
    each, key = (name if depth == 1 else f"{name}_{depth}" for name in ("each", "key"))
    match type_:
        case Nullable(inner):
            return copied(source, inner, [*missing, *({"None"} - {*missing})], depth=depth)
        case ListOf(item):
            made = copied(each, item, depth=depth + 1)
            plain = _Display("[]", "*", Copy(source))
            display = _Display("[]", "", made, f"for {each} in {source}")
        case MapOf(value):
            made = copied(each, value, depth=depth + 1)
            plain = _Display("{}", "**", Copy(source))
            display = _Display("{}", f"{key}: ", made, f"for {key}, {each} in {source}.items()")
        case _:
            return Copy(source)
    return Copy(source, display if made.display else plain, tuple(missing))


def missing_of(described: Field) -> list[str]:
    """What a field holds where its property is not there, or null."""
    if not isinstance(described.default, NoDefault):
        may_be_null = described.presence is Presence.OPTIONAL_NULLABLE or described.default is None
        return ["None"] if may_be_null else []
    match described.presence:
        case Presence.REQUIRED:
            return []
        case Presence.OPTIONAL:
            return ["None"]
        case Presence.OPTIONAL_NULLABLE:
            return ["None", "UNSET"]
